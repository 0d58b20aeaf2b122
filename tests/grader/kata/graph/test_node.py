"""Values and layers of a graph, and objects that cannot be one."""

import numpy as np
import pytest

from grader.kata.graph.node import GraphError, Node, Value, arrays_of, number, run


class Scale:
    def __init__(self):
        self.W, self.rate, self.names = np.ones(2), 0.1, ["a"]

    def forward(self, x):
        x *= 3
        return x


class MulLayer:
    pass


def test_a_gradient_is_the_sum_of_what_came_back():
    """Over all uses that have one so far; the shares are kept."""
    value = Value("x", 2.0)
    assert value.gradient is None
    value.shares = [1.0, None, 2.5]
    assert value.gradient == 3.5
    first = np.array([1.0, 2.0])
    value.shares = [first, np.array([10.0, 20.0])]
    assert value.gradient.tolist() == [11, 22]
    assert first.tolist() == [1, 2]


def test_gradients_of_two_shapes_cannot_be_added():
    """NumPy would broadcast one; the error has the value and both shapes."""
    value = Value("b", np.zeros(2))
    value.shares = [np.zeros(2), np.zeros((3, 2))]
    with pytest.raises(GraphError, match=r"b: its gradients have the shapes \(2,\) and \(3, 2\)"):
        assert value.gradient is None


def test_a_value_says_what_it_is_and_its_gradient_once_there_is_one():
    """As it is shown in a notebook."""
    value = Value("price", 200.0)
    assert repr(value) == "<price: 200>"
    value.shares = [1.1]
    assert repr(value) == "<price: 200, gradient 1.1>"


def test_an_operator_is_drawn_as_its_sign_and_any_other_layer_by_name():
    """With its number, if there are several layers of its class."""
    operator, layer = Node(MulLayer(), ()), Node(Scale(), ())
    assert (operator.sign, operator.label) == ("×", "×")
    assert (layer.sign, layer.label) == ("", "Scale")
    operator.number = layer.number = 2
    assert (operator.label, layer.label) == ("×", "Scale2")


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (2, 2),
        (2.5, 2.5),
        (True, True),
        (np.float32(0.5), 0.5),
        (np.array(3.0), 3.0),
        ([1, 2], [1, 2]),
        ([[0.5]], [[0.5]]),
    ],
)
def test_a_number_or_an_array_is_kept_as_it_was_then(data, kept):
    """Later changes of the array have no effect."""
    found = number(data, "it returned")
    if isinstance(found, np.ndarray):
        assert found.tolist() == kept
        assert found is not data
    else:
        assert found == kept
        assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (None, r"it returned nothing \(None\): is a `return` missing\?"),
        ("2", "it returned a str; expected a number or an array"),
        ([[1], [1, 2]], "it returned a list; expected"),
        ({"W": 1}, "it returned a dict; expected"),
        (np.array([None]), "it returned a ndarray; expected"),
        (1j, "it returned a complex; expected"),
    ],
)
def test_what_is_neither_is_told_with_what_it_is(data, told):
    """The message also says where it came from."""
    with pytest.raises(GraphError, match=told):
        number(data, "it returned")


def test_a_layer_is_run_on_copies():
    """It may write into them; the result comes with the beginning of an error message."""
    x = np.array([1.0, 2.0])
    answer, told = run(Scale(), "forward", x)
    assert answer.tolist() == [3, 6]
    assert x.tolist() == [1, 2]
    line = Scale.forward.__code__.co_firstlineno
    assert told == f"Scale.forward (test_node.py:{line}) returned"


def test_a_method_that_there_is_not_is_told_with_the_one_that_is_meant():
    """Without a suggestion if no method has a similar name."""
    with pytest.raises(GraphError, match="Scale has no foward; it has forward: is that the one"):
        run(Scale(), "foward", 1.0)
    with pytest.raises(GraphError, match=r"MulLayer has no backward$"):
        run(MulLayer(), "backward", 1.0)


def test_parameters_are_the_arrays_that_a_layer_holds():
    """Numbers and lists are not; an object without attributes has none."""
    layer = Scale()
    assert list(arrays_of(layer)) == ["W"]
    assert arrays_of(layer)["W"] is layer.W
    assert arrays_of(5) == {}
