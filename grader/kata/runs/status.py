"""The status of each exercise, for `kata list`, and where a learner is in the whole course."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text

from grader.course.course import Exercise, Part, by_part
from grader.course.modules import minutes_of
from grader.kata.runs.wording import tell_done, tell_kept
from grader.messages.language import say
from grader.verdicts.verdict import ExerciseVerdict, Tier

BAR = 20
"""Columns of the bar over all exercises."""


@dataclass(frozen=True)
class ExerciseStatus:
    """Status of one exercise.

    Attributes
    ----------
    exercise : Exercise
        An exercise of the learner's course.
    verdict : ExerciseVerdict or None
        Its verdict; None if it has not been run in its current state.
    borrowed : bool
        Whether the reference solution replaces the learner's work.
    """

    exercise: Exercise
    verdict: ExerciseVerdict | None
    borrowed: bool

    @property
    def points(self) -> int:
        """Points earned: none for a borrowed exercise."""
        return self.verdict.points if self.verdict and not self.borrowed else 0

    def sentence(self) -> str:
        """Return the status as one sentence."""
        if self.verdict is None:
            return say("{name}: not looked at yet", name=self.exercise.name)
        if self.verdict.done:
            return tell_done(self.verdict, borrowed=self.borrowed)
        told, minutes = tell_kept(self.exercise, self.verdict), minutes_of(self.exercise)
        return (
            say("{told}, about {minutes} minutes", told=told, minutes=minutes) if minutes else told
        )

    def cells(self) -> tuple[Text, ...]:
        """Return the status as a row of the table: name, done, stars, points, minutes."""
        name, verdict = Text(self.exercise.name), self.verdict
        minutes = Text(f"{minutes_of(self.exercise) or ''}", "dim")
        if verdict is None:
            return (name, Text("..."), Text(), Text(), minutes)
        core = verdict.of(Tier.CORE)
        kept = sum(spec.passed for spec in core)
        done = say("{kept} of {count}", kept=kept, count=len(core))
        if verdict.done:
            done = say("borrowed") if self.borrowed else say("done")
            name.stylize("yellow" if self.borrowed else "green")
        stars = "" if self.borrowed else stars_of(verdict)
        points = Text(f"{self.points} / {verdict.max_points}")
        return (name, Text(done), Text(stars), points, minutes)


@dataclass(frozen=True)
class Standing:
    """Where a learner is in the whole course.

    Attributes
    ----------
    done, count : int
        Number of exercises that are known to be done, and of all.
    minutes : int or None
        Minutes that the current exercise takes; None if there is none, or if its lesson does not
        say.
    """

    done: int
    count: int
    minutes: int | None = None

    def sentence(self) -> str:
        """Return it as one sentence."""
        told = say("{done} of {count} exercises done", done=self.done, count=self.count)
        if self.minutes is None:
            return told
        return say(
            "{told}; this one takes about {minutes} minutes", told=told, minutes=self.minutes
        )

    def bar(self, width: int) -> Text:
        """Return a bar over all exercises, followed by the sentence if it fits `width`."""
        cells = min(BAR, width)
        full = cells * self.done // self.count
        bar = Text.assemble(("━" * full, "green"), ("━" * (cells - full), "bright_black"))
        told = Text(f"  {self.sentence()}", "dim")
        return bar + told if cells + told.cell_len <= width else bar


def standing_of(statuses: Sequence[ExerciseStatus], current: Exercise | None) -> Standing:
    """Return where a learner is, whose current exercise is `current`."""
    done = sum(one.verdict is not None and one.verdict.done for one in statuses)
    return Standing(done, len(statuses), minutes_of(current) if current else None)


def stars_of(verdict: ExerciseVerdict) -> str:
    """Return a star for each stretch promise, filled if it is kept."""
    return "".join("★" if spec.passed else "☆" for spec in verdict.of(Tier.STRETCH))


def tell_total(statuses: Sequence[ExerciseStatus]) -> str:
    """Return the total of points and of done exercises, as one sentence."""
    known = [one.verdict for one in statuses if one.verdict]
    return say(
        "{points} of {most} points, {done} of {count} exercises done.",
        points=sum(one.points for one in statuses),
        most=sum(verdict.max_points for verdict in known),
        done=sum(verdict.done for verdict in known),
        count=len(statuses),
    )


def tell_part(part: Part, statuses: Sequence[ExerciseStatus]) -> str:
    """Return number and title of a part, and its total if all verdicts are known."""
    told = say("Part {number}, {title}", number=part.number, title=part.title)
    if not all(one.verdict for one in statuses):
        return told
    return say("{part}: {total}", part=told, total=tell_total(statuses))


def table_of(statuses: Sequence[ExerciseStatus], parts: Sequence[Part] = ()) -> Group:
    """Return the status of all exercises as a table without borders.

    The exercises of each part are below its title. The total is below the table, if all verdicts
    are known.
    """
    headings = (say("exercise"), say("done"), say("stars"), say("points"), say("minutes"))
    rows = {one.exercise: one.cells() for one in statuses}  # each reads the head of a lesson
    widths = [
        max(cell_len(heading), *(row[column].cell_len for row in rows.values()))
        for column, heading in enumerate(headings)
    ]
    shown: list[Table | Text] = []
    for part, members in _groups(statuses, parts):
        if part:
            shown.append(Text(("\n" if shown else "") + tell_part(part, members), "bold"))
        table = Table(box=None, pad_edge=False, header_style="dim", show_header=len(shown) < 2)
        for heading, width in zip(headings, widths, strict=True):
            is_number = heading in headings[3:]
            table.add_column(heading, width=width, justify="right" if is_number else "left")
        for status in members:
            table.add_row(*rows[status.exercise])
        shown.append(table)
    if all(one.verdict for one in statuses):
        shown.append(Text(f"\n{tell_total(statuses)}"))
    return Group(*shown)


def tell_statuses(statuses: Sequence[ExerciseStatus], parts: Sequence[Part] = ()) -> list[str]:
    """Return the status of all exercises as sentences, for screen readers.

    The sentences of each part follow its title. The total is the last sentence, if all verdicts
    are known.
    """
    lines: list[str] = []
    for part, members in _groups(statuses, parts):
        lines += [tell_part(part, members)] if part else []
        lines += [status.sentence() for status in members]
    return [*lines, tell_total(statuses)] if all(one.verdict for one in statuses) else lines


def _groups(
    statuses: Sequence[ExerciseStatus], parts: Sequence[Part]
) -> Sequence[tuple[Part | None, list[ExerciseStatus]]]:
    """Group the exercises by part; all are in one group if the course has no parts."""
    return by_part(statuses, parts, lambda one: one.exercise.name) or [(None, list(statuses))]
