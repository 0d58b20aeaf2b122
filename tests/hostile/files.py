"""Hostile files: files that cannot be in a repository are created here, each with its verdict.

Each builder writes a submission into a class; its docstring says what it tries and, after the
arrow, what its row must say.
"""

import gzip
import json
import os
import shutil
import struct
import tarfile
import zipfile
from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "solutions" / "03_affine" / "affine.py"
BUILDERS = []


def builder(build):
    """Add a builder to the corpus; the expected message is after the arrow."""
    build.said = build.__doc__.rpartition("->")[2].strip(" .\n")
    BUILDERS.append(build)
    return build


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@builder
def nul_bytes(folder):
    """A source that ends with NUL bytes. -> NUL bytes."""
    (folder / "affine.py").write_bytes(REFERENCE.read_bytes() + bytes(100))


@builder
def bad_utf_8(folder):
    """Bytes that are not text. -> affine.py is not encoded in UTF-8."""
    (folder / "affine.py").write_bytes(b"\xff\xfe\xff")


@builder
def gbk(folder):
    """Chinese from an old Windows. -> It is most likely GBK. Save it as UTF-8."""
    (folder / "affine.py").write_bytes("x = 1\ny = '仿射层'\n".encode("gbk"))


@builder
def large_source(folder):
    """A hundred megabytes of code. -> has more than 65,536 bytes."""
    with (folder / "affine.py").open("wb") as file:
        file.truncate(100 << 20)


@builder
def pipe(folder):
    """A pipe that nobody writes into. -> is a pipe, which is not read."""
    os.mkfifo(folder / "affine.py")


@builder
def link_to_a_device(folder):
    """A file without end. -> is a link, which is not followed."""
    (folder / "affine.py").symlink_to("/dev/zero")


@builder
def link_to_a_neighbour(folder):
    """The work of another learner. -> is a link, which is not followed."""
    (folder / "affine.py").symlink_to(folder.parent / "neighbour" / "03_affine" / "affine.py")


@builder
def linked_folder(folder):
    """The solutions, as a folder of the learner. -> is a link, which is not followed."""
    (folder / "03_affine").symlink_to(REFERENCE.parent)


@builder
def zip_slip(folder):
    """An archive that would overwrite what lies beside it. -> leads out of the archive."""
    zipped(folder / "hw.zip", **{"../neighbour/03_affine/affine.py": "x", "affine.py": "x"})


@builder
def absolute_path(folder):
    """An archive that would overwrite anything. -> leads out of the archive."""
    zipped(folder / "hw.zip", **{"/tmp/affine.py": "x"})


@builder
def zip_bomb(folder):
    """64 KiB that become 96 MiB. -> has more than 67,108,864 bytes unpacked."""
    zipped(folder / "hw.zip", **{"affine.py": bytes(96 << 20)})


@builder
def link_in_a_tar(folder):
    """A link to the solutions, packed. -> is a link, which is not followed."""
    with tarfile.open(folder / "hw.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("affine.py")
        info.type, info.linkname = tarfile.SYMTYPE, str(REFERENCE)
        archive.addfile(info)


@builder
def device_in_a_tar(folder):
    """A device, packed. -> is a device, which is not read."""
    with tarfile.open(folder / "hw.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("affine.py")
        info.type = tarfile.CHRTYPE
        archive.addfile(info)


@builder
def case_clash(folder):
    """Two files that are one on other machines. -> have conflicting names."""
    zipped(folder / "hw.zip", **{"affine.py": "x", "AFFINE.py": "y"})


@builder
def no_archive(folder):
    """Rubbish by the name of an archive. -> is neither a .zip nor a .tar.gz."""
    (folder / "hw.zip").write_bytes(b"rubbish" * 100)


@builder
def deep_notebook(folder):
    """JSON that is nested until the reader falls over. -> nested too deeply."""
    (folder / "affine.ipynb").write_text('{"cells":' + "[" * 100_000)


@builder
def too_many_files(folder):
    """More files than anybody writes. -> files: hand in only those that you wrote."""
    for number in range(1001):
        (folder / f"{number}.txt").touch()


@builder
def the_whole_course(folder):
    """The solutions, handed in as solutions. -> it belongs to the course."""
    (folder / "solutions" / "03_affine").mkdir(parents=True)
    (folder / "solutions" / "03_affine" / "affine.py").write_bytes(REFERENCE.read_bytes())


# What costs the reader time and memory: each is refused or read within the limits of a submission.


def notebook_of(*sources, **cell):
    """Return a notebook with these sources of cells, as JSON."""
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, **cell}
        for source in sources
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def brackets():
    """Return a notebook of 16 MiB of opening brackets."""
    return notebook_of("(" * ((16 << 20) - 200))


@builder
def notebooks_of_brackets(folder):
    """Three notebooks of 16 MiB of brackets in a zip. -> bytes of code and notebooks, where."""
    zipped(folder / "affine.zip", **{f"affine{n}.ipynb": brackets() for n in ("", 1, 2)})


@builder
def notebooks_in_a_folder(folder):
    """The same in a folder. -> clear the outputs of notebooks, and hand in only the files."""
    for name in ("affine", "affine1", "affine2"):
        (folder / f"{name}.ipynb").write_text(brackets())


@builder
def one_notebook_of_brackets(folder):
    """One notebook of brackets, that is allowed by its size. -> bytes besides its outputs."""
    (folder / "affine.ipynb").write_text(brackets())


@builder
def many_modules(folder):
    """Three hundred modules of the maximum size. -> the largest is affine0.py, with 65,500)."""
    for number in range(300):
        (folder / f"affine{number}.py").write_text("#\n" * 32_750)


@builder
def many_notebooks(folder):
    """Notebooks that are small each, and full of brackets. -> is too large: clear its outputs."""
    for name in ("affine", *(f"a{number}" for number in range(40))):
        (folder / f"{name}.ipynb").write_text(notebook_of("()" * 32_000 + "\n%x"))


@builder
def outputs_of_brackets(folder):
    """Brackets where outputs should be. -> is too large: clear its outputs."""
    start = notebook_of("x")[: -len('], "source": "x"}]}')]
    (folder / "affine.ipynb").write_text(start + "[" * (15 << 20))


@builder
def a_source_of_many_lines(folder):
    """A source of two million empty lines. -> is too large: clear its outputs."""
    (folder / "affine.ipynb").write_text(notebook_of([""] * 2_000_000))


@builder
def many_cells(folder):
    """A hundred thousand cells. -> is too large: clear its outputs."""
    (folder / "affine.ipynb").write_text(notebook_of(*["x"] * 100_000))


@builder
def strings_of_wide_characters(folder):
    """Many short texts that take four bytes for a character. -> bytes besides its outputs."""
    text = notebook_of("x", odd=["\N{SNAKE}" + "a" * 20] * 400_000)
    (folder / "affine.ipynb").write_text(text.replace(r"\ud83d\udc0d", "\N{SNAKE}"), "utf-8")


@builder
def an_open_string(folder):
    """An output without end, full of escapes. -> is not a notebook, as it is not JSON."""
    start = notebook_of("x")[: -len('], "source": "x"}]}')]
    (folder / "affine.ipynb").write_text(start + '"' + r"\"\\" * (3 << 20))


@builder
def magics_without_end(folder):
    """A magic of ten thousand continued lines, then others. -> affine.ipynb defines no Affine."""
    lines = "!ls \\\n" * 3_000 + "\n" + "%x\n" * 8_000
    (folder / "affine.ipynb").write_text(notebook_of(lines))


@builder
def quadratic_words(folder):
    """One word of 60,000 letters that is not UTF-8. -> is not encoded in UTF-8."""
    (folder / "affine.py").write_bytes(b"# \xe9 " + b"a" * 60_000)


@builder
def modules_in_no_encoding(folder):
    """A hundred modules in no encoding. -> affine (0).py is not encoded in UTF-8."""
    for number in range(100):
        (folder / f"affine ({number}).py").write_bytes(bytes(range(0xB0, 0xF0)) * 140)


@builder
def punycode(folder):
    """An encoding that takes quadratic time. -> unknown encoding: punycode."""
    (folder / "affine.py").write_bytes(b"# coding: punycode\n" + b"x-" + b"a" * 60_000)


def tarred(path, name, content, times, kind=tarfile.REGTYPE, level=1):
    """Write a .tar.gz in which a member is repeated."""
    info = tarfile.TarInfo(name)
    info.size, info.type = len(content), kind
    member = info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)
    path.write_bytes(gzip.compress(member * times + bytes(1024), level))


@builder
def pax_records(folder):
    """Headers of a tar with eight million records. -> has a header of."""
    record = b"".join(b"%d %07d=\n" % (12, number) for number in range(80_000))
    tarred(folder / "hw.tar.gz", "x", record, 60, tarfile.XHDTYPE)


@builder
def headers_of_a_tar(folder):
    """A tar of a hundred thousand empty headers. -> has too many files."""
    tarred(folder / "hw.tar.gz", "x", b"", 100_000, tarfile.XGLTYPE)


@builder
def junk_in_many_tars(folder):
    """Forty tars with 60 MiB each of files that are left out. -> bytes unpacked: hand in only."""
    tarred(folder / "0.tgz", ".x", bytes(60 << 20), 1)
    for number in range(1, 40):
        shutil.copy(folder / "0.tgz", folder / f"{number}.tgz")


@builder
def junk_in_many_zips(folder):
    """A hundred zips of 20,000 files each that are left out. -> has too many files."""
    with zipfile.ZipFile(folder / "0.zip", "w") as archive:
        for number in range(20_000):
            archive.writestr(f".{number}", b"")
    for number in range(1, 100):
        shutil.copy(folder / "0.zip", folder / f"{number}.zip")


@builder
def overlapping_members(folder):
    """Nine hundred members of a zip that share one megabyte of nothing. -> files that overlap."""
    nothing = b"\0\0\0\xff\xff" * 200_000 + b"\x03\0"  # blocks of no bytes
    start = b"PK\3\4" + struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(nothing), 1, 1, 0) + b"a"
    entry = b"PK\1\2" + struct.pack(
        "<HHHHHHIIIHHHHHII", 20, 20, 0, 8, 0, 0, 0, len(nothing), 1, 12, 0, 0, 0, 0, 0, 0
    )
    directory = b"".join(entry + b"affine_%05d" % number for number in range(900))
    end = struct.pack("<HHHHIIH", 0, 0, 900, 900, len(directory), len(start + nothing), 0)
    (folder / "hw.zip").write_bytes(start + nothing + directory + b"PK\5\6" + end)


@builder
def further_fields(folder):
    """A zip whose members have 64 KiB of further fields each. -> too much in its list of files."""
    extra = struct.pack("<HH", 0x7777, 0) * 16_000
    entry = b"PK\1\2" + struct.pack(
        "<HHHHHHIIIHHHHHII", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, len(extra), 0, 0, 0, 0, 0
    )
    directory = (entry + b"a" + extra) * 300
    end = struct.pack("<HHHHIIH", 0, 0, 300, 300, len(directory), 4, 0)
    (folder / "hw.zip").write_bytes(b"PK\3\4" + directory + b"PK\5\6" + end)


@builder
def zips_in_zips(folder):
    """Zips in zips in zips. -> no file of the course was handed in."""
    content = REFERENCE.read_bytes()
    for depth in range(50):
        zipped(folder / "hw.zip", **{f"affine{depth}.zip" if depth else "affine.py": content})
        content = (folder / "hw.zip").read_bytes()


@builder
def names_of_marks(folder):
    """Names of combining marks, whose normal form takes time. -> hand in only."""
    with zipfile.ZipFile(folder / "hw.zip", "w") as archive:
        for number in range(15_000):
            archive.writestr(f"{number:05}" + "\u0301\u0316" * 160 + "/", b"")


@builder
def copies_of_copies(folder):
    """Names that end like a copy of a copy, and so on, but not quite. -> no file of the course."""
    names = [f"affine{'(1)' * 150}x{number}.py" for number in range(900)]
    zipped(folder / "hw.zip", **dict.fromkeys(names, "x"))


@builder
def deep_folders(folder):
    """Nine hundred files in a folder that is very deep. -> has a path of more than 500."""
    deep = folder / "/".join("d" * 500)
    deep.mkdir(parents=True)
    for number in range(900):
        (deep / f"{number}.py").touch()


@builder
def wide_outputs_and_code(folder):
    """A notebook as large as may be, in characters of four bytes. -> characters of code."""
    texts = ["\N{SNAKE}" * 9 + "a"] * 120_000
    raw = {"nbformat": 4, "metadata": {"odd": texts}, "cells": [], "outputs": texts}
    raw["cells"] = [
        {"cell_type": "code", "source": "\N{SNAKE}" * 300_000, "outputs": ["\N{SNAKE}" * 1_000_000]}
    ]
    (folder / "affine.ipynb").write_text(json.dumps(raw, ensure_ascii=False), "utf-8")


@builder
def archives_without_code(folder):
    """Archives that hold 60 MiB, none of it code. -> have conflicting names."""
    tarred(folder / "0.tgz", "x.gz", bytes(30 << 20), 2, level=0)


@builder
def a_sparse_notebook(folder):
    """A notebook of a terabyte that takes no room. -> has more than 16,777,216 bytes."""
    with (folder / "affine.ipynb").open("wb") as file:
        file.truncate(1 << 40)


@builder
def loops_of_links(folder):
    """A folder that contains itself. -> is a link, which is not followed."""
    (folder / "03_affine").mkdir()
    (folder / "03_affine" / "affine.py").symlink_to("affine.py")
    (folder / "03_affine" / "again").symlink_to(folder)


NAMES = (
    "new\nline",
    'quo"te',
    "it's",
    "=cmd()|' C calc'!A0",
    "\u202egnp.exe",
    "\x1b[2J\x1b[31mred",
    "[red]markup",
    "<script>alert(1)<script>",
    "a" * 200,
)
"""Names of folders that somebody may choose, and that may do no harm where they are shown."""
