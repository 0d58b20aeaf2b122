"""Checks of the documents: links resolve, and commands run."""

import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from dataset.files import KNOWN_FILES

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
COURSE = ROOT / "exercises" / "README.md"
CHINESE = COURSE.with_name("README.zh-CN.md")
DIGITS = ROOT / "dataset" / "README.md"
MAX_WORDS = 700

FENCE = re.compile(r"^(?P<fence>`{3,})(\w*)[^\n]*\n(.*?)^(?P=fence)$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`[^`\n]*`")
TARGET = re.compile(r"\]\(([^)\s]+)\)")
ELSEWHERE = re.compile(r"[a-z]+:|#")
IN_A_TABLE = re.compile(r"^\| `((?:kata|pytest|python|grader)\b[^`]*)` \|", re.MULTILINE)
SHAPE = re.compile(r"^(#+ |\d\. |- |\| |```\w*$)", re.MULTILINE)

FIRST_COMMANDS = (
    "python -m pip install -e . && grader grade solutions",
    'python -m pip install -e ".[test]" && pytest',
)
INSTALLS = "it installs from the network; .ci/run and CI do it on a clean clone"
NOT_RUN = {
    FIRST_COMMANDS[0]: INSTALLS,
    FIRST_COMMANDS[1]: INSTALLS,
    "python -m pip install -e .": INSTALLS,
    "python -m venv .venv": "it is of use only before an installation",
    "source .venv/bin/activate": "it is of use only before an installation",
    "kata": "it waits for keys; tests/grader/kata/test_watch.py runs it in a terminal",
    "kata update": "it would bring back what is left out here; tests/wheel.py runs it",
    "python exercises/07_mnist/mnist.py": "it trains; tests/test_lessons.py runs it, but shorter",
    "export MNIST_DIR=/media/stick/mnist": "the folder is an example",
}
START = "kata start my-course && cd my-course"
SOLVED = ("01_simple_layers", "02_activations", "03_affine")
EXPORT = """\
Student,ID,SIS User ID,SIS Login ID,Section,Affine layer (551)
    Points Possible,,,,,10.00
"Doe, Jane",102,s102,jane,A,
"""


def documents() -> list[Path]:
    """All Markdown files of the project, but not those of what is installed beside it."""
    ours = (".github", "dataset", "exercises", "grader", "solutions", "tests")
    return sorted(
        [*ROOT.glob("*.md"), *(path for one in ours for path in (ROOT / one).rglob("*.md"))]
    )


def blocks(document: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    found = FENCE.findall(document.read_text("utf-8"))
    return [text for _, kind, text in found if kind == language]


def commands(document: Path) -> dict[str, list[str]]:
    """The commands of console blocks and tables, and the lines of output that are shown."""
    found: dict[str, list[str]] = {}
    for block in blocks(document, "console"):
        for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = one.splitlines()
            found[command] = shown
    for command in IN_A_TABLE.findall(FENCE.sub("", document.read_text("utf-8"))):
        found.setdefault(command, [])
    return found


ALL = {
    command: shown
    for document in (README, COURSE, CHINESE, DIGITS)
    for command, shown in commands(document).items()
}


def test_the_readme_is_short():
    """Details belong in the documents that it links to."""
    assert len(README.read_text("utf-8").split()) <= MAX_WORDS


def test_the_readme_has_the_two_commands_that_grade_and_test_all():
    """They come first, unchanged, and CI takes the same steps."""
    assert blocks(README, "console")[0].splitlines() == [f"$ {one}" for one in FIRST_COMMANDS]
    steps = (ROOT / ".ci" / "run").read_text("utf-8")
    for step in ('-e ".[test]"', "step grader grade solutions\n", "step pytest\n"):
        assert step in steps


def test_the_readme_counts_the_known_mistakes():
    """The number is that of the catalogue."""
    catalogues = (ROOT / "tests" / "mistakes").glob("[0-9]*.toml")
    number = sum(len(tomllib.loads(one.read_text("utf-8"))["mistake"]) for one in catalogues)
    assert f"one of {number} known ones" in " ".join(README.read_text("utf-8").split())


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(document):
    """Pictures as well. Links of a variant are resolved where it will be installed, too."""
    variant = re.search(r"tests/variants/\w+/", document.as_posix())
    place = ROOT / document.as_posix()[variant.end() :] if variant else document
    text = CODE.sub("", FENCE.sub("", document.read_text("utf-8")))
    links = [link.split("#")[0] for link in TARGET.findall(text) if not ELSEWHERE.match(link)]
    assert [
        link
        for link in links
        if not (place.parent / link).exists() and not (document.parent / link).exists()
    ] == []


def test_every_picture_is_shown_in_the_readme():
    """What is drawn in them is compared with a fresh run by .ci/run."""
    for picture in (ROOT / ".github" / "pictures").iterdir():
        assert f"](.github/pictures/{picture.name})" in README.read_text("utf-8")


def test_the_course_is_told_in_chinese_as_in_english():
    """Headings, steps, tables and blocks come in the same order; commands are the same."""
    english, chinese = COURSE.read_text("utf-8"), CHINESE.read_text("utf-8")
    assert SHAPE.findall(chinese) == SHAPE.findall(english)
    assert blocks(CHINESE, "console") == blocks(COURSE, "console")
    assert list(commands(CHINESE)) == list(commands(COURSE))
    assert TARGET.findall(chinese) == [
        "README.md" if link == "README.zh-CN.md" else re.sub(r"^(\d.*README)", r"\1.zh-CN", link)
        for link in TARGET.findall(english)
    ]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the variables of a shell with the environment active and user data in `home`."""
    inherited = {k: value for k, value in os.environ.items() if not k.startswith("PYTEST_")}
    return {
        **inherited,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "COLUMNS": "80",
        "XDG_DATA_HOME": str(home / "data"),
        **more,
    }


def test_the_digits_are_loaded_as_their_readme_says():
    """Its example prints what stands there, and its digests are those that are checked."""
    (example,) = blocks(DIGITS, "python")
    test = doctest.DocTestParser().get_doctest(example, {}, "digits", str(DIGITS), 0)
    told: list[str] = []
    assert doctest.DocTestRunner(verbose=False).run(test, out=told.append).attempted == 3
    assert told == []
    table = re.findall(r"^\| `(\S+)` \| `(\w{64})` \|$", DIGITS.read_text("utf-8"), re.MULTILINE)
    assert dict(table) == KNOWN_FILES


posix = pytest.mark.skipif(os.name != "posix", reason="the commands are those of a POSIX shell")


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A copy made by the documented command."""
    home = tmp_path_factory.mktemp("reader")
    subprocess.run(START, shell=True, cwd=home, env=environment(home), check=True)
    return home / "my-course"


@pytest.fixture(scope="module")
def course(started, tmp_path_factory):
    """The same with only the first three exercises, for speed, and files to grade."""
    root = tmp_path_factory.mktemp("short") / "my-course"
    shutil.copytree(started, root)
    settings = (root / "pyproject.toml").read_text("utf-8")
    for folder in (root / "exercises").glob("[0-9]*"):
        if folder.name not in SOLVED:
            shutil.rmtree(folder)
            settings = re.sub(rf'^ +".*{folder.name}",\n', "", settings, flags=re.MULTILINE)
    (root / "pyproject.toml").write_text(settings, "utf-8")
    (root / "export.csv").write_text(EXPORT, "utf-8")
    with zipfile.ZipFile(root / "submissions.zip", "w") as archive:
        archive.write(ROOT / "solutions" / "03_affine" / "affine.py", "doejane_102_7_affine.py")
    return root


@pytest.fixture
def solved(course):
    """The same with its exercises completed, whatever an earlier command changed."""
    for name in SOLVED:
        shutil.copytree(ROOT / "solutions" / name, course / "exercises" / name, dirs_exist_ok=True)
    return course


@pytest.mark.thorough
@posix
@pytest.mark.parametrize("command", [one for one in ALL if one not in {*NOT_RUN, START}])
def test_every_command_runs_as_it_is_written(command, solved, learners_pytest):
    """It succeeds in a learner's copy, and prints the lines shown below it."""
    if command.startswith("kata try"):  # which needs a promise that is broken
        file = solved / "exercises" / "03_affine" / "affine.py"
        file.write_text(file.read_text("utf-8").replace("axis=0", "axis=1"), "utf-8")
    done = subprocess.run(
        command,
        shell=True,
        cwd=solved,
        env=environment(solved.parent, PYTEST_ADDOPTS=learners_pytest),
        input="y\n",
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for line in ALL[command]:
        assert line in done.stdout.splitlines()


def test_every_exception_is_still_documented():
    """The list of commands that are not run has no stale entries."""
    assert NOT_RUN.keys() < ALL.keys()
    assert START in commands(README)
    assert START in commands(COURSE)


@pytest.mark.parametrize("document", [README, COURSE, CHINESE, DIGITS], ids=lambda path: path.name)
def test_every_import_of_the_package_works(document):
    """Only those of grader and dataset: `from affine import Affine` imports learners' code."""
    for line in re.findall(
        r"`(from (?:grader|dataset)\b[^`]* import \w+)`", document.read_text("utf-8")
    ):
        module, name = re.fullmatch(r"from (\S+) import (\w+)", line).groups()
        assert hasattr(importlib.import_module(module), name)


@posix
@pytest.mark.parametrize(("document", "language"), [(COURSE, "en"), (CHINESE, "zh-CN")])
def test_the_broken_promise_that_is_explained_is_what_pytest_prints(
    document, language, solved, learners_pytest
):
    """The block is part of the output in that language."""
    affine = solved / "exercises" / "03_affine" / "affine.py"
    affine.write_text(
        affine.read_text("utf-8").replace("np.sum(dout, axis=0)", "np.sum(dout)"), "utf-8"
    )
    more = {"PYTEST_ADDOPTS": learners_pytest, "KATA_LANG": language}
    done = subprocess.run(
        "pytest exercises/03_affine --hint --hint",
        shell=True,
        cwd=solved,
        env=environment(solved.parent, **more),
        capture_output=True,
        encoding="utf-8",
    )
    (block,) = blocks(document, "text")
    assert block in done.stdout


def test_the_course_that_is_handed_out_has_its_readme_and_all_that_it_links_to(started):
    """A learner can read both languages offline, and every link resolves in the copy."""
    for document in (COURSE, CHINESE):
        copy = started / "exercises" / document.name
        assert copy.read_bytes() == document.read_bytes()
        links = TARGET.findall(CODE.sub("", FENCE.sub("", copy.read_text("utf-8"))))
        assert [link for link in links if not (copy.parent / link).exists()] == []
