"""Zips whose list of files costs time and memory."""

import io
import struct
import zipfile

import pytest

from grader.submissions.archive import read_archive
from grader.submissions.budget import UnpackBudget
from grader.submissions.file_tree import MAX_OTHERS, Unreadable

ENTRY = struct.Struct("<4sHHHHHHIIIHHHHHII")


def zip_with(members, extra=b"", packed=b"", packed_size=None):
    """Return a zip whose members all begin at its start, with these further fields."""
    size = len(packed) if packed_size is None else packed_size
    name = b"affine_%05d"
    fields = (b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, size, size, 12, len(extra), 0, 0, 0, 0, 0)
    directory = b"".join(ENTRY.pack(*fields) + name % number + extra for number in range(members))
    start = b"PK\3\4" + struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0, 0, size, size, 0, 0) + packed
    counts = (members % 65536, members % 65536)
    end = struct.pack("<HHHHIIH", 0, 0, *counts, len(directory), len(start), 0)
    return start + directory + b"PK\5\6" + end


def refusal(content, budget=None):
    """Return why a zip is refused."""
    with pytest.raises(Unreadable) as caught:
        read_archive("hw.zip", content, budget or UnpackBudget(1000, 1 << 20))
    return str(caught.value)


def test_members_that_share_their_packed_bytes_are_refused():
    """Each would be unpacked by itself, from the same bytes."""
    content = zip_with(50, packed=bytes(1000))
    assert refusal(content) == "hw.zip has files that overlap: pack your files again"
    assert len(read_archive("hw.zip", zip_with(1, packed=bytes(1000)), UnpackBudget(9, 9999)).files)


def test_further_fields_are_limited():
    """zipfile takes quadratic time in those of one member, and builds objects for all."""
    field = struct.pack("<HH", 0x7777, 0)
    assert "too much in its list of files" in refusal(zip_with(1, extra=field * 2000))
    assert "too much in its list of files" in refusal(zip_with(900, extra=field * 400))
    assert read_archive("hw.zip", zip_with(9, extra=field * 20), UnpackBudget(9, 9)).files


def test_members_of_all_archives_are_charged_together():
    """Also those that are left out, and those of an archive that is refused."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(MAX_OTHERS // 2):
            archive.writestr(f".{number}", b"")
    budget = UnpackBudget(9, 9)
    for _ in range(2):
        assert read_archive("hw.zip", content.getvalue(), budget).files == ()
    assert refusal(content.getvalue(), budget).startswith("hw.zip has too many files")
