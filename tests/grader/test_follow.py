"""Follow-through marks: what fails for an earlier exercise, tried again on top of the reference."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import find_course
from grader.follow import may_be_due_to_another, on_top_of
from grader.journal import plain_of
from grader.judge import Judge
from grader.launch import can_confine
from grader.source import Source
from grader.submission import Submission, read_modules
from grader.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

COURSE = find_course(Path(__file__))
AFFINE, NET = COURSE.named("affine"), COURSE.named("two_layer_net")
REFERENCE = read_modules(COURSE.root / "solutions", COURSE)
WRONG_AFFINE = replace(
    REFERENCE["affine"],
    text=REFERENCE["affine"].text.replace("np.sum(dout, axis=0)", "np.sum(dout)"),
)
WRONG_NET = replace(
    REFERENCE["two_layer_net"],
    text=REFERENCE["two_layer_net"].text.replace(
        'Affine(self.params["W1"]', 'Affine(self.params["W1"] + 1'
    ),
)
LEAKING = """
import sys
import affine
told = affine.__loader__.sources["affine"].text
print(told)
print(told, file=sys.stderr)
class TwoLayerNet:
    def __init__(self, *sizes, **more):
        self.params = {told: told}
    def predict(self, x):
        raise ValueError(told)
    def loss(self, x, t):
        return told
    def gradient(self, x, t):
        return {told: told}
    def accuracy(self, x, t):
        raise type(told, (Exception,), {})(told)
    numerical_gradient = gradient
"""


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE, [NET], confined=can_confine(), follow_through="report")


def judged(judge, **changed):
    """The verdict on the network of somebody whose other modules are right."""
    sources = {**REFERENCE, **changed}
    present = {name: source for name, source in sources.items() if source is not None}
    return judge.judge(Submission("ada", present, (NET,)))


def network(verdict):
    (exercise,) = verdict.exercises
    return exercise


# What it is tried with


def test_the_reference_takes_the_place_of_all_that_an_exercise_builds_on():
    """Also of what that in turn builds on; the exercise itself and later ones stay hers."""
    hers = {name: Source(f"{name}.py", f"her {name}") for name in REFERENCE}
    found = on_top_of(NET, COURSE, hers, REFERENCE)
    replaced = {name for name, source in found.items() if source is REFERENCE[name]}
    assert replaced == {"activations", "affine", "numerical_gradient", "softmax_with_loss"}
    training = on_top_of(COURSE.named("mnist"), COURSE, hers, REFERENCE)
    assert training["two_layer_net"] is REFERENCE["two_layer_net"]
    assert training["affine"] is REFERENCE["affine"]
    assert training["mnist"] is hers["mnist"]


def test_what_builds_on_nothing_or_is_not_there_is_not_tried():
    """By what the reference imports, and she."""
    assert on_top_of(AFFINE, COURSE, REFERENCE, REFERENCE) == {}
    assert on_top_of(NET, COURSE, {"affine": WRONG_AFFINE}, REFERENCE) == {}
    importing = Source("affine.py", "def (:\n    from activations import Relu")
    found = on_top_of(AFFINE, COURSE, {"affine": importing}, REFERENCE)
    assert found == {"affine": importing, "activations": REFERENCE["activations"]}


@pytest.mark.parametrize(
    ("outcomes", "due"),
    [
        (["PASSED", "PASSED"], False),
        (["PASSED", "FAILED"], True),
        (["BLOCKED", "BLOCKED"], True),
        (["NOT_STARTED", "NOT_STARTED"], False),
        (["CRASHED", "GRADER_ERROR"], False),
    ],
)
def test_what_passes_or_is_not_written_is_not_tried(outcomes, due):
    """Nor what the grader itself failed on."""
    specs = tuple(SpecVerdict("f", "f.", Tier.CORE, Outcome(one), 1) for one in outcomes)
    assert may_be_due_to_another(ExerciseVerdict("01_f", specs)) is due


# What comes out


def test_who_is_wrong_earlier_and_right_later_passes_on_top_of_the_reference(judge):
    """Be the earlier one wrong or missing; what was found itself stays as it was."""
    for affine in (WRONG_AFFINE, None):
        found = network(judged(judge, affine=affine))
        assert not found.done
        assert found.points < found.points_through == found.max_points
        assert found.points_that_count == found.points


def test_who_is_wrong_later_too_does_not(judge):
    """What fails by itself, fails on top of the reference."""
    found = network(judged(judge, affine=WRONG_AFFINE, two_layer_net=WRONG_NET))
    assert 0 <= found.points_through < found.max_points


def test_what_passes_is_not_tried_again(judge):
    """There is nothing to be gained."""
    assert network(judged(judge)).through == ()


def test_the_policy_decides_whether_it_is_tried_and_counts():
    """Off: the verdict is as it always was."""
    for policy, tried, counts in (("off", False, False), ("count", True, True)):
        judge = Judge(COURSE, [NET], confined=can_confine(), follow_through=policy)
        verdict = judged(judge, affine=WRONG_AFFINE)
        assert bool(network(verdict).through) is tried
        assert verdict.conditions.follow_through == policy
        assert (network(verdict).points_that_count == 17) is counts


def test_nothing_of_the_reference_comes_out(judge):
    """Not by what is printed, raised, returned or called a name."""
    own = Source("affine.py", "class Affine: pass\n")
    leaking = Source("two_layer_net.py", LEAKING)
    verdict = judged(judge, affine=own, two_layer_net=leaking)
    assert network(verdict).through
    told = repr(plain_of(verdict))
    assert "class Affine: pass" in told  # by which it tells of itself
    for line in REFERENCE["affine"].text.splitlines():
        if len(line.strip()) > 20:
            assert line.strip() not in told
