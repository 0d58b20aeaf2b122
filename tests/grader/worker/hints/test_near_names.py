"""Which name is meant by one that is not there, and when nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker.hints.near_names import MAX_LENGTH, misspelt, nearest, nearest_key


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("dW", "dw"),
        ("dW", "d_w"),
        ("dW", "_dW"),
        ("dW", "Wd"),
        ("db", "dbb"),
        ("Relu", "ReLU"),
        ("last_layer", "lastLayer"),
        ("forward", "foward"),
        ("backward", "backword"),
        ("print", "pritn"),
        ("mask", "mesk"),
        ("dot", "dott"),
        ("params", "param"),
        ("MulLayer", "MultiLayer"),
        ("cross_entropy_error", "cross_entropy"),
    ],
)
def test_a_slip_of_the_keyboard_is_a_misspelling(name, other):
    """In both directions, and among names that have nothing to do with it."""
    assert misspelt(name, ["zzz", other, "update"]) == other
    assert misspelt(other, ["zzz", name, "update"]) == name


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("MulLayer", "Multiply"),
        ("AddLayer", "Add"),
        ("Affine", "AffineLayer"),
        ("forward", "forward_pass"),
        ("dW", "grad_W"),
        ("db", "gradB"),
        ("dW", "dL_dW"),
        ("Relu1", "relu"),
        ("learning_rate", "lr"),
        ("batch_size", "bs"),
        ("iterations", "iters_num"),
        ("iterations", "n_iter"),
        ("numerical_gradient", "num_grad"),
        ("predict", "pred"),
    ],
)
def test_other_words_for_the_same_are_near(name, other):
    """But they are no misspelling."""
    assert nearest(name, ["zzz", other, "update"]) == other
    assert misspelt(name, [other]) == ""


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("db", "b"),
        ("dW", "W"),
        ("dW", "db"),
        ("dW", "dx"),
        ("out", "dout"),
        ("W1", "W2"),
        ("Affine1", "Affine2"),
        ("W1", "W"),
        ("MulLayer", "AddLayer"),
        ("forward", "backward"),
        ("softmax", "SoftmaxWithLoss"),
        ("Relu", "Sigmoid"),
        ("Layer", "MyLayer"),
        ("x", "y"),
        ("t", "_"),
        ("", "a"),
    ],
)
def test_in_doubt_nothing_is_near(name, other):
    """Short names differ in one letter although they mean something else."""
    assert nearest(name, [other]) == nearest(other, [name]) == ""


def test_of_two_names_that_may_be_meant_none_is_chosen():
    """Unless one of them is nearer."""
    assert nearest("dW", ["dw", "d_w"]) == ""
    assert nearest("dW", ["dw", "grad_W"]) == "dw"


@pytest.mark.parametrize(
    ("key", "other", "found"),
    [("W1", "dW1", True), ("W1", "dw_1", True), ("W1", "w1", True), ("W1", "dW2", False)],
)
def test_a_gradient_may_be_under_the_name_of_the_derivative(key, other, found):
    """Only a key, since x and dx are two things elsewhere."""
    assert nearest_key(key, ["b1", other]) == (other if found else "")
    assert nearest("x", ["dx"]) == ""


@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=20))
def test_any_text_may_be_compared(name, others):
    """What is found is one of the others, and not the name itself."""
    for find in (misspelt, nearest, nearest_key):
        found = find(name, others)
        assert found == "" or (found in others and found != name and len(found) <= MAX_LENGTH)


def test_names_that_are_too_long_are_not_compared():
    """It would take quadratic time, for each of a hundred names that a worker sends."""
    names = [f"{'ab' * (MAX_LENGTH // 2 - 2)}{number:02}"[:MAX_LENGTH] for number in range(100)]
    assert nearest("a" * MAX_LENGTH, names) == ""
    assert nearest("a" * (MAX_LENGTH + 1), names) == ""
