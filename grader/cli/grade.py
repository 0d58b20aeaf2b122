"""The command ``grader grade``: from what was handed in to the reports."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
from grader.cli.grade_request import ClassLists, GradeRequest, Judging, Output
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
from grader.gradebook import lateness, selection
from grader.gradebook.journal import Journal
from grader.gradebook.rows import GradebookEntry, Row, unjudged
from grader.judging.batch import judge_all
from grader.judging.judgement import JudgeConfig
from grader.judging.pool import Pool, cores, find_layers, pool_of, stop_early
from grader.messages.escaping import plain, printable
from grader.messages.language import ENGLISH, language_named
from grader.reports import registry
from grader.reports.formats import json_file as json
from grader.reports.formats import terminal
from grader.reports.pseudonyms import pseudonymised
from grader.submissions.class_folder import name_of
from grader.submissions.submission import Submission


def grade(
    path: options.PathArgument,
    exercise: options.ExerciseOption = "",
    roster: options.RosterOption = None,
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
) -> None:
    """Judge what was handed in, each submission in a sandboxed process of its own.

    Exit code 0 if all of core passed, or, for a class, if everybody has a verdict; 1 if not;
    2 if the grader could not do its job.
    """
    spoken = language_named(language, "--language")
    policy = follow_through_named(follow_through, "--follow-through") if follow_through else None
    limits, reports = numbers(limit or []), registry.parse(report or [], pseudonyms=pseudonyms)
    request = GradeRequest(
        path,
        True if roster and as_class is None else as_class,
        journal or Path(f"{name_of(path)}.journal"),
        ClassLists(roster, times, extensions, section or ()),
        Judging(exercise, limits, policy, secret_file, trusted, regrade or (), jobs, scheduler),
        Output(json_file, reports, assignment, steps, spoken, pseudonyms, published, strict),
    )
    raise typer.Exit(carry_out(request))


def carry_out(request: GradeRequest) -> int:
    """Read, judge, settle and report.

    Parameters
    ----------
    request : GradeRequest
        What was asked for.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    CommandError
        If it cannot be done.
    """
    start = time.monotonic()
    material = read(request)
    grade_all = _grade_class if material.collected.is_class else _grade_single
    found, settings = grade_all(request, material)
    report(request, material, found, settings.secret, start)
    is_class = material.collected.is_class
    return _exit_code(found, is_class=is_class, strict=request.output.strict)


def _grade_single(request: GradeRequest, material: Material) -> tuple[list[Row], JudgeConfig]:
    stop_early()
    settings = _settings(request, material)
    (seat,) = material.everybody
    with err.status("collecting the specs") as status:
        submission = seat.entry.read()
        name = Text(printable(submission.name))
        alone = settings.judge(lambda line: err.print(Text.assemble(name, "  ", line, style="dim")))
        status.update(Text.assemble("judging ", name))
        verdict = alone.judge(submission)
    return [seat.row(verdict)], settings


def _grade_class(request: GradeRequest, material: Material) -> tuple[list[Row], JudgeConfig]:
    """Judge a class with its journal held open, from the first verdict to the last decision."""
    journal = Journal(request.journal, request.path.resolve())
    with _interruptible(material.everybody, journal), _judges(request.judging) as pool:
        probe = partial(pool.result_of, pool.warm_up())
        settings = _settings(request, material, probe)
        with journal, _progress() as progress:
            judge(material, settings, pool, journal, request.judging.regrade, progress)
            found = settle(material, journal, request.output.published)
    selection.tell_of_lost(journal, material.names, warn)
    return found, settings


def judge(
    material: Material,
    settings: JudgeConfig,
    pool: Pool,
    journal: Journal,
    regrade: Sequence[str],
    progress: Progress,
) -> None:
    """Judge who has no verdict yet, and write each verdict down as soon as it is there.

    Parameters
    ----------
    material : Material
        What was handed in.
    settings : JudgeConfig
        What to judge with.
    pool : Pool
        The judges.
    journal : Journal
        Held open.
    regrade : sequence of str
        Who is judged again though nothing changed.
    progress : Progress
        Shows how far they are.
    """
    everybody, conditions = material.everybody, settings.conditions()
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


def settle(material: Material, journal: Journal, published: bool) -> list[Row]:
    """Write down what is late and which attempt counts, and make a row of each learner's marks.

    Parameters
    ----------
    material : Material
        What is known of the class.
    journal : Journal
        Held open; it has everybody's verdict.
    published : bool
        Whether only published marks are shown.

    Returns
    -------
    list of Row
        In the order of the gradebook.
    """
    everybody, deadlines = material.everybody, material.course.deadlines
    untimed = lateness.settle(journal, everybody, material.arrivals, deadlines)
    lateness.tell_untimed(untimed, warn)
    return selection.rows_to_show(everybody, journal, published, warn)


def report(
    request: GradeRequest, material: Material, found: list[Row], secret: str, start: float
) -> None:
    """Show the gradebook, and write what was asked for.

    Parameters
    ----------
    request : GradeRequest
        What was asked for.
    material : Material
        What was handed in.
    found : list of Row
        The gradebook.
    secret : str
        What pseudonyms are made of.
    start : float
        When the grader began, on the clock of `time.monotonic`.
    """
    output, is_class, export = request.output, material.collected.is_class, material.export
    if export is not None and (request.lists.sections or output.published):
        export = selection.narrowed(export, found)
    hashes = {row.verdict.name: row.verdict.submission for row in found}
    if output.pseudonyms:
        found = pseudonymised(found, secret)
    show(terminal.render(found, is_class=is_class))
    if output.json_file is not None:
        _write(output.json_file, json.render(found))
    findings = registry.Findings(
        found,
        is_class,
        export,
        output.assignment,
        output.steps,
        partial(_sources, [] if output.pseudonyms else material.everybody, hashes),
        round(time.monotonic() - start),
        material.course,
        output.language,
    )
    for remark in registry.write(output.reports, findings):
        err.print(plain(remark), style="yellow", soft_wrap=True)


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
        disable=not err.is_terminal,  # else it ends with an empty line in a file
    )


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
