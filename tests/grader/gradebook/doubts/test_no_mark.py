"""Where there is no mark: zero is a judgement, and needs work that could be judged."""

from dataclasses import replace

import pytest
from gradebooks import BAD, EMPTY, GOOD, OURS, marked, on_roster, spec
from gradebooks import learner as person

from grader.gradebook.doubts.no_mark import KINDS, why_no_mark, why_unjudged
from grader.messages.explanation import explain
from grader.reports.common.csv_cells import left_out, score
from grader.verdicts.verdict import Basis, ExerciseVerdict, Outcome

UNJUDGED = [one for one in Basis if one is not Basis.JUDGED]
RAISED = spec(
    Outcome.FAILED,
    explain(("raised", "SyntaxError: invalid syntax"), ("at", "affine.py:3    class (\n      ^")),
)


def exercise(basis, specs=(RAISED,), name="01_ex"):
    return ExerciseVerdict(name, tuple(specs), basis=basis)


def row(*exercises, **changed):
    """A row of a learner on the roster who handed in these exercises."""
    found = on_roster(person("Doe, Jane", "7"), **changed)
    return replace(found, verdict=replace(found.verdict, exercises=exercises))


def test_every_basis_but_a_judgement_has_words_for_it():
    """Also one that is added later."""
    assert list(KINDS) == UNJUDGED


@pytest.mark.parametrize("basis", UNJUDGED)
def test_what_was_not_judged_has_no_mark_and_is_told(basis):
    """Seen: a PDF, a cut notebook, a Latin-1 file and a syntax error were 0 points in Canvas.

    https://github.com/autolab/Autolab/issues/1641: what could not be graded was marked as graded
    with 0.
    """
    found = row(exercise(basis))
    assert (score(found), found.mark, found.points) == (None, None, 0)
    (told,) = left_out([found])
    assert KINDS[basis] in told
    assert "invalid syntax (affine.py:3)" in told


@pytest.mark.parametrize("basis", UNJUDGED)
def test_zero_is_there_for_those_who_want_it(basis):
    """But not where only the earlier exercise is missing, which no learner could mend."""
    found = replace(row(exercise(basis)), unreadable_is_zero=True)
    assert score(found) == (None if basis is Basis.WAITING else "0")


def test_zero_is_never_for_a_fault_of_ours_or_for_nothing():
    """Whatever was asked for."""
    ours = replace(row(ExerciseVerdict("01_ex", OURS)), unreadable_is_zero=True)
    nothing = row(exercise(Basis.NOTHING, EMPTY), handed_in=False)
    assert score(ours) is None
    assert score(replace(nothing, unreadable_is_zero=True)) is None
    assert nothing.no_mark == "nothing was handed in"


def test_a_judged_zero_is_a_mark():
    """A stub that is handed in unchanged, or a promise that is broken."""
    assert score(row(exercise(Basis.JUDGED, EMPTY))) == "0"
    assert score(row(exercise(Basis.JUDGED, BAD[1:]))) == "0"


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        (Basis.MISSING, "4"),  # an exercise that the learner left out
        (Basis.NOT_LOADED, "4"),  # Python says the same at home
        (Basis.UNREADABLE, None),  # it may be worth anything
        (Basis.WAITING, None),
    ],
)
def test_among_other_exercises_only_what_may_be_worth_something_leaves_no_mark(basis, expected):
    """The sum would be too low by nobody knows how much."""
    others = exercise(Basis.JUDGED, GOOD), exercise(basis, name="02_ex")
    assert score(row(*others)) == expected
    assert score(row(*others[::-1])) == expected


def test_what_does_not_load_has_no_mark_if_nothing_else_was_judged():
    """Exercises that were left out are no judgement."""
    assert score(row(exercise(Basis.NOT_LOADED), exercise(Basis.MISSING, EMPTY, "02_ex"))) is None


def test_points_set_by_hand_are_a_judgement():
    """On the exercise that was not judged; another one stays in doubt."""
    both = row(exercise(Basis.UNREADABLE), exercise(Basis.UNREADABLE, name="02_ex"))
    assert score(marked(row(exercise(Basis.UNREADABLE)), 2)) == "2"
    assert score(marked(both, 2)) is None
    assert score(marked(marked(both, 2), 3, exercise="02_ex")) == "5"


def test_the_reason_is_one_line():
    """That of the worker for what could not be read, without an exception that nobody raised."""
    problem = spec(Outcome.FAILED, explain(("raised", "SyntaxError: affine.py is no UTF-8")))
    assert why_unjudged(exercise(Basis.UNREADABLE, [problem])) == (
        "unreadable: affine.py is no UTF-8"
    )
    assert why_unjudged(exercise(Basis.NOT_LOADED)) == (
        "did not load: SyntaxError: invalid syntax (affine.py:3)"
    )
    assert why_unjudged(exercise(Basis.NOTHING, [spec(Outcome.NOT_STARTED, "a\nb")])) == (
        "not recognised: a b"
    )
    assert why_unjudged(exercise(Basis.NOTHING, [])) == "not recognised"


def test_without_any_exercise_there_is_nothing_to_doubt():
    """An empty course is no problem of a learner."""
    assert why_no_mark([], by_hand=0, handed_in=True) == ""
