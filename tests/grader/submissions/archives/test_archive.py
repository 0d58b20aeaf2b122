"""Submissions as trees of files: layouts, hostile archives, and messages of refusals."""

import bz2
import gzip
import io
import os
import stat
import struct
import sys
import tarfile
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.messages.escaping import shown
from grader.submissions.archives.archive import open_tree, read_archive
from grader.submissions.budget import UnpackBudget
from grader.submissions.file_tree import MAX_OTHERS, File, FileTree, Unreadable

MAX_FILES, MAX_BYTES = 100, 1 << 20
KINDS = ("folder", "zip", "tar.gz")
STRANGE = (
    "new\nline.py",
    "'quote\".py",
    "=cmd()|' /C calc'!A0.py",
    "\u202egnp.py",
    "\x1b[2J.py",
    "乘法.py",
    "-rf.py",
)


def zip_of(files, compression=zipfile.ZIP_DEFLATED):
    """Return a zip of some files; a name may be a `zipfile.ZipInfo`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in files if isinstance(files, list) else files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def zip_info(name, mode=0, **attributes):
    """Return a member of a zip with the given mode."""
    info = zipfile.ZipInfo("x")
    info.filename, info.external_attr = name, mode << 16
    for key, value in attributes.items():
        setattr(info, key, value)
    return info


def tar_info(name, content=b"", **attributes):
    """Return a member of a tar."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in attributes.items():
        setattr(info, key, value)
    return info


def tar_of(files, form=tarfile.PAX_FORMAT, compress=gzip.compress):
    """Return a tar.gz of some files; a key may be a `tarfile.TarInfo`."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for name, content in files if isinstance(files, list) else files.items():
            info = name if isinstance(name, tarfile.TarInfo) else tar_info(name, content)
            archive.addfile(info, io.BytesIO(content))
    return compress(packed.getvalue())


def read(content, name="hw.zip", max_files=MAX_FILES, max_bytes=MAX_BYTES):
    """Return the tree of an archive."""
    return read_archive(name, content, UnpackBudget(max_files, max_bytes))


def contents(tree, limit=MAX_BYTES):
    """Return the contents of all files in a tree."""
    return {name: tree.read(name, limit) for name in tree.files}


def refusal(content, **limits):
    """Return why an archive is refused; the message must name it."""
    with pytest.raises(Unreadable) as caught:
        read(content, **limits)
    assert str(caught.value).startswith("hw.zip ")
    return str(caught.value)


@pytest.fixture(params=KINDS)
def hand_in(request, tmp_path):
    """Hand in files as a folder or an archive, and return the path."""

    def write(files):
        if request.param == "folder":
            for name, content in files.items():
                path = tmp_path / "hw" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            return tmp_path / "hw"
        pack = zip_of if request.param == "zip" else tar_of
        path = tmp_path / f"hw.{request.param}"
        path.write_bytes(pack(files))
        return path

    return write


def opened(path, max_files=MAX_FILES, max_bytes=MAX_BYTES):
    """Return the tree at a path."""
    return open_tree(path, UnpackBudget(max_files, max_bytes))


# Trees


def test_files_are_listed_by_path_and_read(hand_in):
    """A folder, a zip and a tar.gz of the same files are the same tree."""
    files = {"02_affine/affine.py": b"b = 2\n", "net.py": b"", "02_affine/deep/er/x.ipynb": b"{}"}
    tree = opened(hand_in(files))
    assert tree.files == tuple(sorted(files))
    assert contents(tree) == files
    assert tree.problems == {}
    assert tree.folders == ("02_affine",)


def test_a_folder_in_a_tree_is_a_tree(hand_in):
    """Its paths are relative to it; a name with the same prefix is another folder."""
    files = {"ann/a.py": b"1", "ann/x/b.py": b"2", "ann b/a.py": b"3", "ann.py": b"4"}
    tree = opened(hand_in({**files, "z/y.py": b""}))
    assert tree.folders == ("ann", "ann b", "z")
    assert contents(tree.below("ann")) == {"a.py": b"1", "x/b.py": b"2"}
    assert contents(tree.below("ann").below("x")) == {"b.py": b"2"}
    assert contents(tree.below("ann/x")) == {"b.py": b"2"}
    assert tree.below("nobody").files == ()


def test_a_file_may_be_as_large_as_the_limit(hand_in):
    """One byte more is too much; the message names the file and the limit."""
    tree = opened(hand_in({"a.py": bytes(1000)}))
    assert tree.read("a.py", 1000) == bytes(1000)
    with pytest.raises(Unreadable, match=r"^a\.py has more than 999 bytes"):
        tree.read("a.py", 999)


def test_a_path_that_does_not_exist_is_reported(hand_in):
    """A folder cannot be read either."""
    tree = opened(hand_in({"a/b.py": b""}))
    for name in ("c.py", "a", "", "../a/b.py"):
        with pytest.raises(Unreadable, match="is no file here"):
            tree.read(name, 10)


def test_a_tree_with_too_many_files_is_refused(hand_in):
    """The message states the maximum number."""
    path = hand_in({f"{i}.py": b"" for i in range(6)})
    assert len(opened(path, max_files=6).files) == 6
    with pytest.raises(Unreadable, match="has more than 5 files: hand in only"):
        opened(path, max_files=5)


def test_files_that_tools_write_are_left_out_and_not_counted(hand_in):
    """Hidden files, caches, checkpoints, folders of macOS and Node, and environments of Python."""
    junk = (
        ".git/objects/aa",
        ".ipynb_checkpoints/a.ipynb",
        "a/__pycache__/a.cpython-311.pyc",
        "__MACOSX/._a.py",
        "._a.py",
        "node_modules/x/a.py",
        "env/pyvenv.cfg",
        "env/Lib/os.py",
        "env/bin/activate.py",
        "x/site-packages/numpy.py",
    )
    ours = {"a/a.py": b"1", "env/mine.py": b"2", "lib/b.py": b"3", "pycache.py": b"4"}
    tree = opened(hand_in({**dict.fromkeys(junk, b"junk"), **ours}), max_files=4)
    assert contents(tree) == ours


def test_an_environment_next_to_a_learners_files_hides_only_its_own_files(hand_in):
    """The work of a learner who created it in their folder is still read."""
    tree = opened(hand_in({"pyvenv.cfg": b"", "bin/x.py": b"", "a.py": b"1"}))
    assert contents(tree) == {"a.py": b"1"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("name", STRANGE, ids=ascii)
def test_strange_names_are_kept_as_they_are(hand_in, name):
    """The code that prints them escapes them; our own messages quote them."""
    tree = opened(hand_in({name: b"content"}))
    assert contents(tree) == {name: b"content"}
    with pytest.raises(Unreadable) as caught:
        tree.read(name, 3)
    assert str(caught.value).split(" has more")[0].isprintable()


def test_an_archive_in_an_archive_is_a_file(hand_in):
    """Its bytes can be read as an archive."""
    inner = zip_of({"affine.py": b"b = 2\n"})
    tree = opened(hand_in({"ann/hw.zip": inner}))
    assert contents(read(tree.read("ann/hw.zip", MAX_BYTES))) == {"affine.py": b"b = 2\n"}


def test_a_class_of_thousands_is_split_quickly():
    """Finding each learner's folder does not scan all the others."""
    entries = {f"{i:05}/{j}.py": File(0, bytes) for i in range(5000) for j in range(8)}
    tree = FileTree(entries)
    assert sum(len(tree.below(folder).files) for folder in tree.folders) == len(entries)


@pytest.mark.parametrize("name", ["affine.py", "NOTES.IPYNB"])
def test_one_file_is_a_tree_of_one(tmp_path, name):
    """A single module or notebook is a tree too."""
    (tmp_path / name).write_bytes(b"content")
    assert contents(opened(tmp_path / name)) == {name: b"content"}


def test_a_path_that_leads_nowhere_is_reported(tmp_path):
    """The message names it."""
    with pytest.raises(Unreadable, match=r"^missing cannot be read: "):
        opened(tmp_path / "missing")


def test_names_in_messages_are_cut_and_quoted():
    """Names cannot send commands to a terminal."""
    assert shown("a b.py") == "a b.py"
    assert shown("\x1b[2J") == "'\\x1b[2J'"
    assert len(shown("x" * 10_000)) < 110


# Archives: formats


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"<html>not found</html>", "neither a .zip nor a .tar.gz"),
        (tar_of({"a.py": b""}, compress=bytes), "is a .tar:"),
        (tar_of({"a.py": b""}, compress=bz2.compress), "is a .bz2:"),
        (b"Rar!\x1a\x07\x01\x00", "is a .rar:"),
        (b"7z\xbc\xaf\x27\x1c", "is a .7z:"),
        (gzip.compress(b"b = 2\n" * 200), "holds no .tar"),
        (b"PK\3\4 and no more", "is broken or cut short"),
    ],
    ids=["empty", "html", "tar", "bz2", "rar", "7z", "gzip", "zip"],
)
def test_what_is_not_an_archive_is_reported_by_its_format(content, told):
    """Its name does not matter; the message says what to hand in."""
    assert told in refusal(content)


def test_the_name_of_an_archive_does_not_matter():
    """A tar.gz that is called .zip is read, and vice versa."""
    assert contents(read(tar_of({"a.py": b"1"}), "hw.zip")) == {"a.py": b"1"}
    assert contents(read(zip_of({"a.py": b"1"}), "hw.tar.gz")) == {"a.py": b"1"}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_dialect_of_tar_is_read(form):
    """Long names and the ./ of `tar czf x.tgz .` are read in each."""
    long_name = f"{'folder' * 15}/{'x' * 90}.py"
    folder = tar_info("./", type=tarfile.DIRTYPE)
    tree = read(tar_of([(folder, b""), ("./a.py", b"1"), (long_name, b"2" * 600)], form))
    assert contents(tree) == {"a.py": b"1", long_name: b"2" * 600}


def test_of_a_tar_only_sources_and_archives_are_kept():
    """Other files are listed, but reading one raises an error."""
    kept = dict.fromkeys(("a.py", "A.IPYNB", "b.zip", "c.tar.gz", "d.tgz"), b"1")
    tree = read(tar_of({**kept, "data.npy": b"2"}))
    assert "data.npy" in tree.files
    assert {name: tree.read(name, 10) for name in kept} == kept
    with pytest.raises(Unreadable, match=r"data\.npy is not read: of a \.tar\.gz, only \.py"):
        tree.read("data.npy", 10)


def test_names_from_windows_are_paths():
    """Some programs on Windows write backslashes."""
    tree = read(zip_of([(zip_info("hw\\"), b""), (zip_info("hw\\a.py"), b"1")]))
    assert contents(tree) == {"hw/a.py": b"1"}


def test_names_from_macos_are_read_as_utf_8():
    """macOS writes UTF-8 without the flag; other names are kept as they are."""
    content = zip_of({"XXXXXX/a.py": b"1", "YY/a.py": b"2"})
    content = content.replace(b"XXXXXX", "张三".encode()).replace(b"YY", b"\xd5\xc5")
    assert contents(read(content)) == {"张三/a.py": b"1", "\u2552\u253c/a.py": b"2"}


def test_a_zip_on_disk_is_unpacked_only_where_it_is_read(tmp_path):
    """A broken member does not affect the others; no file stays open."""
    files = {f"{i}.py": os.urandom(100) for i in range(5)}
    content = bytearray(zip_of(files, zipfile.ZIP_STORED))
    content[content.index(files["3.py"])] ^= 1
    (tmp_path / "hw.zip").write_bytes(content)
    tree = opened(tmp_path / "hw.zip")
    assert tree.read("2.py", 100) == files["2.py"]
    with pytest.raises(Unreadable, match=r"^3\.py is broken or cut short"):
        tree.read("3.py", 100)
    (tmp_path / "hw.zip").unlink()  # Windows would refuse this for an open file
    with pytest.raises(Unreadable, match=r"^2\.py cannot be read"):
        tree.read("2.py", 100)


# Archives: refusals

OUTSIDE = (
    "../evil.py",
    "a/../../evil.py",
    "/etc/evil.py",
    "..\\evil.py",
    "a\\..\\..\\evil.py",
    "\\\\server\\share\\evil.py",
    "C:\\evil.py",
    "c:evil.py",
    "..",
)


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_member_outside_the_archive_is_refused(name):
    """The message names it, and nothing of the archive is read."""
    for content in (zip_of([("a.py", b""), (zip_info(name), b"")]), tar_of([(name, b"")])):
        message = refusal(content)
        assert f"{name} leads out of the archive" in message


def test_a_member_outside_the_archive_by_its_long_header_is_refused():
    """The name in the long header is the one that would be used."""
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        assert "leads out" in refusal(tar_of({"x/" * 50 + "../" * 51 + "evil.py": b""}, form))


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        (stat.S_IFLNK | 0o777, "is a link"),
        (stat.S_IFIFO | 0o644, "is a pipe"),
        (stat.S_IFCHR | 0o644, "is a device"),
        (stat.S_IFBLK | 0o644, "is a device"),
        (stat.S_IFSOCK | 0o644, "is a socket"),
        (0o150000, "is neither a file nor a folder"),
    ],
)
def test_of_a_zip_anything_but_files_is_left_out_and_told(mode, told):
    """As in a folder. The content of a link would be its target."""
    tree = read(zip_of([(zip_info("x.py", mode), b"/etc/passwd"), (zip_info("a.py"), b"1")]))
    assert contents(tree) == {"a.py": b"1"}
    assert [str(problem)[: len(told)] for problem in tree.problems.values()] == [told]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (tarfile.SYMTYPE, "is a link"),
        (tarfile.LNKTYPE, "is a link"),
        (tarfile.CHRTYPE, "is a device"),
        (tarfile.BLKTYPE, "is a device"),
        (tarfile.FIFOTYPE, "is a pipe"),
        (b"V", "is neither a file nor a folder"),
    ],
)
def test_of_a_tar_anything_but_files_is_left_out_and_told(kind, told):
    """As in a folder. A device is named, and never created or opened."""
    info = tar_info("x.py", type=kind, linkname="/dev/zero", devmajor=1, devminor=5)
    tree = read(tar_of([(info, b""), ("a.py", b"1")], tarfile.GNU_FORMAT))
    assert contents(tree) == {"a.py": b"1"}
    assert [str(problem)[: len(told)] for problem in tree.problems.values()] == [told]


def test_a_tar_with_a_sparse_file_is_refused():
    """Where the next member begins is unknown."""
    info = tar_info("x.py", type=tarfile.GNUTYPE_SPARSE)
    assert "x.py is a sparse file" in refusal(tar_of([(info, b"")], tarfile.GNU_FORMAT))


def test_members_have_the_times_that_the_archive_has():
    """By different clocks: a .zip has local time. A time before any is none."""
    new = zip_info("new.py")
    new.date_time = (2026, 11, 1, 10, 0, 0)
    old = zip_info("old.py")
    old.date_time = (1980, 0, 0, 0, 0, 0)
    tree = read(zip_of([(new, b""), (old, b"")]))
    assert [tree.age_of(name)[1] for name in tree.files] == [("zip", 1793527200.0), None]
    timed, untimed = tar_info("a.py"), tar_info("b.py")
    timed.mtime, untimed.mtime = 7, 0
    tree = read(tar_of([(timed, b""), (untimed, b"")]))
    assert [tree.age_of(name)[1] for name in tree.files] == [("UTC", 7.0), None]


def test_a_sparse_member_of_a_newer_format_is_refused():
    """It may declare gigabytes that are not in the archive."""
    info = tar_info("x.py", pax_headers={"GNU.sparse.map": "0,0", "GNU.sparse.size": "9" * 12})
    assert "x.py is a sparse file" in refusal(tar_of([(info, b"")]))


def test_links_in_ignored_folders_are_ignored():
    """An environment of Python contains many."""
    python = tar_info("env/bin/python", type=tarfile.SYMTYPE, linkname="/usr/bin/python3")
    tree = read(tar_of([(python, b""), ("env/pyvenv.cfg", b""), ("a.py", b"1")]))
    assert contents(tree) == {"a.py": b"1"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.py", "a.py"),
        ("a.py", "A.py"),
        ("stra\u00dfe.py", "STRASSE.py"),
        ("caf\u00e9.py", "cafe\u0301.py"),
        ("a/b.py", "a\\b.py"),
        ("a.py", "./a.py"),
        ("X", "x/a.py"),
        ("x/y", "x/y/z/a.py"),
        ("x", "x/"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_for_one_path_are_refused(first, second):
    """Paths that differ only in case or Unicode form conflict, as do a file and a folder."""
    others = [("m.py", b""), ("x a.py", b""), ("x.py", b"")]
    for pair in ([first, second], [second, first]):
        members = [(zip_info(name), b"") for name in pair]
        assert "have conflicting names" in refusal(zip_of(members + others))


def test_folders_that_are_listed_twice_do_not_conflict():
    """Many programs write an entry for each folder."""
    members = [("a/", b""), ("a/b/", b""), ("a/", b""), ("a/b/c.py", b"1"), ("A/d.py", b"2")]
    with pytest.warns(UserWarning, match="Duplicate"):
        content = zip_of(members)
    assert contents(read(content)) == {"a/b/c.py": b"1", "A/d.py": b"2"}


def test_an_encrypted_member_is_refused():
    """The message says what to do."""
    content = bytearray(zip_of({"a.py": b"1"}))
    content[content.index(b"PK\1\2") + 8] |= 1
    assert "a.py is encrypted: pack your files without a password" in refusal(bytes(content))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 93, 99])
def test_an_unusual_method_of_packing_is_refused(method):
    """Some unpack a hundred megabytes at once, and some are not available in every Python."""
    content = bytearray(zip_of({"a.py": b"1"}))
    content[content.index(b"PK\1\2") + 10] = method
    assert "a.py is packed in an unusual way" in refusal(bytes(content))


def test_a_nul_in_a_name_is_refused():
    """Other programs would read a different name."""
    content = zip_of({"aXpy.py": b"1"}).replace(b"aXpy.py", b"a\0py.py")
    assert "has a NUL in its name" in refusal(content)
    info = tar_info("x.py", pax_headers={"path": "a\0.py"})
    assert "has a NUL in its name" in refusal(tar_of([(info, b"")]))


@pytest.mark.parametrize("name", [".", "./.", ".\\.", "\0"])
def test_a_file_without_a_name_is_refused(name):
    """A name of dots is refused too; a name in a tar ends at a NUL."""
    assert "is no name for a file" in refusal(tar_of({name: b""}))


def test_an_endless_name_is_refused():
    """The message shows only its beginning."""
    message = refusal(zip_of({"x" * 60_000: b""}))
    assert "has a path of more than 500 characters" in message
    assert len(message) < 300


# Archives: bombs


@pytest.fixture(scope="module")
def zeros():
    """Return two hundred megabytes of zeros, deflated without a header, and their checksum."""
    deflate, piece = zlib.compressobj(9, zlib.DEFLATED, -15), bytes(1 << 20)
    packed, checksum = [], 0
    for _ in range(200):
        packed.append(deflate.compress(piece))
        checksum = zlib.crc32(piece, checksum)
    return b"".join([*packed, deflate.flush()]), checksum


def zip_with(packed, checksum, announced):
    """Return a zip of one member with the given compressed data and declared size."""
    name = b"bomb.py"
    fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, checksum, len(packed), announced, 7, 0)
    local = b"PK\3\4" + fields + name + packed
    directory = b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0)
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(directory) + 7, len(local), 0)
    return local + directory + name + b"PK\5\6" + end


def peak_of(action):
    """Return the peak of memory during an action."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_zip_that_declares_too_much_is_refused(zeros):
    """The limit of all files together is a megabyte here."""
    assert "has more than 1,048,576 bytes unpacked" in refusal(zip_with(*zeros, 200 << 20))
    two = zip_of({"a": b"123456", "b": b"123456"})
    assert "has more than 11 bytes unpacked" in refusal(two, max_bytes=11)
    assert read(two, max_bytes=12).files == ("a", "b")


@pytest.mark.parametrize("announced", [0, 10, 60_000])
def test_a_zip_that_lies_about_its_size_is_not_unpacked_further(zeros, announced):
    """It is broken, and takes no more memory than it declared."""
    tree = read(zip_with(*zeros, announced))

    def unpack():
        with pytest.raises(Unreadable, match=r"bomb\.py is broken"):
            tree.read("bomb.py", 1 << 16)

    assert peak_of(unpack) < 2 << 20


def test_a_file_in_a_zip_that_is_too_large_is_not_unpacked(zeros):
    """The limit of one file applies even below the limit of all files."""
    tree = read(zip_with(*zeros, 200 << 20), max_bytes=1 << 30)

    def unpack():
        with pytest.raises(Unreadable, match=r"bomb\.py has more than 65,536 bytes"):
            tree.read("bomb.py", 1 << 16)

    assert peak_of(unpack) < 2 << 20


def test_a_tar_gz_bomb_is_stopped(zeros):
    """Neither a header that hides it nor the lack of a tar inside matters."""
    packed, _ = zeros
    header = tar_info("bomb.py", size=(200 << 20) - 512).tobuf(tarfile.USTAR_FORMAT)
    wrapped = b"\x1f\x8b\x08" + bytes(7) + packed
    bombs = [wrapped, gzip.compress(header) + wrapped]
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    bombs.append(deflate.compress(header) + deflate.compress(bytes(20 << 20)) + deflate.flush())
    quiet = tar_info("bomb.npy", size=8 << 20).tobuf(tarfile.USTAR_FORMAT)
    bombs.append(gzip.compress(quiet + bytes(8 << 20)))
    for bomb in bombs:
        assert peak_of(lambda bomb=bomb: refusal(bomb)) < 4 << 20


def test_a_tar_header_that_lies_about_a_size_is_reported():
    """The size is larger than the data, negative, or larger than any memory."""
    for size in (5000, (1 << 62), 8**11 - 1):
        info = tar_info("a.py", size=size)
        content = gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
        assert "broken or cut short" in refusal(content)
    negative = bytearray(tar_info("a.py").tobuf(tarfile.GNU_FORMAT))
    negative[124:136] = b"\xff" * 11 + b"\x00"
    negative[148:156] = b" " * 8
    negative[148:156] = b"%06o\0 " % sum(negative)
    assert "broken or cut short" in refusal(gzip.compress(bytes(negative)))
    pax = tar_info("a.py", pax_headers={"size": "-512"})
    assert "broken or cut short" in refusal(tar_of([(pax, b"")]))


def test_extensions_of_a_tar_cost_no_time_and_memory():
    """A huge one, many of them, and an endless number take little time and memory."""
    many = b"".join(b"%d %d=\n" % (len(str(i)) + 6, i) for i in range(10000, 60000))
    header = tarfile.TarInfo("x")
    header.size, header.type = len(many), tarfile.XGLTYPE
    huge = header.tobuf(tarfile.USTAR_FORMAT) + many + bytes(-len(many) % 512)
    members = b"".join(tar_info(f"{i}.py").tobuf(tarfile.USTAR_FORMAT) for i in range(90))
    assert peak_of(lambda: read(gzip.compress(huge + members), max_bytes=4 << 20)) < 10 << 20
    header.type = tarfile.XHDTYPE
    header.size = 1 << 19
    digits = header.tobuf(tarfile.USTAR_FORMAT) + b"1" * header.size + members
    assert "broken" in refusal(gzip.compress(digits), max_bytes=4 << 20)
    header.size = 2 << 20
    assert "has a header of 2,097,152 bytes" in refusal(
        gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + bytes(2 << 20)), max_bytes=4 << 20
    )


def test_a_zip_with_a_hundred_thousand_members_is_refused_early():
    """Each takes fifty bytes in the archive and half a kilobyte in memory."""
    member = b"PK\1\2" + bytes(24) + struct.pack("<HHHHHII", 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = member * 100_000
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0, 0, len(directory), 0, 0)
    content = b"PK\3\4" + directory + end

    def give():
        assert "too many files" in refusal(content)

    assert peak_of(give) < 2 * len(content)


def test_the_number_of_ignored_files_is_limited_too():
    """Ignored files have a limit of their own."""
    content = zip_of({f".{i}": b"" for i in range(MAX_OTHERS + 10)}, zipfile.ZIP_STORED)
    assert "files" in refusal(content, max_files=5)


# Archives: damage

FILES = {"02_affine/affine.py": b"b = 2\n" * 50, "net.py": b"c = 3\n", "x.npy": bytes(100)}
WHOLE = {"zip": zip_of(FILES), "stored": zip_of(FILES, zipfile.ZIP_STORED), "tar": tar_of(FILES)}


def read_all(content):
    """Read all of an archive; the only exception may be `Unreadable`."""
    try:
        tree = read(content)
    except Unreadable:
        return {}
    found = {}
    for name in tree.files:
        try:
            found[name] = tree.read(name, MAX_BYTES)
        except Unreadable:
            found[name] = None
    return found


@pytest.mark.parametrize("kind", WHOLE)
def test_a_truncated_archive_is_reported(kind):
    """Nothing of a truncated upload is read, wherever it was cut."""
    content = WHOLE[kind]
    for length in range(0, len(content), 7):
        refusal(content[:length])


STARTS = (b"", b"PK\3\4", b"PK\5\6", b"\x1f\x8b\x08")


@given(content=st.binary(max_size=600), start=st.sampled_from(STARTS))
def test_any_bytes_are_a_tree_or_refused(content, start):
    """Arbitrary bytes have no other result."""
    read_all(start + content)


@given(content=st.binary(max_size=1200))
def test_any_bytes_in_a_gz_are_a_tree_or_refused(content):
    """An arbitrary tar has no other result."""
    read_all(gzip.compress(content))


@given(data=st.data(), kind=st.sampled_from([*WHOLE, "inner"]))
def test_a_damaged_archive_is_a_tree_or_refused(data, kind):
    """Bytes are flipped, removed or repeated; a file is read unchanged or not at all."""
    content = bytearray(gzip.decompress(WHOLE["tar"]) if kind == "inner" else WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["flip", "set", "cut", "repeat"])):
            case "flip":
                content[place] ^= 1 << data.draw(st.integers(0, 7))
            case "set":
                content[place] = data.draw(st.sampled_from([0, 1, 0x7F, 0xFF]))
            case "cut":
                del content[place : place + data.draw(st.integers(1, 20))]
            case "repeat":
                content[place:place] = content[place : place + 50]
    found = read_all(gzip.compress(content) if kind == "inner" else bytes(content))
    if kind != "inner":  # a tar has no checksum of the contents of its files
        assert all(text in (None, *FILES.values()) for text in found.values() if text)


@given(data=st.data())
def test_numbers_in_a_zip_may_be_anything(data):
    """Sizes, offsets and the fields of zip64 are not trusted."""
    content = bytearray(zip_of(FILES))
    starts = [content.index(b"PK\1\2"), content.index(b"PK\5\6"), 0]
    start = data.draw(st.sampled_from(starts))
    place = start + data.draw(st.integers(4, 44))
    number = data.draw(st.sampled_from([0, 1, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF]))
    content[place : place + 4] = struct.pack("<I", number)
    read_all(bytes(content))


def test_the_checksum_of_a_tar_gz_is_checked():
    """It comes last, after all that is read."""
    content = bytearray(WHOLE["tar"])
    content[-5] ^= 1
    content[-8] ^= 1
    assert "broken or cut short" in refusal(bytes(content))
