"""The command `package`: the course made ready for Gradescope or GitHub Classroom."""

from pathlib import Path
from typing import Annotated

import typer

from grader.course.secret import default_secret_file, read_secret
from grader.course.settings import current_course
from grader.messages.language import ENGLISH, language_named
from grader.platforms.github_classroom import github
from grader.platforms.gradescope_package import gradescope

_ExerciseOption = Annotated[str, typer.Option(help="Judge this exercise only.")]


def register(app: typer.Typer) -> None:
    """Add the commands to those of the grader."""
    packages = typer.Typer(help="Make the course ready for Gradescope or GitHub Classroom.")
    packages.command("gradescope")(_gradescope)
    packages.command("github")(_github)
    app.add_typer(packages, name="package", no_args_is_help=True)


def _gradescope(
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="Where it is to be.")],
    exercise: _ExerciseOption = "",
    language: Annotated[
        str, typer.Option(metavar="NAME", help="In which learners are told what was found.")
    ] = ENGLISH,
    secret_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What the hidden inputs are drawn from; made on first use.",
            show_default="in your data folder",
        ),
    ] = None,
) -> None:
    """Write the zip that Gradescope takes for an autograder."""
    course = current_course()
    name = course.named(exercise).name if exercise else ""
    secret = read_secret(secret_file or default_secret_file())
    gradescope(course, out, secret, name, language_named(language, "--language"))
    typer.echo(
        f"{out} is ready to be uploaded.\n"
        "It has your secret, the specs and the solutions in it: give it to nobody else."
    )


def _github(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The template repository.")],
    repository: Annotated[str, typer.Option(metavar="OWNER/NAME", help="Where the course is.")],
    ref: Annotated[str, typer.Option(help="Branch, tag or commit of it.")] = "main",
    exercise: _ExerciseOption = "",
) -> None:
    """Write the workflow that grades on GitHub Classroom."""
    name = current_course().named(exercise).name if exercise else ""
    for path in github(out, repository, ref, name):
        typer.echo(path)
