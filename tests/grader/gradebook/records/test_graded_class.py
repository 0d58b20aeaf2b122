"""Which class a journal is of: another exercise, assignment or class is refused by name."""

from dataclasses import replace
from pathlib import Path

import pytest
from gradebooks import GOOD, verdict

from grader.gradebook.records.graded_class import (
    GradedClass,
    exercise_of,
    same_assignment,
    scope_of,
)
from grader.gradebook.records.identity import Identity
from grader.gradebook.records.journal_format import SEVERAL, Header, Line

PATH = Path("submissions.journal")
SOURCE = Path("/downloads/submissions.zip")
HEADER = Header(str(SOURCE), "01_ex", "Week 3 (551)")


def person(name, *ids):
    return Identity(name, name, ids, "t")


def lines(*people, exercises=(GOOD,)):
    judged = [Line("t", verdict(one.name, *exercises)) for one in people]
    return judged + [Line("t", one) for one in people if one.ids]


PEOPLE = tuple(person(f"p_{n}", f"{n}") for n in range(4))
LINES = lines(*PEOPLE)
CLASS = GradedClass(SOURCE, "01_ex", "Week 3 (551)", PEOPLE)


def refusal(graded=CLASS, header=HEADER, content=LINES):
    return graded.refusal(PATH, header, content)


@pytest.mark.parametrize(
    "graded",
    [
        CLASS,
        replace(CLASS, assignment=""),
        replace(CLASS, assignment="551"),
        replace(CLASS, assignment="week  3"),
        replace(CLASS, people=PEOPLE[:1]),
        replace(CLASS, people=()),
        GradedClass(SOURCE),
    ],
)
def test_the_same_class_is_accepted_whatever_is_known_of_it(graded):
    """A title, an id, or neither; one learner who is left; and commands that only read."""
    assert refusal(graded) == ""


def test_another_exercise_is_refused_and_both_are_named():
    """Canvas calls every download submissions.zip: week 3's marks were written as week 4's."""
    told = refusal(replace(CLASS, exercise="02_ex", assignment=""))
    assert told.startswith("submissions.journal is the journal of 01_ex, ")
    assert "not of 02_ex; " in told
    assert "--journal submissions-02_ex.journal" in told
    assert "several exercises" in refusal(replace(CLASS, exercise=SEVERAL))


def test_another_assignment_is_refused_and_both_are_named():
    """Two columns of one exercise, such as a second chance, are two sets of marks."""
    told = refusal(replace(CLASS, assignment="Week 3 again (600)"))
    assert "the assignment 'Week 3 (551)'" in told
    assert "the assignment 'Week 3 again (600)'" in told
    assert "grader merge" in told


def test_the_same_path_with_nobody_of_the_class_is_another_class():
    """The download of another section lies where this one lay."""
    told = refusal(replace(CLASS, people=(person("q_8", "8"), person("q_9", "9"))))
    assert "has verdicts on p_0, p_1, p_2 and 1 more, of whom nobody is in" in told


def test_another_path_is_refused_with_the_command_that_joins():
    """Folders of the same names may be of two classes: only ids prove that it is the same one."""
    folders = tuple(person(f"team{n}") for n in range(4))
    moved = GradedClass(Path("/new place/class"), "01_ex", "", folders)
    told = refusal(moved, content=lines(*folders))
    assert "is the journal of /downloads/submissions.zip" in told
    assert "not of /new place/class" in told
    command = "grader merge submissions-joined.journal submissions.journal --class"
    assert f"{command} '/new place/class'" in told


@pytest.mark.parametrize(("here", "is_same"), [(4, True), (2, True), (1, False), (0, False)])
def test_a_class_that_was_moved_or_downloaded_again_is_recognised_by_ids(here, is_same):
    """If at least half of the smaller group is in both."""
    others = tuple(person(f"q_{n}", f"{n}") for n in range(10, 14 - here))
    again = GradedClass(Path("/downloads/submissions (1).zip"), "01_ex", "", PEOPLE[:here] + others)
    assert (refusal(again) == "") is is_same
    assert again.is_recognised(LINES) is is_same


def test_what_is_known_now_is_in_the_header_from_now_on():
    """The path that was recognised, and the first assignment that was named."""
    moved = replace(CLASS, source=Path("/new"), assignment="551")
    assert moved.updated(HEADER, LINES) == replace(HEADER, source="/new")
    assert moved.updated(Header("/old"), LINES) == Header("/new", "01_ex", "551")
    assert GradedClass(SOURCE).updated(Header(str(SOURCE)), LINES) == Header(str(SOURCE))


def test_an_old_journal_is_of_the_exercise_of_its_verdicts():
    """Its header does not say; with verdicts of several kinds nobody can."""
    old = Header("/class", version=4)
    assert exercise_of(old, LINES) == "01_ex"
    assert exercise_of(old, lines(*PEOPLE, exercises=(GOOD, GOOD))) == SEVERAL
    both = [*LINES, *lines(person("x"), exercises=(GOOD, GOOD))]
    assert exercise_of(old, both) is None
    assert exercise_of(old, []) is None
    assert GradedClass(Path("/class"), "01_ex").updated(old, both).exercise is None
    assert scope_of(verdict("x", GOOD)) == "01_ex"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Affine (551)", "551", True),
        ("Affine (551)", "affine", True),
        ("", "x", True),
        ("Affine (551)", "Affine (552)", False),
        ("Affine (551)", "Affine layer (551)", True),
        ("Affine", "Softmax", False),
        ("551", "552", False),
    ],
)
def test_an_assignment_has_a_title_and_an_id(one, other, same):
    """As in Canvas; each names it, but two may share a title, whose marks were mixed up elsewhere.

    See rijksuniversiteit-groningen/b2-AssessmentTools issue 16.
    """
    assert same_assignment(one, other) is same
    assert same_assignment(other, one) is same
