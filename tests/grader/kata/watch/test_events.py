"""Events while a learner works."""

import time

from grader.course.course import Exercise
from grader.kata.runs.interpreter import Interpreter
from grader.kata.watch.events import Ended, OutputLine, Pressed, Run, Saved


def run_of(exercise):
    interpreter = Interpreter.__new__(Interpreter)  # without its process
    interpreter.exercise = exercise
    return Run(interpreter, "hash", exercise)


def test_a_run_is_of_an_exercise_and_began_when_it_was_made(tmp_path):
    """Two runs of one exercise are distinct: the end of one says nothing about the other."""
    exercise = Exercise(tmp_path, "01_one")
    before = time.monotonic()
    one, other = run_of(exercise), run_of(exercise)
    assert one.exercise is exercise
    assert before <= one.started <= other.started <= time.monotonic()
    assert one != other
    assert (one.lines, one.checking, one.shown) == ([], "", None)
    one.lines.append("a line")
    assert other.lines == []


def test_events_say_of_which_run_they_are(tmp_path):
    """Output of a replaced run is not taken for output of the current one."""
    exercise = Exercise(tmp_path, "01_one")
    one, other = run_of(exercise), run_of(exercise)
    assert OutputLine(one, "half") == OutputLine(one, "half") != OutputLine(other, "half")
    assert Ended(one, None) != Ended(other, None)
    assert Pressed("q") != Pressed("h")
    assert Saved() == Saved()
