"""Training by central differences is told as that, by the learner's own code."""

import pytest
from broken_layers import COURSE, REFERENCE

from grader.course.limits import Limits
from grader.judging.judge import Judge
from grader.messages.explanation import explain
from grader.mistakes.reasons.slow_way import slow_calls, with_slow_call
from grader.mistakes.traces import MAX_CODE
from grader.submissions.submission import Submission
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import Outcome
from grader.worker.source import Source

TOLD = (
    "perhaps   train calls numerical_gradient (mnist.py:{line}): that takes two\n"
    "          forward passes for each parameter; back-propagation takes one of\n"
    "          each for all of them"
)
SPEC = "test_train_steps_against_the_gradient"
MISMATCH = explain(("returned", "1.0000001"), ("expected", "1"))


def test_the_reference_takes_the_fast_way():
    """Only the numerical gradient itself calls the one of 05."""
    assert all(slow_calls(source) == {} for source in REFERENCE.values())


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("def train(net):\n    return net.numerical_gradient(1)", {"train": "mnist.py:2"}),
        ("def train(f):\n    return numerical_gradient(f)", {"train": "mnist.py:2"}),
        ("def numerical_gradient(f):\n    return numerical_gradient(f)", {}),
        ("def train(f):\n    return f  # not numerical_gradient(f)", {}),
        ("def train(f:\n    numerical_gradient(f)", {}),
        ("x = 1\n" * MAX_CODE + "def train(f):\n    return numerical_gradient(f)", {}),
        ("(" * 5000 + "numerical_gradient", {}),
    ],
)
def test_a_call_is_found_in_the_code_and_nowhere_else(text, calls):
    """With its line; code that cannot be parsed has none."""
    assert slow_calls(Source("/home/somebody/mnist.py", text)) == calls


def test_a_call_in_a_notebook_is_found_in_its_cell():
    """Each cell is a file of its own."""
    cells = ("import numpy", "def train(f):\n    return numerical_gradient(f)")
    assert slow_calls(Source("mnist.ipynb", "", "", cells)) == {"train": "mnist.ipynb cell 2:2"}


@pytest.mark.thorough
def test_training_by_central_differences_is_told_as_that():
    """At once, where values differ in the ninth digit, and where it takes too long.

    A learner had read nothing but "is there a loop that never ends?", after four minutes.
    """
    exercise = COURSE.named("mnist")
    right, wrong = "network.gradient(x, t)", "network.numerical_gradient(x, t)"
    text = REFERENCE["mnist"].text.replace(right, wrong)
    line = text[: text.index(wrong)].count("\n") + 1
    sources = {**REFERENCE, "mnist": Source("/exercises/07_mnist/mnist.py", text)}
    judge = Judge(COURSE, [exercise], limits=Limits(call_seconds=0.5, call_cpu_seconds=0.5))
    (found,) = judge.judge(Submission("a", sources, (exercise,))).exercises
    missed = [spec for spec in found.specs if not spec.passed]
    tried = [spec for spec in missed if "not tried" not in str(spec.message)]
    assert {spec.outcome for spec in tried} == {Outcome.FAILED, Outcome.TIMED_OUT}
    for spec in tried:
        assert str(spec.message).endswith(TOLD.format(line=line))


@pytest.mark.parametrize(
    ("found", "spec"),
    [
        (Finding(Outcome.FAILED, MISMATCH, mistake="train_steps_uphill"), SPEC),
        (Finding(Outcome.CRASHED, MISMATCH), SPEC),
        (Finding(Outcome.NOT_STARTED, "to be written"), SPEC),
        (Finding(Outcome.FAILED, "not tried"), SPEC),
        (Finding(Outcome.FAILED, MISMATCH), "test_Trainer_trains"),
    ],
)
def test_what_has_another_reason_is_left_alone(found, spec):
    """A known mistake, a crash, or a spec of another function."""
    assert with_slow_call(found, spec, {"train": "mnist.py:2"}) is found


def test_the_numerical_gradient_may_be_slow():
    """Its name ends like that of the other."""
    calls, found = {"gradient": "net.py:2"}, Finding(Outcome.FAILED, MISMATCH)
    assert with_slow_call(found, "test_Net_numerical_gradient_nudges", calls) is found
    assert with_slow_call(found, "test_Net_gradient_returns_W1", calls) is not found
