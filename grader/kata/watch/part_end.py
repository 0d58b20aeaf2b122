"""The end of a part of the course: what is said there, and when the learner is asked to go on."""

from collections.abc import Sequence
from pathlib import Path

from grader.course.course import Course, Exercise, Part
from grader.kata.runs.progress import Progress
from grader.kata.runs.status import tell_total
from grader.messages.language import say

MAKES_PAGE = b"show_network("
"""Call by which the script of an exercise makes a page of what it has trained."""


def part_of(exercise: Exercise, course: Course) -> Part | None:
    """Return the part of an exercise; None if the course has no parts."""
    return next((part for part in course.parts if exercise.name in part.exercises), None)


def ended_before(exercise: Exercise, progress: Progress) -> Part | None:
    """Return the part that ends before an exercise, if the learner has just come to its end.

    Parameters
    ----------
    exercise : Exercise
        The exercise to go on with.
    progress : Progress
        Verdicts on the learner's exercises.

    Returns
    -------
    Part or None
        None if the part before is not done, or if the learner has already gone on.
    """
    course, at = progress.course, progress.records.at
    part = part_of(exercise, course)
    if part is None or part.number == 1 or (at and part_of(at, course) == part):
        return None
    before = course.parts[part.number - 2]
    verdicts = [progress.known(course.named(name)) for name in before.exercises]
    return before if all(verdict and verdict.done for verdict in verdicts) else None


def tell_end(exercises: Sequence[Exercise], progress: Progress) -> tuple[str, ...]:
    """Return what to say when exercises are done: a part, or the whole course with its last part.

    Parameters
    ----------
    exercises : sequence of Exercise
        The exercises, in order.
    progress : Progress
        Verdicts on them.
    """
    part = part_of(exercises[-1], progress.course)
    told = [_congratulate(part, part.members(exercises), progress)] if part else []
    if part is None or len(exercises) > len(part.exercises):
        told += [say("All exercises are done."), _total(exercises, progress)]
    return (*told, *tell_page(exercises[-1]))


def _congratulate(part: Part, exercises: Sequence[Exercise], progress: Progress) -> str:
    return say(
        "Congratulations! Part {number}, {title}, is done. {total}",
        number=part.number,
        title=part.title,
        total=_total(exercises, progress),
    )


def _total(exercises: Sequence[Exercise], progress: Progress) -> str:
    return tell_total(list(map(progress.status, exercises)))


def tell_page(exercise: Exercise) -> tuple[str, ...]:
    """Return where the page of a trained network is, or how to get one, if an exercise makes it."""
    for folder in (exercise.root, exercise.stub.parent):
        page = folder / f"{exercise.module}.html"
        if page.is_file():
            path = _shown(page, exercise)
            return (say("What you built is on a page, to open in a browser: {path}", path=path),)
    try:
        makes_one = MAKES_PAGE in exercise.stub.read_bytes()
    except OSError:
        return ()
    path = _shown(exercise.stub, exercise)
    return (say("To get a page of what you built: python {path}", path=path),) if makes_one else ()


def _shown(path: Path, exercise: Exercise) -> str:
    return path.relative_to(exercise.root).as_posix()


def ask_to_go_on(part: Part) -> str:
    """Return the question whether to go on with a part."""
    return say("Go on with part {number}, {title}? Press n.", number=part.number, title=part.title)
