"""Feedback to one learner as Markdown: the promises that were kept and broken."""

from collections.abc import Iterator

from grader.gradebook.rows import Row
from grader.messages.language import say, tell
from grader.reports.common.adjustments import adjustments
from grader.reports.common.markdown import block, text
from grader.verdicts.causes import Cause, causes_of
from grader.verdicts.learner_view import command_for
from grader.verdicts.outcome_labels import OUTCOME_LABELS, stars, word
from grader.verdicts.verdict import ExerciseVerdict, SpecVerdict, Tier


def render_markdown(row: Row, steps: int = 1) -> str:
    """Return the feedback to one learner as Markdown.

    Parameters
    ----------
    row : Row
        Row of the learner.
    steps : int, default 1
        Maximum number of hints for each spec.
    """
    row = row.for_learner()
    verdict = row.verdict
    parts = [f"# {text(row.name)}", f"**{total_of(row)}**"]
    parts += [block(comment) for comment in row.comments_on()]
    for exercise in verdict.exercises:
        score = score_of(row, exercise)
        parts.append(f"## {text(exercise.name)}: {score} {stars(exercise)}".rstrip())
        parts += [text(reason) for reason in adjustments(row, exercise)]
        parts += [block(comment) for comment in row.comments_on(exercise.name)]
        if command := command_for(exercise, verdict):
            parts.append(f"{reproduced_by()} `{command}`")
        parts.append("\n".join(_items(exercise, steps)))
    # Notes on the row may name other learners; those on the verdict are about the files only.
    if verdict.notes:
        notes = (f"- {text(tell(note))}" for note in verdict.notes)
        parts.append("\n".join([f"## {say('Notes')}", "", *notes]))
    return "\n\n".join(parts) + "\n"


def points_of(points: float, most: int) -> str:
    """Return points and maximum points in words."""
    return say("{points} of {most} points", points=points, most=most)


def total_of(row: Row) -> str:
    """Return the points of a learner in words."""
    return say("excused") if row.is_all_excused else points_of(row.points, row.max_points)


def score_of(row: Row, exercise: ExerciseVerdict) -> str:
    """Return the points of a learner for an exercise in words."""
    if row.is_excused(exercise):
        return say("excused")
    by_hand = say(", set by hand") if row.is_set_by_hand(exercise) else ""
    return points_of(row.points_of(exercise), exercise.max_points) + by_hand


def reproduced_by() -> str:
    """Return the words before the command with which a learner reproduces what is told."""
    return say("Your own pytest shows the same values:")


def part_of(spec: SpecVerdict) -> str:
    """Return points and maximum points of a spec in words."""
    return say("{points} of {most}", points=spec.points, most=spec.max_points)


def _items(exercise: ExerciseVerdict, steps: int) -> Iterator[str]:
    causes = causes_of(exercise.specs)
    for cause in causes:
        if not cause.is_waiting:
            yield from _broken(cause, steps)
    for spec in exercise.specs:
        if spec.passed:
            yield f"- {_promise(spec)}"
    for cause in causes:
        if cause.is_waiting:
            mark, count = cause.first.outcome, len(cause.specs)
            all_of_it = f" ({say('{count} promises', count=count)})" if count > 1 else ""
            told = text(tell(cause.first.message))
            yield f"- {OUTCOME_LABELS[mark].symbol} {word(mark)}{all_of_it}: {told}"


def _broken(cause: Cause, steps: int) -> Iterator[str]:
    """Yield the promise that says most and why it is broken, then the others of the same cause."""
    yield f"- {_promise(cause.first)}"
    if tell(cause.first.message):
        yield f"\n{block(cause.first.told(steps), '  ')}\n"
    if cause.others:
        yield f"  {text(cause.tell_others())}\n"
        yield from (f"  - {_promise(spec)}" for spec in cause.others)


def _promise(spec: SpecVerdict) -> str:
    mark = OUTCOME_LABELS[spec.outcome]
    worth = f" ({part_of(spec)})" if spec.max_points else ""
    tier = f" *{say('stretch')}*" if spec.tier is Tier.STRETCH else ""
    return f"{mark.symbol} **{word(spec.outcome)}**{tier} {text(spec.promise)}{worth}"
