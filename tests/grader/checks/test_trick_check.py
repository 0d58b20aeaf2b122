"""Trick solutions: what their docstrings say, and what is reported of one that scores."""

from pathlib import Path

import pytest

from grader.checks.trick_check import read_tricks, tell_kept
from grader.course.course import Exercise
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

ROOT = Path(__file__).parents[3]
COURSE = find_course(ROOT)


def make_trick(root, text):
    """An exercise with one trick."""
    exercise = Exercise(root, "01_double")
    for path, content in ((exercise.solution, "x = 1\n"), (exercise.tricks / "fake.py", text)):
        path.parent.mkdir(parents=True)
        path.write_text(content, "utf-8")
    return exercise


def verdict_of(**outcomes):
    """A verdict on specs of two points each."""
    specs = [SpecVerdict(name, "", Tier.CORE, one, 2) for name, one in outcomes.items()]
    return ExerciseVerdict("01_double", tuple(specs))


def test_the_docstring_says_what_a_trick_may_score_and_must_break(tmp_path):
    """And that the rest of it is the reference."""
    text = '"""Fakes.\n\npoints: 3\nbreaks: test_a test_b\nextends: solution\n"""\ny = 2\n'
    (trick,) = read_tricks(make_trick(tmp_path, text))
    assert (trick.name, trick.points, trick.breaks) == ("fake", 3, ("test_a", "test_b"))
    assert trick.source.text.startswith("x = 1\n")
    assert trick.source.text.endswith("y = 2\n")


def test_a_trick_scores_nothing_and_stands_alone_unless_it_says_otherwise(tmp_path):
    """Its source is the file as it is."""
    (trick,) = read_tricks(make_trick(tmp_path, '"""Fakes."""\n'))
    assert (trick.points, trick.breaks, trick.source.text) == (0, (), '"""Fakes."""\n')


def test_an_exercise_needs_no_tricks(tmp_path):
    """Without a folder there are none."""
    assert read_tricks(Exercise(tmp_path, "01_double")) == ()


@pytest.mark.parametrize("text", ["x = 1\n", '"""Fakes.\n\npoints: few\n"""\n', '"""Fakes."""\n('])
def test_a_trick_that_does_not_say_what_it_is_is_reported_with_its_name(tmp_path, text):
    """No docstring, points that are not a number, no Python."""
    with pytest.raises(CourseError, match="trick fake: "):
        read_tricks(make_trick(tmp_path, text))


def test_a_trick_that_scores_or_breaks_too_little_is_reported(tmp_path):
    """With its points, the specs that it passes, and those that it should break."""
    text = '"""Fakes.\n\npoints: 2\nbreaks: test_a test_c\n"""\n'
    (trick,) = read_tricks(make_trick(tmp_path, text))
    kept = verdict_of(test_a=Outcome.PASSED, test_b=Outcome.PASSED)
    assert list(tell_kept(trick, kept)) == [
        "it scores 4 points, and may score 2: test_a, test_b",
        "it must break test_a, which passes",
        "it must break test_c, which is not",
    ]
    sound = verdict_of(test_a=Outcome.FAILED, test_b=Outcome.PASSED, test_c=Outcome.TIMED_OUT)
    assert list(tell_kept(trick, sound)) == []
    assert "a spec fails itself" in tell_kept(trick, verdict_of(test_a=Outcome.GRADER_ERROR))


def test_each_exercise_of_the_course_has_a_table_or_made_up_results_among_its_tricks():
    """And three tricks at least, each of which says in a line what it fakes."""
    for exercise in COURSE.exercises:
        tricks = read_tricks(exercise)
        specs = exercise.spec.read_text("utf-8")
        assert len(tricks) >= 3
        assert any(trick.points == 0 for trick in tricks) or exercise.module == "two_layer_net"
        for trick in tricks:
            assert all(f"def {name}(" in specs for name in trick.breaks), trick.name
