"""Recording of layers, forward and backward."""

import numpy as np
import pytest

from grader.kata.graph import Graph
from grader.kata.graph.node import GraphError


class MulLayer:
    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dout):
        return dout * self.y, dout * self.x


class AddLayer:
    def forward(self, x, y):
        return x + y

    def backward(self, dout):
        return dout, dout


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class Doubling:
    """Writes into its arguments."""

    def forward(self, x):
        x *= 2
        return x

    def backward(self, dout):
        dout *= 2
        return dout


class Broken:
    def __init__(self, out=1.0, gradient=1.0):
        self.out, self.gradient = out, gradient

    def forward(self, *inputs):
        return self.out

    def backward(self, dout):
        return self.gradient


def test_every_edge_gets_the_value_and_the_gradient_of_the_run():
    """The purchase of lesson 01: the known gradients arrive at the inputs."""
    graph = Graph()
    price, count, tax = (graph.input(*i) for i in (("price", 100), ("count", 2), ("tax", 1.1)))
    apples = graph.forward(MulLayer(), price, count)
    bill = graph.forward(MulLayer(), apples, tax, name="bill")
    graph.backward()
    assert bill.data == pytest.approx(220)
    gradients = [value.gradient for value in (price, count, apples, tax, bill)]
    assert gradients == pytest.approx([2.2, 110, 1.1, 200, 1])


def test_what_is_used_twice_gets_the_sum_of_both_gradients():
    """By two nodes or twice by one, with the shares in the order of the uses."""
    graph = Graph()
    x = graph.input("x", 3)
    square = graph.forward(MulLayer(), x, x)
    graph.forward(MulLayer(), square, x)
    graph.backward()
    assert x.shares == [9, 9, 9]
    assert x.gradient == 27
    graph = Graph()
    y = graph.input("y", 5)
    graph.forward(AddLayer(), graph.forward(MulLayer(), y, 2), y)
    graph.backward()
    assert y.shares == [2, 1]


def test_backward_can_be_run_again():
    """Gradients are those of the latest run only."""
    graph = Graph()
    x = graph.input("x", 3)
    graph.forward(MulLayer(), x, x)
    graph.backward()
    graph.backward(10)
    assert x.shares == [30, 30]


def test_a_node_that_is_added_later_makes_gradients_unknown_again():
    """The old gradients belong to another result."""
    graph = Graph()
    x = graph.input("x", 3)
    square = graph.forward(MulLayer(), x, x)
    graph.backward()
    graph.forward(AddLayer(), square, x)
    assert x.gradient is None
    assert graph.svg().count("←") == 1  # in the legend
    graph.backward()
    assert x.shares == [3, 3, 1]


def test_arrays_that_a_layer_holds_are_parameters():
    """W and b, but neither stored inputs nor gradients of an earlier run."""
    layer = Affine(np.ones((3, 2)), np.zeros(2))
    layer.backward(layer.forward(np.ones((4, 3))))
    graph = Graph()
    graph.forward(layer, np.arange(6.0).reshape(2, 3))
    graph.backward(np.ones((2, 2)))
    parameters = graph.nodes[0].parameters
    assert list(parameters) == ["W", "b"]
    assert parameters["W"].gradient.tolist() == [[3, 3], [5, 5], [7, 7]]
    assert parameters["b"].gradient.tolist() == [2, 2]


def test_layers_of_one_class_are_numbered_with_their_parameters():
    """Two affine layers are Affine1 and Affine2, and their weights W1 and W2."""
    graph = Graph("Two layers")
    h = graph.forward(Affine(np.ones((2, 2)), np.zeros(2)), graph.input("x", [[1, 2]]), name="h")
    graph.forward(Affine(np.ones((2, 1)), np.zeros(1)), h, name="out")
    assert graph.words().splitlines()[:3] == [
        "Two layers",
        "h = Affine1(x, W1, b1)",
        "out = Affine2(h, W2, b2)",
    ]


def test_a_layer_that_writes_into_its_arguments_spoils_nothing():
    """Each layer gets copies, and the picture shows the original values."""
    graph = Graph()
    x = graph.input("x", np.ones(2))
    out = graph.forward(Doubling(), x)
    both = graph.forward(AddLayer(), out, x)
    graph.backward(np.ones(2))
    assert [value.data.tolist() for value in (x, out, both)] == [[1, 1], [2, 2], [3, 3]]
    assert (out.gradient.tolist(), x.gradient.tolist()) == ([1, 1], [3, 3])


def test_the_words_have_a_line_for_each_node_and_each_edge():
    """With values and gradients, and with the sum where a value is used twice."""
    graph = Graph("A square")
    x = graph.input("x", 3)
    graph.forward(MulLayer(), x, x, name="square")
    assert graph.words().endswith("\nx: value 3, no gradient\nsquare: value 9, no gradient")
    graph.backward()
    assert graph.words().splitlines() == [
        "A square",
        "square = x × x",
        "x: value 3, gradient 6 = 3 + 3",
        "square: value 9, gradient 1",
    ]
    assert repr(x) == "<x: 3, gradient 6>"


def test_names_that_are_taken_get_a_number():
    """No two edges have the same name."""
    graph = Graph()
    graph.forward(AddLayer(), graph.forward(AddLayer(), 1, 2), 3)
    names = [value.name for value in graph.values()]
    assert names == ["input", "input 2", "output", "input 3", "output 2"]


def test_what_does_not_lead_to_the_result_has_no_gradient():
    """A layer that does not lead to the result is not run backward."""
    graph = Graph()
    x = graph.input("x", 2)
    graph.forward(Broken(gradient=None), x)
    graph.forward(AddLayer(), x, 1)
    graph.backward()
    assert x.shares == [None, 1]
    assert x.gradient == 1


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        (Broken(out=None), r"Broken\.forward \(test_graph\.py:\d+\) returned nothing \(None\)"),
        (Broken(out="one"), "returned a str; expected a number or an array"),
        (Broken(out=[[1], [1, 2]]), "returned a list; expected a number or an array"),
        (Broken(gradient=None), r"Broken\.backward \(test_graph\.py:\d+\) returned nothing"),
        (Broken(gradient=(1, 2)), "returned 2 gradients, and forward took 1 inputs"),
    ],
)
def test_an_answer_that_cannot_be_drawn_is_told_with_its_method(layer, told):
    """The message names the method, its line, and the result."""
    graph = Graph()

    def run():
        graph.forward(layer, 1)
        graph.backward()

    with pytest.raises(GraphError, match=told):
        run()


def test_a_wrong_use_of_the_graph_is_told():
    """One layer for two nodes, a dout of another shape, a backward pass without a forward one."""
    layer, graph = AddLayer(), Graph()
    with pytest.raises(GraphError, match=r"nothing has run forward yet"):
        graph.backward()
    graph.forward(layer, np.ones(2), np.ones(2))
    with pytest.raises(GraphError, match=r"needs one of its own: AddLayer\(\.\.\.\)"):
        graph.forward(layer, 1, 2)
    with pytest.raises(GraphError, match=r"output has the shape \(2,\), and dout has \(\)"):
        graph.backward()


def test_gradients_of_different_shapes_are_not_added():
    """NumPy would broadcast them silently."""
    graph = Graph()
    x = graph.input("x", np.ones(2))
    first = graph.forward(Broken(gradient=np.ones(3)), x)
    graph.forward(AddLayer(), first, graph.forward(Broken(gradient=np.ones(2)), x))
    graph.backward()
    with pytest.raises(GraphError, match=r"x: its gradients have the shapes \(2,\) and \(3,\)"):
        graph.words()
