"""Where things stand in the picture of a graph: columns from left to right, lanes below each other.

An edge runs on a lane, which lies in the gap between two columns, or in several gaps; its value
stands above the lane, its gradient below. A value that is used more than once comes to a fork, from
where each use has a lane of its own with its share of the gradient.
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

    from grader.kata.graph.graph import Graph
    from grader.kata.graph.node import Node, Value


@dataclass
class Layout:
    """All that there is to draw.

    Attributes
    ----------
    places : list of Shape
        The nodes and forks.
    lanes : list of Lane
        The edges.
    zones : list of (float, float)
        For each gap, from where to where its texts stand.
    width, height : float
        Of it all.
    """

    places: list[Shape]
    lanes: list[Lane]
    zones: list[tuple[float, float]]
    width: float
    height: float


def arrange(graph: "Graph") -> Layout:
    """Find a place for everything.

    Parameters
    ----------
    graph : Graph
        What to draw.
    """
    places, lanes = _Builder(graph).build()
    gaps = range(1 + max((place.column for place in places), default=0))
    for gap in gaps:
        _stack([p for p in places if p.column == gap], [i for i in lanes if i.crosses(gap)], gap)
    top = min((i.ends[0] - i.room(i.first_gap)[0] for i in lanes), default=0)
    bottom = max((i.ends[0] + i.room(i.first_gap)[1] for i in lanes), default=0)
    for place in places:
        place.y -= top
    for lane in lanes:
        lane.ends = [y - top for y in lane.ends]
    zones, width = _spread(places, lanes, gaps)
    return Layout(places, lanes, zones, width, bottom - top)


class _Builder:
    """Makes places of nodes, and lanes of values."""

    def __init__(self, graph: "Graph") -> None:
        self.graph = graph
        self.places: list[Shape] = []
        self.lanes: dict[Value, list[Lane]] = {}  # those that still need a target

    def build(self) -> tuple[list[Shape], list[Lane]]:
        """Tell both, the lanes in the order in which they lie below each other."""
        for node in self.graph.nodes:
            self._add(node)
        ordered: list[Lane] = []
        for left in self.lanes.values():
            for lane in left:
                _follow_back(lane, ordered)
        return self.places, ordered

    def _add(self, node: "Node") -> None:
        place = Shape(node.label, bool(node.sign))
        for value in (*node.inputs, *node.parameters.values()):
            if value not in self.lanes:  # no layer's output
                self._add_lanes(value, None, is_side=value not in node.inputs)
            lane = self.lanes[value].pop(0)
            lane.target = place
            place.inputs.append(lane)
        place.column = 1 + max((i.source.column for i in place.inputs if i.source), default=0)
        self.places.append(place)
        self._add_lanes(node.output, place)

    def _add_lanes(self, value: "Value", source: Shape | None, is_side: bool = False) -> None:
        name, above = self.graph.name_of(value), figures.lines(value.data)
        trunk = Lane(name, above, _lines(value.gradient), source, is_side)
        if source is not None:
            source.outputs.append(trunk)
        self.lanes[value] = [trunk]
        if len(value.uses) > 1:
            fork = Shape("", True, 1 + (source.column if source else 0), [trunk])
            trunk.target = fork
            shares = value.shares or [None] * len(value.uses)
            fork.outputs = [Lane("", above, _lines(share), fork) for share in shares]
            self.places.append(fork)
            self.lanes[value] = list(fork.outputs)


def _lines(gradient: "float | np.ndarray | None") -> list[str]:
    return [] if gradient is None else figures.lines(gradient)


def _follow_back(lane: Lane, ordered: list[Lane]) -> None:
    """Put a lane behind all those that lead to it."""
    for earlier in lane.source.inputs if lane.source else []:
        if earlier not in ordered:
            _follow_back(earlier, ordered)
    ordered.append(lane)


def _stack(places: list[Shape], lanes: list[Lane], gap: int) -> None:
    """Give each node and each lane of a gap its height; lanes do not come too near."""
    for place in places:
        place.y = _between(place.inputs)
    wanted = [_wanted(lane) for lane in lanes]
    known = next((i for i, y in enumerate(wanted) if y is not None), 0)
    y = wanted[known] or 0.0
    for above, below in pairwise(lanes[: known + 1]):
        y -= above.room(gap)[1] + below.room(gap)[0]
    for i, lane in enumerate(lanes):
        if i:
            y += lanes[i - 1].room(gap)[1] + lane.room(gap)[0]
        wish = wanted[i]
        y = y if wish is None else max(y, wish)
        lane.ends.append(y)
    for place in places:
        place.y = sum(lane.ends[-1] for lane in place.outputs) / len(place.outputs)


def _between(inputs: Sequence[Lane]) -> float:
    """The height of a node: in line with the earlier nodes, or else with its inputs."""
    drawing = [i for i in inputs if i.source] or [i for i in inputs if not i.is_side] or inputs
    return sum(lane.ends[-1] for lane in drawing) / max(len(drawing), 1)


def _wanted(lane: Lane) -> float | None:
    """The height that would suit a lane best; an input lies below what comes before it."""
    if lane.ends:
        return lane.ends[-1]
    if lane.source is None:
        return None
    others = lane.source.outputs
    step = sum(lane.room(lane.first_gap))
    return lane.source.y + (others.index(lane) - (len(others) - 1) / 2) * step


def _spread(
    places: list[Shape], lanes: list[Lane], gaps: Sequence[int]
) -> tuple[list[tuple[float, float]], float]:
    """Set the nodes beside each other, and tell where the texts stand, and where all ends."""
    zones = []
    x = 0.0
    for gap in gaps:
        begun = [lane for lane in lanes if lane.first_gap == gap]
        names = [columns(lane.name) * DIGIT + GAP for lane in begun if lane.source is None]
        start = x + max(names, default=0)
        end = start + max((lane.width for lane in begun), default=0)
        zones.append((start, end))
        column = [place for place in places if place.column == gap + 1]
        half = max((place.half_width for place in column), default=0)
        for place in column:
            place.x = end + BEND + (half if place.label else FORK)
        x = end + BEND + 2 * half
        if not all(place.label for place in column):
            x = max(x, end + BEND + BEND)  # a fork needs room for its branches
    ends = [columns(lane.name) * DIGIT + GAP for lane in lanes if lane.target is None]
    return zones, zones[-1][1] + max(ends, default=0)
