"""Files in zips that are the same bytes each time they are made."""

import stat
import zipfile


def zip_entry(name: str, mode: int = 0o644) -> zipfile.ZipInfo:
    """Return a file to be written into a zip, with the same bytes each time and on every system.

    Parameters
    ----------
    name : str
        Path in the zip.
    mode : int, default 0o644
        Permissions of the file once it is unpacked.
    """
    entry = zipfile.ZipInfo(name)  # of 1980, and not of the time of writing
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, so that the permissions are used
    entry.external_attr = (stat.S_IFREG | mode) << 16
    return entry
