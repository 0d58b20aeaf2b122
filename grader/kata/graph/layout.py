"""Layout of the picture of a graph: columns from left to right, lanes from top to bottom.

An edge is drawn on a lane, which crosses one or more gaps between columns. The edge's value is
written above the lane, its gradient below. A value that is used more than once ends at a fork,
where a separate lane begins for each use, with that use's share of the gradient.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from grader.kata.graph import figures
from grader.kata.graph.shapes import BEND, DIGIT, FORK, GAP, Lane, Shape
from grader.messages.wrapping import columns

if TYPE_CHECKING:
    import numpy as np

    from grader.kata.graph.node import Node, Value


@dataclass
class Layout:
    """Everything to be drawn, with coordinates in pixels.

    Attributes
    ----------
    shapes : list of Shape
        The nodes and forks.
    lanes : list of Lane
        The edges, in the order in which they are stacked.
    zones : list of (float, float)
        For each gap, the left and right end of its texts.
    width, height : float
        Size of the drawing, without margins.
    """

    shapes: list[Shape]
    lanes: list[Lane]
    zones: list[tuple[float, float]]
    width: float
    height: float


def arrange(nodes: "Sequence[Node]") -> Layout:
    """Compute the coordinates of the nodes of a graph, in forward order, and of their edges."""
    shapes, lanes = _Builder().build(nodes)
    gaps = range(1 + max((shape.column for shape in shapes), default=0))
    for gap in gaps:
        _stack([p for p in shapes if p.column == gap], [i for i in lanes if i.crosses(gap)], gap)
    top = min((i.ends[0] - i.room(i.first_gap)[0] for i in lanes), default=0)
    bottom = max((i.ends[0] + i.room(i.first_gap)[1] for i in lanes), default=0)
    for shape in shapes:
        shape.y -= top
    for lane in lanes:
        lane.ends = [y - top for y in lane.ends]
    zones, width = _spread(shapes, lanes, gaps)
    return Layout(shapes, lanes, zones, width, bottom - top)


class _Builder:
    """Converts nodes to shapes, and values to lanes."""

    def __init__(self) -> None:
        self.shapes: list[Shape] = []
        self.lanes: dict[Value, list[Lane]] = {}  # lanes without a target yet

    def build(self, nodes: "Sequence[Node]") -> tuple[list[Shape], list[Lane]]:
        """Return the shapes, and the lanes in the order in which they are stacked."""
        for node in nodes:
            self._add(node)
        ordered: list[Lane] = []
        for left in self.lanes.values():
            for lane in left:
                _follow_back(lane, ordered)
        return self.shapes, ordered

    def _add(self, node: "Node") -> None:
        shape = Shape(node.label, bool(node.sign))
        for value in (*node.inputs, *node.parameters.values()):
            if value not in self.lanes:  # an input or a parameter
                self._add_lanes(value, None, is_side=value not in node.inputs)
            lane = self.lanes[value].pop(0)
            lane.target = shape
            shape.inputs.append(lane)
        shape.column = 1 + max((i.source.column for i in shape.inputs if i.source), default=0)
        self.shapes.append(shape)
        self._add_lanes(node.output, shape)

    def _add_lanes(self, value: "Value", source: Shape | None, is_side: bool = False) -> None:
        name, above = value.label, figures.lines(value.data)
        trunk = Lane(name, above, _lines(value.gradient), source, is_side)
        if source is not None:
            source.outputs.append(trunk)
        self.lanes[value] = [trunk]
        if len(value.uses) > 1:
            fork = Shape("", True, 1 + (source.column if source else 0), [trunk])
            trunk.target = fork
            shares = value.shares or [None] * len(value.uses)
            fork.outputs = [Lane("", above, _lines(share), fork) for share in shares]
            self.shapes.append(fork)
            self.lanes[value] = list(fork.outputs)


def _lines(gradient: "float | np.ndarray | None") -> list[str]:
    return [] if gradient is None else figures.lines(gradient)


def _follow_back(lane: Lane, ordered: list[Lane]) -> None:
    """Append a lane to the order, after all lanes that lead to it."""
    for earlier in lane.source.inputs if lane.source else []:
        if earlier not in ordered:
            _follow_back(earlier, ordered)
    ordered.append(lane)


def _stack(shapes: list[Shape], lanes: list[Lane], gap: int) -> None:
    """Set the vertical position of the nodes and lanes of a gap, without overlapping texts."""
    for shape in shapes:
        shape.y = _between(shape.inputs)
    preferred = [_preferred(lane) for lane in lanes]
    known = next((i for i, y in enumerate(preferred) if y is not None), 0)
    y = preferred[known] or 0.0
    for above, below in pairwise(lanes[: known + 1]):
        y -= above.room(gap)[1] + below.room(gap)[0]
    for i, lane in enumerate(lanes):
        if i:
            y += lanes[i - 1].room(gap)[1] + lane.room(gap)[0]
        best = preferred[i]
        y = y if best is None else max(y, best)
        lane.ends.append(y)
    for shape in shapes:
        shape.y = sum(lane.ends[-1] for lane in shape.outputs) / len(shape.outputs)


def _between(inputs: Sequence[Lane]) -> float:
    """Return the vertical position of a node: level with earlier nodes, or else with its inputs."""
    drawing = [i for i in inputs if i.source] or [i for i in inputs if not i.is_side] or inputs
    return sum(lane.ends[-1] for lane in drawing) / max(len(drawing), 1)


def _preferred(lane: Lane) -> float | None:
    """Return the preferred vertical position of a lane; None for an input, which has none."""
    if lane.ends:
        return lane.ends[-1]
    if lane.source is None:
        return None
    others = lane.source.outputs
    step = sum(lane.room(lane.first_gap))
    return lane.source.y + (others.index(lane) - (len(others) - 1) / 2) * step


def _spread(
    shapes: list[Shape], lanes: list[Lane], gaps: Sequence[int]
) -> tuple[list[tuple[float, float]], float]:
    """Set the horizontal position of the nodes; return the zones of texts and the width."""
    zones = []
    x = 0.0
    for gap in gaps:
        begun = [lane for lane in lanes if lane.first_gap == gap]
        names = [columns(lane.name) * DIGIT + GAP for lane in begun if lane.source is None]
        start = x + max(names, default=0)
        end = start + max((lane.width for lane in begun), default=0)
        zones.append((start, end))
        column = [shape for shape in shapes if shape.column == gap + 1]
        half = max((shape.half_width for shape in column), default=0)
        for shape in column:
            shape.x = end + BEND + (half if shape.label else FORK)
        x = end + BEND + 2 * half
        if not all(shape.label for shape in column):
            x = max(x, end + BEND + BEND)  # a fork needs room for its branches
    ends = [columns(lane.name) * DIGIT + GAP for lane in lanes if lane.target is None]
    return zones, zones[-1][1] + max(ends, default=0)
