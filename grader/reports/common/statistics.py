"""Statistics of a class: the promises that were broken most often, and the mistakes made."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.gradebook.rows import Row
from grader.verdicts.verdict import MAX_STEPS, Basis, Outcome, SpecVerdict, Tier


@dataclass(frozen=True)
class Broken:
    """A promise that at least one learner broke.

    Attributes
    ----------
    exercise, promise : str
        Name of the exercise, and text of the promise.
    tier : Tier
        Core or stretch.
    learners : tuple of int
        Indices of the rows of the learners who broke it.
    started : int
        Number of learners who had started the exercise, and whose code was loaded.
    """

    exercise: str
    promise: str
    tier: Tier
    learners: tuple[int, ...]
    started: int

    @property
    def share(self) -> int:
        """Percentage of learners who broke the promise, among those who had started."""
        return round(100 * len(self.learners) / self.started)


@dataclass(frozen=True)
class Made:
    """A known mistake that at least one learner made.

    Attributes
    ----------
    exercise, name : str
        Name of the exercise, and title of the mistake (of all mistakes that fail in the same way).
    learners : tuple of int
        Indices of the rows of the learners who made it.
    """

    exercise: str
    name: str
    learners: tuple[int, ...]


def broken_promises(rows: Sequence[Row]) -> list[Broken]:
    """Return the promises that were broken.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.

    Returns
    -------
    list of Broken
        Sorted by descending number of learners, then in the order of the course. An exercise that
        did not load was not judged, and breaks none.
    """
    found: dict[tuple[str, str], tuple[str, Tier, list[int], list[int]]] = {}
    for number, row in enumerate(rows):
        for exercise in row.verdict.exercises:
            is_judged = exercise.basis is Basis.JUDGED
            for spec in exercise.specs:
                new: tuple[str, Tier, list[int], list[int]] = (spec.promise, spec.tier, [], [])
                _, _, broken, started = found.setdefault((exercise.name, spec.name), new)
                is_ours = spec.outcome is Outcome.GRADER_ERROR
                if is_ours or spec.outcome.is_waiting or not is_judged:
                    continue
                started.append(number)
                if not spec.passed:
                    broken.append(number)
    promises = [
        Broken(exercise, promise, tier, tuple(broken), len(started))
        for (exercise, _), (promise, tier, broken, started) in found.items()
        if broken
    ]
    return sorted(promises, key=lambda one: -len(one.learners))


def made_mistakes(rows: Sequence[Row]) -> list[Made]:
    """Return the known mistakes that were made.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.

    Returns
    -------
    list of Made
        Sorted by descending number of learners; each learner counts once.
    """
    found: dict[tuple[str, str], dict[int, None]] = {}
    titles: dict[tuple[str, str], str] = {}
    for number, row in enumerate(rows):
        for exercise in row.verdict.exercises:
            for spec in exercise.specs:
                if spec.mistake:
                    key = (exercise.name, spec.mistake)
                    found.setdefault(key, {})[number] = None
                    titles.setdefault(key, _title(spec))
    mistakes = [Made(key[0], titles[key], tuple(learners)) for key, learners in found.items()]
    return sorted(mistakes, key=lambda one: (-len(one.learners), one.exercise, one.name))


def _title(spec: SpecVerdict) -> str:
    """Return the last hint, which is the title of the mistake, or else its name."""
    if len(spec.hints) == MAX_STEPS:
        return str(spec.hints[-1])
    return str(spec.mistake).replace(", ", " or ").replace("_", " ")
