"""The command ``grader grade``: judges submissions and writes the gradebook and reports."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

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

from grader.cli import grade_options as options
from grader.cli.grade_material import Material, read
from grader.cli.grade_request import (
    ClassLists,
    GradeRequest,
    Judging,
    Output,
    Unreadable,
    default_journal,
)
from grader.cli.options import (
    CANNOT,
    LimitOption,
    SecretOption,
    TrustedOption,
    err,
    numbers,
    settings_for,
    show,
    warn,
)
from grader.course.settings import follow_through_named
from grader.errors import CommandError, SubmissionError
from grader.files import write_atomically
from grader.gradebook import lateness, people, selection
from grader.gradebook.doubts.review import doubt_of
from grader.gradebook.journal import Journal, JournalError
from grader.gradebook.records.graded_class import GradedClass
from grader.gradebook.rows import GradebookEntry, Row, rounds, unjudged
from grader.judging.batch import judge_distinct
from grader.judging.judgement import JudgeConfig
from grader.judging.pool import Pool, cores, find_layers, pool_of, stop_early
from grader.messages.escaping import plain, printable
from grader.messages.language import ENGLISH, language_named
from grader.messages.listing import listed
from grader.reports import registry
from grader.reports.common.class_overview import Sources
from grader.reports.formats import json_file as json
from grader.reports.formats import terminal
from grader.reports.pseudonyms import pseudonymised
from grader.submissions.layouts.pattern import pattern_of
from grader.submissions.submission import Submission


def grade(
    path: options.PathArgument,
    exercise: options.ExerciseOption = "",
    roster: options.RosterOption = None,
    names: options.NamesOption = "",
    json_file: options.JsonOption = None,
    report: options.ReportOption = None,
    assignment: options.AssignmentOption = "",
    steps: options.StepsOption = 1,
    language: options.LanguageOption = ENGLISH,
    pseudonyms: options.PseudonymsOption = False,
    times: options.TimesOption = None,
    extensions: options.ExtensionsOption = None,
    follow_through: options.FollowThroughOption = "",
    journal: options.JournalOption = None,
    regrade: options.RegradeOption = None,
    section: options.SectionOption = None,
    published: options.PublishedOption = False,
    jobs: options.JobsOption = None,
    scheduler: options.SchedulerOption = "",
    limit: LimitOption = None,
    secret_file: SecretOption = None,
    trusted: TrustedOption = False,
    strict: options.StrictOption = False,
    as_class: options.ClassOption = None,
    unreadable: options.UnreadableOption = Unreadable.LEAVE,
    verbose: options.VerboseOption = False,
) -> None:
    """Judge a submission or a class, each submission in its own sandboxed process.

    Exit code 0 if all of core passed or, for a class, if every learner has a verdict; 1 if not, or
    if the class seems not to be the one that was meant; 2 if the grader could not do its job.
    """
    spoken = language_named(language, "--language")
    policy = follow_through_named(follow_through, "--follow-through") if follow_through else None
    limits, reports = numbers(limit or []), registry.parse(report or [], pseudonyms=pseudonyms)
    pattern = pattern_of(names) if names else None
    request = GradeRequest(
        path,
        True if (roster or names) and as_class is None else as_class,
        journal or default_journal(path),
        ClassLists(roster, times, extensions, section or (), pattern),
        Judging(exercise, limits, policy, secret_file, trusted, regrade or (), jobs, scheduler),
        Output(
            json_file,
            reports,
            assignment,
            steps,
            spoken,
            pseudonyms,
            published,
            strict,
            unreadable,
            verbose,
        ),
    )
    raise typer.Exit(carry_out(request))


def carry_out(request: GradeRequest) -> int:
    """Read the submissions, judge them, settle the marks and write the reports.

    Parameters
    ----------
    request : GradeRequest
        The options of the command.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    CommandError
        If the submissions, the course or a list cannot be read, or a report cannot be written.
    """
    start = time.monotonic()
    material = read(request)
    grade_all = _grade_class if material.collected.is_class else _grade_single
    rows, settings = grade_all(request, material)
    is_zero = request.output.unreadable is Unreadable.ZERO
    rows = [replace(row, unreadable_is_zero=is_zero) for row in rows]
    is_class = material.collected.is_class
    doubt = doubt_of(rows, has_roster=material.export is not None) if is_class else ""
    report(request, material, rows, settings.secret, start, withhold=bool(doubt))
    if doubt:
        formats = {one.format for one in request.output.reports} & set(registry.OF_A_PLATFORM)
        kept_back = f". No file for {listed(sorted(formats))} is written" if formats else ""
        warn(f"{request.path}: {doubt}{kept_back}")
    return _exit_code(rows, is_class=is_class, strict=request.output.strict) or int(bool(doubt))


def _grade_single(request: GradeRequest, material: Material) -> tuple[list[Row], JudgeConfig]:
    stop_early()
    settings = _settings(request, material)
    (entry,) = material.entries
    with err.status("collecting the specs") as status:
        submission = entry.pending.read()
        name = Text(printable(submission.name))
        alone = settings.judge(lambda line: err.print(Text.assemble(name, "  ", line, style="dim")))
        status.update(Text.assemble("judging ", name))
        verdict = alone.judge(submission)
    return [entry.row(verdict)], settings


def _grade_class(request: GradeRequest, material: Material) -> tuple[list[Row], JudgeConfig]:
    """Judge a class and settle its marks while holding the lock of its journal."""
    graded = material.graded_class(request)
    if not request.journal.exists():
        _check_left(request, graded)
    journal = Journal(request.journal, graded)
    with _interruptible(material.entries, journal), _judges(request.judging) as pool:
        probe = partial(pool.result_of, pool.warm_up())
        settings = _settings(request, material, probe)
        with journal, _progress() as progress:
            people.follow(journal, material.people, warn)
            judge(material, settings, pool, journal, material.regrade, progress)
            rows = settle(material, journal, request.output.published)
    selection.warn_of_lost(journal, material.names, warn)
    return rows, settings


def _check_left(request: GradeRequest, graded: GradedClass) -> None:
    """Refuse to begin without the marks of another journal, unless a new one was named."""
    try:
        people.check_nothing_is_left_behind(request.journal, graded)
    except JournalError as error:
        if request.is_journal_default:
            raise
        warn(str(error))


def judge(
    material: Material,
    settings: JudgeConfig,
    pool: Pool,
    journal: Journal,
    regrade: Collection[str],
    progress: Progress,
) -> None:
    """Judge the submissions that have no valid verdict, and add each new verdict to the journal.

    Parameters
    ----------
    material : Material
        The submissions of the class.
    settings : JudgeConfig
        The secret, limits and sandbox layers to judge with.
    pool : Pool
        The judges, local or on a cluster.
    journal : Journal
        The journal of the class, open.
    regrade : collection of str
        Names of submissions to judge again even if nothing changed.
    progress : Progress
        Display to which a task for the judging is added.
    """
    entries, conditions = material.entries, settings.conditions()
    *earlier, last = rounds(entries, material.course.deadlines.late)
    task = progress.add_task("judging", total=sum(map(len, [*earlier, last])))

    def fresh(attempts: list[GradebookEntry]) -> Iterator[Submission]:
        old = attempts is not last
        for submission in unjudged(attempts, journal, conditions, regrade, earlier=old):
            if submission is None:
                progress.advance(task)
            else:
                yield submission

    for attempts in (*earlier, last):
        for judgement in judge_distinct(fresh(attempts), settings, pool):
            journal.add(judgement.verdict, judgement.seconds)
            progress.advance(task)


def settle(material: Material, journal: Journal, published: bool) -> list[Row]:
    """Record lateness and the attempt that counts, and return the rows of the gradebook.

    Parameters
    ----------
    material : Material
        The entries of the class, with arrival times and extensions.
    journal : Journal
        The journal of the class, open, with a verdict for every entry.
    published : bool
        Whether to include published marks only.

    Returns
    -------
    list of Row
        In the order of the gradebook.
    """
    entries, deadlines = material.entries, material.course.deadlines
    people.record(journal, material.people)
    untimed = lateness.settle(journal, entries, material.arrivals, deadlines)
    lateness.warn_untimed(untimed, warn)
    return selection.rows_to_show(entries, journal, published, warn)


def report(
    request: GradeRequest,
    material: Material,
    rows: list[Row],
    secret: str,
    start: float,
    *,
    withhold: bool = False,
) -> None:
    """Print the gradebook, and write the JSON file and the reports.

    Parameters
    ----------
    request : GradeRequest
        The options of the command.
    material : Material
        The submissions, the roster and the course.
    rows : list of Row
        The gradebook.
    secret : str
        Key from which pseudonyms are computed.
    start : float
        Start of the command, as returned by `time.monotonic`.
    withhold : bool, default False
        Whether to write no file for a platform.
    """
    output, is_class, export = request.output, material.collected.is_class, material.export
    if export is not None and (request.lists.sections or output.published):
        export = selection.narrowed(export, rows)
    hashes = {row.verdict.name: row.verdict.submission for row in rows}
    if output.pseudonyms:
        rows = pseudonymised(rows, secret)
    show(
        terminal.render(
            rows, is_class=is_class, verbose=output.verbose, parts=material.course.parts
        )
    )
    if output.json_file is not None:
        _write(output.json_file, json.render(rows, material.course.parts))
    findings = registry.Findings(
        rows,
        is_class,
        export,
        output.assignment,
        output.steps,
        partial(_sources, [] if output.pseudonyms else material.entries, hashes),
        round(time.monotonic() - start),
        material.course,
        output.language,
        {one.pending.name: one.pending.uploads for one in material.entries},
    )
    reports = [
        one for one in output.reports if not (withhold and one.format in registry.OF_A_PLATFORM)
    ]
    for remark in registry.write(reports, findings):
        err.print(plain(remark), style="yellow", soft_wrap=True)
    if is_class and (found := terminal.render_review(rows)):
        err.print(found, soft_wrap=True)


def _settings(
    request: GradeRequest,
    material: Material,
    probe: Callable[[], tuple[str, ...]] = find_layers,
) -> JudgeConfig:
    judging, exercises = request.judging, material.collected.exercises
    return settings_for(
        request.path,
        material.course,
        exercises,
        material.limits,
        judging.secret_file,
        judging.trusted,
        probe,
    )


def _judges(judging: Judging) -> Pool:
    if not judging.scheduler:
        return pool_of(judging.jobs or len(cores()))
    from grader.judging.cluster import Cluster  # Dask, an optional dependency

    stop_early()
    return Cluster(judging.scheduler)


def _sources(entries: list[GradebookEntry], hashes: dict[str, str]) -> Sources:
    """Return the code of each submission with a row, by submission and by module.

    A submission that was changed since it was judged is left out.
    """
    submissions = (entry.pending.read() for entry in entries if entry.handed_in)
    return {
        submission.name: submission.sources
        for submission in submissions
        if hashes.get(submission.name) == submission.hash
    }


class Interrupted(CommandError):
    """The user pressed Ctrl-C while a class was judged."""


@contextmanager
def _interruptible(entries: list[GradebookEntry], journal: Journal) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        done = sum(entry.pending.name in journal.verdicts for entry in entries)
        raise Interrupted(
            f"stopped: {done} of {len(entries)} verdicts are in {journal.path}; "
            "run the same command again to continue from there"
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
        disable=not err.is_terminal,  # otherwise it writes an empty line to a file
    )


def _write(file: Path, text: str) -> None:
    try:
        write_atomically(file, f"{text}\n".encode(), follow_link=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SubmissionError(f"{file}: the gradebook cannot be written there: {reason}") from None


def _exit_code(rows: list[Row], *, is_class: bool, strict: bool) -> int:
    if any(row.verdict.has_grader_error for row in rows):
        return CANNOT
    if is_class and not strict:
        return 0
    return 0 if all(row.verdict.done for row in rows) else 1
