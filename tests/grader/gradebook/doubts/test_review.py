"""What a person should look at: reasons of rows, routine notes, and doubts about a whole class."""

from dataclasses import replace

import pytest
from gradebooks import BAD, EMPTY, GOOD, OURS, marked, on_roster, row, spec
from gradebooks import learner as person

from grader.gradebook.doubts.review import doubt_of, is_routine, kinds_of, ordered, to_look_at
from grader.messages.message import english, joined
from grader.verdicts.verdict import Basis, ExerciseVerdict, Outcome

IGNORED = joined(
    ["nn.ipynb", ", ", english("cell {number}: {line} is ignored", number=1, line="%x")]
)
RENAMED = english("{path} is taken for {files}", path="a (1).py", files="affine.py")
BORROWED = english("{name} is borrowed from the reference: it counts no points", name="03_affine")
UNUSED = english("not used: {files}", files="affine (2).py")
LATE = english("handed in late")
CUT = joined(["a.zip ", english("is broken or cut short: hand it in again")])


def of(basis, name="ada", specs=EMPTY, **changed):
    """A row of a submission with one exercise."""
    found = row(name, specs)
    exercise = ExerciseVerdict("01_ex", tuple(specs), basis=basis)
    return replace(found, verdict=replace(found.verdict, exercises=(exercise,)), **changed)


# Notes


def test_routine_changes_no_mark():
    """A magic that is ignored, a file with another name; also inside a longer note."""
    assert is_routine(IGNORED)
    assert is_routine(RENAMED)
    assert not any(map(is_routine, (BORROWED, UNUSED, LATE, CUT, "a note of no known kind")))


@pytest.mark.parametrize(
    ("note", "kinds"),
    [
        (IGNORED, ()),
        (RENAMED, ()),
        (BORROWED, ()),
        (UNUSED, ("several files",)),
        (LATE, ("late without a time",)),
        (CUT, ("read in part",)),
        ("a note of no known kind", ("read in part",)),
    ],
)
def test_a_note_is_looked_at_unless_it_is_known_to_be_harmless(note, kinds):
    """In doubt it is told."""
    assert kinds_of([note, note], is_timed=False) == kinds


def test_a_late_file_with_a_time_is_no_question():
    """What is taken off for it is a fact."""
    assert kinds_of([LATE, UNUSED], is_timed=True) == ("several files",)


# Rows


@pytest.mark.parametrize(
    ("found", "reasons"),
    [
        (row("ada", GOOD), ()),
        (row("ada", BAD), ()),
        (row("ada", EMPTY, handed_in=""), ()),
        (of(Basis.UNREADABLE), ("unreadable",)),
        (of(Basis.UNREADABLE, attention=("read in part",)), ("unreadable",)),
        (of(Basis.NOT_LOADED), ("did not load",)),
        (of(Basis.NOTHING), ("not recognised",)),
        (of(Basis.MISSING), ("not handed in",)),
        (of(Basis.UNREADABLE, unreadable_is_zero=True), ("unreadable",)),
        (marked(of(Basis.UNREADABLE), 2), ()),
        (row("ada", OURS), ("the grader itself failed",)),
        (row("ada", [spec(Outcome.BLOCKED)]), ("blocked by an earlier exercise",)),
        (
            replace(row("ada", GOOD), attention=("not matched to the roster", "several files")),
            ("several files", "not matched to the roster"),
        ),
    ],
)
def test_the_reasons_are_a_few_words_the_shortest_first(found, reasons):
    """Nothing where nothing was handed in: the row shows that already."""
    assert to_look_at(found) == reasons


def test_an_exercise_that_was_left_out_is_no_surprise_beside_others():
    """One that does not load is, though there is a mark."""
    exercises = [
        ExerciseVerdict("01_ex", GOOD),
        ExerciseVerdict("02_ex", EMPTY, basis=Basis.MISSING),
    ]
    found = row("ada", GOOD)
    left_out = replace(found, verdict=replace(found.verdict, exercises=tuple(exercises)))
    assert to_look_at(left_out) == ()
    exercises[1] = replace(exercises[1], basis=Basis.NOT_LOADED)
    broken = replace(found, verdict=replace(found.verdict, exercises=tuple(exercises)))
    assert (to_look_at(broken), broken.mark) == (("did not load",), 4)


def test_rows_with_the_shortest_reasons_come_first():
    """Each by its place in the gradebook."""
    rows = [of(Basis.NOT_LOADED, "a"), row("b", GOOD), of(Basis.UNREADABLE, "c"), row("d", OURS)]
    assert ordered(rows) == [
        (2, "unreadable"),
        (0, "did not load"),
        (3, "the grader itself failed"),
    ]


# The class


def test_nobody_on_the_roster_is_another_class():
    """Seen: everybody "is not on the roster", 0 points for all of it, exit code 0."""
    strangers = [row("x", GOOD), row("y", GOOD)]
    absent = on_roster(person("Doe, Jane", "7"), EMPTY, handed_in=False)
    assert "none of the submissions (2)" in doubt_of([absent, *strangers], has_roster=True)
    assert doubt_of(strangers, has_roster=False) == ""
    jane = on_roster(person("Doe, Jane", "7"), GOOD)
    assert doubt_of([jane, *strangers], has_roster=True) == ""


@pytest.mark.parametrize(
    ("bases", "doubtful"),
    [
        ([Basis.MISSING] * 3 + [Basis.JUDGED], True),
        ([Basis.MISSING] * 2 + [Basis.JUDGED] * 2, False),
        ([Basis.NOTHING, Basis.MISSING], True),
        ([Basis.NOTHING] * 2, True),
        ([Basis.NOTHING] * 2 + [Basis.JUDGED], False),  # they are left out one by one
        ([Basis.UNREADABLE] * 3, False),
        ([], False),
    ],
)
def test_a_class_without_the_exercise_is_another_one(bases, doubtful):
    """Seen: week 3's archive graded as week 4 wrote 73 zeros."""
    rows = [of(basis, str(number)) for number, basis in enumerate(bases)]
    told = doubt_of([*rows, of(Basis.NOTHING, handed_in="")], has_roster=False)
    assert bool(told) is doubtful
    assert "01_ex" in told or not doubtful
