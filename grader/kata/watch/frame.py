"""Content of the screen: lines of text, for terminals and screen readers.

Every line says in words what it is about; colour only makes it easier to find.
"""

from dataclasses import dataclass

from rich.text import Text

from grader.course.course import Exercise
from grader.course.modules import lesson_file
from grader.kata.runs.wording import tell_kept
from grader.messages.escaping import plain, printable
from grader.messages.language import say, tell
from grader.messages.wrapping import columns
from grader.verdicts.outcome_labels import OUR_FAULT, label_of
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

Lines = list[Text]

LABEL = 10
"""Columns of the label at the beginning of a line, as in the messages of specs."""

MOST_PRINTED = 6
"""Maximum number of lines shown of what the learner's code printed: the last ones."""


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
    """

    exercise: Exercise | None
    verdict: ExerciseVerdict | None = None
    steps: int = 0
    notes: tuple[str, ...] = ()
    answer: str = ""
    progress: tuple[str, ...] = ()


@dataclass(frozen=True)
class Screenful:
    """Lines in three parts, of which the middle is cut if they do not fit the screen."""

    top: Lines
    middle: Lines
    bottom: Lines


def focus(verdict: ExerciseVerdict) -> SpecVerdict | None:
    """Return the one promise that the learner should look at next.

    Returns
    -------
    SpecVerdict or None
        The first broken promise of core, or else the first that is not written yet; if core is
        done, the same of stretch; None if all are kept.
    """
    for tier in (Tier.CORE, Tier.STRETCH):
        missed = [spec for spec in verdict.of(tier) if not spec.passed]
        broken = [spec for spec in missed if not spec.outcome.is_waiting]
        if missed:
            return (broken or missed)[0]
    return None


def frame_of(view: View) -> Screenful:
    """Lay out a view as lines."""
    bottom: Lines = []
    middle: Lines = []
    if view.verdict and not view.progress:
        spec = focus(view.verdict)
        if spec:
            middle = _why(spec)
            # Hints come last: a new one only adds lines, so no line before it is read out again.
            bottom = [*_printed(spec), *_others(view.verdict, spec), *_help(spec, view.steps)]
    bottom += [Text(printable(line)) for line in view.progress]
    if view.answer:
        bottom += [Text(), Text(view.answer, "cyan")]
    return Screenful(_top(view), middle, bottom)


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


def _others(verdict: ExerciseVerdict, spec: SpecVerdict) -> Lines:
    """Summarize the other broken promises of core, except those with the same message."""
    core = [one for one in verdict.of(Tier.CORE) if not one.passed and one.message != spec.message]
    broken = [one for one in core if not one.outcome.is_waiting]
    waiting = list(dict.fromkeys(tell(one.message) for one in core if one.outcome.is_waiting))
    lines = []
    if len(broken) == 1:
        lines.append(say("One more promise is broken."))
    elif broken:
        lines.append(say("{count} more promises are broken.", count=len(broken)))
    if len(waiting) == 1:
        lines.append(say("Not written yet: {what}", what=printable(waiting[0])))
    elif waiting:
        lines.append(say("Not written yet: {count} more functions.", count=len(waiting)))
    return [Text(), *(Text(line, "dim") for line in lines)] if lines else []
