"""Where things stand in the picture of a graph: columns from left to right, lanes below each other.

An edge runs on a lane, which lies in the gap between two columns, or in several gaps; its value
stands above the lane, its gradient below. A value that is used more than once comes to a fork, from
where each use has a lane of its own with its share of the gradient.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from grader.kata import figures

if TYPE_CHECKING:
    import numpy as np

    from grader.kata.graph import Graph, Node, Value

LINE = 18
"""Height of a line of text."""

DIGIT = 8.5
"""Width of a character: of figures exactly, of names at most."""

SMALL_DIGIT = 7.3
"""The same in arrays, which are written smaller."""

FORK, CIRCLE, PORT, PADDING = 4, 22, 20, 10
BEND = 36
GAP = 12
MAX_LABEL = 9


@dataclass(eq=False)
class Place:
    """A node or a fork.

    Attributes
    ----------
    label : str
        What stands in it; empty for a fork.
    is_circle : bool
        Whether it is an operator's.
    column : int
        Counted from the left, from 1.
    inputs, outputs : list of Lane
        What comes in from the left, and goes out to the right.
    x, y : float
        Its centre.
    """

    label: str
    is_circle: bool
    column: int = 0
    inputs: "list[Lane]" = field(default_factory=list)
    outputs: "list[Lane]" = field(default_factory=list)
    x: float = 0
    y: float = 0

    @property
    def half_width(self) -> float:
        """From its centre to its side."""
        if not self.label:
            return FORK
        return CIRCLE if self.is_circle else max(map(len, self.rows)) * DIGIT / 2 + PADDING

    @property
    def rows(self) -> list[str]:
        """Its label, broken before a capital where it is long: ``Softmax``, ``WithLoss``."""
        rows = [""]
        for part in re.findall("[A-Z]?[^A-Z]*", self.label):
            if len(rows[-1] + part) > MAX_LABEL and rows[-1]:
                rows.append("")
            rows[-1] += part
        return rows

    @property
    def half_height(self) -> float:
        """From its centre to its top."""
        if not self.label or self.is_circle:
            return self.half_width
        return max((abs(self.port(lane)) for lane in self.inputs), default=0) + CIRCLE

    def port(self, lane: "Lane") -> float:
        """How far below its centre a lane comes in."""
        steps = CIRCLE / 2 if self.is_circle else PORT
        straight = [i for i, one in enumerate(self.inputs) if abs(one.ends[-1] - self.y) < 1]
        middle = straight[0] if straight else (len(self.inputs) - 1) / 2
        return steps * (self.inputs.index(lane) - middle) if self.label else 0.0


@dataclass(eq=False)
class Lane:
    """An edge of the picture.

    Attributes
    ----------
    name : str
        Of the value that flows on it; empty behind a fork.
    above, below : list of str
        Its value and its gradient, in lines.
    source, target : Place or None
        Where it begins and ends; None outside of the graph.
    is_side : bool
        Whether it is a parameter, which does not draw its node to itself.
    ends : list of float
        Its height in each gap that it crosses.
    """

    name: str
    above: list[str]
    below: list[str]
    source: Place | None
    is_side: bool = False
    target: Place | None = None
    ends: list[float] = field(default_factory=list)

    @property
    def first_gap(self) -> int:
        """The gap in which it begins, and in which its text stands."""
        if self.source is not None:
            return self.source.column
        return self.target.column - 1 if self.target else 0

    def crosses(self, gap: int) -> bool:
        """Whether it is in a gap; what comes out of the graph runs to the right end."""
        return self.first_gap <= gap and (self.target is None or gap < self.target.column)

    @property
    def texts(self) -> tuple[list[str], list[str]]:
        """What stands above and below it. At the ends of the graph the name stands beside it."""
        within = self.name and self.source and self.target
        above = [self.name, *self.above] if within else self.above
        return above, [f"← {self.below[0]}", *self.below[1:]] if self.below else []

    @property
    def width(self) -> float:
        """Of its text."""
        above, below = self.texts
        figures = max(map(len, [*self.above, *below]))
        name = len(above[0]) * DIGIT if len(above) > len(self.above) else 0
        return max(figures * (SMALL_DIGIT if self.is_array else DIGIT), name) + 2 * GAP

    @property
    def is_array(self) -> bool:
        """Whether an array flows on it, and not a number."""
        return len(self.above) > 1

    def room(self, gap: int) -> tuple[float, float]:
        """What it needs above and below itself in a gap."""
        if gap > self.first_gap:
            return GAP, GAP
        node = self.source.half_height if self.source and len(self.source.outputs) == 1 else 0
        above, below = (max(len(text) * LINE + GAP, node + GAP) for text in self.texts)
        return above, below


@dataclass
class Layout:
    """All that there is to draw.

    Attributes
    ----------
    places : list of Place
        The nodes and forks.
    lanes : list of Lane
        The edges.
    zones : list of (float, float)
        For each gap, from where to where its texts stand.
    width, height : float
        Of it all.
    """

    places: list[Place]
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
        self.places: list[Place] = []
        self.lanes: dict[Value, list[Lane]] = {}  # those that still need a target

    def build(self) -> tuple[list[Place], list[Lane]]:
        """Tell both, the lanes in the order in which they lie below each other."""
        for node in self.graph.nodes:
            self._add(node)
        ordered: list[Lane] = []
        for left in self.lanes.values():
            for lane in left:
                _follow_back(lane, ordered)
        return self.places, ordered

    def _add(self, node: "Node") -> None:
        place = Place(node.label, bool(node.sign))
        for value in (*node.inputs, *node.parameters.values()):
            if value not in self.lanes:  # no layer's output
                self._add_lanes(value, None, is_side=value not in node.inputs)
            lane = self.lanes[value].pop(0)
            lane.target = place
            place.inputs.append(lane)
        place.column = 1 + max((i.source.column for i in place.inputs if i.source), default=0)
        self.places.append(place)
        self._add_lanes(node.output, place)

    def _add_lanes(self, value: "Value", source: Place | None, is_side: bool = False) -> None:
        name, above = self.graph.name_of(value), figures.lines(value.data)
        trunk = Lane(name, above, _lines(value.gradient), source, is_side)
        if source is not None:
            source.outputs.append(trunk)
        self.lanes[value] = [trunk]
        if len(value.uses) > 1:
            fork = Place("", True, 1 + (source.column if source else 0), [trunk])
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


def _stack(places: list[Place], lanes: list[Lane], gap: int) -> None:
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
    places: list[Place], lanes: list[Lane], gaps: Sequence[int]
) -> tuple[list[tuple[float, float]], float]:
    """Set the nodes beside each other, and tell where the texts stand, and where all ends."""
    zones = []
    x = 0.0
    for gap in gaps:
        begun = [lane for lane in lanes if lane.first_gap == gap]
        names = [len(lane.name) * DIGIT + GAP for lane in begun if lane.source is None]
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
    ends = [len(lane.name) * DIGIT + GAP for lane in lanes if lane.target is None]
    return zones, zones[-1][1] + max(ends, default=0)
