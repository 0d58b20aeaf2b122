"""The catalogue of known mistakes: small changes to the reference, each with a name and a hint."""

import tomllib
from dataclasses import dataclass, fields
from functools import cache

from grader.course.course import Exercise
from grader.course.modules import read_module
from grader.errors import CourseError
from grader.messages.encodings import reason
from grader.verdicts.verdict import Tier
from grader.worker.source import Source


@dataclass(frozen=True)
class Mistake:
    """One known mistake.

    Attributes
    ----------
    name : str
        Its name in the catalogue: ``db_over_all_axes``.
    title : str
        What a learner reads: "db summed over all axes".
    before, after : str
        The change to the reference solution: `before` is in it exactly once.
    hint : str
        A sentence or two that point at the idea, not the answer.
    caught : str, default "core"
        Which tier of specs has to notice it.
    """

    name: str
    title: str
    before: str
    after: str
    hint: str
    caught: str = Tier.CORE.value


@cache
def read_mistakes(exercise: Exercise) -> tuple[Mistake, ...]:
    """Read the known mistakes of an exercise.

    Parameters
    ----------
    exercise : Exercise
        The exercise.

    Returns
    -------
    tuple of Mistake
        As its file lists them; none if there is no file.

    Raises
    ------
    CourseError
        If the file is no catalogue.
    """
    path = exercise.mistakes
    if not path.is_file():
        return ()
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
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
    """The reference solution with a mistake made in it.

    Parameters
    ----------
    mistake : Mistake
        The mistake.
    exercise : Exercise
        Whose it is.

    Returns
    -------
    Source
        The wrong solution.

    Raises
    ------
    CourseError
        If the change does not apply exactly once.
    """
    text = read_module(exercise.solution).text
    number = text.count(mistake.before)
    if number != 1:
        raise CourseError(
            f"{exercise.mistakes}, {mistake.name}: what it changes is {number} times in "
            f"{exercise.solution.name}, where once is expected"
        )
    # The name that tracebacks show, so that messages are the same as for a submission.
    filename = f"/submission/{exercise.module}/{exercise.filename}"
    return Source(filename, text.replace(mistake.before, mistake.after))
