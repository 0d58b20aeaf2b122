"""The ``grader`` application: its commands, and how errors become exit codes."""

import io
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from grader.cli import courses, marks, packages
from grader.cli.grade import grade
from grader.cli.grade_options import NamesOption
from grader.cli.grade_request import default_journal
from grader.cli.options import (
    CANNOT,
    LimitOption,
    SecretOption,
    TrustedOption,
    err,
    numbers,
    out,
    settings_for,
    show,
)
from grader.course.settings import current_course, use_course
from grader.errors import CommandError, SubmissionError
from grader.gradebook.journal import JournalError, Line, read_journal, read_whole
from grader.gradebook.journal import erase as erase_from
from grader.gradebook.people import submissions_named
from grader.gradebook.rows import entries_of
from grader.judging.pool import find_layers, stop_early
from grader.messages.escaping import plain, printable
from grader.reports.formats import json_file as json
from grader.reports.formats import terminal
from grader.roster.roster import read_export
from grader.submissions.class_folder import Collected, PendingSubmission, collect
from grader.submissions.layouts.pattern import pattern_of
from grader.verdicts.verdict import Outcome

if TYPE_CHECKING:
    from grader.checks.course_check import Claim


INTERRUPTED = 130
"""Exit code with which typer ends a command after Ctrl-C."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(grade)


@app.callback()
def _choose(
    course: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The course.",
            show_default="the one around the current folder",
        ),
    ] = None,
) -> None:
    """Grade submissions, and check the course itself."""
    if course is not None:
        use_course(course)


@app.command()
def replay(
    learner: Annotated[
        str,
        typer.Argument(
            help="Path of a submission; with --class, the submission, the learner's name, or an id."
        ),
    ],
    spec: Annotated[str, typer.Argument(help="Name of the spec, such as test_Relu_...")],
    of_class: Annotated[
        Path | None,
        typer.Option("--class", metavar="CLASS", help="The class to look for LEARNER in."),
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(metavar="CSV", help="The class list, to find learners by name.")
    ] = None,
    journal: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Journal of the class, to find learners by name.",
            show_default="CLASS.journal, if it is there",
        ),
    ] = None,
    names: NamesOption = "",
    limit: LimitOption = None,
    secret_file: SecretOption = None,
    trusted: TrustedOption = False,
) -> None:
    """Show the calls that a spec makes and what they return, as evidence in an appeal.

    Exit code 0 if the spec passed, 1 if not, 2 if the grader could not do its job.
    """
    from grader.judging.replay import find_spec, tell
    from grader.judging.replay import replay as run_again

    course = current_course()
    exercise = find_spec(course, spec)
    limits = course.limits.changed(numbers(limit or []))
    pattern = pattern_of(names) if names else None
    path = of_class or Path(learner)
    found = collect(path, course, limits, exercise, bool(names) or None, pattern)
    if of_class is not None:
        pending = _of_class(learner, of_class, found, roster, journal)
    else:
        pending = _single(path, found)
    settings = settings_for(path, course, (exercise,), limits, secret_file, trusted)
    verdict, exchanges = run_again(settings.judge(), pending.read(), spec)
    for line in tell(exchanges):
        out.print(plain(line).plain, markup=False, soft_wrap=True)
    show(terminal.render_spec(verdict))
    if verdict.outcome is Outcome.GRADER_ERROR:
        raise typer.Exit(CANNOT)
    raise typer.Exit(0 if verdict.passed else 1)


def _single(path: Path, found: Collected) -> PendingSubmission:
    if len(found.entries) != 1:
        known = ", ".join(entry.name for entry in found.entries[:10])
        raise SubmissionError(f"{path}: expected a single submission; it contains {known}")
    return found.entries[0]


def _of_class(
    learner: str, path: Path, found: Collected, roster: Path | None, journal: Path | None
) -> PendingSubmission:
    learners = tuple(read_export(roster).learners.values()) if roster else None
    entries = [one for one in entries_of(found, learners) if one.handed_in]
    (name,) = submissions_named(entries, [learner], str(path), _lines(path, journal))
    return next(one.pending for one in entries if one.pending.name == name)


def _lines(path: Path, journal: Path | None) -> list[Line]:
    """Return the lines of a journal; none if it was not named, and cannot be read."""
    try:
        found = journal or default_journal(path)
        return read_journal(found, read_whole(found))[1]
    except JournalError:
        if journal is not None:
            raise
        return []


@app.command()
def erase(
    name: Annotated[str, typer.Argument(help="The submission, the learner's name, or an id.")],
    journal: Annotated[Path, typer.Option(metavar="FILE", help="File that verdicts are kept in.")],
) -> None:
    """Remove everything about a learner from a journal, permanently."""
    name, count = erase_from(journal, name)
    erased = "1 line was" if count == 1 else f"{count} lines were"
    out.print(
        f"{erased} erased, of {printable(name)}. Remove the submission from the class and "
        "grade the class again with the same --report, to remove the learner from the reports too.",
        markup=False,
        highlight=False,
    )


@app.command()
def schema() -> None:
    """Print the JSON schema of the files written by --json and --report json=FILE."""
    out.print(json.schema(), markup=False, highlight=False, soft_wrap=True)


@app.command()
def check(
    seeds: Annotated[
        int, typer.Option(min=1, help="Number of seeds that each solution is tried with.")
    ] = 1000,
) -> None:
    """Check that the course is sound: stubs fail, solutions pass, tricks score nothing."""
    from grader.checks.course_check import check

    with err.status("checking"):
        _print_claims(check(current_course(), seeds), "the course is sound")


def _print_claims(claims: "Iterator[Claim]", sound: str) -> None:
    """Print each claim as soon as it is checked, and exit with 0 if all hold, with 1 if not."""
    problems = 0
    for claim in claims:
        out.print("[red]✗[/]" if claim.problems else "[green]✓[/]", claim.text, highlight=False)
        for problem in claim.problems[:10]:
            out.print(f"    {problem}", markup=False, highlight=False)
        problems += len(claim.problems)
    out.print(f"{problems} problems" if problems else sound)
    raise typer.Exit(1 if problems else 0)


@app.command()
def release(
    out_path: Annotated[
        Path, typer.Argument(metavar="OUT", help="A folder or .zip; an existing one is updated.")
    ],
    check: Annotated[
        bool,
        typer.Option("--check", help="Check the bundle: install it, run it, look for leaks."),
    ] = False,
) -> None:
    """Build the bundle for learners: the course without solutions and withheld specs.

    If OUT is a folder with a learner's work in it, it is updated, and no work is lost.
    """
    from grader.platforms.colab import with_colab
    from grader.release.bundle import bundle, write_zip
    from grader.release.update import write_folder

    course = current_course()
    files = with_colab(course, bundle(course))
    if out_path.suffix == ".zip":
        write_zip(files, out_path)
    else:
        for kept in write_folder(files, out_path):
            err.print(Text(str(kept), style="yellow"), soft_wrap=True)
    out.print(f"{len(files)} files are in {out_path}", highlight=False, markup=False)
    if course.given:
        names = ", ".join(one.name for one in course.given)
        out.print(
            f"Finished in it, since what is taught builds on them: {names}",
            highlight=False,
            markup=False,
        )
    if check:
        from grader.checks.bundle_check import prove

        with err.status("proving"):
            _print_claims(prove(course, out_path), "the bundle holds what it should")


@app.command()
def fingerprint() -> None:
    """Record how each known mistake fails the specs, so that learners' mistakes are recognised."""
    from grader.checks.course_check import fingerprints_of

    with err.status("making each mistake"):
        for exercise in current_course().exercises:
            exercise.fingerprints.write_text(fingerprints_of(exercise), "utf-8")
            out.print(exercise.fingerprints, highlight=False, soft_wrap=True)


@app.command()
def doctor() -> None:
    """Show which sandbox layers this machine supports, or why there is no sandbox."""
    import numpy

    from grader.transport.worker_process import WorkerFailed, without_namespaces

    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    out.print(f"{system}, Python {platform.python_version()}, NumPy {numpy.__version__}")
    try:
        for layer in find_layers():
            out.print("[green]✓[/]", layer)
        if why := without_namespaces():
            out.print(Text(f"- namespaces are not available ({why}); they are not required"))
    except WorkerFailed as error:
        out.print("[red]✗[/]", Text(str(error)))
        out.print("Only the course's own solutions are judged here; other code needs --trusted.")
        raise typer.Exit(1) from None
    out.print("Submissions are judged in this sandbox.")


marks.register(app)
packages.register(app)
courses.register(app)


def main() -> None:
    """Run the command line. Errors of the grader itself exit with 2, never with 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # some consoles cannot encode ✓ or ★
    try:
        app()
    except SystemExit as end:
        if end.code != INTERRUPTED:
            raise
        err.print("grader: stopped; verdicts that are in a journal are kept", style="red")
        sys.exit(CANNOT)
    except CommandError as error:
        err.print(plain(f"grader: {error}"), style="red")
        sys.exit(CANNOT)
    except Exception:
        err.print_exception()
        sys.exit(CANNOT)
    finally:
        stop_early()
