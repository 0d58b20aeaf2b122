"""What stands on the screen: lines made of what is known, for a terminal and a screen reader alike.

Every line says with words what it is about; colour only helps to find it.
"""

from dataclasses import dataclass

from rich.text import Text

from grader.course.course import Exercise
from grader.course.modules import lesson_file
from grader.kata.runs.wording import tell_kept
from grader.messages.escaping import plain, printable
from grader.messages.language import say, tell
from grader.messages.wrapping import columns
from grader.verdicts.outcome_labels import OUR_FAULT
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

Lines = list[Text]

LABEL = 10
"""Columns of the word that a line begins with: the messages of specs have the same."""

MOST_PRINTED = 6
"""Lines of what her code printed that are shown: the last ones."""


@dataclass(frozen=True)
class View:
    """All that a screen shows.

    Attributes
    ----------
    exercise : Exercise or None
        The one that she is at; None if all are done.
    verdict : ExerciseVerdict or None
        What is known of it; None while nothing is.
    steps : int
        How many hints she has asked for.
    notes : tuple of str
        What has just happened, by which she is where she is.
    answer : str
        What her last key has brought, if that is to be said.
    progress : tuple of str
        What a run that takes long has told so far.
    """

    exercise: Exercise | None
    verdict: ExerciseVerdict | None = None
    steps: int = 0
    notes: tuple[str, ...] = ()
    answer: str = ""
    progress: tuple[str, ...] = ()


@dataclass(frozen=True)
class Screenful:
    """Lines in three parts: if they are too many for a screen, it is the middle that is cut."""

    top: Lines
    middle: Lines
    bottom: Lines


def focus(verdict: ExerciseVerdict) -> SpecVerdict | None:
    """The one promise to look at.

    Parameters
    ----------
    verdict : ExerciseVerdict
        What was found in an exercise.

    Returns
    -------
    SpecVerdict or None
        The first that is broken; if there is none, the first that is still to be written; and only
        when core is done, one of stretch.
    """
    for tier in (Tier.CORE, Tier.STRETCH):
        missed = [spec for spec in verdict.of(tier) if not spec.passed]
        broken = [spec for spec in missed if not spec.outcome.is_waiting]
        if missed:
            return (broken or missed)[0]
    return None


def frame_of(view: View) -> Screenful:
    """Lay out what there is to be seen.

    Parameters
    ----------
    view : View
        It.

    Returns
    -------
    Screenful
        Its lines.
    """
    bottom: Lines = []
    middle: Lines = []
    if view.verdict and not view.progress:
        spec = focus(view.verdict)
        if spec:
            middle = _why(spec)
            # Help comes last: who listens hears it alone, and not all the rest again.
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
    """Whether nothing is written yet: then there is a lesson to be read first."""
    return verdict is not None and all(spec.outcome.is_waiting for spec in verdict.specs)


def _labelled(label: str, text: str, style: str = "") -> Text:
    space = " " * (LABEL - columns(label))
    return Text.assemble((label + space, style), printable(text))


def _why(spec: SpecVerdict) -> Lines:
    """One promise, and why it is not kept."""
    if spec.outcome is Outcome.GRADER_ERROR:
        head = _labelled(say("failed"), spec.promise, OUR_FAULT)
    elif spec.outcome is Outcome.NOT_STARTED:
        what = _labelled(say("to do"), tell(spec.message), "cyan")
        return [what, _labelled(say("promise"), spec.promise)]
    elif spec.outcome is Outcome.BLOCKED:
        head = _labelled(say("waits"), spec.promise, "cyan")
    elif spec.tier is Tier.STRETCH:
        head = _labelled(say("stretch"), spec.promise, "yellow")
    else:
        head = _labelled(say("broken"), spec.promise, "red")
    return [head, *plain(tell(spec.message)).split("\n")]


def _help(spec: SpecVerdict, steps: int) -> Lines:
    told = spec.told(steps).removeprefix(tell(spec.message)).strip("\n")
    return [Text(), *(Text(line, "yellow") for line in told.splitlines())] if told else []


def _printed(spec: SpecVerdict) -> Lines:
    lines = spec.output.rstrip().splitlines()[-MOST_PRINTED:]
    labels = [say("printed"), *[""] * len(lines)]
    return [_labelled(*pair, style="dim") for pair in zip(labels, lines, strict=False)]


def _others(verdict: ExerciseVerdict, spec: SpecVerdict) -> Lines:
    """What else is not as promised, shortly; what has the same reason is not told again."""
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
