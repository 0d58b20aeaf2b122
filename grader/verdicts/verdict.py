"""What was found: the outcome of each spec, and what follows from it."""

from dataclasses import dataclass, field
from enum import StrEnum

from grader.messages.explanation import INDENT, WIDTH, Reason
from grader.messages.language import say, tell
from grader.messages.message import Text
from grader.messages.wrapping import wrap

MAX_STEPS = 2
"""So many hints there are at most: one that points at the idea, and one that names the mistake."""


class Outcome(StrEnum):
    """What became of one spec. Only `PASSED` scores."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    NOT_STARTED = "NOT_STARTED"
    """The stub is as it was, or nothing was handed in."""
    BLOCKED = "BLOCKED"
    """An earlier exercise that it builds on is missing, or does not import."""
    TIMED_OUT = "TIMED_OUT"
    CRASHED = "CRASHED"
    """The process that ran the submission ended."""
    GRADER_ERROR = "GRADER_ERROR"
    """Our fault; it never counts against the learner."""

    @property
    def is_waiting(self) -> bool:
        """Whether there is nothing wrong yet, only something still to be written."""
        return self in (Outcome.NOT_STARTED, Outcome.BLOCKED)


class Tier(StrEnum):
    """Core makes an exercise done and scores points; stretch earns a star."""

    CORE = "core"
    STRETCH = "stretch"


@dataclass(frozen=True)
class SpecVerdict:
    """The verdict on one spec.

    Attributes
    ----------
    name : str
        The spec's name: ``test_Affine_db_sums_over_the_samples``.
    promise : str
        What it checks, in one sentence.
    tier : Tier
        Core or stretch.
    outcome : Outcome
        What became of it.
    max_points : int
        What it is worth; 0 for stretch.
    message : str, Message or Explanation, default ""
        Why it did not pass.
    mistake : str, optional
        The known mistake that behaves the same: its name in the catalogue.
    output : str, default ""
        What the submission printed meanwhile.
    hints : tuple of str or Message, default ()
        Help in steps, each of which goes further: the hint of the known mistake that behaves the
        same, then its title and where it is.
    """

    name: str
    promise: str
    tier: Tier
    outcome: Outcome
    max_points: int
    message: Reason = ""
    mistake: str | None = None
    output: str = ""
    hints: tuple[Text, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether it passed."""
        return self.outcome is Outcome.PASSED

    @property
    def points(self) -> int:
        """What it scored."""
        return self.max_points if self.passed else 0

    def told(self, steps: int = MAX_STEPS) -> str:
        """Why it did not pass, and help below that.

        Parameters
        ----------
        steps : int, default MAX_STEPS
            How many of its hints are told.

        Returns
        -------
        str
            Lines of at most `WIDTH` columns, but for those of the message.
        """
        message = tell(self.message)
        lines = [message] if message else []
        labels = (say("hint      "), say("mistake   "))
        for label, hint in zip(labels, self.hints[:steps], strict=False):
            lines += wrap(tell(hint), WIDTH, label, INDENT)
        return "\n".join(lines)


@dataclass(frozen=True)
class ExerciseVerdict:
    """The verdicts on the specs of one exercise.

    Attributes
    ----------
    name : str
        The exercise: ``03_affine``.
    specs : tuple of SpecVerdict
        In the order of the spec file.
    through : tuple of Outcome, default ()
        What becomes of them with the reference in the place of what the exercise builds on; nothing
        if that was not tried.
    through_counts : bool, default False
        Whether it may score what it scores then.
    """

    name: str
    specs: tuple[SpecVerdict, ...]
    through: tuple[Outcome, ...] = ()
    through_counts: bool = False

    @property
    def points(self) -> int:
        """What it scored."""
        return sum(spec.points for spec in self.specs)

    @property
    def points_through(self) -> int:
        """What it scores with the reference in the place of earlier exercises."""
        pairs = zip(self.specs, self.through, strict=False)
        return sum(spec.max_points for spec, outcome in pairs if outcome is Outcome.PASSED)

    @property
    def points_that_count(self) -> int:
        """What it scores by the policy of the course."""
        return max(self.points, self.points_through) if self.through_counts else self.points

    @property
    def max_points(self) -> int:
        """What it is worth."""
        return sum(spec.max_points for spec in self.specs)

    @property
    def done(self) -> bool:
        """Whether all of core passed."""
        core = self.of(Tier.CORE)
        return bool(core) and all(spec.passed for spec in core)

    @property
    def has_grader_error(self) -> bool:
        """Whether something went wrong on our side, be it on top of the reference."""
        return Outcome.GRADER_ERROR in (*(spec.outcome for spec in self.specs), *self.through)

    def of(self, tier: Tier) -> tuple[SpecVerdict, ...]:
        """Its specs of one tier."""
        return tuple(spec for spec in self.specs if spec.tier is tier)


@dataclass(frozen=True)
class Conditions:
    """What else a verdict depends on: under the same conditions it comes out the same.

    Attributes
    ----------
    course : str
        Version of the course: a hash of its specs, its settings and its grader; and of its
        solutions, if they took part.
    seed : str
        Which secret the hidden inputs are drawn from: a hash, from which nobody learns the secret.
    python, numpy : str
        Their versions.
    limits : dict of str to float
        As in `grader.course.limits.Limits`.
    sandbox : tuple of str
        The layers of the sandbox that the submission ran in; empty if it ran without.
    follow_through : str, default "off"
        Whether exercises that fail for an earlier one are tried again; see
        `grader.judging.follow_through`.
    """

    course: str
    seed: str
    python: str
    numpy: str
    limits: dict[str, float] = field(hash=False)
    sandbox: tuple[str, ...]
    follow_through: str = "off"


@dataclass(frozen=True)
class Verdict:
    """The verdict on one submission.

    Attributes
    ----------
    name : str
        Whose submission it is: the name of its folder.
    exercises : tuple of ExerciseVerdict
        In the order of the course.
    submission : str
        A hash of what was judged.
    conditions : Conditions
        What it was judged under.
    notes : tuple of str or Message, default ()
        What was noticed when it was read: "layers.py was taken for affine.py".
    """

    name: str
    exercises: tuple[ExerciseVerdict, ...]
    submission: str
    conditions: Conditions
    notes: tuple[Text, ...] = ()

    @property
    def points(self) -> int:
        """What it scored."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def max_points(self) -> int:
        """What it is worth."""
        return sum(exercise.max_points for exercise in self.exercises)

    @property
    def done(self) -> bool:
        """Whether all of core passed."""
        return all(exercise.done for exercise in self.exercises)

    @property
    def has_grader_error(self) -> bool:
        """Whether something went wrong on our side."""
        return any(exercise.has_grader_error for exercise in self.exercises)
