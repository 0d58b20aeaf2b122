"""Content of the screen: lines of text, for terminals and screen readers.

Every line says in words what it is about; colour only makes it easier to find.
"""

from dataclasses import dataclass

from rich.text import Text

from grader.course.course import Exercise
from grader.course.modules import lesson_file
from grader.kata.runs.status import Standing
from grader.kata.runs.wording import tell_kept
from grader.messages.escaping import plain, printable
from grader.messages.language import say, tell
from grader.messages.wrapping import columns
from grader.verdicts.causes import causes_of
from grader.verdicts.outcome_labels import OUR_FAULT, label_of
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

Lines = list[Text]

LABEL = 10
"""Columns of the label at the beginning of a line, as in the messages of specs."""

MOST_PRINTED = 6
"""Maximum number of lines shown of what the learner's code printed: the last ones."""

MOST_LISTED = 5
"""Maximum number of promises listed that break for the same reason as the one that is shown."""


@dataclass(frozen=True)
class View:
    """Everything that a screen shows.

    Attributes
    ----------
    exercise : Exercise or None
        The current exercise; None if all are done.
    verdict : ExerciseVerdict or None
        Its verdict; None while it is not known.
    steps : int
        Number of hints that the learner has asked for.
    notes : tuple of str
        What has just happened, such as an exercise that is now done.
    answer : str
        Answer to the last key, if there is one.
    progress : tuple of str
        Lines of progress of a long run.
    program : str
        What was called as Python; shown in place of what is broken, unless it is empty.
    standing : Standing, optional
        Where the learner is in the whole course.
    """

    exercise: Exercise | None
    verdict: ExerciseVerdict | None = None
    steps: int = 0
    notes: tuple[str, ...] = ()
    answer: str = ""
    progress: tuple[str, ...] = ()
    program: str = ""
    standing: Standing | None = None


@dataclass(frozen=True)
class Screenful:
    """Lines in three parts, of which the middle is cut if they do not fit the screen.

    Attributes
    ----------
    top, middle, bottom : list of rich.text.Text
        The lines.
    command : str
        The command that prints all of the middle.
    standing : Standing, optional
        Where the learner is in the whole course, which every screen shows in its own way.
    """

    top: Lines
    middle: Lines
    bottom: Lines
    command: str = "kata run"
    standing: Standing | None = None


def focus(verdict: ExerciseVerdict) -> SpecVerdict | None:
    """Return the one promise that the learner should look at next.

    Returns
    -------
    SpecVerdict or None
        That of the first cause, as in `grader.verdicts.causes.causes_of`; None if all are kept.
    """
    causes = causes_of(verdict.specs)
    return causes[0].first if causes else None


def frame_of(view: View) -> Screenful:
    """Lay out a view as lines."""
    bottom: Lines = []
    middle: Lines = []
    if view.program:
        lines = [Text(printable(line)) for line in view.program.splitlines()]
        return Screenful(_top(view), lines, [], "kata try", view.standing)
    if view.verdict and not view.progress:
        spec = focus(view.verdict)
        if spec:
            middle = _why(spec)
            # Hints come last: a new one only adds lines, so no line before it is read out again.
            bottom = [*_printed(spec), *_others(view.verdict), *_help(spec, view.steps)]
    bottom += [Text(printable(line)) for line in view.progress]
    if view.answer:
        bottom += [Text(), Text(view.answer, "cyan")]
    return Screenful(_top(view), middle, bottom, standing=view.standing)


def _top(view: View) -> Lines:
    notes = [Text(note, "green") for note in view.notes]
    if notes:
        notes.append(Text())
    if view.exercise is None:
        return notes
    lesson, stub = (
        path.relative_to(view.exercise.root).as_posix()
        for path in (lesson_file(view.exercise), view.exercise.stub)
    )
    head = Text(tell_kept(view.exercise, view.verdict), "bold")
    paths = [Text(lesson, "dim")] if _is_new(view.verdict) else []
    return [*notes, head, *paths, Text(stub, "dim"), Text()]


def _is_new(verdict: ExerciseVerdict | None) -> bool:
    """Return whether nothing is written yet, so that the lesson has to be read first."""
    return verdict is not None and all(spec.outcome.is_waiting for spec in verdict.specs)


def _labelled(label: str, text: str, style: str = "") -> Text:
    room = LABEL - columns(label)
    space = " " * (room if room > 0 else 2)
    return Text.assemble((label + space, style), printable(text))


def _why(spec: SpecVerdict) -> Lines:
    """Return the lines of one promise, and why it is not kept."""
    label = tell(label_of(spec).word)
    if spec.outcome is Outcome.NOT_STARTED:
        what = _labelled(label, tell(spec.message), "cyan")
        return [what, _labelled(say("promise"), spec.promise)]
    if spec.outcome is Outcome.GRADER_ERROR:
        style = OUR_FAULT
    elif spec.outcome is Outcome.BLOCKED:
        style = "cyan"
    else:
        style = "yellow" if spec.tier is Tier.STRETCH else "red"
    why = plain(tell(spec.message)).split("\n")
    return [_labelled(label, spec.promise, style), *why]


def _help(spec: SpecVerdict, steps: int) -> Lines:
    hints = spec.told(steps).removeprefix(tell(spec.message)).strip("\n")
    return [Text(), *(Text(line, "yellow") for line in hints.splitlines())] if hints else []


def _printed(spec: SpecVerdict) -> Lines:
    lines = spec.output.rstrip().splitlines()[-MOST_PRINTED:]
    labels = [say("printed"), *[""] * len(lines)]
    return [_labelled(*pair, style="dim") for pair in zip(labels, lines, strict=False)]


def _others(verdict: ExerciseVerdict) -> Lines:
    """List the promises that break for the same reason, and count other causes in core."""
    current, *later = causes_of(verdict.specs)
    lines = []
    if current.others and not current.is_waiting:
        listed = [f"  {printable(spec.promise)}" for spec in current.others]
        lines += [current.tell_others(), *listed[:MOST_LISTED]]
        if len(listed) > MOST_LISTED:
            lines.append(say("  and {count} more", count=len(listed) - MOST_LISTED))
    later = [one for one in later if one.first.tier is Tier.CORE]
    broken = sum(not one.is_waiting for one in later)
    waiting = [tell(one.first.message) for one in later if one.is_waiting]
    if broken == 1:
        lines.append(say("After that, there is one more thing to mend."))
    elif broken:
        lines.append(say("After that, there are {count} more things to mend.", count=broken))
    if len(waiting) == 1:
        lines.append(say("Not written yet: {what}", what=printable(waiting[0])))
    elif waiting:
        lines.append(say("Not written yet: {count} more functions.", count=len(waiting)))
    return [Text(), *(Text(line, "dim") for line in lines)] if lines else []
