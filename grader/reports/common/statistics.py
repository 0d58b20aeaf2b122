"""What a class finds hardest: the promises that most of it broke, and the mistakes behind them."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.gradebook.rows import Row
from grader.verdicts.verdict import MAX_STEPS, Outcome, SpecVerdict, Tier


@dataclass(frozen=True)
class Broken:
    """A promise that somebody broke.

    Attributes
    ----------
    exercise, promise : str
        Which one.
    tier : Tier
        Core or stretch.
    learners : tuple of int
        Who broke it: numbers of their rows.
    started : int
        How many had written something for it.
    """

    exercise: str
    promise: str
    tier: Tier
    learners: tuple[int, ...]
    started: int

    @property
    def share(self) -> int:
        """Per cent of those who had started."""
        return round(100 * len(self.learners) / self.started)


@dataclass(frozen=True)
class Made:
    """A known mistake that somebody made.

    Attributes
    ----------
    exercise, name : str
        Which one; where several behave the same, all of them.
    learners : tuple of int
        Who made it: numbers of their rows.
    """

    exercise: str
    name: str
    learners: tuple[int, ...]


def broken_promises(rows: Sequence[Row]) -> list[Broken]:
    """The promises that were broken.

    Parameters
    ----------
    rows : sequence of Row
        The gradebook.

    Returns
    -------
    list of Broken
        Those that most learners broke first, then in the order of the course.
    """
    found: dict[tuple[str, str], tuple[str, Tier, list[int], list[int]]] = {}
    for number, row in enumerate(rows):
        for exercise in row.verdict.exercises:
            for spec in exercise.specs:
                new: tuple[str, Tier, list[int], list[int]] = (spec.promise, spec.tier, [], [])
                _, _, broken, started = found.setdefault((exercise.name, spec.name), new)
                if spec.outcome is Outcome.GRADER_ERROR or spec.outcome.is_waiting:
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
    """The mistakes of the catalogue that were made.

    Parameters
    ----------
    rows : sequence of Row
        The gradebook.

    Returns
    -------
    list of Made
        Those that most learners made first; each learner counts once.
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
    """The last step of help says what the mistake is; without one its name has to do."""
    if len(spec.hints) == MAX_STEPS:
        return str(spec.hints[-1])
    return str(spec.mistake).replace(", ", " or ").replace("_", " ")
