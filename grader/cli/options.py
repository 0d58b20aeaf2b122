"""Consoles, options and judging settings shared by the ``grader`` commands."""

import os
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


class _PatientConsole(Console):
    """A console whose reader may leave early, as in ``grader grade CLASS | head -1``."""

    def on_broken_pipe(self) -> None:
        """Discard the rest, so that the command goes on: reports and exit code are still due."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


out = _PatientConsole(emoji=False)
err = _PatientConsole(stderr=True, emoji=False)

CANNOT = 2
"""Exit code when the grader could not do its job."""


SecretOption = Annotated[
    Path | None,
    typer.Option(
        "--secret-file",
        metavar="FILE",
        help="File with the secret that hidden inputs are drawn from; created on first use.",
        show_default="in your data folder",
    ),
]
LimitOption = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="NAME=NUMBER", help="Change a limit, such as call_seconds=5."),
]
TrustedOption = Annotated[bool, typer.Option("--trusted", help="Run the code without the sandbox.")]


def warn(text: str) -> None:
    """Print a warning to standard error."""
    err.print(Text(printable(text), "yellow"), soft_wrap=True)


def show(content: RenderableType) -> None:
    """Print a result. If standard output is not a terminal, trailing spaces are removed.

    Parameters
    ----------
    content : rich.console.RenderableType
        Table or text, as returned by `grader.reports.formats.terminal`.
    """
    if out.is_terminal:
        out.print(content)
        return
    with out.capture() as captured:
        out.print(content)
    text = "\n".join(line.rstrip(" ") for line in captured.get().split("\n"))
    out.print(Text(text), end="", soft_wrap=True)


def numbers(limits: list[str]) -> dict[str, object]:
    """Parse the values of ``--limit``, ``NAME=NUMBER``, into numbers by name.

    Raises
    ------
    LimitError
        If a value does not have this form.
    """
    given: dict[str, object] = {}
    for limit in limits:
        name, _, number = limit.partition("=")
        try:
            given[name] = float(number) if "." in number else int(number)
        except ValueError:
            raise LimitError(
                f"--limit {limit}: expected NAME=NUMBER, such as call_seconds=5"
            ) from None
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
    """Return the settings to judge with: exercises, secret, limits and sandbox layers.

    Parameters
    ----------
    path : Path
        The submission or the class.
    course : Course
        Provides the specs and the follow-through policy.
    exercises : tuple of Exercise
        The exercises to judge.
    limits : Limits
        Limits on time, memory and size for each submission.
    secret_file : Path or None
        File with the secret; None for the one in the user's data folder.
    trusted : bool
        Whether to run the code without the sandbox.
    probe : callable, optional
        Returns the layers of the sandbox that are available. By default those of this machine.

    Raises
    ------
    SubmissionError
        If no sandbox is available, and `path` is not one of the course's own solutions.
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
    """Return the layers of the sandbox; none if there is no sandbox and `path` is a solution."""
    try:
        return probe()
    except CommandError as error:
        solutions = course.root / "solutions"
        if solutions in (path.resolve(), *path.resolve().parents):
            return ()
        raise SubmissionError(
            f"{path} is not run: no sandbox is available here ({error}). "
            "See `grader doctor`; --trusted runs code that you trust without a sandbox"
        ) from None
