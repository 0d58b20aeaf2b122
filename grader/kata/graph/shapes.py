"""Elements of the picture of a graph: shapes for its nodes, and lanes for its edges.

Lengths are in pixels; y grows downwards.
"""

import re
from dataclasses import dataclass, field

from grader.messages.wrapping import columns

LINE = 18
"""Height of a line of text."""

DIGIT = 8.5
"""Width of a character: exact for digits, an upper bound for names."""

SMALL_DIGIT = 7.3
"""Width of a digit in arrays, which are written smaller."""

FORK, CIRCLE, PORT, PADDING = 4, 22, 20, 10
BEND = 36
GAP = 12
MAX_LABEL = 9


@dataclass(eq=False)
class Shape:
    """A node or a fork.

    Attributes
    ----------
    label : str
        Text inside it; empty for a fork.
    is_circle : bool
        Whether it is a circle: an operator or a fork.
    column : int
        Index from the left, beginning with 1.
    inputs, outputs : list of Lane
        Lanes that end at its left side, and begin at its right side.
    x, y : float
        Coordinates of its centre.
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
        """Distance from its centre to its side."""
        if not self.label:
            return FORK
        return CIRCLE if self.is_circle else max(map(columns, self.rows)) * DIGIT / 2 + PADDING

    @property
    def rows(self) -> list[str]:
        """Lines of its label; a long one is broken before capitals: ``Softmax``, ``WithLoss``."""
        rows = [""]
        for part in re.findall("[A-Z][^A-Z]*|[^A-Z]+", self.label):
            if len(rows[-1] + part) > MAX_LABEL and rows[-1]:
                rows.append("")
            rows[-1] += part
        return rows

    @property
    def half_height(self) -> float:
        """Distance from its centre to its top."""
        if not self.label or self.is_circle:
            return self.half_width
        return max((abs(self.port(lane)) for lane in self.inputs), default=0) + CIRCLE

    def port(self, lane: "Lane") -> float:
        """Return how far below its centre an input lane ends."""
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
        Name of its value; empty after a fork.
    above, below : list of str
        Lines of its value and of its gradient.
    source, target : Shape or None
        Where it begins and ends; None at the ends of the graph.
    is_side : bool
        Whether it is a parameter, which does not influence the position of its node.
    ends : list of float
        Its vertical position in each gap that it crosses.
    """

    name: str
    above: list[str]
    below: list[str]
    source: Shape | None
    is_side: bool = False
    target: Shape | None = None
    ends: list[float] = field(default_factory=list)

    @property
    def first_gap(self) -> int:
        """Index of the gap in which it begins, and in which its text is written."""
        if self.source is not None:
            return self.source.column
        return self.target.column - 1 if self.target else 0

    def crosses(self, gap: int) -> bool:
        """Return whether it crosses a gap; a lane without a target runs to the right end."""
        return self.first_gap <= gap and (self.target is None or gap < self.target.column)

    @property
    def texts(self) -> tuple[list[str], list[str]]:
        """Lines above and below it; at the ends of the graph, the name is next to it instead."""
        within = self.name and self.source and self.target
        above = [self.name, *self.above] if within else self.above
        return above, [f"← {self.below[0]}", *self.below[1:]] if self.below else []

    @property
    def width(self) -> float:
        """Width of its text, with a gap on both sides."""
        above, below = self.texts
        figures = max(map(columns, [*self.above, *below]))
        name = columns(above[0]) * DIGIT if len(above) > len(self.above) else 0
        return max(figures * (SMALL_DIGIT if self.is_array else DIGIT), name) + 2 * GAP

    @property
    def is_array(self) -> bool:
        """Whether its value is an array, not a number."""
        return len(self.above) > 1

    def room(self, gap: int) -> tuple[float, float]:
        """Return the space that it needs above and below itself in a gap."""
        if gap > self.first_gap:
            return GAP, GAP
        node = self.source.half_height if self.source and len(self.source.outputs) == 1 else 0
        above, below = (max(len(text) * LINE + GAP, node + GAP) for text in self.texts)
        return above, below
