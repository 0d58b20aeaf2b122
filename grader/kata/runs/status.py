"""The status of each exercise, for `kata list`."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from grader.course.course import Exercise
from grader.kata.runs.wording import tell_done, tell_kept
from grader.messages.language import say
from grader.verdicts.verdict import ExerciseVerdict, Tier


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
        return tell_kept(self.exercise, self.verdict)

    def cells(self) -> tuple[Text, ...]:
        """Return the status as a row of the table: name, done, stars, points."""
        name, verdict = Text(self.exercise.name), self.verdict
        if verdict is None:
            return (name, Text("..."), Text(), Text())
        core = verdict.of(Tier.CORE)
        kept = sum(spec.passed for spec in core)
        done = say("{kept} of {count}", kept=kept, count=len(core))
        if verdict.done:
            done = say("borrowed") if self.borrowed else say("done")
            name.stylize("yellow" if self.borrowed else "green")
        stars = "" if self.borrowed else stars_of(verdict)
        return (name, Text(done), Text(stars), Text(f"{self.points} / {verdict.max_points}"))


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


def table_of(statuses: Sequence[ExerciseStatus]) -> Table:
    """Return the status of all exercises as a table without borders.

    The total is below the table, if all verdicts are known.
    """
    table = Table(box=None, pad_edge=False, header_style="dim", caption_justify="left")
    for heading in (say("exercise"), say("done"), say("stars")):
        table.add_column(heading)
    table.add_column(say("points"), justify="right")
    for status in statuses:
        table.add_row(*status.cells())
    if all(one.verdict for one in statuses):
        table.caption = Text(f"\n{tell_total(statuses)}")
    return table


def tell_statuses(statuses: Sequence[ExerciseStatus]) -> list[str]:
    """Return the status of all exercises as sentences, for screen readers.

    The total is the last sentence, if all verdicts are known.
    """
    lines = [status.sentence() for status in statuses]
    return [*lines, tell_total(statuses)] if all(one.verdict for one in statuses) else lines
