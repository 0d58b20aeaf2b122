"""Positions of the nodes and edges of a graph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.kata.graph import Graph
from grader.kata.graph.layout import arrange


class Layer:
    """Takes any number of inputs."""

    def forward(self, *inputs):
        return sum(inputs)

    def backward(self, dout):
        return (dout,) * 2


def chain():
    """Inputs a, b -> first; first, c -> second."""
    graph = Graph()
    first = graph.forward(Layer(), graph.input("a", 1), graph.input("b", 2), name="first")
    graph.forward(Layer(), first, graph.input("c", 3), name="second")
    return graph


def test_nodes_stand_from_left_to_right_in_line():
    """The first between its inputs, the second in line with it; a late input right before it."""
    layout = arrange(chain().nodes)
    first, second = layout.shapes
    assert first.x + first.half_width < second.x - second.half_width
    assert first.y == pytest.approx(second.y)
    a, b, late = (lane for lane in layout.lanes if lane.source is None)
    assert first.y == pytest.approx((a.ends[0] + b.ends[0]) / 2)
    assert late.first_gap == 1
    assert late.ends[0] > second.y


def test_a_value_that_is_used_twice_forks():
    """One trunk with its name and the sum, and a nameless branch for each use."""
    graph = Graph()
    x = graph.input("x", 3)
    graph.forward(Layer(), x, x)
    graph.backward()
    trunk, *branches, _ = arrange(graph.nodes).lanes
    assert (trunk.name, trunk.below) == ("x", ["2"])
    assert [(b.name, b.below, b.source) for b in branches] == [("", ["1"], trunk.target)] * 2
    assert branches[0].ends[0] < trunk.ends[0] < branches[1].ends[0]


@given(st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=3), min_size=1, max_size=6))
def test_no_text_lies_on_another_and_all_is_within(choices):
    """For any graph: each node takes inputs or earlier results, also several times."""
    graph = Graph()
    values = [graph.input("x", 1.5)]
    for chosen in choices:
        inputs = [values[i] if i < len(values) else graph.input("late", i) for i in chosen]
        values.append(graph.forward(Layer(), *inputs))
    layout = arrange(graph.nodes)
    for gap, (left, right) in enumerate(layout.zones):
        assert 0 <= left <= right <= layout.width
        bottom = 0.0
        for lane in (lane for lane in layout.lanes if lane.crosses(gap)):
            y = lane.ends[gap - lane.first_gap]
            above, below = lane.room(gap)
            assert y - above >= bottom - 1e-6
            bottom = y + below
    for shape in layout.shapes:
        assert shape.half_width <= shape.x <= layout.width
        assert all(lane.source is None or lane.source.x < shape.x for lane in shape.inputs)
