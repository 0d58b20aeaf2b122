"""Whether an exception that is raised now may be caught before it ends the spec."""

from collections.abc import Iterator
from dis import opmap
from types import CodeType, FrameType

_RUNNER = "_pytest.python"
"""The module whose function calls a spec."""

_PUSH_EXC_INFO = opmap["PUSH_EXC_INFO"]
_SPANS: dict[int, tuple[CodeType, list[range]]] = {}


def may_be_caught(frame: FrameType | None) -> bool:
    """Whether a spec may catch what is raised now: it is within a `try` or `with` statement.

    Parameters
    ----------
    frame : FrameType
        The innermost one that is looked at.

    Returns
    -------
    bool
        Also true within a function that the learner's code calls, and where something else than
        pytest runs the spec: Hypothesis, say, or a script.
    """
    while frame is not None and frame.f_globals.get("__name__") != _RUNNER:
        code = frame.f_code
        if code.co_exceptiontable and any(frame.f_lasti in span for span in _spans(code)):
            return True
        frame = frame.f_back
    return frame is None


def _spans(code: CodeType) -> list[range]:
    """The parts of a function's code that lie within its `try` and `with` statements."""
    if id(code) not in _SPANS:
        spans = [
            range(start, end)
            for start, end, target in _exception_table(code)
            # Comprehensions and generators have entries, too, but these catch nothing.
            if code.co_code[target] == _PUSH_EXC_INFO
        ]
        _SPANS[id(code)] = code, spans  # with the code, so that no other one gets its id
    return _SPANS[id(code)][1]


def _exception_table(code: CodeType) -> Iterator[tuple[int, int, int]]:
    """Start, end and target of each entry, in bytes of code.

    The format is that of CPython's ``Objects/exception_handling_notes.txt``: four numbers for each
    entry, of six bits in a byte, the highest ones first.
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
