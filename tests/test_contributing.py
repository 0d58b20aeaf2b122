"""The documents for contributors: what they name exists, and versions agree."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = (*sorted((ROOT / ".github").glob("*.md")), ROOT / "tests" / "README.md")
CONTRIBUTING = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
# Each question, and a word that is in a file that answers it.
QUESTIONS = {
    "where a memory limit is set": "RLIMIT_AS",
    "where a late submission loses points": "percent_per_day",
    "where parts of a course are read, and what is grouped by them": "def by_part",
    "what a course gives that it does not teach": "def find_given",
    "what is on the page of a trained network": "def page_of",
    "where it is decided that there is no mark": "def why_no_mark",
    "which class a journal is of, and who is in it": "class GradedClass",
    "whom a name on the command line means": "class Naming",
    "where a date is understood": "def read_time",
    "whose a failure is": "def first_undone",
    "where a failure becomes words": "def diagnose",
    "where a known mistake is recognised": "def recognise",
    "where failures of one cause are grouped": "def causes_of",
    "where what was called is told": "def write_program",
    "what a learner reads of a verdict": "def for_learner",
    "where a misspelt name is recognised": "def nearest",
    "where a Chinese hint is looked up": "def catalogue",
    "where Ctrl-C is handled": "SIGINT",
    "where it is decided whether to judge again": "TIMED_OUT",
    "where hidden inputs are drawn": "default_rng",
    "where results.json is written": '"results.json"',
    "where a further platform would go": "moodle",
    "what the page of a class counts, and which code it shows": "quartile",
    "what `grader grade` does": "class GradeRequest",
    "what defines exit codes": "sys.exit",
    "what speaks the wire": "class WireError",
    "where `%%kata` is handled": "%%kata",
    "what a learner's bundle contains": ".vscode",
    "what is in the wheel besides the packages": "shipped.zip",
    "how a spec is collected": "pytest.Module",
    "what may break with a new pytest": "_pytest",
    "which file counts, if several may be an exercise": "is_stub",
    "what a submission may import": "__import__",
    "where a notebook's magics are removed": "magics",
}
SECTION = CONTRIBUTING.partition("\n## Where is ...?\n")[2].partition("\n## ")[0]
MAP = dict(re.findall(r"^\| (.+?) \| (.+) \|$", SECTION, re.MULTILINE)[2:])
PATH = re.compile(r"`((?:grader|tests|dataset|exercises|\.github)/[\w./-]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def is_there(path):
    return (ROOT / path).exists()


def anchors_of(document):
    """The anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_map_answers_the_questions_of_a_newcomer():
    """Each of them, in this order, with at least one file."""
    assert list(MAP) == list(QUESTIONS)
    assert [question for question, answer in MAP.items() if not PATH.findall(answer)] == []


@pytest.mark.parametrize(("question", "word"), QUESTIONS.items(), ids=list(QUESTIONS))
def test_each_file_of_the_map_exists_and_answers_its_question(question, word):
    """Code that moves takes its entry along."""
    paths = PATH.findall(MAP[question])
    assert [path for path in paths if not is_there(path)] == []
    assert any(word in (ROOT / path).read_text("utf-8") for path in paths)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_link_of_a_document_leads_somewhere(document):
    """To a file, and to a heading that it has."""
    broken = []
    text = re.sub(r"^(`{3,}).*?^\1$", "", document.read_text("utf-8"), flags=re.DOTALL | re.M)
    for link in LINK.findall(text):
        if link.startswith("https://"):
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []


def test_each_path_that_contributing_names_exists():
    """Outside of its map, too."""
    assert [path for path in PATH.findall(CONTRIBUTING) if not is_there(path)] == []


def test_the_topmost_section_of_the_changelog_is_the_version_of_the_package():
    """And each section has a date, or is the one that is not released yet."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changelog = (ROOT / ".github" / "CHANGELOG.md").read_text("utf-8")
    sections = re.findall(r"^## (\S+) - (\S+)$", changelog, re.MULTILINE)
    assert len(sections) == len(re.findall("^## ", changelog, re.MULTILINE))
    assert sections[0][0] == version
    dates = [date for _, date in sections]
    assert dates[0] == "unreleased" or re.fullmatch(r"\d{4}-\d\d-\d\d", dates[0])
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", date) for date in dates[1:])
    versions = [tuple(map(int, number.split("."))) for number, _ in sections]
    assert versions == sorted(versions, reverse=True)


@pytest.mark.parametrize("workflow", sorted((ROOT / ".github" / "workflows").glob("*.yml")))
def test_each_action_is_pinned_to_a_commit(workflow):
    """A tag can be moved to other code; the version is in a comment."""
    used = re.findall(r"uses: (.*)", workflow.read_text("utf-8"))
    assert used
    assert [
        one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d[\d.]+", one)
    ] == []
