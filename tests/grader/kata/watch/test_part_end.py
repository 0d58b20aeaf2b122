"""The end of a part: when it is one, and what is said there."""

import pytest

from grader.kata.runs.progress import Progress
from grader.kata.watch.part_end import ask_to_go_on, ended_before, part_of, tell_end, tell_page
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

FIRST, SECOND, THIRD = "01_simple_layers", "02_activations", "03_affine"


@pytest.fixture
def progress(learner, monkeypatch):
    """A course of two parts, in which the exercises of `progress.green` are done."""
    learner.has_parts(("nodes", [FIRST, SECOND]), ("layers", [THIRD]))
    progress = Progress(learner.course)
    progress.green = {FIRST, SECOND}

    def known(exercise):
        outcome = Outcome.PASSED if exercise.name in progress.green else Outcome.NOT_STARTED
        return ExerciseVerdict(exercise.name, (SpecVerdict("t", "", Tier.CORE, outcome, 3),))

    monkeypatch.setattr(progress, "known", known)
    return progress


def test_a_part_ends_before_the_first_exercise_that_is_not_of_it(progress):
    """If all of it is done, and the learner has not gone on."""
    first, second, third = progress.course.exercises
    assert ended_before(second, progress) is None
    assert ended_before(third, progress) == part_of(first, progress.course)
    progress.green = {FIRST}
    assert ended_before(third, progress) is None
    progress.green = {FIRST, SECOND}
    progress.records.go_to(third)
    assert ended_before(third, progress) is None


def test_a_part_and_a_course_end_with_their_totals(progress):
    """A part has a number and a title, and the next one is asked for; the last one has them too.

    Issue 19: the end of the last part told of all exercises only.
    """
    first, second, third = progress.course.exercises
    (told,) = tell_end([first, second], progress)
    total = "6 of 6 points, 2 of 2 exercises done."
    assert told == f"Congratulations! Part 1, nodes, is done. {total}"
    progress.green.add(THIRD)
    last, *whole = tell_end([first, second, third], progress)
    assert last == "Congratulations! Part 2, layers, is done. 3 of 3 points, 1 of 1 exercises done."
    assert whole == ["All exercises are done.", "9 of 9 points, 3 of 3 exercises done."]
    part = part_of(third, progress.course)
    assert ask_to_go_on(part) == "Go on with part 2, layers? Press n."


def test_a_course_without_parts_ends_as_a_whole(progress, learner):
    """Nothing is said of a part where there is only one."""
    learner.has_parts(("nodes", [FIRST, SECOND]))
    whole = Progress(learner.course)
    whole.known = progress.known
    total = "6 of 6 points, 2 of 2 exercises done."
    assert tell_end(learner.course.exercises, whole) == ("All exercises are done.", total)


def test_a_page_is_told_where_it_is_or_how_to_get_it(learner):
    """And of an exercise that makes none, nothing is said."""
    training = learner.exercise("07")
    command = "To get a page of what you built: python exercises/07_mnist/mnist.py"
    assert tell_page(training) == (command,)
    for folder in (training.stub.parent, learner.root):
        page = folder / "mnist.html"
        page.write_text("<!doctype html>", "utf-8")
        place = page.relative_to(learner.root).as_posix()
        assert tell_page(training) == (
            f"What you built is on a page, to open in a browser: {place}",
        )
    assert tell_page(learner.exercise("06")) == ()
    training.stub.unlink()
    assert tell_page(learner.exercise("03")) == ()
