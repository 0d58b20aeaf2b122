"""Files in zips that are the same bytes each time."""

import io
import stat
import zipfile

from grader.zips import zip_entry


def packed():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zip_entry("a/run", 0o755), "text")
        archive.writestr(zip_entry("b"), b"bytes")
    return out.getvalue()


def test_a_zip_is_the_same_bytes_each_time_and_keeps_permissions():
    """Neither the time nor the system is in it."""
    assert packed() == packed()
    run, plain = zipfile.ZipFile(io.BytesIO(packed())).infolist()
    assert (run.date_time, run.create_system) == ((1980, 1, 1, 0, 0, 0), 3)
    modes = [one.external_attr >> 16 for one in (run, plain)]
    assert list(map(stat.filemode, modes)) == ["-rwxr-xr-x", "-rw-r--r--"]
    assert run.compress_type == zipfile.ZIP_DEFLATED
