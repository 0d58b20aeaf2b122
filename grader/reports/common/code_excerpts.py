"""Code of learners for a page, of bounded size: what does not fit is cut around what failed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.messages.escaping import lines

MAX_PAGE = 16 << 20  # bytes of JSON, for the code of all learners
MAX_LEARNER = 256 << 10
_MAX_LINE = 500  # characters


@dataclass(frozen=True)
class Excerpt:
    """Lines of one file or notebook cell.

    Attributes
    ----------
    text : str
        The lines, safe to print.
    first : int
        Number of the first line, from 1.
    total : int
        Number of lines of the file.
    failing : tuple of int
        Numbers of the lines that failed, whether or not they are in the excerpt.
    """

    text: str
    first: int
    total: int
    failing: tuple[int, ...]


def room_for(learners: int) -> int:
    """Return how many bytes the code of each learner may take: nobody takes another's part."""
    return min(MAX_LEARNER, MAX_PAGE // max(1, learners))


def excerpts(
    files: Iterable[tuple[str, str]], failing: Mapping[str, set[int]], room: int
) -> dict[tuple[str, str], Excerpt]:
    """Return the files of one learner, or as much of each as fits.

    Parameters
    ----------
    files : iterable of (str, str)
        Name of each file or cell, as in tracebacks, and its code.
    failing : mapping of str to set of int
        Numbers of the lines that failed, by name of the file.
    room : int
        Bytes that all of it may take as JSON.

    Returns
    -------
    dict of (str, str) to Excerpt
        The excerpt of each file. Those in which a line failed get their room first; a file for
        which none is left is missing.
    """
    found: dict[tuple[str, str], Excerpt] = {}
    for name, code in sorted(dict.fromkeys(files), key=lambda file: file[0] not in failing):
        content = [line[:_MAX_LINE] for line in lines(code).split("\n")]
        marks = tuple(sorted(one for one in failing.get(name, ()) if 1 <= one <= len(content)))
        sizes = [len(json.dumps(line)) for line in content]
        begin, end = _window(sizes, marks[0] - 1 if marks else 0, room)
        if begin < end:
            room -= sum(sizes[begin:end])
            text = "\n".join(content[begin:end])
            found[name, code] = Excerpt(text, begin + 1, len(content), marks)
    return found


def _window(sizes: list[int], start: int, room: int) -> tuple[int, int]:
    """Return the range of lines around `start` that fits, as large as possible."""
    begin = end = start
    while True:
        before = begin, end
        if end < len(sizes) and sizes[end] <= room:
            room -= sizes[end]
            end += 1
        if begin > 0 and end > start and sizes[begin - 1] <= room:
            begin -= 1
            room -= sizes[begin]
        if before == (begin, end):
            return begin, end
