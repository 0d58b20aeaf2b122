"""The spec of an exercise in a process of its own: a verdict comes back whatever happens there."""

from dataclasses import replace

import pytest

from grader.kata import spec_run
from grader.kata.spec_run import SpecRunError, run_spec
from grader.verdict import Outcome

FORWARD = "return np.dot(x, self.W) + self.b"
SUM = "np.sum(dout, axis=0)"


@pytest.fixture
def affine(course, solution):
    """Write an exercise's file: the reference with (right, wrong) changes."""

    def write(*changes):
        exercise = course.named("03_affine")
        exercise.stub.write_text(solution("03_affine", *changes), "utf-8")
        return exercise

    return write


def test_the_verdict_has_hints_and_what_was_printed(affine):
    """All that a learner's own pytest would tell her, as data."""
    verdict = run_spec(affine((SUM, "np.sum(dout)"), (FORWARD, f"print('hello'); {FORWARD}")))
    broken = next(spec for spec in verdict.specs if "db_sums" in spec.name)
    assert broken.outcome is Outcome.FAILED
    assert broken.promise == "Affine.backward sets db: dout summed over the samples."
    assert "differs   shape () instead of (4,)" in broken.message
    assert len(broken.hints) == 2
    assert broken.output == "hello\n"
    assert 0 < verdict.points < verdict.max_points == 10


def test_neither_settings_nor_plugins_of_others_change_it(affine, monkeypatch):
    """What the learner has set up for her own tests is not for these."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.setenv("PYTEST_PLUGINS", "")
    verdict = run_spec(affine())
    assert verdict.done
    assert verdict.points == 10


def test_what_was_found_before_the_process_ended_is_kept(affine):
    """An exit that cannot be caught costs the spec that it happened in, and those after it."""
    verdict = run_spec(affine(("self.db = ", "import os; os._exit(7); self.db = ")))
    first, *_, last = verdict.specs
    assert first.passed
    crashed = [spec for spec in verdict.specs if spec.outcome is Outcome.CRASHED]
    assert crashed[0].message == "your code ended its own process: exit code 7"
    assert last.message == f"not run: {crashed[0].name} ended the process"
    assert {spec.outcome for spec in verdict.specs} == {Outcome.PASSED, Outcome.CRASHED}


def test_what_nothing_else_can_stop_is_ended(affine, monkeypatch):
    """Not even a signal reaches a regular expression at work; a notebook must not hang for it."""
    monkeypatch.setattr(spec_run, "GRACE", -4.5)
    endless = "__import__('re').match('(a+)+b', 'a' * 40); self.db = "
    verdict = run_spec(affine(("self.db = ", endless)))
    assert verdict.specs[0].passed
    timed_out = [spec for spec in verdict.specs if spec.outcome is Outcome.TIMED_OUT]
    assert timed_out[0].message == "stopped   after 0.5 s: is there an endless loop?"
    assert not verdict.specs[-1].passed


def test_what_is_our_fault_is_told_as_such(affine):
    """A spec that cannot be read says nothing about her code."""
    exercise = affine()
    exercise.spec.write_text("def broken(:\n", "utf-8")
    with pytest.raises(SpecRunError, match=r"(?s)03_affine could not be run: .*SyntaxError"):
        run_spec(exercise)
    with pytest.raises(SpecRunError, match="specs of 99_none could not be run"):
        run_spec(replace(exercise, name="99_none"))
