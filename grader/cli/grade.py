"""The command ``grader grade``: from what was handed in to the reports."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from grader.cli.options import (
    CANNOT,
    LimitOption,
    SecretOption,
    TrustedOption,
    err,
    numbers,
    out,
    settings_for,
    warn,
)
from grader.course.settings import current_course, follow_through_named
from grader.errors import CommandError, RosterError, SubmissionError
from grader.files import write_atomically
from grader.gradebook import selection as showing
from grader.gradebook.journal import Journal, JournalError
from grader.gradebook.lateness import has_times, read_arrivals, settle, tell_untimed
from grader.gradebook.rows import GradebookEntry, Row, check_names, entries_of, unjudged
from grader.judging.batch import judge_all
from grader.judging.follow_through import check_reference
from grader.judging.judgement import JudgeConfig
from grader.judging.pool import Pool, cores, pool_of, stop_early
from grader.messages.escaping import plain, printable
from grader.messages.language import ENGLISH, language_named
from grader.reports import registry as writing
from grader.reports.formats import json_file as json
from grader.reports.formats import terminal
from grader.reports.pseudonyms import pseudonymised
from grader.roster.roster import read_export
from grader.submissions.class_folder import PendingSubmission, collect, name_of
from grader.submissions.submission import Submission


def grade(
    path: Annotated[Path, typer.Argument(help="A submission, or a class of them.")],
    exercise: Annotated[str, typer.Option(help="Judge this exercise only.")] = "",
    roster: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Who is in the class: names, sections, ids.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the gradebook there too.")
    ] = None,
    report: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT=PATH",
            help=f"Write a report: {', '.join(writing.FORMATS)}; may be repeated.",
        ),
    ] = None,
    assignment: Annotated[
        str, typer.Option(metavar="TITLE", help="What Canvas or Moodle call it; or its id.")
    ] = "",
    steps: Annotated[
        int, typer.Option(min=0, help="Steps of help in what learners are handed back.")
    ] = 1,
    language: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Of what learners are handed back, unless the roster says so."
        ),
    ] = ENGLISH,
    pseudonyms: Annotated[
        bool, typer.Option("--pseudonyms", help="Other names, which only your secret can tell.")
    ] = False,
    times: Annotated[
        Path | None, typer.Option(metavar="CSV", help="When everybody handed in: names and times.")
    ] = None,
    extensions: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Who may hand in later: names and `until`.")
    ] = None,
    follow_through: Annotated[
        str,
        typer.Option(
            metavar="POLICY",
            help="Try what fails again on top of the reference: off, report or count.",
            show_default="as the course says",
        ),
    ] = "",
    journal: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where verdicts are kept.", show_default="CLASS.journal"),
    ] = None,
    regrade: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Judge her again; may be repeated.")
    ] = None,
    section: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="This section of the roster only; may be repeated."),
    ] = None,
    published: Annotated[
        bool, typer.Option("--published", help="Show what `grader publish` has published only.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Judges at work.", show_default="one for each core")
    ] = None,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Judge a class on the Dask cluster there.")
    ] = "",
    limit: LimitOption = None,
    secret_file: SecretOption = None,
    trusted: TrustedOption = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="For a class: exit with 1 unless all are done.")
    ] = False,
    as_class: Annotated[
        bool | None,
        typer.Option("--class/--single", help="Which of both it is.", show_default="found out"),
    ] = None,
) -> None:
    """Judge what was handed in, each submission in a sandboxed process of its own.

    Exit code 0 if all of core passed, or, for a class, if everybody has a verdict; 1 if not;
    2 if the grader could not do its job.
    """
    course = current_course()
    spoken = language_named(language, "--language")
    if follow_through:
        policy = follow_through_named(follow_through, "--follow-through")
        course = replace(course, follow_through=policy)
    if course.follow_through != "off":
        check_reference(course)
    limits = course.limits.changed(numbers(limit or []))
    only = course.named(exercise) if exercise else None
    export = read_export(roster) if roster else None
    learners = tuple(export.learners.values()) if export else None
    collected = collect(path, course, limits, only, True if roster else as_class)
    journal = journal or Path(f"{name_of(path)}.journal")
    if section and export is None:
        raise RosterError("--section is one of the roster; name that with --roster")
    if (section or published or times or extensions) and not collected.is_class:
        raise SubmissionError(
            "--section, --published, --times and --extensions are for a class; this is one "
            "submission"
        )
    start = time.monotonic()
    read = [one for one in (path, journal, roster, times, extensions, secret_file) if one]
    inputs = [*read, json_file] if json_file else read
    wanted = writing.parse(report or [], is_class=collected.is_class, pseudonyms=pseudonyms)
    writing.check(wanted, export, assignment, inputs)
    _check_writable(json_file, read)
    if scheduler and not collected.is_class:
        raise SubmissionError(
            f"--scheduler {scheduler}: a cluster judges a class; leave it out, or say --class"
        )
    if collected.is_class:
        kept = _journal(journal, path)
        everybody = entries_of(collected, learners)
        known = {seat.entry.name for seat in everybody}
        if section:
            everybody = showing.of_sections(everybody, section, warn)
        check_names(everybody, regrade or [])
        times = times or (roster if has_times(export) and course.deadlines.due else None)
        arrivals = read_arrivals(times, extensions, everybody, course, warn)
        judges = _cluster(scheduler) if scheduler else pool_of(jobs or len(cores()))
        with _interruptible(everybody, kept), judges as pool:
            probe = partial(pool.result_of, pool.warm_up())
            settings = settings_for(
                path, course, collected.exercises, limits, secret_file, trusted, probe
            )
            settle_all = partial(settle, kept, everybody, arrivals, course.deadlines)
            found = _grade_class(
                everybody, settings, kept, regrade or [], pool, published, settle_all
            )
        showing.tell_of_lost(kept, known, warn)
    else:
        stop_early()
        settings = settings_for(path, course, collected.exercises, limits, secret_file, trusted)
        everybody = [GradebookEntry(collected.entries[0])]
        found = [_grade_single(collected.entries[0], settings)]
    if export is not None and (section or published):
        export = showing.narrowed(export, found)
    hashes = {row.verdict.name: row.verdict.submission for row in found}
    if pseudonyms:
        found = pseudonymised(found, settings.secret)

    out.print(terminal.render(found, is_class=collected.is_class))
    if json_file is not None:
        _write(json_file, json.render(found))
    sources = partial(_sources, [] if pseudonyms else everybody, hashes)
    seconds = round(time.monotonic() - start)
    findings = writing.Findings(
        found,
        collected.is_class,
        export,
        assignment,
        steps,
        sources,
        seconds,
        course,
        spoken,
    )
    for remark in writing.write(wanted, findings):
        err.print(plain(remark), style="yellow", soft_wrap=True)
    raise typer.Exit(_exit_code(found, is_class=collected.is_class, strict=strict))


def _cluster(scheduler: str) -> Pool:
    from grader.judging.cluster import Cluster

    stop_early()
    return Cluster(scheduler)


def _grade_single(entry: PendingSubmission, settings: JudgeConfig) -> Row:
    with err.status("collecting the specs") as status:
        submission = entry.read()
        name = Text(printable(submission.name))
        judge = settings.judge(lambda line: err.print(Text.assemble(name, "  ", line, style="dim")))
        status.update(Text.assemble("judging ", name))
        verdict = judge.judge(submission)
    return GradebookEntry(entry).row(verdict)


def _grade_class(
    everybody: list[GradebookEntry],
    settings: JudgeConfig,
    journal: Journal,
    regrade: list[str],
    pool: Pool,
    published: bool,
    settle_all: Callable[[], list[str]],
) -> list[Row]:
    """Judge who has no verdict yet, and write each verdict down as soon as it is there."""
    conditions = settings.conditions()
    with journal, _progress() as progress:
        task = progress.add_task("judging", total=len(everybody))

        def fresh() -> Iterator[Submission]:
            for submission in unjudged(everybody, journal, conditions, regrade):
                if submission is None:
                    progress.advance(task)
                else:
                    yield submission

        for judgement in judge_all(fresh(), settings, pool):
            journal.add(judgement.verdict, judgement.seconds)
            progress.advance(task)
        tell_untimed(settle_all(), warn)
        return showing.rows_to_show(everybody, journal, published, warn)


def _sources(everybody: list[GradebookEntry], hashes: dict[str, str]) -> dict[str, dict[str, str]]:
    """The code of each submission that a row is about, as tracebacks name its parts."""
    submissions = (seat.entry.read() for seat in everybody if seat.handed_in)
    return {
        submission.name: {
            Path(name).name: text
            for source in submission.sources.values()
            for name, text in source.parts().items()
        }
        for submission in submissions
        if hashes.get(submission.name) == submission.hash
    }


def _journal(file: Path, path: Path) -> Journal:
    if file.resolve().is_relative_to(path.resolve()):
        raise JournalError(
            f"{file} would lie inside the class; say with --journal where else it is to be"
        )
    return Journal(file, path.resolve())


class Interrupted(CommandError):
    """Somebody pressed Ctrl-C."""


@contextmanager
def _interruptible(everybody: list[GradebookEntry], journal: Journal) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        done = sum(seat.entry.name in journal.verdicts for seat in everybody)
        raise Interrupted(
            f"stopped: {done} of {len(everybody)} verdicts are in {journal.path}; "
            "the same command goes on from there"
        ) from None


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    )


def _check_writable(file: Path | None, others: list[Path]) -> None:
    """Find out before the work is done whether its result has a place of its own."""
    if file is None:
        return
    if any(other.resolve() == file.resolve() for other in others):
        raise SubmissionError(f"{file} is named twice; --json needs a file of its own")
    if file.is_dir():
        raise SubmissionError(f"{file} is a folder; --json needs the name of a file")
    if not file.parent.is_dir():
        raise SubmissionError(f"{file}: the folder {file.parent} does not exist")


def _write(file: Path, text: str) -> None:
    try:
        write_atomically(file, f"{text}\n".encode(), follow_link=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SubmissionError(f"{file}: the gradebook cannot be written there: {reason}") from None


def _exit_code(found: list[Row], *, is_class: bool, strict: bool) -> int:
    if any(row.verdict.has_grader_error for row in found):
        return CANNOT
    if is_class and not strict:
        return 0
    return 0 if all(row.verdict.done for row in found) else 1
