"""Blanks the magics and shell lines of a notebook, so that its code is Python."""

import re
from collections.abc import Iterator

TRANSPARENT = ("time", "timeit", "capture", "prun", "debug", "kata")
"""Cell magics whose cell is code all the same."""

CELL_MAGIC = re.compile(r"[ \t]*%%(\w*)")
_LINE_MAGIC = re.compile(r"[ \t\f]*[%!?]")

# What matters in code: strings, brackets, comments, line ends, and where IPython's own begins.
_CODE = re.compile(
    r"""(?:(?<!\w)(?P<prefix>[bBrRuUfFtT]{1,2}))?(?P<quote>\"\"\"|'''|["'])"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|\#[^\n]*|\\\n|(?P<newline>\n)|(?P<colon>:)"""
    r"""|(?P<assigned>=[ \t]*[%!])|(?P<help>\?)"""
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def _text_patterns(quote: str) -> dict[str, re.Pattern[str]]:
    """What matters in a string; in the text of an f-string; in a field of it, behind the colon."""
    end = quote if len(quote) == 3 else rf"{quote}|\n"
    field = rf"\\N\{{[^{{}}\n]*\}}|\\[^{{}}]|{end}"
    return {
        "string": re.compile(rf"\\.|{end}", re.DOTALL),
        "text": re.compile(rf"{field}|\{{\{{|\{{", re.DOTALL),
        "spec": re.compile(rf"{field}|\{{|\}}", re.DOTALL),
    }


_TEXT = {quote: _text_patterns(quote) for quote in ('"', "'", '"""', "'''")}


def blank_magics(source: str) -> tuple[str, list[str]]:
    """Take out of a cell what only IPython understands.

    These are lines that begin with ``%``, ``!`` or ``?``, that end with ``?``, or that assign
    what a ``%magic`` or a ``!command`` answers; each becomes ``pass``. A cell magic, on the first
    line, is blanked if its cell is code, as with ``%%time``; or else its whole cell is.

    Parameters
    ----------
    source : str
        The cell.

    Returns
    -------
    tuple of str and list of str
        The code, with as many lines, and the lines that were ignored.
    """
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    ignored: list[str] = []
    first = 0
    while first < len(lines):
        if lines[first].strip():
            magic = CELL_MAGIC.match(lines[first])
            if magic is None:
                break
            if magic[1] not in TRANSPARENT:
                return "\n" * (len(lines) - 1), [*ignored, f"%%{magic[1]} (with its whole cell)"]
            if magic[1] != "kata":  # this course's own
                ignored.append(lines[first])
            lines[first] = ""
        first += 1
    for begin, end in _find_magics("\n".join(lines)):
        ignored.append(lines[begin])
        indentation = lines[begin][: len(lines[begin]) - len(lines[begin].lstrip())]
        lines[begin : end + 1] = [f"{indentation}pass", *[""] * (end - begin)]
    return "\n".join(lines), ignored


def _find_magics(text: str) -> Iterator[tuple[int, int]]:
    """Number of the first and the last line of each magic, from 0."""
    position = number = 0
    while position < len(text):
        if _LINE_MAGIC.match(text, position):
            end, is_magic = _end_of_command(text, position), True
        else:
            end, is_magic = _end_of_statement(text, position)
        lines = text.count("\n", position, end)
        if is_magic:
            yield number, number + lines
        position, number = end + 1, number + lines + 1


def _end_of_command(text: str, position: int) -> int:
    """Where a magic ends that goes on while its lines end with a backslash."""
    while True:
        end = text.find("\n", position)
        if end < 0:
            return len(text)
        if text[end - 1] != "\\":
            return end
        position = end + 1


def _end_of_statement(text: str, begin: int) -> tuple[int, bool]:
    """Where a logical line of Python ends, and whether IPython's own syntax is in it.

    That is only looked for in what is not in brackets, a string or an f-string, and only in the
    first line of several: elsewhere a ``%`` or a ``!`` has another meaning.
    """
    end_of_line = text.find("\n", begin)
    end_of_line = len(text) if end_of_line < 0 else end_of_line
    around = _Surroundings()
    position, behind_help = begin, -1
    while token := around.pattern().search(text, position):
        position = token.end()
        if not around.frames:
            if token.lastgroup == "newline":
                break
            if token.lastgroup == "assigned" and position <= end_of_line:
                return _end_of_command(text, position), True
            if token.lastgroup == "help":
                behind_help = position
        if not around.step(token):
            position = token.start()
    end = token.start() if token else len(text)
    rest = text[behind_help:end].strip() if 0 <= behind_help <= end == end_of_line else "more"
    return end, rest == "" or rest.startswith("#")


class _Surroundings:
    """What is around a place in a logical line: brackets, strings, the fields of f-strings.

    Strings in a field may have the quotes of the one around them, as since Python 3.12.
    """

    def __init__(self) -> None:
        # "string", "text", "field" or "spec" with its quote, or "bracket" with what closes it.
        self.frames: list[tuple[str, str]] = []

    def pattern(self) -> re.Pattern[str]:
        """What to look for next."""
        kind, quote = self.frames[-1] if self.frames else ("bracket", "")
        return _CODE if kind in ("bracket", "field") else _TEXT[quote][kind]

    def step(self, token: re.Match[str]) -> bool:
        """Take what was found, and answer whether it is done with."""
        kind, mark = self.frames[-1] if self.frames else ("bracket", "")
        if kind in ("bracket", "field"):
            self._step_in_code(token, kind, mark)
            return True
        found = token[0]
        if found in (mark, "\n"):  # a line end ends a string that nobody closed
            while self.frames.pop()[0] not in ("string", "text"):
                pass
            return found == mark
        if found == "{":
            self.frames.append(("field", mark))
        elif found == "}":
            del self.frames[-2:]  # the text behind the colon, and the field
        return True

    def _step_in_code(self, token: re.Match[str], kind: str, mark: str) -> None:
        match token.lastgroup:
            case "quote":
                is_formatted = set(token["prefix"] or "") & set("fFtT")
                self.frames.append(("text" if is_formatted else "string", token["quote"]))
            case "open":
                self.frames.append(("bracket", _CLOSING[token[0]]))
            case "close" if token[0] == ("}" if kind == "field" else mark):
                self.frames.pop()
            case "colon" if kind == "field":
                self.frames.append(("spec", mark))
