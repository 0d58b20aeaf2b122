"""Tars whose headers cost time and memory, and whose stream is charged."""

import gzip
import tarfile

import pytest

from grader.submissions.archive import read_archive
from grader.submissions.budget import UnpackBudget
from grader.submissions.file_tree import Unreadable


def repeated(content, times, kind=tarfile.REGTYPE, name="x"):
    """Return a .tar.gz in which a member is repeated."""
    info = tarfile.TarInfo(name)
    info.size, info.type = len(content), kind
    member = info.tobuf() + content + bytes(-len(content) % 512)
    return gzip.compress(member * times + bytes(1024), 1)


def refusal(content, budget):
    """Return why a tar is refused."""
    with pytest.raises(Unreadable) as caught:
        read_archive("hw.tgz", content, budget)
    return str(caught.value)


def test_extended_headers_count_as_members():
    """Each takes as long to read as a member."""
    told = refusal(repeated(b"", 30_000, tarfile.XGLTYPE), UnpackBudget(9, 64 << 20))
    assert told.startswith("hw.tgz has too many files")


def test_records_of_extended_headers_are_limited_in_total():
    """One after another, without a member, they would fill a dictionary."""
    records = b"".join(b"12 %07d=\n" % number for number in range(80_000))
    told = refusal(repeated(records, 9, tarfile.XHDTYPE), UnpackBudget(9, 64 << 20))
    assert told.startswith("hw.tgz has a header of")


@pytest.mark.parametrize("name", [".junk", "x.bin", "affine.py"])
def test_the_whole_stream_is_charged(name):
    """Also what is left out, and also if the archive is refused at its end."""
    content = repeated(bytes(5000), 1, name=name)
    budget = UnpackBudget(9, 20_000)
    read_archive("hw.tgz", content, budget)
    assert "broken or cut short" in refusal(content[:-8], budget)
    read_archive("hw.tgz", content, budget)
    assert "has more than 20,000 bytes unpacked" in refusal(content, budget)
