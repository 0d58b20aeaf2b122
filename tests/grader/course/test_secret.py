"""The secret: made once, the same for everyone, and for nobody else to see."""

import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.secret import SecretError, default_secret_file, read_secret

needs_modes = pytest.mark.skipif(os.name != "posix", reason="there are no modes")
SECRET = "0123456789abcdef" * 4


def refused(path):
    """What is told of a file that is no secret; it is left as it was."""
    before = path.read_bytes(), path.stat().st_mode
    with pytest.raises(SecretError) as told:
        read_secret(path)
    assert (path.read_bytes(), path.stat().st_mode) == before
    assert str(path) in str(told.value)
    return str(told.value)


def written(path, content, mode=0o600):
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_it_is_made_on_first_use_and_the_same_ever_after(tmp_path):
    """64 hexadecimal digits, that nobody could guess."""
    secret = read_secret(tmp_path / "secret")
    assert len(secret) == 64
    assert set(secret) <= set("0123456789abcdef")
    assert read_secret(tmp_path / "secret") == secret
    assert read_secret(tmp_path / "another") != secret
    assert sorted(path.name for path in tmp_path.iterdir()) == ["another", "secret"]


@needs_modes
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_its_owner_can_read_it(tmp_path, umask):
    """Whatever files are made like otherwise."""
    before = os.umask(umask)
    try:
        read_secret(tmp_path / "secret")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


@needs_modes
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o602, 0o777, 0o610])
def test_a_file_that_others_may_read_is_refused(tmp_path, mode):
    """With what to do; the secret itself is not told."""
    told = refused(written(tmp_path / "secret", SECRET.encode(), mode))
    assert f"{mode:o}" in told
    assert "chmod 600" in told
    assert SECRET not in told


@needs_modes
@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_secret_that_was_brought_from_elsewhere_is_taken(tmp_path, mode):
    """With or without a line break, from whatever system."""
    for content in (SECRET, SECRET + "\n", SECRET + "\r\n"):
        (tmp_path / "secret").unlink(missing_ok=True)
        assert read_secret(written(tmp_path / "secret", content.encode(), mode)) == SECRET


@given(content=st.binary(max_size=80) | st.text("0123456789abcdefG\n ").map(str.encode))
def test_anything_else_in_the_file_is_refused(tmp_path_factory, content):
    """And not repeated: it could be a password, or a secret with one digit too many."""
    path = written(tmp_path_factory.mktemp("place") / "secret", content)
    told = refused(path)
    assert "expected 64 hexadecimal digits" in told


@pytest.mark.parametrize("content", [SECRET[1:], SECRET + "0", SECRET + "\n" + SECRET, ""])
def test_a_secret_that_was_damaged_is_refused_and_not_told(tmp_path, content):
    """One digit more or less."""
    told = refused(written(tmp_path / "secret", content.encode()))
    assert SECRET[1:] not in told


def test_graders_that_start_at_the_same_time_agree(tmp_path):
    """The first one wins, and all the others take what is there."""
    with ThreadPoolExecutor(8) as pool:
        for turn in range(20):
            together = threading.Barrier(8)

            def read(path=tmp_path / f"secret{turn}", together=together):
                together.wait()
                return read_secret(path)

            found = {future.result() for future in [pool.submit(read) for _ in range(8)]}
            assert len(found) == 1
    assert len(list(tmp_path.iterdir())) == 20


def test_a_place_where_it_cannot_be_made_is_told(tmp_path):
    """A folder that is not there, or is none; or a folder where the file should be."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "nowhere" / "s", tmp_path / "file" / "s", tmp_path / "folder"):
        with pytest.raises(SecretError) as told:
            read_secret(path)
        assert str(path) in str(told.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    """`--secret-file` with a FIFO, for example by mistake."""
    path = tmp_path / "pipe"
    os.mkfifo(path, 0o600)
    told = []

    def read():
        try:
            read_secret(path)
        except SecretError as error:
            told.append(str(error))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(1)
    is_waiting = reader.is_alive()
    while reader.is_alive():  # let it go
        with suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        reader.join(0.05)
    assert not is_waiting
    assert "found something else" in told[0]


@pytest.mark.skipif(os.name != "posix", reason="the folder is found in another way")
def test_by_default_it_lies_in_the_users_data_folder(tmp_path, monkeypatch):
    """Which is made if there is none."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = default_secret_file()
    assert path.is_relative_to(tmp_path)
    secret = read_secret(path)
    assert read_secret(path) == secret
    assert Path(path).read_text().strip() == secret
