"""Folders as trees of files: links, special files and refusals."""

import os
import socket
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from grader.submissions.archives.archive import open_tree
from grader.submissions.budget import OverBudget, UnpackBudget
from grader.submissions.file_tree import (
    LINK,
    File,
    FileTree,
    NotRead,
    Unreadable,
    gathered,
    read_folder,
    read_single,
)

MAX_FILES, MAX_BYTES = 100, 1 << 20


def contents(tree, limit=MAX_BYTES):
    """Return the contents of all files in a tree."""
    return {name: tree.read(name, limit) for name in tree.files}


def opened(path, max_files=MAX_FILES, max_bytes=MAX_BYTES):
    """Return the tree at a path."""
    return open_tree(path, UnpackBudget(max_files, max_bytes))


# Folders


@pytest.fixture
def link(tmp_path):
    """Create a link in the folder that is handed in."""
    (tmp_path / "hw").mkdir()

    def make(name, target, is_folder=False):
        try:
            (tmp_path / "hw" / name).symlink_to(target, target_is_directory=is_folder)
        except OSError:
            pytest.skip("needs symbolic links")

    return make


def test_links_are_problems_at_any_depth(tmp_path, link):
    """Targets are a file, a folder, nothing, a device, and the folder itself."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "affine.py").write_text("secret = 1\n", "utf-8")
    (tmp_path / "hw" / "deep").mkdir()
    link("file.py", secret / "affine.py")
    link("deep/folder", secret, is_folder=True)
    link("nothing.py", tmp_path / "nothing")
    link("zero.py", "/dev/zero")
    link("deep/loop", "..", is_folder=True)
    tree = opened(tmp_path / "hw")
    assert tree.files == ()
    expected = {"file.py", "deep/folder", "nothing.py", "zero.py", "deep/loop"}
    assert set(tree.problems) == expected
    assert set(map(str, tree.problems.values())) == {
        "is a link, which is not followed: hand in the file itself"
    }
    with pytest.raises(Unreadable, match=r"^file\.py is a link"):
        tree.read("file.py", 100)


@pytest.mark.parametrize("name", ["hw", "hw.zip", "affine.py"])
def test_a_submission_that_is_a_link_is_not_followed(tmp_path, link, name):
    """In a class it could lead to another learner's work."""
    (tmp_path / "hw" / "a.py").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "real.zip", "w") as archive:
        archive.writestr("a.py", "")
    link("warm-up", "x")
    (tmp_path / "linked").mkdir()
    target = tmp_path / "hw" if name == "hw" else tmp_path / "real.zip"
    (tmp_path / "linked" / name).symlink_to(target, target_is_directory=name == "hw")
    with pytest.raises(Unreadable, match="is a link"):
        opened(tmp_path / "linked" / name)


def test_a_file_that_becomes_a_link_before_it_is_read_is_not_followed(tmp_path, link):
    """The type of a file is checked again when it is opened."""
    path = tmp_path / "hw" / "affine.py"
    path.write_bytes(b"")
    (tmp_path / "secret").write_bytes(b"secret")
    tree = opened(tmp_path / "hw")
    path.unlink()
    link("affine.py", tmp_path / "secret")
    if not hasattr(os, "O_NOFOLLOW"):
        pytest.skip("Windows has no O_NOFOLLOW")
    with pytest.raises(Unreadable, match=r"affine\.py cannot be read"):
        tree.read("affine.py", 100)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_is_a_problem_and_does_not_block(tmp_path):
    """It may have replaced a file after the listing."""
    (tmp_path / "later.py").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe.py")
    tree = opened(tmp_path)
    assert set(map(str, tree.problems.values())) == {"is a pipe, which is not read: hand in a file"}
    assert set(tree.problems) == {"pipe.py"}
    (tmp_path / "later.py").unlink()
    os.mkfifo(tmp_path / "later.py")
    with pytest.raises(Unreadable, match=r"later\.py is no longer a file"):
        tree.read("later.py", 10)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs local sockets")
def test_a_socket_is_a_problem(tmp_path, monkeypatch):
    """It cannot even be opened."""
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.py")
        assert "is a socket" in str(opened(tmp_path).problems["s.py"])


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs /dev/zero")
def test_a_device_is_not_a_submission():
    """Reading it would never end."""
    with pytest.raises(Unreadable, match="zero is a device"):
        opened(Path("/dev/zero"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs permissions")
def test_of_a_folder_with_a_forbidden_one_nothing_is_read(tmp_path):
    """What is in it is unknown, and that is no fault of the learner."""
    (tmp_path / "closed").mkdir(mode=0)
    (tmp_path / "a.py").write_bytes(b"")
    with pytest.raises(NotRead, match="closed cannot be read"):
        opened(tmp_path)
    (tmp_path / "closed").chmod(0o700)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (zipfile.BadZipFile("Bad CRC-32"), NotRead),
        (PermissionError(13, "Permission denied"), NotRead),
        (OverBudget("too much"), OverBudget),
    ],
)
def test_damage_in_the_archive_of_a_class_is_the_graders_own_trouble(error, kind):
    """In a learner's own archive, the same damage is the learner's; limits are theirs in both."""

    def damaged(most):
        raise error

    tree = FileTree({"affine.py": File(1, damaged)})
    with pytest.raises(kind, match=r"affine\.py"):
        tree.of_class().read("affine.py", 10)
    with pytest.raises(Unreadable, match=r"affine\.py") as told:
        tree.read("affine.py", 10)
    assert isinstance(told.value, NotRead) == isinstance(error, OSError)


def test_an_encrypted_file_in_the_archive_of_a_class_is_read_by_nobody():
    """Only if it is looked for; links and pipes stay problems, which learners can mend."""
    tree = FileTree({"a.py": "is encrypted: pack it anew", "b.py": LINK, "c": None}).of_class()
    with pytest.raises(NotRead, match=r"a\.py is encrypted"):
        tree.read("a.py", 10)
    assert tree.problems == {"b.py": LINK}
    assert tree.folders == ("c",)


def test_empty_folders_are_listed(tmp_path):
    """A learner with an empty folder is still part of the class."""
    (tmp_path / "bob").mkdir()
    (tmp_path / ".git").mkdir()
    assert opened(tmp_path).folders == ("bob",)


def test_a_huge_file_is_refused_without_being_read(tmp_path):
    """A sparse file of a hundred megabytes takes almost no memory."""
    with open(tmp_path / "a.py", "wb") as file:
        file.truncate(100 << 20)
    tree = opened(tmp_path)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="has more than 65,536 bytes"):
            tree.read("a.py", 65536)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_not_utf_8_can_be_read(tmp_path):
    """They are kept in the form that Python gives them."""
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_bytes(b"content")
    assert contents(opened(tmp_path)) == {"caf\udce9.py": b"content"}


def test_a_tree_on_disk_does_not_depend_on_the_current_folder(tmp_path, monkeypatch):
    """A relative path is resolved when the tree is created."""
    (tmp_path / "a.py").write_bytes(b"content")
    monkeypatch.chdir(tmp_path)
    tree = read_folder(Path("."), max_files=10)
    monkeypatch.chdir("..")
    assert contents(tree) == {"a.py": b"content"}


# Single files and gathered trees


def test_a_single_file_is_a_tree_of_one(tmp_path):
    """Any file is, and an archive is not unpacked."""
    (tmp_path / "hw.zip").write_bytes(b"PK")
    assert contents(read_single(tmp_path / "hw.zip")) == {"hw.zip": b"PK"}


def test_a_single_file_cannot_be_a_link_or_a_folder(tmp_path):
    """The refusal names it."""
    (tmp_path / "b.py").symlink_to(tmp_path / "a.py")
    with pytest.raises(Unreadable, match=r"b\.py is a link"):
        read_single(tmp_path / "b.py")
    with pytest.raises(Unreadable, match="is neither a file nor a folder"):
        read_single(tmp_path)


def test_gathered_trees_keep_files_and_problems_apart_by_prefix():
    """The paths of each tree begin with its prefix."""
    one, two = (
        FileTree({"a.py": File(1, lambda most: b"1")}),
        FileTree({"a.py": File(1, lambda most: b"2"), "l": "is odd"}),
    )
    tree = gathered([("", one), ("x/", two)])
    assert contents(tree) == {"a.py": b"1", "x/a.py": b"2"}
    assert tree.problems == {"x/l": "is odd"}


def test_a_file_that_has_grown_is_refused(tmp_path):
    """It was charged by the size with which it was listed."""
    (tmp_path / "affine.py").write_bytes(b"12345")
    tree = read_folder(tmp_path, max_files=10)
    with (tmp_path / "affine.py").open("ab") as file:
        file.write(b"6")
    with pytest.raises(Unreadable, match=r"^affine.py has grown since it was found"):
        tree.read("affine.py", 100)


def test_a_file_that_is_too_large_is_not_opened():
    """Its size is known from the list."""

    def fail(most):
        raise AssertionError

    with pytest.raises(Unreadable, match=r"^a.py has more than 10 bytes"):
        FileTree({"a.py": File(11, fail)}).read("a.py", 10)


def test_a_folder_that_is_too_deep_is_told_and_not_entered(tmp_path):
    """In an archive the same path is refused."""
    deep = tmp_path / "/".join("d" * 300)
    deep.mkdir(parents=True)
    (deep / "affine.py").touch()
    tree = read_folder(tmp_path, max_files=10)
    assert tree.files == ()
    ((path, told),) = tree.problems.items()
    assert len(path) == 501
    assert "path of more than 500 characters" in str(told)
