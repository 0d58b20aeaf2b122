"""The command `kata notebook`, which writes notebooks."""

from pathlib import Path
from typing import Annotated

import typer

from grader.course.settings import current_course
from grader.kata.lessons.notebook import NotebookError, write_notebook
from grader.messages.language import say


def notebook(
    name: Annotated[str, typer.Argument(help="The exercise, such as 03_affine.")] = "",
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write it.", show_default="NAME.ipynb"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    walkthrough: Annotated[
        bool,
        typer.Option("--walkthrough", help="All lessons of a part in one, with their solutions."),
    ] = False,
) -> None:
    """Write an exercise as a notebook: its lesson, its examples and its stub."""
    from grader.kata.lessons.walkthrough import write_walkthrough

    if walkthrough == bool(name):
        raise typer.BadParameter(say("name an exercise, such as 03_affine, or say --walkthrough"))
    try:
        if walkthrough:
            paths = write_walkthrough(current_course(), output, force=force)
        else:
            paths = iter([write_notebook(current_course().named(name), output, force=force)])
        for path in paths:
            typer.echo(say("{path} is written. Open it in Jupyter, VS Code or Colab.", path=path))
    except NotebookError as error:
        raise typer.BadParameter(str(error)) from None
