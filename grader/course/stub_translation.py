"""Translates the docstrings, comments and messages of a stub, and leaves its code unchanged."""

import ast
import io
import json
import tokenize
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import groupby

from grader.course.course import Exercise
from grader.course.modules import read_module
from grader.messages.language import ENGLISH, catalogue, translate
from grader.messages.wrapping import columns, wrap

WIDTH = 100
"""Maximum line length, in columns."""

Translate = Callable[[str], str]


def stub_in(language: str, exercise: Exercise, source: str | None = None) -> str:
    """Return the stub of an exercise in a language.

    Parameters
    ----------
    language : str
        One of `grader.messages.language.LANGUAGES`.
    exercise : Exercise
        The exercise, whose folder has the translations.
    source : str, optional
        The stub in English; by default the content of its file, which may have been edited.

    Returns
    -------
    str
        The same code. Texts without a translation stay in English; so does the whole file if it is
        not valid Python.
    """
    source = read_module(exercise.stub).text if source is None else source
    folder = exercise.stub.parents[1]
    if language == ENGLISH or not catalogue(folder, language):
        return source
    with suppress(SyntaxError):
        return rewrite(source, lambda text: translate(text, folder, language))
    return source


def rewrite(source: str, translate: Translate) -> str:
    """Replace the texts of a stub.

    Parameters
    ----------
    source : str
        The stub, which must be valid Python.
    translate : callable
        Takes a paragraph or a line, and returns its replacement.

    Returns
    -------
    str
        The same code with other docstrings, comments, and messages of ``NotImplementedError`` and
        ``print``.
    """
    lines = source.splitlines()
    changes = [
        *_docstrings(source, translate),
        *_comments(source, translate),
        *_messages(source, translate),
    ]
    for first, last, replacement in sorted(changes, reverse=True):
        lines[first:last] = replacement
    return "\n".join(lines) + "\n"


Change = tuple[int, int, list[str]]
"""Start and end of a slice of lines, and the lines that replace it."""


def _docstrings(source: str, translate: Translate) -> Iterator[Change]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            continue
        text = ast.get_docstring(node)
        if text is None:
            continue
        start, end, column = _place(node.body[0])
        margin = " " * column
        quoted = text.replace("\\", "\\\\").splitlines()
        first, *rest = _reflow(quoted, WIDTH - column - 3, translate)
        lines = [f'{margin}"""{first}', *(f"{margin}{line}".rstrip() for line in rest)]
        if not rest and columns(lines[0]) + 3 <= WIDTH:
            yield start, end, [f'{lines[0]}"""']
        else:
            yield start, end, [*lines, f'{margin}"""']


def _comments(source: str, translate: Translate) -> Iterator[Change]:
    """Yield changes for comments on lines of their own; trailing comments stay unchanged."""
    places = [
        token.start
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#")
    ]
    lines = source.splitlines()
    # Comments on consecutive lines in one column have the same difference of line and index.
    for _, block in groupby(enumerate(places), lambda it: (it[1][0] - it[0], it[1][1])):
        rows = [row - 1 for _, (row, _) in block]
        margin, _, _ = lines[rows[0]].partition("#")
        texts = [lines[row].strip()[1:].removeprefix(" ") for row in rows]
        new = _reflow(texts, WIDTH - len(margin) - 2, translate)
        yield rows[0], rows[-1] + 1, [f"{margin}# {line}".rstrip() for line in new]


def _reflow(lines: list[str], width: int, translate: Translate) -> list[str]:
    """Translate and wrap each paragraph; in the sections of a docstring, also each type."""
    new: list[str] = []
    in_section = False
    for indent, group in groupby(lines, _indent):
        block = list(group)
        in_section |= any(line and not line.strip("-") for line in block)
        margin = " " * indent
        if indent < 0 or (indent and not in_section):  # blank lines, or code examples
            new += block
        elif indent or not in_section:
            text = translate(" ".join(" ".join(block).split()))
            new += wrap(text, width, margin, margin)
        else:
            new += [_translate_type(line, translate) for line in block]
    return new


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else -1


def _translate_type(line: str, translate: Translate) -> str:
    """Translate the type in ``x : ndarray, any shape``; a type of one word is left as it is."""
    name, colon, kind = line.rpartition(" : ")
    return f"{name}{colon}{translate(kind)}" if " " in kind else line


def _messages(source: str, translate: Translate) -> Iterator[Change]:
    """Yield changes for the first argument of ``NotImplementedError`` and ``print``."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name)):
            continue
        message = node.args[0]
        if node.func.id in ("NotImplementedError", "print"):
            start, end, column = _place(message)
            code = ast.get_source_segment(source, message) or ""
            before, after = lines[start][:column], lines[end - 1][column + len(code) :]
            yield start, end, [f"{before}{_reword(message, code, translate)}{after}"]


def _reword(message: ast.expr, code: str, translate: Translate) -> str:
    match message:
        case ast.Constant(str(text)):
            new = translate(text)
            if new != text:
                return repr(new) if '"' in new else json.dumps(new, ensure_ascii=False)
        case ast.JoinedStr() if code.startswith('f"') and code.count('"') == 2:
            return f'f"{translate(code[2:-1])}"'
    return code


def _place(node: ast.stmt | ast.expr) -> tuple[int, int, int]:
    """Return the lines of a node as a slice, and the column where it starts."""
    assert node.end_lineno is not None
    return node.lineno - 1, node.end_lineno, node.col_offset
