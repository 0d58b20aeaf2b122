"""What the commands of an instructor have in common: their console, options and settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.text import Text

from grader.course.course import Course, Exercise
from grader.course.limits import LimitError, Limits
from grader.course.secret import default_secret_file, read_secret
from grader.errors import CommandError, SubmissionError
from grader.judging.judgement import JudgeConfig
from grader.judging.pool import find_layers
from grader.messages.escaping import printable

out = Console(emoji=False)
err = Console(stderr=True, emoji=False)

CANNOT = 2
"""Exit code when the grader could not do its job."""


SecretOption = Annotated[
    Path | None,
    typer.Option(
        "--secret-file",
        metavar="FILE",
        help="What the hidden inputs are drawn from; made on first use.",
        show_default="in your data folder",
    ),
]
LimitOption = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="NAME=NUMBER", help="Change a limit, such as call_seconds=5."),
]
TrustedOption = Annotated[bool, typer.Option("--trusted", help="Run the code without the sandbox.")]


def warn(text: str) -> None:
    """Say a sentence to the instructor that she should heed."""
    err.print(Text(printable(text), "yellow"), soft_wrap=True)


def show(content: RenderableType) -> None:
    """Print a result; into a file or a pipe without the spaces that fill lines up on a screen.

    Parameters
    ----------
    content : rich.console.RenderableType
        What a format of the terminal made.
    """
    if out.is_terminal:
        out.print(content)
        return
    with out.capture() as captured:
        out.print(content)
    text = "\n".join(line.rstrip(" ") for line in captured.get().split("\n"))
    out.print(Text(text), end="", soft_wrap=True)


def numbers(limits: list[str]) -> dict[str, object]:
    """What was given as NAME=NUMBER.

    Raises
    ------
    LimitError
        If something else was.
    """
    given: dict[str, object] = {}
    for limit in limits:
        name, _, number = limit.partition("=")
        try:
            given[name] = float(number) if "." in number else int(number)
        except ValueError:
            raise LimitError(f"--limit {limit}: expected NAME=NUMBER, as call_seconds=5") from None
    return given


def settings_for(
    path: Path,
    course: Course,
    exercises: tuple[Exercise, ...],
    limits: Limits,
    secret_file: Path | None,
    trusted: bool,
    probe: Callable[[], tuple[str, ...]] = find_layers,
) -> JudgeConfig:
    """What to judge with.

    Parameters
    ----------
    path : Path
        What was handed in.
    course : Course
        The course.
    exercises : tuple of Exercise
        Those to judge.
    limits : Limits
        What a submission may take.
    secret_file : Path or None
        Where the secret is.
    trusted : bool
        Whether to go without the sandbox.
    probe : callable, optional
        Finds out which layers of the sandbox there are.

    Raises
    ------
    SubmissionError
        If there is no sandbox, and the code is not the course's own.
    """
    layers = () if trusted else _find_layers(path, course, probe)
    if not layers:
        err.print("without the sandbox: this code may do whatever you may", style="yellow")
    secret = read_secret(secret_file or default_secret_file())
    names = tuple(exercise.name for exercise in exercises)
    return JudgeConfig(course.root, names, secret, limits, layers, course.follow_through)


def _find_layers(
    path: Path, course: Course, probe: Callable[[], tuple[str, ...]]
) -> tuple[str, ...]:
    """The layers of the sandbox; only the course's own solutions are run without any."""
    try:
        return probe()
    except CommandError as error:
        solutions = course.root / "solutions"
        if solutions in (path.resolve(), *path.resolve().parents):
            return ()
        raise SubmissionError(
            f"{path} is not run: a sandbox cannot be had here ({error}). "
            "`grader doctor` tells more; --trusted runs code that you trust without a sandbox"
        ) from None
