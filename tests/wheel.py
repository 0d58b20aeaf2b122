"""Builds the source distribution and the wheel, and takes the course with only the wheel.

``python tests/wheel.py`` needs a package index for setuptools, so a bare ``pytest`` does not run
it, but ``.ci/run`` does. The dependencies are those of this environment; the package itself, its
commands and its course are those of the wheel, which is built from the unpacked source
distribution. ``python tests/wheel.py WHEEL`` tries one that is there already.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from readme_renderer import markdown

ROOT = Path(__file__).resolve().parents[1]
MAX_BYTES = 3 * 1024 * 1024
ARCHIVE = "grader/shipped.zip"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
FIRST, SECOND, LAST = "01_simple_layers", "02_activations", "07_mnist"
NOT_RUN = re.compile(r"python -m pip install backprop-kata|cd .*|kata")
NOTEBOOK = """
import sys
import nbclient, nbformat
book = nbformat.read(sys.argv[1], 4)
stub = next(cell for cell in book.cells if cell.source.startswith("%%kata"))
stub.source = stub.source.splitlines()[0] + "\\n" + open(sys.argv[2], encoding="utf-8").read()
nbclient.NotebookClient(book, kernel_name="python3").execute()
print(stub.outputs)
"""
"""Program that fills in the cell of a notebook, runs all cells, and prints what the cell showed."""


class Failed(Exception):
    """What was found is not what was expected."""


def expect(holds: object, expected: str, found: object = "") -> None:
    """Report something that holds, or raise `Failed`."""
    if not holds:
        raise Failed(f"expected: {expected}\n{found}")
    print(f"✓ {expected}", flush=True)


def build(folder: Path) -> tuple[Path, Path]:
    """Build the source distribution, and from its files the wheel."""
    command = [sys.executable, "-m", "build", "--outdir", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, "both are built", done.stdout[-2000:] + done.stderr[-2000:])
    (source,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return source, wheel


def look_into(source: Path, wheel: Path) -> None:
    """Check what is in both: the repository, as git knows it."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=False)
    known = {name for name in listed.stdout.decode().split("\0") if (ROOT / name).is_file()}
    if known:  # this may be an unpacked archive itself
        with tarfile.open(source) as packed:
            there = {name.partition("/")[2] for name in packed.getnames()}
        expect(known <= there, "the source distribution has every file", sorted(known - there))
        courses = {name for name in known if not name.startswith("grader/")}
        with zipfile.ZipFile(wheel) as outer, outer.open(ARCHIVE) as inner:
            shipped = set(zipfile.ZipFile(inner).namelist())
        expect(shipped == courses, "the wheel has the course", sorted(shipped ^ courses))
    expect(wheel.stat().st_size < MAX_BYTES, f"it has {wheel.stat().st_size // 1024} KiB of 3 MiB")
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    expect(tops == {"grader", "dataset"}, "two packages and no solution are importable", tops)


def description(wheel: Path) -> str:
    """Return the description for an index, after checking that the metadata is complete."""
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (one for one in opened.namelist() if one.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(opened.read(name).decode("utf-8"))
    for field in ("Summary", "Keywords", "Classifier", "License-Expression", "Requires-Python"):
        expect(metadata[field], f"the metadata has {field}")
    text = str(metadata.get_payload())
    page = markdown.render(text, variant="GFM")
    expect(page and "<pre" in page, "the description renders", text)
    return text


class Shell:
    """Runs commands of a fresh environment that has the wheel, far from any clone."""

    def __init__(self, place: Path, wheel: Path) -> None:
        self.ran: list[str] = []
        venv = place / "venv"
        pip = [sys.executable, "-m", "pip", "--python", str(venv), "install", "--quiet"]
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        subprocess.run([*pip, "--no-deps", wheel], check=True)
        self.folder = place / "home"
        self.folder.mkdir()
        hidden = ("PYTHONPATH", "PYTHONHOME", "PYTEST_ADDOPTS", "VIRTUAL_ENV", "COVERAGE")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(hidden)}
        self.environment = {
            **kept,
            "PATH": os.pathsep.join([str(venv / SCRIPTS), os.environ["PATH"]]),
            "XDG_DATA_HOME": str(place / "data"),  # the secret; the digits stay where they are
            "PYTHONUTF8": "1",
            "KATA_LANG": "en",
        }
        # A plain line: an editable installation that is there as well is not set up by it.
        own = self.run("python -c \"import sysconfig; print(sysconfig.get_path('purelib'))\"")
        Path(own.strip(), "others.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
        show = "import grader, dataset; print(grader.__file__, dataset.__file__)"
        where = self.run(f'python -c "{show}"')
        expect(where.count(str(venv)) == 2, "the wheel is what is used", where)

    def run(self, command: str, code: int = 0) -> str:
        """Run a command, and return what it prints; raise `Failed` at another exit code."""
        self.ran.append(command)
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        if done.returncode != code:
            raise Failed(f"$ {command}\nexited with {done.returncode}, not {code}\n{done.stdout}")
        return done.stdout


def take_the_course(shell: Shell, solutions: Path) -> None:
    """Take the course: red, green, borrowed, in a notebook, as a picture, trained, brought up."""
    shell.run("kata start my-course")
    shell.folder /= "my-course"
    there = {path.name for path in shell.folder.iterdir()}
    expect("solutions" not in there, "a learner does not stumble over solutions", there)
    red = shell.run(f"pytest exercises/{FIRST}", code=1)
    expect(f"{FIRST}: 0 of " in red, "a stub is red", red)
    solution = solutions / FIRST / "simple_layers.py"
    shell.run(f"kata notebook {FIRST}")
    (shell.folder / "fill.py").write_text(NOTEBOOK, "utf-8")
    shown = shell.run(f"python fill.py {FIRST}.ipynb {solution}")
    expect("core" in shown and "Done" in shown, "a notebook runs, and its cell is green", shown)
    stub = shell.folder / "exercises" / FIRST / "simple_layers.py"
    expect(stub.read_text("utf-8").split() == solution.read_text("utf-8").split(), "it is saved")
    green = shell.run(f"pytest exercises/{FIRST}")
    expect("Done! Next: " in green, "a solution is green", green)
    code = shell.run(f"kata solution {FIRST}")
    expect(code.strip() == solution.read_text("utf-8").strip(), "the reference is shown then")
    refused = shell.run(f"kata solution {SECOND}", code=2)
    expect("is not done yet" in refused, "and not before", refused)
    for folder in sorted((shell.folder / "exercises").glob("0[2-7]*")):
        shell.run(f"kata borrow {folder.name} --yes")
    shell.run("kata graph purchase")
    expect((shell.folder / "purchase.svg").is_file(), "a graph is drawn")
    trained = shell.run(f"python exercises/{LAST}/mnist.py")
    expect("0.9" in trained, "the network trains", trained)
    work = stub.read_bytes()
    shell.run("kata update")
    expect(stub.read_bytes() == work, "an update leaves the work alone")
    shell.folder = shell.folder.parent


def grade_a_class(shell: Shell) -> None:
    """Make an instructor's course, grade its solutions, and hand it out."""
    shell.run("grader new our-course")
    shell.folder /= "our-course"
    shell.run("grader grade solutions")
    expect(True, "the solutions pass in a course of one's own")
    me = "git -c user.name=x -c user.email=x@example.org"
    shell.run(f"git init -q && git add . && {me} commit -qm x")
    shell.run("grader release ../learners.zip")
    shell.folder = shell.folder.parent
    names = zipfile.ZipFile(shell.folder / "learners.zip").namelist()
    given_away = [name for name in names if "/solutions/" in name or name.endswith(".zip")]
    expect("learners/grader/course/course.py" in names, "a release has the grader")
    expect(not given_away, "and no solution", given_away)
    affine = Path("our-course", "solutions", "03_affine", "affine.py")
    done = shell.run(f"grader --course our-course grade {affine} --exercise 03_affine")
    expect("10 of 10" in done, "grader --course works from elsewhere", done)


def main() -> None:
    """Build, look, and try."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve()
        if sys.argv[1:]:
            wheel = Path(sys.argv[1]).resolve()
        else:
            source, wheel = build(place / "dist")
            look_into(source, wheel)
        told = description(wheel)
        shutil.copytree(ROOT / "solutions", place / "solutions")
        shell = Shell(place, wheel)
        take_the_course(shell, place / "solutions")
        grade_a_class(shell)
        commands = re.findall(r"^\$ (.*)$", told, re.MULTILINE)
        missing = [one for one in commands if one not in shell.ran and not NOT_RUN.fullmatch(one)]
        expect(commands and not missing, "the commands of the description run", missing)
    print(f"in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(f"✗ {failed}")
