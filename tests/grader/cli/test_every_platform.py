"""The same class gives the same gradebook, whichever platform it was handed in on."""

import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest
from platform_classes import (
    BLACKBOARD,
    CLASSES,
    HALF_RIGHT,
    OPTIONS,
    TWICE,
    course,
    hand_out,
    people,
)

import grader.cli.grade
from grader.judging.pool import Pool
from grader.transport.worker_process import can_confine

pytestmark = pytest.mark.usefixtures("at_a_desk")


@pytest.fixture(scope="module")
def pool():
    """One judge for all classes, since starting it takes longer than their judging."""
    with Pool(1) as pool:
        yield pool


@pytest.fixture
def grade(call, tmp_path, monkeypatch, pool):
    """Grade a class, with the marks for Moodle: exit code, and what is told."""
    monkeypatch.chdir(course(tmp_path / "course"))
    monkeypatch.setattr(grader.cli.grade, "_judges", lambda _: nullcontext(pool))

    def grade(path, *arguments):
        trusted = [] if can_confine() else ["--trusted"]
        files = ("--json", "book.json", "--report", "moodle=marks.csv", "--roster", "roster.csv")
        code, out, err = call("grade", path, *files, *arguments, *trusted)
        return code, " ".join((out + err).split())

    return grade


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_every_platform_gives_the_same_gradebook_and_marks(grade, tmp_path, form):
    """The same people, points and lateness, and byte for byte the same marks for Moodle."""
    found = {}
    for platform, files in CLASSES.items():
        path = hand_out(tmp_path / platform, files, form)
        code, told = grade(path, *OPTIONS.get(platform, ()))
        assert code == 0, told
        found[platform] = people(Path("book.json")), Path("marks.csv").read_text("utf-8")
    first, marks = found["canvas"]
    assert {row["name"]: row["points"] for row in first} == {
        "Ana Ito": 4,
        "Ben Oak": 2,
        "Dan Yu": 0,
        "Zoë Núñez": 2,
    }
    assert "zoe@x.org,2" in marks
    assert "dan@x.org,-" in marks
    for platform, (rows, marked) in found.items():
        assert rows == first, platform
        assert marked == marks, platform


def points(path="book.json"):
    """Points of all rows by name."""
    return {row["name"]: row["points"] for row in people(Path(path))}


# Attempts

IN_TIME, LATE = HALF_RIGHT, TWICE
ATTEMPTS = {
    "blackboard": {
        f"{BLACKBOARD.format('aito', '10-00-00')}_twice.py": IN_TIME,
        f"{BLACKBOARD.format('aito', '15-00-00')}_twice.py": LATE,
        f"{BLACKBOARD.format('boak', '11-00-00')}_twice.py": TWICE,
        f"{BLACKBOARD.format('boak', '15-00-00')}_twice.py": "def twice(x):\n    return x\n",
    },
    "brightspace": {
        "7001-88 - Ana Ito - Nov 1, 2026 1000 AM/twice.py": IN_TIME,
        "7001-88 - Ana Ito - Nov 1, 2026 300 PM/twice.py": LATE,
        "7002-88 - Ben Oak - Nov 1, 2026 1100 AM/twice.py": TWICE,
        "7002-88 - Ben Oak - Nov 1, 2026 300 PM/twice.py": "def twice(x):\n    return x\n",
    },
    "names": {
        "2026-11-01_10.00 s1/twice.py": IN_TIME,
        "2026-11-01_15.00 s1/twice.py": LATE,
        "2026-11-01_11.00 s2/twice.py": TWICE,
        "2026-11-01_15.00 s2/twice.py": "def twice(x):\n    return x\n",
    },
}


@pytest.mark.parametrize("platform", ATTEMPTS)
@pytest.mark.parametrize(
    ("policy", "expected"), [("last", {"Ana Ito": 2, "Ben Oak": 0}), ("best", {"Ben Oak": 4})]
)
def test_two_attempts_are_one_person(grade, tmp_path, monkeypatch, platform, policy, expected):
    """The last one counts, late as it is; or the best one, each with the lateness of its time.

    squell/bb-scripts#64: "the identification number and the name stay the same, only the date part
    is different"; devilry/devilry-django#984: the files of all attempts end in one folder.
    """
    monkeypatch.chdir(course(tmp_path / policy, policy))
    path = hand_out(tmp_path / platform, ATTEMPTS[platform], "folder")
    names = ["--names", r"(?P<time>\S+) (?P<id>\S+)"] if platform == "names" else []
    code, told = grade(path, *names)
    assert code == 0, told
    assert "Ana Ito: " in told
    assert "there are 2 attempts" in told
    assert {"Ana Ito": 2, "Zoë Núñez": 0, "Dan Yu": 0} | expected == points()
    before = Path("book.json").read_bytes()
    journal = Path(f"{platform}.journal").read_bytes()
    assert grade(path, *names) == (0, told)
    assert Path("book.json").read_bytes() == before
    assert Path(f"{platform}.journal").read_bytes() == journal


def test_an_attempt_that_arrives_between_two_runs_is_judged_in_its_place(grade, tmp_path):
    """The order of attempts is that of their times, not that in which they were found."""
    Path("pyproject.toml").write_text(
        Path("pyproject.toml").read_text("utf-8").replace('"last"', '"best"'), "utf-8"
    )
    files = ATTEMPTS["brightspace"]
    late = {name: text for name, text in files.items() if "300 PM" in name}
    path = hand_out(tmp_path / "brightspace", late, "folder")
    assert grade(path)[0] == 0
    assert points()["Ben Oak"] == 0
    hand_out(path, files, "folder")
    assert grade(path)[0] == 0
    found = points()
    assert (found["Ana Ito"], found["Ben Oak"]) == (2, 4)
    for name in late:
        shutil.rmtree((path / name).parent)
    assert grade(path)[0] == 0
    assert points() == found


# Groups

GROUPS = """\
name,section,group,email,sid
Ana Ito,Monday,Team 1,ana@x.org,s1
Ben Oak,Monday,Team 1; Lab A,ben@x.org,s2
Zoë Núñez,Tuesday,Team 2,zoe@x.org,s3
Dan Yu,Tuesday,,dan@x.org,s4
"""
METADATA = """\
submission_1:
  :submitters:
  - :name: Ana Ito
    :sid: s1
  - :name: Ben Oak
    :sid: s2
  :created_at: 2026-11-01 09:00:00 Z
"""


@pytest.mark.parametrize(
    "files",
    [
        {"Team 1_7_assignsubmission_file/twice.py": TWICE},
        {"week-3-team-1/twice.py": TWICE, "week-3-template/other.txt": ""},
        {"team1_4711_9001_twice.py": TWICE},
        {"Team 1/twice.py": TWICE},
        {"submission_metadata.yml": METADATA, "submission_1/twice.py": TWICE},
    ],
    ids=["moodle", "github", "canvas", "a folder", "gradescope"],
)
def test_a_group_folder_credits_every_member(grade, tmp_path, files):
    """The group is named in the roster, or by the platform; each member is told of the others.

    ucbds-infra/otter-grader#20: of a group on Gradescope, one member had the marks.
    """
    Path("roster.csv").write_text(GROUPS, "utf-8")
    code, told = grade(hand_out(tmp_path / "class", files, "folder"))
    assert code == 0, told
    found = {name: score for name, score in points().items() if score}
    assert found == {"Ana Ito": 4, "Ben Oak": 4}
    assert told.count("handed in by") == 2
    marks = Path("marks.csv").read_text("utf-8")
    assert "ben@x.org,4" in marks
    assert "zoe@x.org,-" in marks


def test_a_member_with_a_submission_of_their_own_is_not_credited_twice(grade, tmp_path):
    """It is not clear which of the two is theirs; the others keep their credit."""
    Path("roster.csv").write_text(GROUPS, "utf-8")
    files = {"Team 1/twice.py": TWICE, "Ben Oak/twice.py": HALF_RIGHT}
    _, told = grade(hand_out(tmp_path / "class", files, "folder"))
    assert "ana@x.org,4" in Path("marks.csv").read_text("utf-8")
    assert "ben@x.org,-" in Path("marks.csv").read_text("utf-8")
    assert "two submissions of Ben Oak: Ben Oak and Team 1" in told


# Sections, and names of other platforms


@pytest.mark.parametrize(("section", "found"), [("A", 2), ("B", 3), ("A and B", 1)])
def test_who_is_in_two_sections_is_graded_in_both(grade, tmp_path, section, found):
    """Canvas writes "A and B"."""
    path = hand_out(tmp_path / "canvas", CLASSES["canvas"], "folder")
    assert grade(path, "--section", section)[0] == 0
    assert len(points()) == found


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("(?P<name>", "expected a regular expression"),
        ("nobody", "expected a group (?P<name>...) or (?P<id>...)"),
        ("xx(?P<name>.+)", "fits no name in the class; found itoana_101_9001_twice.py"),
    ],
)
def test_names_that_are_no_pattern_or_fit_nothing_are_told(grade, tmp_path, expression, message):
    """With exit code 2, and before anybody is judged."""
    path = hand_out(tmp_path / "canvas", CLASSES["canvas"], "folder")
    code, told = grade(path, "--names", expression)
    assert (code, message in told) == (2, True), told
    assert not Path("canvas.journal").exists()


def test_what_the_pattern_does_not_fit_is_told_and_keeps_a_row(grade, tmp_path):
    """In doubt, nobody loses a submission."""
    files = {"hw s1/twice.py": TWICE, "stranger/twice.py": TWICE}
    code, told = grade(hand_out(tmp_path / "class", files, "folder"), "--names", "hw (?P<id>.+)")
    assert (code, points()["stranger"]) == (0, 4)
    assert "--names does not fit, so each counts as a learner: stranger" in told
    assert "stranger: is not on the roster" in told
