"""A file is as it was before or as it was to be, whoever else writes it, and whatever happens."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grader.files import create_atomically, write_atomically

needs_modes = pytest.mark.skipif(os.name != "posix", reason="there are no modes")
needs_links = pytest.mark.skipif(os.name != "posix", reason="links need a permission")

WRITER = """\
import sys
from pathlib import Path
from grader.files import write_atomically
content = sys.argv[2].encode() * (1 << 20)
print("ready", flush=True)
while True:
    write_atomically(Path(sys.argv[1]), content)
"""


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request):
    """What is taken off the permissions of new files."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


# The content


@pytest.mark.parametrize("durable", [False, True])
def test_the_content_is_written_byte_for_byte(tmp_path, durable):
    """To a new file, and over an old one; nothing else is left behind."""
    path = tmp_path / "file"
    for content in (b"one\r\n\x1a\n", b"", b"\0" * 100_000):
        write_atomically(path, content, durable=durable)
        assert path.read_bytes() == content
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_name_may_be_as_long_as_the_system_takes(tmp_path):
    """That of the draft is no longer, also where a character has three bytes."""
    for name in ("n" * 255, "名" * 85):
        write_atomically(tmp_path / name, b"content")
        assert (tmp_path / name).read_bytes() == b"content"


# Others at the same time


def test_two_writers_at_once_leave_the_content_of_one(tmp_path):
    """And no writer fails: each has a draft of its own."""
    path, contents = tmp_path / "file", [bytes([65 + n]) * 200_000 for n in range(4)]
    errors, together = [], threading.Barrier(4)

    def write(content):
        together.wait()
        try:
            for _ in range(50):
                write_atomically(path, content)
        except OSError as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=[content]) for content in contents]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if path.exists():
            assert path.read_bytes() in contents  # never a part, never a mixture
    assert errors == []
    assert path.read_bytes() in contents
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_writer_that_is_killed_leaves_the_file_whole(tmp_path):
    """At whatever moment that is; the next one is not disturbed by what is left of its draft."""
    path = tmp_path / "file"
    write_atomically(path, b"x" * (1 << 20))
    for turn in range(5):
        command = [sys.executable, "-c", WRITER, str(path), str(turn)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            time.sleep(0.003 * turn)
            writer.kill()
        content = path.read_bytes()
        assert len(content) == 1 << 20
        assert len(set(content)) == 1
    write_atomically(path, b"next")
    assert path.read_bytes() == b"next"


@needs_modes
def test_a_writer_that_is_interrupted_takes_its_draft_along(tmp_path, monkeypatch):
    """Ctrl-C while it writes."""

    def interrupted(_):
        signal.raise_signal(signal.SIGINT)

    write_atomically(tmp_path / "file", b"old")
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "file", b"new", durable=True)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


# Permissions


@needs_modes
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o400])
def test_the_permissions_are_those_that_were_asked_for(tmp_path, umask, mode):
    """Whatever files have otherwise, and whatever the file had before."""
    path = tmp_path / "file"
    for _ in range(2):
        write_atomically(path, b"content", mode)
        assert mode_of(path) == mode
        path.chmod(0o666)


@needs_modes
def test_nobody_else_can_read_a_private_file_at_any_moment(tmp_path, umask, monkeypatch):
    """Also not the draft, from its first moment on."""
    found, original = [], os.open

    def watched(path, *arguments):
        descriptor = original(path, *arguments)
        found.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return descriptor

    monkeypatch.setattr(os, "open", watched)
    write_atomically(tmp_path / "file", b"content", 0o600)
    assert create_atomically(tmp_path / "other", b"content", 0o600)
    assert len(found) == 2
    assert not any(mode & 0o077 for mode in found)


@needs_modes
def test_without_a_mode_a_file_keeps_its_own(tmp_path, umask):
    """A new one has that of any new file."""
    path, other = tmp_path / "file", tmp_path / "other"
    write_atomically(path, b"content")
    other.write_bytes(b"content")
    assert mode_of(path) == mode_of(other) == 0o666 & ~umask
    path.chmod(0o600)
    write_atomically(path, b"new")
    assert mode_of(path) == 0o600


# Links, and what is no file


@needs_links
@pytest.mark.parametrize("follow", [False, True])
def test_a_link_is_replaced_or_followed(tmp_path, follow):
    """As the caller says; where it leads nowhere yet, too."""
    for name in ("there", "nowhere"):
        target, link = tmp_path / name, tmp_path / f"to {name}"
        link.symlink_to(name)
        if name == "there":
            target.write_bytes(b"old")
        write_atomically(link, b"new", follow_link=follow)
        assert link.is_symlink() == follow
        assert link.read_bytes() == b"new"
        if name == "there":
            assert target.read_bytes() == (b"new" if follow else b"old")


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="there is no /dev/null")
def test_what_is_no_regular_file_is_written_to(tmp_path):
    """`--json /dev/stdout`, for example; a rename would put a file in its place."""
    (tmp_path / "null").symlink_to("/dev/null")
    write_atomically(tmp_path / "null", b"content", follow_link=True)
    assert Path("/dev/null").is_char_device()
    code = (
        "from pathlib import Path; from grader.files import write_atomically\n"
        "write_atomically(Path('/dev/stdout'), b'content', follow_link=True)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert told.stdout == b"content"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anything")
def test_a_file_that_is_protected_is_not_replaced(tmp_path):
    """Where it stands for what a direct write would do."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o400)
    with pytest.raises(PermissionError):
        write_atomically(path, b"new", follow_link=True)
    assert path.read_bytes() == b"old"


# What fails


@pytest.mark.parametrize("write", [write_atomically, create_atomically])
def test_an_error_names_the_file_and_not_its_draft(tmp_path, write):
    """A folder that does not exist, or is none."""
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "nowhere" / "name", tmp_path / "file" / "name"):
        with pytest.raises(OSError, match=r"No such file|Not a directory|cannot find") as told:
            write(path, b"content")
        assert told.value.filename == str(path)
        assert "draft" not in str(told.value)
        assert told.value.strerror


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anything")
def test_a_folder_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path):
    """With an error that says so."""
    path = tmp_path / "folder" / "file"
    path.parent.mkdir()
    path.write_bytes(b"old")
    path.parent.chmod(0o500)
    try:
        with pytest.raises(PermissionError) as told:
            write_atomically(path, b"new")
    finally:
        path.parent.chmod(0o700)
    assert told.value.filename == str(path)
    assert path.read_bytes() == b"old"


def test_a_folder_is_not_replaced(tmp_path):
    """Nor is anything left in its place, or beside it."""
    (tmp_path / "folder").mkdir()
    for follow in (False, True):
        with pytest.raises(OSError, match="folder"):
            write_atomically(tmp_path / "folder", b"content", follow_link=follow)
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]
    assert list((tmp_path / "folder").iterdir()) == []


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    """And no half of a draft."""
    write_atomically(tmp_path / "file", b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*file'"):
        write_atomically(tmp_path / "file", b"new", durable=True)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


# What exists is not touched


def test_a_file_that_exists_is_not_made_again(tmp_path):
    """The answer says whether it was made."""
    assert create_atomically(tmp_path / "file", b"first")
    assert not create_atomically(tmp_path / "file", b"second")
    assert (tmp_path / "file").read_bytes() == b"first"
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
