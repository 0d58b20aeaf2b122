"""The commands of an instructor."""

import io
import platform
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from grader.course import Course, CourseError, find_course
from grader.reports import json, terminal
from grader.submission import SubmissionError, collect
from grader.verdict import Verdict

app = typer.Typer(
    help="Grade submissions to the course, and check the course itself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console()
err = Console(stderr=True)

CANNOT = 2
"""Exit code when the grader could not do its job."""


@app.command()
def grade(
    path: Annotated[Path, typer.Argument(help="A submission, or a folder of submissions.")],
    exercise: Annotated[str, typer.Option(help="Judge this exercise only.")] = "",
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the verdicts there too.")
    ] = None,
    trusted: Annotated[
        bool, typer.Option("--trusted", help="Run the code without the sandbox.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="For a class: exit with 1 unless all are done.")
    ] = False,
) -> None:
    """Judge what was handed in, each submission in a sandboxed process of its own.

    Exit code 0 if all of core passed, or, for a class, if everybody has a verdict; 1 if not;
    2 if the grader could not do its job.
    """
    course = _course()
    only = course.named(exercise) if exercise else None
    submissions = collect(path, course, only)
    if json_file is not None:
        _check_writable(json_file)

    confined = not trusted and _can_confine(path, course)
    if not confined:
        err.print("without the sandbox: this code may do whatever you may", style="yellow")

    from grader.judge import Judge

    with err.status("collecting the specs") as status:
        current = ""

        def show(line: str) -> None:
            err.print(Text(f"{current}  {line}", "dim"))

        judge = Judge(course, submissions[0].exercises, confined=confined, progress=show)
        verdicts = []
        for number, submission in enumerate(submissions, 1):
            current = terminal.printable(submission.name)
            status.update(Text(f"judging {current} ({number} of {len(submissions)})"))
            verdicts.append(judge.judge(submission))

    out.print(terminal.render(verdicts))
    if json_file is not None:
        json_file.write_text(json.render(verdicts) + "\n", "utf-8")
    raise typer.Exit(_exit_code(verdicts, is_class=submissions[0].is_of_class, strict=strict))


def _check_writable(file: Path) -> None:
    """Find out before the work is done whether its result has a place."""
    if file.is_dir():
        raise SubmissionError(f"{file} is a folder; --json needs the name of a file")
    if not file.parent.is_dir():
        raise SubmissionError(f"{file}: the folder {file.parent} does not exist")


def _can_confine(path: Path, course: Course) -> bool:
    """Whether there is a sandbox; only the course's own solutions are run without."""
    from grader.launch import WorkerFailed, sandbox_layers

    try:
        return bool(sandbox_layers())
    except WorkerFailed as error:
        solutions = course.root / "solutions"
        if solutions in (path.resolve(), *path.resolve().parents):
            return False
        raise SubmissionError(
            f"{path} is not run: a sandbox cannot be had here ({error}). "
            "`grader doctor` tells more; --trusted runs code that you trust without a sandbox"
        ) from None


def _exit_code(verdicts: list[Verdict], *, is_class: bool, strict: bool) -> int:
    if any(verdict.has_grader_error for verdict in verdicts):
        return CANNOT
    if is_class and not strict:
        return 0
    return 0 if all(verdict.done for verdict in verdicts) else 1


@app.command()
def check(
    seeds: Annotated[
        int, typer.Option(min=1, help="With how many seeds each solution is tried.")
    ] = 1000,
) -> None:
    """Prove that the course is sound: stubs fail, solutions pass, guesses score nothing."""
    from grader.check import check

    problems = 0
    with err.status("checking"):
        for claim in check(_course(), seeds):
            out.print("[red]✗[/]" if claim.problems else "[green]✓[/]", claim.text, highlight=False)
            for problem in claim.problems[:10]:
                out.print(f"    {problem}", markup=False, highlight=False)
            problems += len(claim.problems)
    out.print(f"{problems} problems" if problems else "the course is sound")
    raise typer.Exit(1 if problems else 0)


@app.command()
def doctor() -> None:
    """Tell which layers of the sandbox there are on this machine, or why there is none."""
    import numpy

    from grader.launch import WorkerFailed, sandbox_layers

    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    out.print(f"{system}, Python {platform.python_version()}, NumPy {numpy.__version__}")
    try:
        for layer in sandbox_layers():
            out.print("[green]✓[/]", layer)
    except WorkerFailed as error:
        out.print("[red]✗[/]", Text(str(error)))
        out.print("Only the course's own solutions are judged here; other code with --trusted.")
        raise typer.Exit(1) from None
    out.print("Submissions are judged in this sandbox.")


def _course() -> Course:
    """The course around the working folder, or else the one that this package lies in."""
    course = find_course(Path.cwd()) or find_course(Path(__file__).resolve())
    if course is None:
        raise CourseError(
            "there is no course here: expected a folder whose pyproject.toml has [tool.kata], "
            f"looked in {Path.cwd()} and above. Change to the course's folder and try again"
        )
    return course


def main() -> None:
    """Run a command. What goes wrong on our side exits with 2, never with 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # not every console knows a tick or a star
    try:
        app()
    except (CourseError, SubmissionError) as error:
        err.print(f"grader: {error}", style="red", markup=False, highlight=False)
        sys.exit(CANNOT)
    except Exception:
        err.print_exception()
        sys.exit(CANNOT)
