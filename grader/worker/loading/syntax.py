"""Explains syntax errors whose cause Python does not name: conflict markers, tabs, typed signs."""

import re
import unicodedata
from collections.abc import Iterator

from grader.messages.message import Text, english

_MARKER = re.compile(r"(?:<{7}|>{7}|\|{7})(?: .*)?$")
_DIVIDER = re.compile(r"={7}$")
_INDENTATION = re.compile(r"[ \t]*")
_MAX_LINE = 60  # characters of a quoted line

_QUOTES = "“”„‘’"
_TYPED = {**dict.fromkeys("“”„", '"'), **dict.fromkeys("‘’", "'")} | {
    **dict.fromkeys("—–−", "-"),
    **{"、": ",", "。": ".", "【": "[", "】": "]", "×": "*", "÷": "/", "→": "->"},
    **{"≤": "<=", "≥": ">=", "≠": "!="},
}
"""What to type instead of a sign. For full-width signs, Unicode says it."""


def explained(error: SyntaxError, text: str) -> SyntaxError:
    """Return a syntax error with a message that names its cause, if it is one of those known here.

    Parameters
    ----------
    error : SyntaxError
        The error that compiling the text raised.
    text : str
        The code.

    Returns
    -------
    SyntaxError
        One of the same type at the place of the cause, or the same error.
    """
    lines = text.split("\n")
    number = error.lineno if isinstance(error.lineno, int) else 1
    for place, column, told in _causes(error, lines, number):
        line = lines[place - 1] if 0 < place <= len(lines) else ""
        details: tuple[object, ...] = (error.filename, place, column, line)
        return type(error)(told, details)  # type: ignore[arg-type]  # a Message can be translated
    return error


def _causes(error: SyntaxError, lines: list[str], number: int) -> Iterator[tuple[int, int, Text]]:
    """Yield the causes that fit, each with its line and column."""
    line = lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""
    conflict = _conflict(lines, number, line)
    if conflict:
        told = english(
            "line {line} is a mark of a merge conflict ({mark}): keep one of the two versions, and "
            "delete the lines that begin with <<<<<<<, ======= and >>>>>>>",
            line=conflict,
            mark=lines[conflict - 1].strip()[:_MAX_LINE],
        )
        yield conflict, 1, told
    if isinstance(error, IndentationError) and (tabbed := _tabbed(lines, number)):
        told = english(
            "line {line} is indented with a tab, and other lines with spaces: use four spaces "
            "for each level everywhere",
            line=tabbed,
        )
        yield tabbed, 1, told
    if str(error.msg).startswith(("invalid character", "invalid non-printable", "unterminated s")):
        column = error.offset or 1
        is_open = str(error.msg).startswith("unterminated")
        sign = next((s for s in line[column - 1 :] if not is_open or s in _QUOTES), "")
        if wanted := _typed(sign):
            yield number, column, _tell_sign(sign, wanted)


def _conflict(lines: list[str], number: int, line: str) -> int:
    """Return the number of a line that a merge conflict has left, or 0."""
    if _MARKER.match(line) or _DIVIDER.match(line):
        return number
    return next((n for n, one in enumerate(lines, 1) if _MARKER.match(one.rstrip("\r"))), 0)


def _tabbed(lines: list[str], number: int) -> int:
    """Return the number of a line that is indented with a tab, if others have spaces, or 0."""
    indented = [_INDENTATION.match(line)[0] if line.strip() else "" for line in lines]  # type: ignore[index]
    tabs = [n for n, indentation in enumerate(indented, 1) if "\t" in indentation]
    if not tabs or not any(" " in indentation for indentation in indented):
        return 0
    return min(tabs, key=lambda n: abs(n - number))


def _typed(sign: str) -> str:
    """Return what to type instead of a sign that Python does not read, or an empty string."""
    if sign.isascii():  # also none at all
        return ""
    if unicodedata.category(sign) in ("Zs", "Cf"):  # spaces, and signs that are not visible
        return " "
    typed = _TYPED.get(sign) or unicodedata.normalize("NFKC", sign)
    return typed if typed.isascii() else ""


def _tell_sign(sign: str, wanted: str) -> Text:
    code = f"U+{ord(sign):04X}"
    if wanted == " ":
        return english(
            "there is a sign that looks like a space or cannot be seen ({code}): delete it, and "
            "type a space where one is wanted",
            code=code,
        )
    return english(
        "{sign} ({code}) is no sign of Python: type {wanted} with an English keyboard",
        sign=sign,
        code=code,
        wanted=wanted,
    )
