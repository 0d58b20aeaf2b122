"""Statistics of a class: the promises that were broken most often, and the mistakes made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.gradebook.rows import Row
from grader.messages.explanation import Explanation
from grader.verdicts.causes import Cause, causes_of
from grader.verdicts.finding import RESTS_ON
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
    """A mistake that at least one learner made.

    Attributes
    ----------
    exercise, name : str
        Name of the exercise, and title of the mistake (of all mistakes that fail in the same way).
        One that the catalogue does not know is named by its exception or explanation.
    is_known : bool
        Whether it is in the catalogue.
    learners : tuple of int
        Indices of the rows of the learners who made it.
    promises, points : int
        How many promises it breaks, and how many points these cost; the most for one learner.
    """

    exercise: str
    name: str
    is_known: bool
    learners: tuple[int, ...]
    promises: int
    points: int


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
    """Return the mistakes that were made: the causes of broken promises, known or not.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.

    Returns
    -------
    list of Made
        Sorted by descending number of learners, then known ones first; each learner counts once.
        Wrong values that nothing
        explains are left out, since nothing says that two learners' are of one cause.
    """
    found: dict[tuple[str, str], dict[int, Cause]] = {}
    for number, row in enumerate(rows):
        for exercise in row.verdict.exercises:
            for cause in causes_of(exercise.specs):
                if not cause.is_waiting and (name := _name(cause.first)):
                    found.setdefault((exercise.name, name), {})[number] = cause
    mistakes = [_made(exercise, name, causes) for (exercise, name), causes in found.items()]
    return sorted(mistakes, key=_order)


def _order(one: Made) -> tuple[int, bool, str, str]:
    return -len(one.learners), not one.is_known, one.exercise, one.name


def _made(exercise: str, name: str, causes: Mapping[int, Cause]) -> Made:
    return Made(
        exercise,
        name,
        any(one.first.mistake for one in causes.values()),
        tuple(causes),
        max(len(one.specs) for one in causes.values()),
        max(sum(spec.max_points for spec in one.specs) for one in causes.values()),
    )


def _name(spec: SpecVerdict) -> str:
    """Return the title of the mistake that explains a failure, or what was raised or is wrong.

    The title is the last hint, or else made of the mistake's name. Empty if nothing is known.
    """
    if spec.mistake and len(spec.hints) == MAX_STEPS:
        return str(spec.hints[-1])
    if spec.mistake:
        return spec.mistake.replace(", ", " or ").replace("_", " ")
    parts = spec.message.parts if isinstance(spec.message, Explanation) else ()
    raised = (str(part.text).split("\n")[0] for part in parts if part.label == "raised")
    return next(raised, "" if spec.cause.startswith(RESTS_ON) else spec.cause)
