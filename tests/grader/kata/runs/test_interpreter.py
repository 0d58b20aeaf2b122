"""Runs in a separate process: the learner's code cannot prevent a verdict."""

import re

import pytest
from broken_layers import broken

from grader.kata.runs.interpreter import Interpreter, Interpreters, RunFailed
from grader.verdicts.verdict import Outcome

LOOP = "while True:\n    pass\n"
WITHOUT_ALARM = '[tool.pytest.ini_options]\ntimeout_method = "thread"\n'


@pytest.fixture
def run(learner):
    return lambda name, tell=lambda line: None: Interpreter(learner.exercise(name)).run(tell)


def outcomes(result):
    return {spec.outcome for spec in result.verdict.specs}


def test_a_run_has_all_verdicts_with_their_hints(learner, run):
    """As in pytest: promise, message, hints, and the learner's output."""
    learner.solves("01", ("dx = dout * self.y", "dx = dout * self.x; print('dx is', dx)"))
    result = run("01")
    first = result.verdict.specs[0]
    assert (len(result.verdict.specs), result.seconds > 0) == (10, True)
    assert first.outcome is Outcome.FAILED
    assert str(first.message).startswith("checked   dx\n")
    assert first.hints[1].startswith("both gradients of MulLayer use x")
    assert re.match(r"dx is -?\d", first.output)


def test_who_ends_the_process_is_told_where(learner, run):
    """The current spec has crashed, earlier verdicts are kept, and the rest is not run."""
    text = learner.exercise("01").stub.read_text("utf-8")
    method = "def forward(self, x: float, y: float) -> float:"
    place = text.rindex(method) + len(method)
    learner.writes("01", f"{text[:place]}\n        import os; os._exit(7)\n{text[place:]}")
    specs = run("01").verdict.specs
    crashed = [spec for spec in specs if spec.outcome is Outcome.CRASHED]
    assert "AddLayer" in crashed[0].promise
    assert "exit code 7" in str(crashed[0].message)
    assert specs[0].outcome is Outcome.NOT_STARTED
    assert all("not run" in str(spec.message) for spec in crashed[1:])


def test_without_an_alarm_the_run_ends_but_is_told(learner, run):
    """As on Windows: a loop ends the process; the promise and its line are reported."""
    pyproject = learner.root / "pyproject.toml"
    text = pyproject.read_text("utf-8").replace("[tool.pytest.ini_options]\n", WITHOUT_ALARM)
    pyproject.write_text(text, "utf-8")
    spec = learner.exercise("01").spec
    quick = "@pytest.mark.budget(0.5)\ndef test_"
    spec.write_text(spec.read_text("utf-8").replace("def test_", quick), "utf-8")
    learner.writes("01", LOOP)
    first = run("01").verdict.specs[0]
    assert first.outcome is Outcome.TIMED_OUT
    assert "a loop that never ends?" in str(first.message)
    assert "simple_layers.py:" in str(first.message)


def test_what_was_killed_has_no_result(learner):
    """A run is killed when the file is saved again."""
    learner.writes("01", LOOP)
    interpreter = Interpreter(learner.exercise("01"))
    interpreter.kill()
    assert interpreter.run() is None


@pytest.mark.parametrize(("missing", "told"), [("stub", "kata reset"), ("spec", "cannot be run")])
def test_what_cannot_be_run_is_told(learner, run, missing, told):
    """A missing file gives no verdict."""
    getattr(learner.exercise("02"), missing).unlink()
    with pytest.raises(RunFailed, match=told):
        run("02")


def test_the_one_that_is_ready_is_the_one_that_is_taken(learner):
    """Only for its own exercise; no process is left running."""
    one, other = learner.exercise("01"), learner.exercise("02")
    interpreters = Interpreters()
    interpreters.prepare(one)
    spare = interpreters._spare
    interpreters.prepare(one)
    assert interpreters.take(one) is spare
    interpreters.prepare(one)
    left_over = interpreters._spare
    interpreters.prepare(other)
    assert left_over.killed
    interpreters.close()
    spare.kill()
    assert interpreters._spare is None


def test_a_run_has_the_notes_that_pytest_prints(learner, run):
    """What would take too long when it is graded, and what cannot be imported there."""
    pyproject = learner.root / "pyproject.toml"
    limits = "[tool.kata.limits]\ncall_seconds = 0.2\n"
    pyproject.write_text(f"{pyproject.read_text('utf-8')}\n{limits}", "utf-8")
    learner.solves("03", ("dx = np.dot", "import time; time.sleep(0.3); dx = np.dot"))
    assert run("03").notes == (
        "affine.py: backward took 0.3 s; when your work is graded, one call may take 0.2 s",
    )


def test_what_an_earlier_exercise_breaks_is_told_first(learner, run):
    """As in pytest; the reference is that of the installed course."""
    for name in ("02", "03", "05", "06"):
        learner.solves(name)
    layer = broken("softmax_with_loss", "SoftmaxWithLoss.forward", "returns nothing")
    learner.writes("04", layer.text)
    missed = [spec for spec in run("06").verdict.specs if not spec.passed]
    assert missed
    for spec in missed:
        assert str(spec.message).splitlines() == [
            "04_softmax_with_loss is not green; begin there",
            "with correct earlier exercises, this promise is kept",
        ]
        assert spec.hints == ()
