"""Runs in the background, at most one at a time."""

import queue
import time
from types import SimpleNamespace

import pytest

from grader.course.course import Exercise
from grader.kata.runs.interpreter import RunFailed
from grader.kata.watch import background_run
from grader.kata.watch.background_run import Runs
from grader.kata.watch.events import Ended, OutputLine


class Interpreter:
    """Waits for a result until a test sets one or it is killed."""

    def __init__(self, exercise):
        self.exercise, self.killed, self.checking = exercise, False, ""
        self.results = queue.Queue()

    def run(self, tell):
        tell(f"running {self.exercise.name}")
        result = self.results.get(timeout=30)
        if isinstance(result, Exception):
            raise result
        return result

    def kill(self):
        self.killed = True
        self.results.put(None)


class Interpreters:
    """Records which interpreter was prepared."""

    def __init__(self):
        self.prepared, self.taken = [], []

    def prepare(self, exercise):
        self.prepared.append(exercise)

    def take(self, exercise):
        self.taken.append(Interpreter(exercise))
        return self.taken[-1]


@pytest.fixture
def exercises(tmp_path):
    return Exercise(tmp_path, "01_one"), Exercise(tmp_path, "02_two")


@pytest.fixture
def setting():
    """Returns runs, their reports, and the interpreters that they use."""
    events = queue.Queue()
    progress = SimpleNamespace(
        interpreters=Interpreters(),
        records=SimpleNamespace(content_of=lambda exercise: f"hash of {exercise.name}"),
    )
    return SimpleNamespace(
        runs=Runs(progress, events.put),
        next=lambda: events.get(timeout=30),
        events=events,
        interpreters=progress.interpreters,
    )


def test_what_a_run_says_and_finds_is_reported(setting, exercises):
    """With the run, and the state of the files when it began."""
    one, two = exercises
    setting.runs.start(one, two)
    run = setting.runs.current
    assert (run.exercise, run.following, run.content) == (one, two, "hash of 01_one")
    assert setting.next() == OutputLine(run, "running 01_one")
    setting.interpreters.taken[0].results.put("what was found")
    assert setting.next() == Ended(run, "what was found")


def test_the_next_interpreter_is_made_ready_if_it_is_known_which(setting, exercises):
    """Otherwise the learner will most probably run the same exercise again."""
    one, two = exercises
    setting.runs.start(one, two)
    assert setting.interpreters.prepared == [two]
    setting.runs.start(one, None)
    assert setting.interpreters.prepared == [two]
    assert setting.runs.current.following == one


def test_a_new_run_ends_the_one_before(setting, exercises):
    """The end of the earlier run is reported, without a result."""
    one, two = exercises
    setting.runs.start(one, None)
    first = setting.runs.current
    setting.runs.start(two, None)
    assert first.interpreter.killed
    assert not setting.runs.current.interpreter.killed
    ended = [event for event in (setting.next() for _ in range(3)) if isinstance(event, Ended)]
    assert ended == [Ended(first, None)]


def test_what_cannot_be_run_is_told(setting, exercises):
    """A message takes the place of the result."""
    setting.runs.start(exercises[0], None)
    setting.next()
    setting.interpreters.taken[0].results.put(RunFailed("there is no interpreter"))
    assert setting.next() == Ended(setting.runs.current, "there is no interpreter")


def test_stopping_ends_it_and_stopping_again_does_nothing(setting, exercises):
    """As at the end of the program, with or without a run."""
    setting.runs.stop()
    setting.runs.start(exercises[0], None)
    run = setting.runs.current
    setting.runs.stop()
    assert run.interpreter.killed
    assert setting.runs.current is None
    setting.runs.stop()


def test_a_spec_that_takes_long_is_noticed_once_it_does(setting, exercises, monkeypatch):
    """Once for each spec, after some time; and a spare interpreter is prepared."""
    now = [time.monotonic()]
    monkeypatch.setattr(background_run, "time", SimpleNamespace(monotonic=lambda: now[0]))
    assert not setting.runs.is_slow()
    setting.runs.start(exercises[0], None)
    run = setting.runs.current
    run.started = now[0]
    run.interpreter.checking = "test_a"
    assert not setting.runs.is_slow()
    assert setting.interpreters.prepared == []
    now[0] += background_run.PATIENCE * 1.1
    assert not setting.runs.is_slow()  # the spec may have begun just now
    assert setting.interpreters.prepared == [exercises[0]]
    now[0] += background_run.PATIENCE * 1.1
    assert setting.runs.is_slow()
    run.shown = "test_a"
    assert not setting.runs.is_slow()
    run.interpreter.checking = "test_b"
    assert not setting.runs.is_slow()
    now[0] += background_run.PATIENCE * 1.1
    assert setting.runs.is_slow()
