"""Whether it is this exercise that is wrong, or an earlier one of the learner's."""

import pytest
from broken_layers import COURSE, REFERENCE, WAYS, broken

from grader.course.limits import Limits
from grader.judging.judge import Judge
from grader.judging.replay import replay
from grader.mistakes.catalogue import make, read_mistakes
from grader.mistakes.earlier import first_undone
from grader.submissions.submission import Submission
from grader.verdicts.learner_view import for_learner
from grader.verdicts.verdict import Outcome
from grader.worker.source import Source

NET, MNIST = COURSE.named("two_layer_net"), COURSE.named("mnist")
KEPT = "with correct earlier exercises, this promise is kept"
ANOTHER_WAY = "with correct earlier exercises, this promise is broken in another way"


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE, [NET, MNIST], secret="a secret")


def handed_in(exercise, **modules):
    """The reference with other modules; of these, only one exercise is to be judged."""
    return Submission("alice", {**REFERENCE, **modules}, (exercise,))


def told(judge, submission):
    """Broken promises, as the instructor reads them and as the learner does."""
    verdict = judge.judge(submission)
    return [
        spec
        for one in (verdict, for_learner(verdict))
        for spec in one.exercises[-1].specs
        if not spec.passed
    ]


def lines_of(specs):
    return {line for spec in specs for line in str(spec.message).splitlines()}


def slip(name):
    """The reference of 06 with a known mistake."""
    return make(next(one for one in read_mistakes(NET) if one.name == name), NET)


EARLIER = {
    "activations": ("02_activations", "Relu.forward"),
    "affine": ("03_affine", "Affine.backward"),
    "softmax_with_loss": ("04_softmax_with_loss", "SoftmaxWithLoss.forward"),
    "numerical_gradient": ("05_numerical_gradient", "numerical_gradient"),
}


@pytest.mark.thorough
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("module", EARLIER)
def test_a_right_network_on_a_broken_layer_is_not_accused(judge, module, way):
    """As in two hand-ins that were met: 04 lacked a return or raised, and 06 was blamed.

    The first words name the earlier exercise, and no mistake and no place in 06 is named.
    """
    exercise, place = EARLIER[module]
    specs = told(judge, handed_in(NET, **{module: broken(module, place, way)}))
    assert specs
    for spec in specs:
        first, *rest = str(spec.message).splitlines()
        assert first == f"{exercise} is not green; begin there"
        assert rest == [KEPT] or "broken with other inputs" in rest[0]
        assert (spec.hints, spec.mistake) == ((), None)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("module", "place"),
    [("activations", "Relu.forward"), ("two_layer_net", "TwoLayerNet.gradient")],
)
def test_a_right_training_on_a_broken_network_is_not_accused(judge, module, place):
    """What takes long is not run again: it says what was seen, and no place."""
    specs = told(judge, handed_in(MNIST, **{module: broken(module, place, "raises")}))
    exercise = COURSE.by_module()[module].name
    assert specs
    assert all(str(spec.message).startswith(f"{exercise} is not green; begin") for spec in specs)
    assert not any(spec.mistake for spec in specs)
    assert not any(line.startswith(("at ", "perhaps ")) for line in lines_of(specs))


def test_a_layer_that_cannot_be_imported_is_named_first(judge):
    """Its own message follows, with the line in the file that is at fault."""
    specs = told(judge, handed_in(NET, affine=Source("affine.py", "class Affine:\n    def")))
    for spec in specs:
        first, second, *rest = str(spec.message).splitlines()
        assert first == "03_affine is not green; begin there"
        assert second == "it needs 03_affine, which cannot be imported"
        assert "SyntaxError" in rest[0]
        assert spec.outcome is Outcome.BLOCKED


@pytest.mark.parametrize("way", WAYS)
def test_both_are_said_if_both_are_wrong(judge, way):
    """The earlier one first, then the mistake of 06, named by what it does on the reference.

    It is found even if the broken layer hides it.
    """
    layer = broken("softmax_with_loss", "SoftmaxWithLoss.forward", way)
    net = slip("net_gradient_W2_from_first_layer")
    specs = told(judge, handed_in(NET, softmax_with_loss=layer, two_layer_net=net))
    assert all(str(s.message).startswith("04_softmax_with_loss is not green") for s in specs)
    assert KEPT in lines_of(specs)
    assert {spec.mistake for spec in specs} == {None, "net_gradient_W2_from_first_layer"}
    assert not any(spec.mistake for spec in specs if KEPT in str(spec.message))


@pytest.mark.thorough
def test_a_mistake_of_the_networks_own_is_explained_as_ever(judge):
    """It fails in the same way on the reference, so its values and its place are shown."""
    layer = broken("softmax_with_loss", "SoftmaxWithLoss.forward", "raises")
    net = slip("net_accuracy_over_samples")
    alone = told(judge, handed_in(NET, two_layer_net=net))
    specs = told(judge, handed_in(NET, softmax_with_loss=layer, two_layer_net=net))
    own = {spec.name: spec for spec in specs if KEPT not in str(spec.message)}
    assert {own[spec.name].mistake for spec in alone} == {"net_accuracy_over_samples"}
    shown = [f"04_softmax_with_loss is not green; begin there\n{spec.message}" for spec in alone]
    assert {str(spec.message) for spec in own.values()} & {*shown}


def test_nothing_is_shown_of_what_it_does_on_the_reference(judge):
    """The code could put what it reads there into an exception."""
    layer = broken("affine", "Affine.forward", "raises")
    text = REFERENCE["two_layer_net"].text.replace(
        "        self.loss(x, t)\n", "        self.loss(x, t)\n        raise ValueError('W1')\n"
    )
    net = Source("/exercises/two_layer_net/two_layer_net.py", text)
    specs = told(judge, handed_in(NET, affine=layer, two_layer_net=net))
    assert lines_of(specs) == {"03_affine is not green; begin there", KEPT, ANOTHER_WAY}


def test_a_loop_in_a_layer_is_not_asked_of_the_network():
    """The outcome stays, and the marks."""
    text = REFERENCE["numerical_gradient"].text + "\n    while True:\n        pass\n"
    looping = Source("numerical_gradient.py", text.replace("    return", "    found = 1 #"))
    assert text.count("    return") == 1
    judge = Judge(COURSE, [NET], limits=Limits(call_seconds=0.3, call_cpu_seconds=0.3))
    (found,) = judge.judge(handed_in(NET, numerical_gradient=looping)).exercises
    late = [spec for spec in found.specs if spec.outcome is Outcome.TIMED_OUT]
    assert late
    for spec in late:
        assert str(spec.message).splitlines() == [
            "05_numerical_gradient is not green; begin there",
            KEPT,
        ]


@pytest.mark.thorough
def test_a_replay_says_the_same(judge):
    """It judges the one exercise anew."""
    layer = broken("softmax_with_loss", "SoftmaxWithLoss.forward", "returns nothing")
    submission = handed_in(NET, softmax_with_loss=layer)
    (found,) = judge.judge(submission).exercises
    wrong = next(spec for spec in found.specs if not spec.passed)
    assert replay(judge, submission, wrong.name)[0] == wrong


@pytest.mark.thorough
def test_a_verdict_that_is_known_is_not_found_again(judge, monkeypatch):
    """In a submission that is judged as a whole, the earlier exercises were judged before."""
    monkeypatch.delattr(Judge, "_is_done")
    layer = broken("softmax_with_loss", "SoftmaxWithLoss.forward", "raises")
    chosen = COURSE.exercises[1 : COURSE.exercises.index(MNIST)]
    whole = Submission("alice", {**REFERENCE, "softmax_with_loss": layer}, chosen)
    specs = told(judge, whole)
    assert lines_of(specs) == {"04_softmax_with_loss is not green; begin there", KEPT}


def test_beside_a_stand_in_the_learners_own_exercise_is_named_first(judge):
    """03 was not handed in, and 04 is wrong."""
    layer = broken("softmax_with_loss", "SoftmaxWithLoss.forward", "raises")
    submission = handed_in(NET, softmax_with_loss=layer)
    del submission.sources["affine"]
    for spec in told(judge, submission):
        first, second, *_ = str(spec.message).splitlines()
        assert first == "04_softmax_with_loss is not green; begin there"
        assert second.startswith("judged with the course's own 03_affine")


def test_what_nobody_imports_is_not_blamed(judge):
    """01 is not green, and 06 does not build on it: the mistake is its own."""
    apples = broken("simple_layers", "MulLayer.forward", "raises")
    net = slip("net_accuracy_over_samples")
    specs = told(judge, handed_in(NET, simple_layers=apples, two_layer_net=net))
    assert not any("begin there" in line for line in lines_of(specs))
    assert all(spec.mistake == "net_accuracy_over_samples" for spec in specs)


def test_the_first_that_is_not_done_is_where_to_begin():
    """Others are not even looked at."""
    asked = []

    def is_done(exercise):
        asked.append(exercise.module)
        return exercise.module != "affine"

    assert first_undone(NET, COURSE, REFERENCE, is_done) == "03_affine"
    assert asked == ["activations", "affine"]
    assert first_undone(NET, COURSE, REFERENCE, lambda exercise: True) == ""
