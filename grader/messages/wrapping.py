"""Measures and wraps text in columns of a terminal; Chinese characters take two."""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

# Fitting a text into lines

_OPENING, _CLOSING = "（《“「", "，。、；：？！）》”」…"
_WIDE = "\u2e80-\u9fff\uff00-\uffef"
_UNIT = re.compile(
    rf"\s+|[{_OPENING}]*(?:[^\s{_WIDE}{_OPENING}]+|[{_WIDE}])[{_CLOSING}]*|[{_OPENING}]+"
)
"""What stays on one line: a word, or a Chinese character, with the marks before and behind it."""


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character is as wide as two letters.

    Parameters
    ----------
    text : str
        One line.

    Returns
    -------
    int
        Its width.
    """
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """What `textwrap.wrap` does, for text that may be Chinese.

    Parameters
    ----------
    text : str
        A paragraph.
    width : int
        How many columns a line may take.
    first, rest : str, default ""
        What the first line begins with, and all others.

    Returns
    -------
    list of str
        The lines.
    """
    return [line.rstrip() for line in _lines(text, width, first, rest)]


def _lines(text: str, width: int, first: str, rest: str) -> Iterator[str]:
    start = line = first
    for unit in _UNIT.findall(text):
        if line != start and columns(line) + columns(unit.rstrip()) > width:
            yield line
            start = line = rest
        if line != start or not unit.isspace():
            line += unit
    if line != start:
        yield line
