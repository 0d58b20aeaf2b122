"""Measures and wraps text in columns of a terminal; Chinese characters take two."""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

_OPENING, _CLOSING = "（《“「", "，。、；：？！）》”」…"
_WIDE = "\u2e80-\u9fff\uff00-\uffef"
_UNIT = re.compile(
    rf"\s+|[{_OPENING}]*(?:[^\s{_WIDE}{_OPENING}]+|[{_WIDE}])[{_CLOSING}]*|[{_OPENING}]+"
)
"""Matches what is never broken: a word or a Chinese character, with adjacent punctuation."""


def columns(text: str) -> int:
    """Return the width of a text in columns of a terminal.

    Parameters
    ----------
    text : str
        One line.

    Returns
    -------
    int
        Number of columns; a Chinese character takes two.
    """
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Wrap a paragraph like `textwrap.wrap`, but also between Chinese characters.

    Parameters
    ----------
    text : str
        A paragraph.
    width : int
        Maximum number of columns of a line.
    first, rest : str, default ""
        Prefix of the first line, and of all other lines.

    Returns
    -------
    list of str
        Lines without spaces at their ends.
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
