"""Nodes and edges of a picture: their sizes and texts."""

import pytest

from grader.kata.graph.shapes import CIRCLE, DIGIT, FORK, GAP, LINE, PADDING, Lane, Shape


def lane(name="x", above=("1",), below=(), source=None, target=None):
    return Lane(name, list(above), list(below), source, target=target)


def test_a_long_name_is_broken_before_a_capital():
    """No part is lost; a name without a capital stays whole."""
    assert Shape("SoftmaxWithLoss", False).rows == ["Softmax", "WithLoss"]
    assert Shape("Affine1", False).rows == ["Affine1"]
    assert Shape("averyverylongname", False).rows == ["averyverylongname"]
    assert "".join(Shape("BatchNormalization2", False).rows) == "BatchNormalization2"


def test_a_node_is_as_wide_as_what_stands_in_it():
    """An operator is a circle, and a fork is little more than a point."""
    assert Shape("", False).half_width == FORK
    assert Shape("×", True).half_width == Shape("×", True).half_height == CIRCLE
    wide, narrow = Shape("Sigmoid", False), Shape("Relu", False)
    assert wide.half_width - narrow.half_width == 3 * DIGIT / 2
    assert narrow.half_width == 4 * DIGIT / 2 + PADDING
    assert Shape("层层", False).half_width == narrow.half_width  # Chinese is twice as wide


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_edges_come_in_evenly_around_the_middle(count):
    """From top to bottom; the node is high enough for all of them."""
    node = Shape("Affine", False, y=100)
    node.inputs = [lane(f"{number}", target=node) for number in range(count)]
    for number, one in enumerate(node.inputs):
        one.ends = [1000.0 * (number + 1)]  # none of them comes from the same height
    ports = [node.port(one) for one in node.inputs]
    assert ports == sorted(ports)
    assert sum(ports) == pytest.approx(0)
    assert len(set(ports)) == count
    assert node.half_height > max(map(abs, ports))


def test_an_edge_at_the_height_of_its_node_comes_in_straight():
    """Other edges keep their distance from it."""
    node = Shape("Affine", False, y=100)
    node.inputs = [lane("x", target=node), lane("W", target=node), lane("b", target=node)]
    for one, height in zip(node.inputs, (100, 300, 400), strict=True):
        one.ends = [float(height)]
    assert [node.port(one) > 0 for one in node.inputs] == [False, True, True]
    assert node.port(node.inputs[0]) == 0


def test_an_edge_begins_behind_its_node_and_crosses_all_up_to_the_next():
    """An input begins right before the node that it goes to, and a result runs to the end."""
    one, other = Shape("A", False, column=1), Shape("B", False, column=4)
    between = lane(source=one, target=other)
    assert [gap for gap in range(6) if between.crosses(gap)] == [1, 2, 3]
    into = lane(target=other)
    assert [gap for gap in range(6) if into.crosses(gap)] == [3]
    out = lane(source=other)
    assert [gap for gap in range(6) if out.crosses(gap)] == [4, 5]


def test_the_value_stands_above_and_the_gradient_below():
    """Between two nodes, so does the name; an arrow shows where the gradient goes."""
    node, other = Shape("A", False, column=1), Shape("B", False, column=2)
    assert lane(source=node, target=other, below=("2",)).texts == (["x", "1"], ["← 2"])
    assert lane(target=other, below=("2", "3")).texts == (["1"], ["← 2", "3"])
    assert lane("", source=node, target=other).texts == (["1"], [])


def test_an_edge_has_room_for_its_text_where_that_stands():
    """In other gaps it is only a line; the width is that of the longest text."""
    node, other = Shape("A", False, column=1), Shape("B", False, column=3)
    one = lane(source=node, target=other, below=("2",))
    node.outputs = [one]
    above, below = one.room(1)
    assert above >= 2 * LINE + GAP
    assert below >= LINE + GAP
    assert one.room(2) == (GAP, GAP)
    assert not one.is_array
    longer = lane(above=("[1 2", " 3 4]"), source=node, target=other)
    assert longer.is_array
    assert lane(above=("1234567",), target=other).width > lane(target=other).width + 5 * DIGIT
