"""How a class did in each exercise: handed in, loaded, points; and code that is identical."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

from grader.gradebook.doubts.no_mark import KINDS, without_type
from grader.gradebook.rows import Row
from grader.messages.explanation import Explanation
from grader.messages.language import tell
from grader.verdicts.verdict import Basis, ExerciseVerdict, Outcome
from grader.worker.source import Source

_HANDED_IN_UNJUDGED = (Basis.UNREADABLE, Basis.NOT_LOADED, Basis.WAITING)

Sources = Mapping[str, Mapping[str, Source]]
"""Code by name of the submission, then by name of the module."""


@dataclass(frozen=True)
class Overview:
    """One exercise of a class.

    Attributes
    ----------
    exercise : str
        Name of the exercise.
    handed_in, loaded, done : int
        Number of learners who handed it in, whose code could be imported, and who have done core.
    quartiles : tuple of float
        Lower quartile, median and upper quartile of the points of those whose code was loaded;
        empty if there is none.
    most : float
        Maximum points.
    """

    exercise: str
    handed_in: int
    loaded: int
    done: int
    quartiles: tuple[float, ...]
    most: float


@dataclass(frozen=True)
class Unjudged:
    """Learners whose code for an exercise could not be judged, for the same reason.

    Attributes
    ----------
    exercise, reason : str
        Name of the exercise, and why: "did not load: SyntaxError: invalid syntax".
    learners : tuple of int
        Indices of their rows.
    """

    exercise: str
    reason: str
    learners: tuple[int, ...]


@dataclass(frozen=True)
class Identical:
    """Submissions with the same code for an exercise, character for character.

    Attributes
    ----------
    exercise : str
        Name of the exercise.
    lines : int
        Number of lines of the code.
    learners : tuple of int
        Indices of the rows of two learners or more.
    """

    exercise: str
    lines: int
    learners: tuple[int, ...]


def overviews(rows: Sequence[Row]) -> list[Overview]:
    """Return the overview of each exercise, in the order of the course.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    """
    judged: dict[str, list[tuple[Row, ExerciseVerdict]]] = {}
    for row in rows:
        for exercise in row.verdict.exercises:
            judged.setdefault(exercise.name, []).append((row, exercise))
    return [_overview(name, found) for name, found in judged.items()]


def _overview(name: str, judged: Sequence[tuple[Row, ExerciseVerdict]]) -> Overview:
    loaded = [(row, one) for row, one in judged if is_loaded(row, one)]
    return Overview(
        name,
        sum(is_handed_in(row, one) for row, one in judged),
        len(loaded),
        sum(one.done for _, one in judged),
        _quartiles([row.points_of(one) for row, one in loaded if not one.has_grader_error]),
        max(one.max_points for _, one in judged),
    )


def _quartiles(points: Sequence[float]) -> tuple[float, ...]:
    if len(points) < 2:
        return tuple(map(float, points)) * 3
    return tuple(quantiles(points, method="inclusive"))


def is_handed_in(row: Row, exercise: ExerciseVerdict) -> bool:
    """Return whether there is a file for an exercise, whatever is in it."""
    return bool(row.handed_in) and exercise.basis not in (Basis.NOTHING, Basis.MISSING)


def is_loaded(row: Row, exercise: ExerciseVerdict) -> bool:
    """Return whether the code for an exercise could be imported."""
    return bool(row.handed_in) and exercise.basis is Basis.JUDGED


def kind_of(exercise: ExerciseVerdict) -> str:
    """Return why code that was handed in was not judged, in a few words; empty if it was."""
    return KINDS[exercise.basis] if exercise.basis in _HANDED_IN_UNJUDGED else ""


def unjudged(rows: Sequence[Row]) -> list[Unjudged]:
    """Return the learners whose code could not be judged, by exercise and reason.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.

    Returns
    -------
    list of Unjudged
        In the order of the course, then by descending number of learners.
    """
    found: dict[str, dict[str, list[int]]] = {}
    for number, row in enumerate(rows):
        for exercise in row.verdict.exercises:
            reasons = found.setdefault(exercise.name, {})
            if kind := kind_of(exercise):
                reasons.setdefault(f"{kind}: {_why(exercise)}", []).append(number)
    return [
        Unjudged(exercise, reason, tuple(learners))
        for exercise, reasons in found.items()
        for reason, learners in sorted(reasons.items(), key=lambda one: -len(one[1]))
    ]


def _why(exercise: ExerciseVerdict) -> str:
    """Return the exception, or else the first line of what is told about the first promise."""
    message = exercise.specs[0].message if exercise.specs else ""
    for part in message.parts if isinstance(message, Explanation) else ():
        if part.label == "raised":
            return without_type(tell(part.text).split("\n")[0], exercise)
    return tell(message).split("\n")[0]


def identical_code(rows: Sequence[Row], sources: Sources) -> list[Identical]:
    """Return the groups of learners with the same code for an exercise.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    sources : mapping
        Code of the submissions; one that is not there is in no group.

    Returns
    -------
    list of Identical
        In the order of the course, the largest groups first. Members of a group who share one
        submission count once, and stubs that nobody has written in are left out.
    """
    found: dict[str, dict[tuple[str, ...], dict[str, int]]] = {}
    for number, row in enumerate(rows):
        modules = sources.get(row.handed_in, {})
        for exercise in row.verdict.exercises:
            groups = found.setdefault(exercise.name, {})
            source = modules.get(module_of(exercise))
            if source is not None and source.problem == "" and not _is_untouched(exercise):
                same = groups.setdefault(tuple(source.parts().values()), {})
                same.setdefault(row.handed_in, number)
    return [
        Identical(exercise, sum(len(part.splitlines()) for part in code), tuple(same.values()))
        for exercise, groups in found.items()
        for code, same in sorted(groups.items(), key=lambda one: -len(one[1]))
        if len(same) > 1
    ]


def module_of(exercise: ExerciseVerdict) -> str:
    """Return the name of the module of an exercise: ``affine`` of ``03_affine``."""
    return exercise.name.partition("_")[2]


def _is_untouched(exercise: ExerciseVerdict) -> bool:
    return all(spec.outcome is Outcome.NOT_STARTED for spec in exercise.specs)
