"""Catalogues of known mistakes: small changes to the reference, each with a name and a hint."""

import tomllib
from dataclasses import dataclass, fields
from functools import cache

from grader.course.course import Exercise
from grader.course.modules import read_module
from grader.errors import CourseError
from grader.verdicts.verdict import Tier
from grader.worker.source import Source


@dataclass(frozen=True)
class Mistake:
    """A known mistake.

    Attributes
    ----------
    name : str
        Name in the catalogue: ``db_over_all_axes``.
    title : str
        Short description for learners: "db summed over all axes".
    before, after : str
        Text of the reference solution, in which it occurs exactly once, and its replacement.
    hint : str
        One or two sentences that point at the idea, not the answer.
    caught : str, default "core"
        Tier of specs of which at least one must fail.
    place : str, optional
        Where learners make the mistake, if it is not the first function that is changed.
    """

    name: str
    title: str
    before: str
    after: str
    hint: str
    caught: str = Tier.CORE.value
    place: str = ""


@cache
def read_mistakes(exercise: Exercise) -> tuple[Mistake, ...]:
    """Read the catalogue of an exercise.

    Returns
    -------
    tuple of Mistake
        Known mistakes in the order of the file; empty if there is no file.

    Raises
    ------
    CourseError
        If the file is not a valid catalogue.
    """
    path = exercise.mistakes
    if not path.is_file():
        return ()
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        from grader.messages.encodings import reason  # here, since errors are rare

        raise CourseError(f"{path} is not valid TOML: {reason(error)}") from None
    entries = content.get("mistake", [])
    if set(content) - {"mistake"} or not isinstance(entries, list):
        raise CourseError(f"{path}: expected [[mistake]] and nothing else, found {list(content)}")
    return tuple(_read(f"{path}, mistake {n}", entry) for n, entry in enumerate(entries, 1))


def _read(place: str, entry: object) -> Mistake:
    known = {field.name for field in fields(Mistake)}
    texts = isinstance(entry, dict) and all(isinstance(value, str) for value in entry.values())
    if not isinstance(entry, dict) or not texts or set(entry) - known:
        raise CourseError(f"{place}: expected texts, and of {', '.join(sorted(known))}")
    try:
        mistake = Mistake(**entry)
        Tier(mistake.caught)
    except (TypeError, ValueError) as error:
        raise CourseError(f"{place}: {error}") from None
    return mistake


def make(mistake: Mistake, exercise: Exercise) -> Source:
    """Return the reference solution of an exercise with a mistake applied.

    Raises
    ------
    CourseError
        If the text to be replaced does not occur exactly once.
    """
    text = read_module(exercise.solution).text
    number = text.count(mistake.before)
    if number != 1:
        raise CourseError(
            f"{exercise.mistakes}, {mistake.name}: what it changes is {number} times in "
            f"{exercise.solution.name}, where once is expected"
        )
    # Tracebacks show this name; with it, messages are the same as for a submission.
    filename = f"/submission/{exercise.module}/{exercise.filename}"
    return Source(filename, text.replace(mistake.before, mistake.after))
