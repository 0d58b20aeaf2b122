"""Draws a graph of layers as SVG, without scripts or external fonts, for light and dark themes."""

import math
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from grader.kata.graph.layout import Layout, arrange
from grader.kata.graph.shapes import BEND, CIRCLE, DIGIT, GAP, LINE, Lane, Shape
from grader.messages.escaping import cleaned
from grader.messages.language import say
from grader.messages.wrapping import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.kata.graph.node import Node


MARGIN = 24

STYLE = """
.kata-graph { font: 14px ui-monospace, Menlo, Consolas, monospace }
.kata-graph text { fill: #24292f; white-space: pre }
.kata-graph .name { font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif }
.kata-graph .array { font-size: 12px }
.kata-graph .sign { font-size: 24px }
.kata-graph .gradient { fill: #b31d28; font-weight: bold }
.kata-graph .paper { fill: #ffffff; stroke: #d0d7de }
.kata-graph .node { fill: #f6f8fa; stroke: #24292f; stroke-width: 2 }
.kata-graph .edge { fill: none; stroke: #57606a; stroke-width: 2 }
.kata-graph .tip { fill: #57606a }
@media (prefers-color-scheme: dark) {
  .kata-graph text { fill: #e6edf3 }
  .kata-graph .gradient { fill: #ff8182 }
  .kata-graph .paper { fill: #0d1117; stroke: #30363d }
  .kata-graph .node { fill: #21262d; stroke: #e6edf3 }
  .kata-graph .edge { stroke: #8b949e }
  .kata-graph .tip { fill: #8b949e }
}
"""


def draw(nodes: "Sequence[Node]", words: str) -> str:
    """Draw a graph.

    Parameters
    ----------
    nodes : sequence of Node
        Nodes of the graph, in forward order.
    words : str
        The title on the first line, and a description of the picture below it.

    Returns
    -------
    str
        The SVG document. Its title and description contain the picture in words.
    """
    layout = arrange(nodes)
    legend = (
        say("above an edge: its value (forward pass)"),
        say("← below it: its gradient (backward pass)"),
    )
    text_width = max(map(columns, legend)) * DIGIT
    width = round(max(layout.width, text_width) + 2 * MARGIN)
    height = round(layout.height + 2 * LINE + GAP + 2 * MARGIN)
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "kata-graph",
            "role": "img",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "style": "max-width: 100%; height: auto",
        },
    )
    title, _, description = cleaned(words).partition("\n")
    ET.SubElement(root, "title").text = title
    ET.SubElement(root, "desc").text = f"\n{description}\n"
    ET.SubElement(root, "style").text = STYLE
    _add(root, "rect", "paper", x=1, y=1, width=width - 2, height=height - 2, rx=12)
    inside = ET.SubElement(root, "g", {"transform": f"translate({MARGIN} {MARGIN})"})
    for lane in layout.lanes:
        _draw_lane(inside, lane, layout)
    for shape in layout.shapes:
        _draw_shape(inside, shape)
    for i, line in enumerate(legend):
        look = "name gradient" if i else "name"
        _write(inside, line, 0, layout.height + GAP + (i + 1) * LINE, look, "start")
    ET.indent(root)
    return ET.tostring(root, "unicode") + "\n"


def _draw_lane(parent: ET.Element, lane: Lane, layout: Layout) -> None:
    zones = layout.zones[lane.first_gap :][: len(lane.ends)]
    start, end = zones[0]
    pen = _Pen(start, lane.ends[0])
    if lane.source:
        pen = _Pen(lane.source.x + lane.source.half_width * bool(lane.source.label), lane.source.y)
    for (left, right), y in zip(zones, lane.ends, strict=True):
        pen.curve_to(left, y)
        pen.curve_to(right, y)
    if lane.target:
        pen.curve_to(*_entry(lane.target, lane), BEND / 2 + abs(lane.target.port(lane)) / 8)
    _add(parent, "path", "edge", d=" ".join(pen.steps))
    if lane.target is None or lane.target.label:
        tip = f"M{pen.x:.1f} {pen.y:.1f} l-10 -4.5 v9 z"
        _add(parent, "path", "tip", d=tip)
    _write_texts(parent, lane, (start + end) / 2)
    if lane.source is None:
        _write(parent, lane.name, start - GAP / 2, lane.ends[0] + 5, "name", "end")
    if lane.target is None:
        _write(parent, lane.name, pen.x + GAP / 2, lane.ends[-1] + 5, "name", "start")


def _write_texts(parent: ET.Element, lane: Lane, x: float) -> None:
    above, below = lane.texts
    figures = "array" if lane.is_array else ""
    for i, line in enumerate(reversed(above)):
        look = figures if i < len(lane.above) else "name"
        _write(parent, line, x, lane.ends[0] - 8 - i * LINE, look)
    for i, line in enumerate(below):
        _write(parent, line, x, lane.ends[0] + LINE + i * LINE, f"gradient {figures}".strip())


def _draw_shape(parent: ET.Element, shape: Shape) -> None:
    x, y = shape.x, shape.y
    if not shape.label:
        _add(parent, "circle", "tip", cx=x, cy=y, r=shape.half_width)
    elif shape.is_circle:
        _add(parent, "circle", "node", cx=x, cy=y, r=CIRCLE)
        _write(parent, shape.label, x, y + 8, "sign")
    else:
        w, h = shape.half_width, shape.half_height
        _add(parent, "rect", "node", x=x - w, y=y - h, width=2 * w, height=2 * h, rx=8)
        for i, row in enumerate(shape.rows):
            _write(parent, row, x, y + 5 + (i - (len(shape.rows) - 1) / 2) * LINE, "name")


def _entry(shape: Shape, lane: Lane) -> tuple[float, float]:
    """Return the point where a lane reaches a shape."""
    down = shape.port(lane)
    side = shape.half_width
    if shape.is_circle:
        side = math.sqrt(max(side**2 - down**2, 0)) if shape.label else 0.0
    return shape.x - side - bool(shape.label), shape.y + down


class _Pen:
    """Draws a path whose curves begin and end horizontally."""

    def __init__(self, x: float, y: float) -> None:
        self.x, self.y = x, y
        self.steps = [f"M{x:.1f} {y:.1f}"]

    def curve_to(self, x: float, y: float, turn: float = BEND / 2) -> None:
        """Continue to a point; a curve has its control points `turn` to the right of its start."""
        if abs(y - self.y) < 0.1:
            self.steps.append(f"H{x:.1f}")
        else:
            middle = self.x + turn
            self.steps.append(f"C{middle:.1f} {self.y:.1f} {middle:.1f} {y:.1f} {x:.1f} {y:.1f}")
        self.x, self.y = x, y


def _add(parent: ET.Element, tag: str, look: str, **attributes: float | str) -> ET.Element:
    texts = {k: v if isinstance(v, str) else f"{v:.1f}" for k, v in attributes.items()}
    return ET.SubElement(parent, tag, {**({"class": look} if look else {}), **texts})


def _write(
    parent: ET.Element, text: str, x: float, y: float, look: str, anchor: str = "middle"
) -> None:
    element = _add(parent, "text", look, x=x, y=y)
    element.set("text-anchor", anchor)
    element.text = cleaned(text)
