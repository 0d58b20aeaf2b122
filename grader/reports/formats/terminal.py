"""The gradebook as tables and text for the terminal, where the instructor reads the hidden run."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.course.course import Part, by_part
from grader.gradebook.doubts.review import is_routine, ordered
from grader.gradebook.rows import Row
from grader.messages.escaping import plain, printable
from grader.reports.common.adjustments import follow_through_legend, other_mark
from grader.verdicts.causes import causes_of
from grader.verdicts.learner_view import differs_for_learner
from grader.verdicts.outcome_labels import BY_HAND, EXCUSED, OUR_FAULT, OUTCOME_LABELS, stars
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

MAX_NOTES = 30


def render(
    rows: Sequence[Row], *, is_class: bool, verbose: bool = False, parts: Sequence[Part] = ()
) -> RenderableType:
    """Return one submission in full, or a class as a table.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    is_class : bool
        Whether to return a table, even for a class of one.
    verbose : bool, default False
        Whether the notes on a class include routine, such as a magic that is ignored.
    parts : sequence of Part, default ()
        Parts of the course, each of which gets a total.

    Returns
    -------
    rich.console.RenderableType
        Content to print with `rich.console.Console.print`.
    """
    return _render_class(rows, verbose, parts) if is_class else _render_submission(rows[0], parts)


def render_review(rows: Sequence[Row]) -> RenderableType | None:
    """Return the list of the rows that a person should look at; None if there are none.

    Parameters
    ----------
    rows : sequence of Row
        Rows of a class.
    """
    found = ordered(rows)
    lines = [f"  {printable(rows[number].name)}: {why}" for number, why in found[:MAX_NOTES]]
    if len(found) > MAX_NOTES:
        lines.append(f"  and {len(found) - MAX_NOTES} more, in --json")
    return Text("\n".join([f"needs your eye ({len(found)}):", *lines])) if found else None


def _render_submission(row: Row, parts: Sequence[Part]) -> RenderableType:
    verdict = row.verdict
    table = Table(title=Text(printable(verdict.name)), title_justify="left", show_footer=True)
    table.add_column("exercise", "total")
    table.add_column("core")
    table.add_column("stretch")
    table.add_column("points", f"{row.points} / {row.max_points}", justify="right")
    groups = by_part(verdict.exercises, parts)
    for part, members in groups:
        table.add_row(Text(printable(f"part {part.number}: {part.title}"), "bold"))
        for exercise in members:
            table.add_row(*_line(row, exercise))
        table.add_row("total", "", "", _total(row, members), end_section=True)
    for exercise in () if groups else verdict.exercises:
        table.add_row(*_line(row, exercise))
    table.caption = "\n".join(follow_through_legend([row])) or None
    broken = [_render_broken(exercise) for exercise in verdict.exercises if not _clean(exercise)]
    notes = [Text(f"note: {printable(note)}", "dim") for note in map(str, row.notes)]
    return Group(*broken, table, *notes)


def _line(row: Row, exercise: ExerciseVerdict) -> tuple[RenderableType, ...]:
    """Return the cells of an exercise in the table of one submission."""
    core = exercise.of(Tier.CORE)
    kept = sum(spec.passed for spec in core)
    points = f"{row.points_of(exercise)}{_sign(row, exercise)} / {exercise.max_points}"
    return (
        Text(exercise.name, "green" if exercise.done else ""),
        f"{kept} of {len(core)}" + (" ✓" if exercise.done else ""),
        stars(exercise),
        EXCUSED if row.is_excused(exercise) else points,
    )


def _total(row: Row, exercises: Sequence[ExerciseVerdict]) -> str:
    """Return points and maximum of some exercises, or that the learner is excused from all."""
    points, most = row.total_of(exercises)
    return EXCUSED if all(map(row.is_excused, exercises)) else f"{points} / {most}"


def _clean(exercise: ExerciseVerdict) -> bool:
    return all(spec.passed for spec in exercise.specs)


def _render_broken(exercise: ExerciseVerdict) -> RenderableType:
    """Return each reason why specs did not pass, once, with the promises that it breaks."""
    parts: list[RenderableType] = [Rule(exercise.name, align="left", style="dim")]
    for cause in causes_of(exercise.specs):
        if cause.is_waiting:
            line = f"{_mark(cause.first)}  {cause.first.message}{_inputs(cause.first)}"
            parts.append(plain(f"{line}  ({len(cause.specs)} specs)" if cause.others else line))
            continue
        parts.append(render_spec(cause.first))
        if cause.others:
            listed = (f"  {spec.promise}{_tier(spec)}{_inputs(spec)}" for spec in cause.others)
            told = plain("\n".join([cause.tell_others(), *listed]))
            parts.append(Padding(told, (0, 0, 0, 4), expand=False))
    return Group(*parts, "")


def render_spec(spec: SpecVerdict) -> RenderableType:
    """Return the verdict on one spec for printing with `rich.console.Console.print`."""
    style = "green" if spec.passed else "red"
    if spec.outcome is Outcome.GRADER_ERROR:
        style = OUR_FAULT
    head = Text.assemble(
        (_mark(spec), style),
        "  ",
        (spec.promise, "bold"),
        _tier(spec),
        (_inputs(spec), "dim"),
    )
    return Group(head, Padding(plain(spec.told()), (0, 0, 0, 4), expand=False))


def _tier(spec: SpecVerdict) -> str:
    return " (stretch)" if spec.tier is Tier.STRETCH else ""


def _inputs(spec: SpecVerdict) -> str:
    """Say that the learner reads something else, which was found with the public inputs."""
    return " (with the hidden inputs)" if differs_for_learner(spec) else ""


def _mark(spec: SpecVerdict) -> str:
    label = OUTCOME_LABELS[spec.outcome]
    return f"{label.symbol} {label.word}"


def _render_class(rows: Sequence[Row], verbose: bool, parts: Sequence[Part]) -> RenderableType:
    """Return a table for each part, so that each fits a terminal; the last has the total."""
    groups = by_part(rows[0].verdict.exercises, parts)
    tables = [_class_table(rows, part, is_last=part == groups[-1][0]) for part, _ in groups]
    tables = tables or [_class_table(rows, None, is_last=True)]
    tables[-1].caption = "\n".join(_legend(rows)) or None
    return Group(*tables, *_render_notes(rows, verbose))


def _class_table(rows: Sequence[Row], part: Part | None, is_last: bool) -> Table:
    """Return the points of a class in a part of the course, or in all of it."""
    table = Table(title_justify="left")
    table.add_column("learner")
    with_sections = any(row.section for row in rows)
    if with_sections:
        table.add_column("section")
    for exercise in _of_part(rows[0], part):
        table.add_column(exercise.name.partition("_")[0], justify="right")
    if part:
        table.title = Text(printable(f"part {part.number}: {part.title}"), "bold")
        table.add_column(f"part {part.number}", justify="right")
    if is_last:
        table.add_column("points", justify="right")
    for row in rows:
        exercises = _of_part(row, part)
        cells = [_cell(row, exercise) for exercise in exercises]
        cells += [Text(_total(row, exercises), "bold")] if part else []
        cells += [Text(_total(row, row.verdict.exercises))] if is_last else []
        section = [Text(printable(row.section))] if with_sections else []
        table.add_row(Text(printable(row.name)), *section, *cells)
    return table


def _of_part(row: Row, part: Part | None) -> Sequence[ExerciseVerdict]:
    exercises = row.verdict.exercises
    return part.members(exercises) if part else exercises


def _legend(rows: Sequence[Row]) -> Iterator[str]:
    if any(row.verdict.has_grader_error for row in rows):
        yield "! the grader itself failed here; nothing was counted against anybody"
    if any(row.is_set_by_hand(exercise) for row in rows for exercise in row.verdict.exercises):
        yield f"{BY_HAND} set by hand"
    if any(row.excused for row in rows):
        yield f"{EXCUSED} excused, and so not counted"
    yield from follow_through_legend(rows)


def _cell(row: Row, exercise: ExerciseVerdict) -> Text:
    if row.is_excused(exercise):
        return Text(EXCUSED, "dim")
    return Text(f"{row.points_of(exercise)}{_sign(row, exercise)}", _style(exercise))


def _sign(row: Row, exercise: ExerciseVerdict) -> str:
    by_hand = BY_HAND if row.is_set_by_hand(exercise) else ""
    return f"{by_hand}{other_mark(row, exercise)}{'!' if exercise.has_grader_error else ''}"


def _render_notes(rows: Sequence[Row], verbose: bool) -> list[Text]:
    """Return the notes, one line per row and at most `MAX_NOTES`; routine only if `verbose`."""
    noted = []
    for row in rows:
        reasons = _reasons(row)
        notes = [str(note) for note in row.notes if verbose or not is_routine(note)]
        reasons = [note for note in notes if note not in "".join(reasons)] + reasons
        if reasons:
            noted.append(Text(f"{printable(row.name)}: {printable('; '.join(reasons))}", "dim"))
    if len(noted) > MAX_NOTES:
        noted[MAX_NOTES:] = [Text(f"and {len(noted) - MAX_NOTES} more, in --json", "dim")]
    if rows and not rows[0].verdict.conditions.sandbox:
        noted.append(Text("judged without the sandbox", "yellow"))
    return noted


def _reasons(row: Row) -> list[str]:
    """Return why no spec of a submission was judged, if the reason is the same for all."""
    specs = [spec for exercise in row.verdict.exercises for spec in exercise.specs]
    messages = {str(spec.message) for spec in specs}
    unjudged = all(spec.outcome is Outcome.NOT_STARTED for spec in specs)
    return list(messages) if unjudged and len(messages) == 1 else []


def _style(exercise: ExerciseVerdict) -> str:
    if exercise.has_grader_error:
        return OUR_FAULT
    return "green" if exercise.done else ""
