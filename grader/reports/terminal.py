"""Verdicts for the terminal."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grader.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier, Verdict

OUR_FAULT = "bold magenta"


def render(verdicts: Sequence[Verdict]) -> RenderableType:
    """Show verdicts: one submission in full, a class as a table.

    Parameters
    ----------
    verdicts : sequence of Verdict
        One for each submission.

    Returns
    -------
    rich.console.RenderableType
        To be printed on a `rich.console.Console`.
    """
    if len(verdicts) == 1:
        return _render_submission(verdicts[0])
    return _render_class(verdicts)


def _render_submission(verdict: Verdict) -> RenderableType:
    table = Table(title=Text(printable(verdict.name)), title_justify="left", show_footer=True)
    table.add_column("exercise", "total")
    table.add_column("core")
    table.add_column("stretch")
    table.add_column("points", f"{verdict.points} / {verdict.max_points}", justify="right")
    for exercise in verdict.exercises:
        core = exercise.of(Tier.CORE)
        kept = sum(spec.passed for spec in core)
        table.add_row(
            Text(exercise.name, "green" if exercise.done else ""),
            f"{kept} of {len(core)}" + (" ✓" if exercise.done else ""),
            _stars(exercise),
            f"{exercise.points} / {exercise.max_points}",
        )
    broken = [_render_broken(exercise) for exercise in verdict.exercises if not _clean(exercise)]
    return Group(*broken, table)


def _clean(exercise: ExerciseVerdict) -> bool:
    return all(spec.passed for spec in exercise.specs)


def _render_broken(exercise: ExerciseVerdict) -> RenderableType:
    """What is wrong in one exercise, and then, said once, what is not there yet."""
    parts: list[RenderableType] = [Rule(exercise.name, align="left", style="dim")]
    waiting: dict[str, int] = {}
    for spec in exercise.specs:
        if spec.outcome.is_waiting:
            line = f"{spec.outcome.value}  {spec.message}"
            waiting[line] = waiting.get(line, 0) + 1
        elif not spec.passed:
            parts.append(_render_failed(spec))
    for line, count in waiting.items():
        parts.append(_plain(f"{line}  ({count} specs)" if count > 1 else line))
    return Group(*parts, "")


def _render_failed(spec: SpecVerdict) -> RenderableType:
    style = OUR_FAULT if spec.outcome is Outcome.GRADER_ERROR else "red"
    head = Text.assemble(
        (spec.outcome.value, style),
        "  ",
        (spec.promise, "bold"),
        " (stretch)" if spec.tier is Tier.STRETCH else "",
    )
    return Group(head, Padding(_plain(spec.message), (0, 0, 0, 4), expand=False))


def _render_class(verdicts: Sequence[Verdict]) -> RenderableType:
    table = Table()
    table.add_column("submission")
    for exercise in verdicts[0].exercises:
        table.add_column(exercise.name.partition("_")[0], justify="right")
    table.add_column("points", justify="right")
    for verdict in verdicts:
        cells = [
            Text(
                f"{exercise.points}" + ("!" if exercise.has_grader_error else ""), _style(exercise)
            )
            for exercise in verdict.exercises
        ]
        table.add_row(
            Text(printable(verdict.name)), *cells, f"{verdict.points} / {verdict.max_points}"
        )
    if any(verdict.has_grader_error for verdict in verdicts):
        table.caption = "! the grader itself failed here; nothing was counted against anybody"
    return table


def _style(exercise: ExerciseVerdict) -> str:
    if exercise.has_grader_error:
        return OUR_FAULT
    return "green" if exercise.done else ""


def _stars(exercise: ExerciseVerdict) -> str:
    return "".join("★" if spec.passed else "☆" for spec in exercise.of(Tier.STRETCH))


def _plain(text: str) -> Text:
    """Text from a submission, which may have several lines and is never markup."""
    return Text("\n".join(map(printable, text.split("\n"))))


def printable(text: str) -> str:
    """One line of text from a stranger, safe for a terminal.

    Parameters
    ----------
    text : str
        Anything: it may hold control codes, line breaks, or halves of characters.

    Returns
    -------
    str
        The text, with a replacement character for what cannot be printed.
    """
    return "".join(
        c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text.expandtabs(4)
    )
