"""Detects whether an exception raised now could be caught before it ends the spec."""

from collections.abc import Iterator
from dis import opmap
from types import CodeType, FrameType

_RUNNER = "_pytest.python"
"""The module whose function calls specs."""

_PUSH_EXC_INFO = opmap["PUSH_EXC_INFO"]
_SPANS: dict[int, tuple[CodeType, list[range]]] = {}


def may_be_caught(frame: FrameType | None) -> bool:
    """Return whether an exception raised in a frame may be caught within the spec.

    Parameters
    ----------
    frame : FrameType
        The innermost frame to examine; the search goes outward up to pytest.

    Returns
    -------
    bool
        True if one of the frames is inside a ``try`` or ``with`` statement. Also true in a callback
        from the learner's code, and if something other than pytest runs the spec, such as
        Hypothesis or a script.
    """
    while frame is not None and frame.f_globals.get("__name__") != _RUNNER:
        code = frame.f_code
        if code.co_exceptiontable and any(frame.f_lasti in span for span in _spans(code)):
            return True
        frame = frame.f_back
    return frame is None


def _spans(code: CodeType) -> list[range]:
    """Return the byte ranges of a function's code inside its ``try`` and ``with`` statements."""
    if id(code) not in _SPANS:
        spans = [
            range(start, end)
            for start, end, target in _exception_table(code)
            # Comprehensions and generators have entries too, but those catch nothing.
            if code.co_code[target] == _PUSH_EXC_INFO
        ]
        _SPANS[id(code)] = code, spans  # keeps the code alive, so that its id is not reused
    return _SPANS[id(code)][1]


def _exception_table(code: CodeType) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and target of each entry, in bytes of code.

    CPython's ``Objects/exception_handling_notes.txt`` describes the format: each entry consists of
    four numbers, stored six bits to a byte, most significant bits first.
    """
    numbers, number = [], 0
    for byte in code.co_exceptiontable:
        number = number << 6 | byte & 63
        if not byte & 64:
            numbers.append(number)
            number = 0
    for i in range(0, len(numbers), 4):
        start, length, target = numbers[i : i + 3]
        yield 2 * start, 2 * (start + length), 2 * target
