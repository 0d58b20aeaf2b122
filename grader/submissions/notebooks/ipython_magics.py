"""Removes IPython magics and shell commands from notebook cells, so that their code is Python."""

import re
from collections.abc import Iterator

TRANSPARENT = ("time", "timeit", "capture", "prun", "debug", "kata")
"""Cell magics whose cell is still Python code."""

MAX_NESTED = 200  # brackets and f-strings in each other: Python allows no more
TOKENS = "\"'()[]{}#\n\\:?%!"
"""Characters that the time depends on."""

CELL_MAGIC = re.compile(r"[ \t]*%%(\w*)")
_LINE_MAGIC = re.compile(r"[ \t\f]*[%!?]")
# What Jupyter makes of a magic when it exports a notebook.
_CALL = re.compile(r"[ \t\f]*(?:\w++[ \t]*=[ \t]*)?get_ipython\(\)\.")

# The tokens that matter in code: strings, brackets, comments, line ends, and IPython's syntax.
_CODE = re.compile(
    r"""(?:(?<!\w)(?P<prefix>[bBrRuUfFtT]{1,2}))?(?P<quote>\"\"\"|'''|["'])"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|\#[^\n]*|\\\n|(?P<newline>\n)|(?P<colon>:)"""
    r"""|(?P<assigned>=[ \t]*[%!])|(?P<help>\?)"""
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def _text_patterns(quote: str) -> dict[str, re.Pattern[str]]:
    """Return the tokens that matter in a string, in an f-string, and in a format specification."""
    end = quote if len(quote) == 3 else rf"{quote}|\n"
    field = rf"\\N\{{[^{{}}\n]*\}}|\\[^{{}}]|{end}"
    return {
        "string": re.compile(rf"\\.|{end}", re.DOTALL),
        "text": re.compile(rf"{field}|\{{\{{|\{{", re.DOTALL),
        "spec": re.compile(rf"{field}|\{{|\}}", re.DOTALL),
    }


_TEXT = {quote: _text_patterns(quote) for quote in ('"', "'", '"""', "'''")}


def blank_magics(source: str) -> tuple[str, list[str]]:
    """Remove from a cell what only IPython understands.

    Lines that begin with ``%``, ``!`` or ``?``, that end with ``?``, or that assign the result of
    a ``%magic`` or ``!command`` are replaced by ``pass``, and so are calls of ``get_ipython()``.
    A cell magic on the first line is blanked if its cell is Python, as with ``%%time``; otherwise
    the whole cell is blanked.

    Parameters
    ----------
    source : str
        The source of the cell.

    Returns
    -------
    tuple of str and list of str
        The code, with the same number of lines, and the lines that were ignored.
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
            if magic[1] != "kata":  # the magic of this course is not reported
                ignored.append(lines[first])
            lines[first] = ""
        first += 1
    code, found = blank_lines("\n".join(lines))
    return code, [*ignored, *(line for _, line in found)]


def blank_lines(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Replace each line that only IPython understands by ``pass``.

    Parameters
    ----------
    text : str
        Code whose lines end with a line feed.

    Returns
    -------
    tuple of str and list of (int, str)
        The code, with the same number of lines, and the numbers and lines that were replaced.
    """
    lines = text.split("\n")
    ignored = []
    for begin, end in _find_magics(text):
        ignored.append((begin + 1, lines[begin]))
        indentation = lines[begin][: len(lines[begin]) - len(lines[begin].lstrip())]
        lines[begin : end + 1] = [f"{indentation}pass", *[""] * (end - begin)]
    return "\n".join(lines), ignored


def _find_magics(text: str) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line number of each magic, counted from 0."""
    position = number = 0
    while position < len(text):
        if _LINE_MAGIC.match(text, position):
            end, is_magic = _end_of_command(text, position), True
        else:
            end, is_magic = _end_of_statement(text, position)
            is_magic = is_magic or _CALL.match(text, position) is not None
        lines = text.count("\n", position, end)
        if is_magic:
            yield number, number + lines
        position, number = end + 1, number + lines + 1


def _end_of_command(text: str, position: int) -> int:
    """Return where a magic ends; it continues while its lines end with a backslash."""
    while True:
        end = text.find("\n", position)
        if end < 0:
            return len(text)
        if text[end - 1] != "\\":
            return end
        position = end + 1


def _end_of_statement(text: str, begin: int) -> tuple[int, bool]:
    """Return where a logical line of Python ends, and whether it uses IPython's syntax.

    That syntax is recognised only outside brackets, strings and f-strings, and only in the first
    physical line: elsewhere ``%`` and ``!`` have another meaning.
    """
    end_of_line = text.find("\n", begin)
    end_of_line = len(text) if end_of_line < 0 else end_of_line
    context = _Context()
    position, behind_help = begin, -1
    while token := context.pattern().search(text, position):
        position = token.end()
        if len(context.frames) > MAX_NESTED:
            return len(text), False
        if not context.frames:
            if token.lastgroup == "newline":
                break
            if token.lastgroup == "assigned" and position <= end_of_line:
                return _end_of_command(text, position), True
            if token.lastgroup == "help":
                behind_help = position
        if not context.step(token):
            position = token.start()
    end = token.start() if token else len(text)
    rest = text[behind_help:end].strip() if 0 <= behind_help <= end == end_of_line else "more"
    return end, rest == "" or rest.startswith("#")


class _Context:
    """The brackets, strings and f-string fields that enclose a position in a logical line.

    Strings in a field may reuse the quotes of the enclosing f-string, as since Python 3.12.
    """

    def __init__(self) -> None:
        # "string", "text", "field" or "spec" with its quote, or "bracket" with its closing bracket.
        self.frames: list[tuple[str, str]] = []

    def pattern(self) -> re.Pattern[str]:
        """Return the pattern of the next token."""
        kind, quote = self.frames[-1] if self.frames else ("bracket", "")
        return _CODE if kind in ("bracket", "field") else _TEXT[quote][kind]

    def step(self, token: re.Match[str]) -> bool:
        """Process a token, and return whether it was consumed."""
        kind, mark = self.frames[-1] if self.frames else ("bracket", "")
        if kind in ("bracket", "field"):
            self._step_in_code(token, kind, mark)
            return True
        found = token[0]
        if found in (mark, "\n"):  # a line end ends an unterminated string
            while self.frames.pop()[0] not in ("string", "text"):
                pass
            return found == mark
        if found == "{":
            self.frames.append(("field", mark))
        elif found == "}":
            del self.frames[-2:]  # the format specification and its field
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
