"""Splits a lesson into its parts: text, Python code, and commands for a terminal."""

import base64
import doctest
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_FOLD_OR_FENCE = re.compile(
    r"^<details>\n<summary>(?P<summary>.*?)</summary>\n(?P<folded>.*?)^</details>$"
    r"|^```(?P<language>\w*)\n(?P<fenced>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
_HEADING = re.compile(r"^(?=## )", re.MULTILINE)
_PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<file>[^):]+)\)")
_OTHER_LANGUAGE = re.compile(r"^\[[^\]]*\]\(README[^)/]*\.md\)\n|^<!--.*?-->\n", re.MULTILINE)
"""A line that links to the lesson in another language, or says which one it translates."""
_LINK_TO_LESSON = re.compile(r"\[(?P<title>[^\]]*)\]\([^):]*README[^):]*\.md\)")


class Kind(StrEnum):
    """Kind of a part of a lesson."""

    TEXT = "text"
    PYTHON = "python"
    COMMAND = "command"


@dataclass(frozen=True)
class Part:
    """A part of a lesson.

    Attributes
    ----------
    kind : Kind
        Text, Python code, or a command.
    text : str
        Markdown, code without prompts, or a command without its prompt.
    shows : str, default ""
        Output of the code according to the lesson.
    """

    kind: Kind
    text: str
    shows: str = ""


def parts_of(lesson: Path) -> Iterator[Part]:
    """Split a lesson into parts.

    Text does not depend on other files: pictures are embedded, and links to other lessons are
    replaced by their titles. A part of code ends where the lesson shows its output. Folded text
    stays folded, but code in it becomes a part of its own.

    Parameters
    ----------
    lesson : Path
        The Markdown file.

    Yields
    ------
    Part
        Each part, in the order of the lesson.
    """
    text = ""
    for part in _parts(_OTHER_LANGUAGE.sub("", lesson.read_text("utf-8"))):
        if part.kind is Kind.TEXT:
            text += part.text
            continue
        yield from _sections(text, lesson.parent)
        yield part
        text = ""
    yield from _sections(text, lesson.parent)


def _parts(markdown: str) -> Iterator[Part]:
    end = 0
    for block in _FOLD_OR_FENCE.finditer(markdown):
        yield Part(Kind.TEXT, markdown[end : block.start()])
        end = block.end()
        if block["summary"] is not None:
            yield from _folded(block["summary"], block["folded"])
        elif block["language"] == "python":
            yield from _examples(block["fenced"])
        elif block["language"] == "console" and block["fenced"].count("\n") == 1:
            yield Part(Kind.COMMAND, block["fenced"].removeprefix("$ ").strip())
        else:
            yield Part(Kind.TEXT, block[0])
    yield Part(Kind.TEXT, markdown[end:])


def _folded(summary: str, markdown: str) -> Iterator[Part]:
    text = ""
    for part in (*_parts(markdown), Part(Kind.PYTHON, "")):
        if part.kind is Kind.TEXT:
            text += part.text
            continue
        if text.strip():
            fold = f"<details>\n<summary>{summary}</summary>\n\n{text.strip()}\n\n</details>"
            yield Part(Kind.TEXT, fold)
        text = ""
        if part.text:
            yield part


def _examples(block: str) -> Iterator[Part]:
    code = ""
    for example in doctest.DocTestParser().get_examples(block):
        code += example.source
        if example.want:
            yield Part(Kind.PYTHON, code.rstrip(), example.want)
            code = ""
    if code:
        yield Part(Kind.PYTHON, code.rstrip())


def _sections(text: str, folder: Path) -> Iterator[Part]:
    for section in _HEADING.split(text):
        if section.strip():
            alone = _PICTURE.sub(lambda found: _picture(found, folder), section.strip())
            yield Part(Kind.TEXT, _LINK_TO_LESSON.sub(r"**\g<title>**", alone))


def _picture(found: re.Match[str], folder: Path) -> str:
    """Return an image that contains the data of the picture, in place of a link to its file."""
    file = folder / found["file"]
    if not file.is_file():
        return found[0]
    kind = mimetypes.guess_type(file.name)[0] or "image/svg+xml"
    content = base64.b64encode(file.read_bytes()).decode()
    alt = " ".join(found["alt"].split()).replace('"', "&quot;")
    return f'<img alt="{alt}" src="data:{kind};base64,{content}">'
