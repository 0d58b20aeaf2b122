"""Writes an exercise as a notebook: the lesson, its examples, and the stub in a cell to complete.

The same exercise always gives the same notebook, byte for byte.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from grader.course.course import Exercise
from grader.course.modules import lesson_file
from grader.course.settings import find_course
from grader.course.stub_translation import WIDTH, stub_in
from grader.errors import CommandError
from grader.kata.lessons.lesson import Kind, Part, parts_of
from grader.messages.language import say, spoken
from grader.messages.wrapping import wrap

SET_UP = """\
{comment}
COURSE = {repository}

try:
    import grader.kata
except ImportError:
    import os, site

    if not COURSE:
        raise ImportError({missing}) from None
    source = COURSE if os.path.isdir(COURSE) else f"git+{{COURSE}}#egg=backprop-kata"
    %pip install --quiet --editable "{{source}}"
    for folder in [*site.getsitepackages(), site.getusersitepackages()]:
        site.addsitedir(folder)  # {late}
"""


class NotebookError(CommandError):
    """A notebook cannot be written to the requested file."""


def write_notebook(exercise: Exercise, output: Path | None = None, *, force: bool = False) -> Path:
    """Write the notebook of an exercise.

    Parameters
    ----------
    exercise : Exercise
        The exercise whose lesson and stub are written.
    output : Path, optional
        The notebook; by default it is named after the exercise, in the working folder.
    force : bool, default False
        Whether to replace an existing file.

    Returns
    -------
    Path
        The notebook that was written.

    Raises
    ------
    NotebookError
        If the file exists, or cannot be written.
    """
    return write(exercise_cells(exercise), exercise.name, output, force=force)


def write(cells: Iterable[dict[str, Any]], name: str, output: Path | None, *, force: bool) -> Path:
    """Write cells as a notebook; see `write_notebook`."""
    path = output or Path(f"{name}.ipynb")
    text = text_of(cells, name)
    try:
        with path.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise NotebookError(
            say(
                "{path} is there already, and may hold your work: rename it, or let "
                "`kata notebook` write another file with --output, or replace it with --force",
                path=path,
            )
        ) from None
    except OSError as error:
        reason = error.strerror or error
        raise NotebookError(
            say("{path} cannot be written: {reason}", path=path, reason=reason)
        ) from None
    return path


def text_of(cells: Iterable[dict[str, Any]], name: str) -> str:
    """Return the text of a notebook file, after a check against the format.

    Parameters
    ----------
    cells : iterable of dict
        Its cells, without ids.
    name : str
        Name of the exercise or walkthrough, with which the ids of the cells begin.
    """
    import nbformat

    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "cells": [{**cell, "id": f"{name}-{n}"} for n, cell in enumerate(cells, 1)],
    }
    nbformat.validate(content)
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def exercise_cells(exercise: Exercise) -> Iterator[dict[str, Any]]:
    """Yield the cells of an exercise's notebook.

    The first command of the lesson that runs the specs becomes the cell with the stub; later ones
    become cells that only run the specs.
    """
    lesson = lesson_file(exercise)
    first, *parts = parts_of(lesson)
    yield markdown(first.text)
    yield markdown(_preface(exercise))
    yield code(set_up(exercise.root) + "\n%load_ext grader")
    yield from _body(exercise, parts)
    course = find_course(exercise.root)
    exercises = course.exercises if course else (exercise,)
    later = exercises[exercises.index(exercise) + 1 :]
    if later:
        yield markdown(
            say(
                "When this exercise is done, `%kata notebook {name}` in a cell makes the next "
                "notebook.",
                name=later[0].name,
            )
        )


def _preface(exercise: Exercise) -> str:
    how = say(
        "Where the lesson asks you to open `{filename}`, write into the cell that begins with "
        "`%%kata {name}`. When you run it, it is saved as that file, and the specs tell which of "
        "their promises it keeps. `%kata hint {name}` in a cell of its own goes one step of help "
        "further each time, and `%kata try {name}` shows what was called as Python. You need not "
        "start or restart `python`: what you have saved is what the next cell imports.",
        filename=exercise.filename,
        name=exercise.name,
    )
    what = say(
        "This is the lesson as a notebook. Run its cells from top to bottom, with Shift+Enter."
    )
    return f"{what}\n\n{how}"


def _body(exercise: Exercise, parts: Iterable[Part]) -> Iterator[dict[str, Any]]:
    stub = code(f"%%kata {exercise.name}\n{stub_in(spoken(), exercise)}")
    is_there = False
    for part in parts:
        if part.kind is Kind.COMMAND and part.text.startswith("pytest "):
            yield code(f"%kata {exercise.name}") if is_there else stub
            is_there = True
        else:
            yield cell_of(part)
    if not is_there:
        yield stub


def cell_of(part: Part) -> dict[str, Any]:
    """Return the cell of a part of a lesson; a command becomes a cell that runs its script."""
    if part.kind is Kind.TEXT:
        return markdown(part.text)
    if part.kind is Kind.COMMAND:
        return code(f"%run -m {Path(part.text.split()[-1]).stem}")
    return code(part.text)


def set_up(root: Path) -> str:
    """Return the first code cell, which installs the course if it is missing."""
    comment = say(
        "Where to get the course, if this computer has none yet, as on Colab: the address of its "
        "repository or a folder. Your instructor fills it in. Where the course is installed, "
        "nothing happens here."
    )
    missing = say("the course is not installed: write where it is behind COURSE")
    return SET_UP.format(
        comment="\n".join(wrap(comment, WIDTH, "# ", "# ")),
        repository=json.dumps(repository_of(root), ensure_ascii=False),
        missing=json.dumps(missing, ensure_ascii=False),
        late=say("this kernel started before it was there"),
    )


def repository_of(root: Path) -> str:
    """Return the address of a course's repository, as its settings have it; empty if unknown."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    return str(settings["tool"]["kata"].get("repository", ""))


def markdown(text: str) -> dict[str, Any]:
    """Return a Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": text.strip()}


def code(text: str) -> dict[str, Any]:
    """Return a code cell."""
    return {
        "cell_type": "code",
        "metadata": {},
        "source": text.strip("\n"),
        "outputs": [],
        "execution_count": None,
    }
