"""Hostile files: files that cannot be in a repository are created here, each with its verdict.

Each builder writes a submission into a class; its docstring says what it tries and, after the
arrow, what its row must say.
"""

import os
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
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
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
