"""A failure at home that is due to an earlier exercise."""

import shutil

import pytest
from broken_layers import COURSE, broken
from pytest_learner import SHORT_WAIT, last_line

from grader.mistakes.catalogue import make, read_mistakes

NET = "exercises/06_two_layer_net"
FIRST = "04_softmax_with_loss is not green; begin there"
KEPT = "with correct earlier exercises, this promise is kept"
BEFORE_NET = ("02_activations", "03_affine", "05_numerical_gradient")
LOSS = "exercises/04_softmax_with_loss/softmax_with_loss.py"


@pytest.fixture
def misled(knowing):
    """A learner whose 06 is right, and whose loss layer in 04 returns nothing."""
    for name in (*BEFORE_NET, "06_two_layer_net"):
        knowing.solves(name)
    layer = broken("softmax_with_loss", "SoftmaxWithLoss.forward", "returns nothing")
    knowing.writes(LOSS, layer.text)
    return knowing


def test_a_right_network_is_sent_to_the_layer_that_is_broken(misled):
    """Once in words, and as what to run next; no mistake and no line of 06 is named.

    As in two hand-ins that were met: 04 lacked a return or raised, and 06 was blamed.
    """
    output = misled.runs(NET, "--hint", "--hint", code=1)
    first = output.partition("FAILURES")[2].splitlines()[2]
    assert first == FIRST
    assert output.count(FIRST) == output.count(KEPT) == 1
    assert "more promises break for the same reason:" in output
    assert "mistake " not in output
    assert "two_layer_net.py:" not in output
    assert last_line(output).endswith("Next: pytest exercises/04_softmax_with_loss")


@pytest.mark.thorough
def test_it_is_said_in_chinese_as_well(misled):
    """In the learner's language."""
    output = misled.runs(NET, code=1, KATA_LANG="zh-CN")
    assert "04_softmax_with_loss还没有变绿，请先从那里开始" in output
    assert "只要前面的练习正确，这项要求就能满足" in output


@pytest.mark.thorough
def test_a_mistake_of_its_own_is_named_beside_it(misled):
    """By what it does on the reference's layers, even where the broken one hides it."""
    layer = broken("softmax_with_loss", "SoftmaxWithLoss.forward", "raises")
    misled.writes(LOSS, layer.text)
    net = COURSE.named("two_layer_net")
    mistakes = {one.name: one for one in read_mistakes(net)}
    slip = make(mistakes["net_gradient_W2_from_first_layer"], net)
    misled.writes(f"{NET}/two_layer_net.py", slip.text)
    output = misled.runs(NET, "--hint", "--hint", code=1)
    assert output.index(FIRST) < output.index("mistake   ")
    assert KEPT in output
    assert "with correct earlier exercises, this promise is broken in another way" in output


@pytest.mark.thorough
def test_a_learner_whose_earlier_exercises_are_done_reads_nothing_of_it(knowing):
    """The mistake is this exercise's own."""
    for name in (*BEFORE_NET, "04_softmax_with_loss"):
        knowing.solves(name)
    knowing.solves("06_two_layer_net", ("self.predict(x), axis=1", "self.predict(x), axis=0"))
    output = knowing.runs(NET, "--hint", "--hint", code=1)
    assert "begin there" not in output
    assert "mistake   " in output


def test_without_the_reference_no_mistake_and_no_place_is_named(misled):
    """A learner's copy may have no solutions: whose mistake it is remains open."""
    shutil.rmtree(misled.root / "solutions")
    spec = misled.root / "tests/specs/test_06_two_layer_net.py"
    spec.write_text(spec.read_text("utf-8") + "\n# of another course than the installed one\n")
    output = misled.runs(NET, "--hint", "--hint", code=1)
    assert output.partition("FAILURES")[2].splitlines()[2] == FIRST
    assert KEPT not in output
    assert "nothing was returned: is a `return` missing?" in output
    assert "mistake " not in output
    assert "two_layer_net.py:" not in output


@pytest.mark.thorough
def test_what_the_session_has_run_anyway_is_not_run_again(misled):
    """If the earlier exercise is in the same session, its result is known."""
    misled.writes("exercises/04_softmax_with_loss/count.txt", "")
    text = (misled.root / LOSS).read_text("utf-8")
    counting = "with open(__file__[:-20] + 'count.txt', 'a') as file:\n    file.write('x')\n"
    misled.writes(LOSS, text + "\n" + counting)
    output = misled.runs("exercises/04_softmax_with_loss", NET, code=1)
    assert FIRST in output
    count = (misled.root / "exercises/04_softmax_with_loss/count.txt").read_text("utf-8").strip()
    assert count == "xx"  # once for each of the two


@pytest.mark.thorough
def test_a_loop_in_an_earlier_exercise_ends(misled):
    """Whatever its specs call, after the time limit of a spec; it is where to begin."""
    text = (misled.root / LOSS).read_text("utf-8")
    looping = "\n\ndef softmax(x):\n    while len(x) == 2:\n        pass\n    return np.exp(x)\n"
    misled.writes(LOSS, text + looping)
    shorter = "from grader.pytest_plugin import earlier\n\nearlier.IN_PROCESS_TIMEOUT = 0.5\n"
    misled.writes("conftest.py", f"{SHORT_WAIT}{shorter}")
    output = misled.runs(NET, code=1)
    assert FIRST in output
