"""The command ``grader package``: prepares the course for Gradescope or GitHub Classroom."""

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
    """Add the commands to the ``grader`` application."""
    packages = typer.Typer(help="Prepare the course for Gradescope or GitHub Classroom.")
    packages.command("gradescope")(_gradescope)
    packages.command("github")(_github)
    app.add_typer(packages, name="package", no_args_is_help=True)


def _gradescope(
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="The zip file to create.")],
    exercise: _ExerciseOption = "",
    language: Annotated[
        str, typer.Option(metavar="NAME", help="Language of the feedback.")
    ] = ENGLISH,
    secret_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File with the secret that hidden inputs are drawn from; created on first use.",
            show_default="in your data folder",
        ),
    ] = None,
) -> None:
    """Write a zip file to upload to Gradescope as an autograder."""
    course = current_course()
    name = course.named(exercise).name if exercise else ""
    secret = read_secret(secret_file or default_secret_file())
    gradescope(course, out, secret, name, language_named(language, "--language"))
    typer.echo(
        f"{out} is ready to be uploaded.\n"
        "It contains your secret, the specs and the solutions: do not share it."
    )


def _github(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder of the template repository.")],
    repository: Annotated[
        str, typer.Option(metavar="OWNER/NAME", help="GitHub repository of the course.")
    ],
    ref: Annotated[str, typer.Option(help="Branch, tag or commit of the course.")] = "main",
    exercise: _ExerciseOption = "",
) -> None:
    """Write a workflow that grades on GitHub Classroom."""
    name = current_course().named(exercise).name if exercise else ""
    for path in github(out, repository, ref, name):
        typer.echo(path)
