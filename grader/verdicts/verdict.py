"""Verdicts on submissions: the outcome of each spec, and the points that follow from them."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from grader.messages.explanation import INDENT, WIDTH, Reason
from grader.messages.language import say, tell
from grader.messages.message import Text
from grader.messages.wrapping import wrap

MAX_STEPS = 2
"""Maximum number of hints: one that points at the idea, and one that names the mistake."""


class Outcome(StrEnum):
    """The outcome of a spec. Only `PASSED` scores points."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    NOT_STARTED = "NOT_STARTED"
    """The stub is unchanged, or nothing was handed in."""
    BLOCKED = "BLOCKED"
    """An earlier exercise that this one builds on is missing or cannot be imported."""
    TIMED_OUT = "TIMED_OUT"
    CRASHED = "CRASHED"
    """The process that ran the submission ended."""
    GRADER_ERROR = "GRADER_ERROR"
    """An error of the grader, which never counts against the learner."""

    @property
    def is_waiting(self) -> bool:
        """Whether the code is still to be written, so that nothing is wrong yet."""
        return self in (Outcome.NOT_STARTED, Outcome.BLOCKED)


class Basis(StrEnum):
    """What a verdict on an exercise is based on. Only `JUDGED` makes no points a zero."""

    JUDGED = "judged"
    """Specs were run on the code, or nothing of the stub was changed."""
    NOTHING = "nothing"
    """No file of the course was handed in."""
    MISSING = "missing"
    """Other exercises were handed in, and not this one."""
    UNREADABLE = "unreadable"
    """It was handed in, or one that it builds on, in a form that cannot be read."""
    NOT_LOADED = "not loaded"
    """Importing the module raised an exception, took too long or ended the process."""
    WAITING = "waiting"
    """It builds on an exercise that was not handed in, and there is no reference for that one."""


class Tier(StrEnum):
    """The tier of a spec. Core specs score points and complete an exercise; stretch earns stars."""

    CORE = "core"
    STRETCH = "stretch"


@dataclass(frozen=True)
class Feedback:
    """What a learner is told about a spec that did not pass with the hidden inputs.

    It comes from a run with the public inputs, which the learner's own pytest has, too; see
    `grader.verdicts.feedback`.

    Attributes
    ----------
    outcome : Outcome
        Outcome with the public inputs, or if the promise is kept with these, with the hidden ones.
        `Outcome.GRADER_ERROR` if there is nothing to tell.
    message : str, Message or Explanation, default ""
        Why the spec did not pass.
    mistake : str, optional
        Name of the known mistake that fails in the same way.
    output : str, default ""
        Output of the submission with the public inputs.
    hints : tuple of str or Message, default ()
        As in `SpecVerdict`.
    kept : bool, default False
        Whether the promise is kept with the public inputs. The message then names a property that
        differs with the hidden ones.
    cause : str, default ""
        As in `SpecVerdict`.
    """

    outcome: Outcome
    message: Reason = ""
    mistake: str | None = None
    output: str = ""
    hints: tuple[Text, ...] = ()
    kept: bool = False
    cause: str = ""


@dataclass(frozen=True)
class SpecVerdict:
    """The verdict on one spec: what was found with the hidden inputs.

    Only instructors read it as it is; see `grader.verdicts.learner_view`.

    Attributes
    ----------
    name : str
        Name of the spec: ``test_Affine_db_sums_over_the_samples``.
    promise : str
        The behaviour that the spec checks, in one sentence.
    tier : Tier
        Core or stretch.
    outcome : Outcome
        Outcome of the spec.
    max_points : int
        Points for passing; 0 for stretch.
    message : str, Message or Explanation, default ""
        Why the spec did not pass.
    mistake : str, optional
        Name of the known mistake that fails in the same way, as in the catalogue.
    output : str, default ""
        Output of the submission while the spec ran.
    hints : tuple of str or Message, default ()
        Help in increasing detail: the hint of the known mistake that fails in the same way, then
        its title and place.
    feedback : Feedback, optional
        What the learner is told instead of message, mistake, output and hints. None if the spec
        passed or was judged with the public inputs, or by a version without feedback.
    cause : str, default ""
        A text that is equal for specs that fail for the same reason, known mistakes aside; empty if
        the reason is unknown. It is not shown.
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
    feedback: Feedback | None = None
    cause: str = ""

    @property
    def passed(self) -> bool:
        """Whether the spec passed."""
        return self.outcome is Outcome.PASSED

    @property
    def points(self) -> int:
        """Points scored."""
        return self.max_points if self.passed else 0

    def told(self, steps: int = MAX_STEPS) -> str:
        """Return the reason why the spec did not pass, followed by hints.

        Parameters
        ----------
        steps : int, default MAX_STEPS
            Maximum number of hints.

        Returns
        -------
        str
            The message as it is, and hints in lines of at most `WIDTH` columns.
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
        Name of the exercise: ``03_affine``.
    specs : tuple of SpecVerdict
        Verdicts in the order of the spec file.
    through : tuple of Outcome, default ()
        Outcomes of the specs when the reference replaces what the exercise builds on; empty if the
        exercise was not judged again.
    through_counts : bool, default False
        Whether the points for these outcomes count.
    basis : Basis, default Basis.JUDGED
        Whether there was work that could be judged.
    on_reference : tuple of str, default ()
        Names of the exercises that were not handed in, and for which the reference stood in.
    reference : str, default ""
        Version of the solutions that stood in; empty if none did.
    """

    name: str
    specs: tuple[SpecVerdict, ...]
    through: tuple[Outcome, ...] = ()
    through_counts: bool = False
    basis: Basis = Basis.JUDGED
    on_reference: tuple[str, ...] = ()
    reference: str = ""

    @property
    def points(self) -> int:
        """Points scored."""
        return sum(spec.points for spec in self.specs)

    @property
    def points_through(self) -> int:
        """Points scored when the reference replaces earlier exercises."""
        pairs = zip(self.specs, self.through, strict=False)
        return sum(spec.max_points for spec, outcome in pairs if outcome is Outcome.PASSED)

    @property
    def points_that_count(self) -> int:
        """Points under the follow-through policy of the course."""
        return max(self.points, self.points_through) if self.through_counts else self.points

    @property
    def max_points(self) -> int:
        """Maximum points."""
        return sum(spec.max_points for spec in self.specs)

    @property
    def done(self) -> bool:
        """Whether all core specs passed."""
        core = self.of(Tier.CORE)
        return bool(core) and all(spec.passed for spec in core)

    @property
    def has_grader_error(self) -> bool:
        """Whether there was a grader error, including on top of the reference."""
        return Outcome.GRADER_ERROR in (*(spec.outcome for spec in self.specs), *self.through)

    def of(self, tier: Tier) -> tuple[SpecVerdict, ...]:
        """Return the verdicts on the specs of one tier."""
        return tuple(spec for spec in self.specs if spec.tier is tier)


@dataclass(frozen=True)
class Conditions:
    """Everything that a verdict depends on besides the submission.

    Attributes
    ----------
    course : str
        Version of the course: a hash of its specs, settings and grader, and of its solutions if
        follow-through is on.
    seed : str
        Hash of the secret from which the hidden inputs are drawn. It does not reveal the secret.
    python, numpy : str
        Versions of Python and NumPy.
    limits : dict of str to float
        Fields of `grader.course.limits.Limits`.
    sandbox : tuple of str
        Layers of the sandbox in which the submission ran; empty if there was none.
    follow_through : str, default "off"
        Whether exercises that fail because of an earlier one are judged again; see
        `grader.judging.follow_through`.
    """

    course: str
    seed: str
    python: str
    numpy: str
    limits: dict[str, float] = field(hash=False)
    sandbox: tuple[str, ...]
    follow_through: str = "off"

    @property
    def is_public(self) -> bool:
        """Whether the inputs are those of a learner's own pytest, which has no secret."""
        return self.seed == hash_of("")


def hash_of(secret: str) -> str:
    """Return a hash of a secret, which tells conditions apart and does not reveal the secret."""
    return hashlib.sha256(f"fingerprint of {secret}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Verdict:
    """The verdict on one submission.

    Attributes
    ----------
    name : str
        Name of the submission's folder, which identifies the learner.
    exercises : tuple of ExerciseVerdict
        Verdicts in the order of the course.
    submission : str
        Hash of the submission.
    conditions : Conditions
        Conditions under which the submission was judged.
    notes : tuple of str or Message, default ()
        Remarks made while reading the submission: "layers.py was taken for affine.py".
    """

    name: str
    exercises: tuple[ExerciseVerdict, ...]
    submission: str
    conditions: Conditions
    notes: tuple[Text, ...] = ()

    @property
    def points(self) -> int:
        """Points scored."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def max_points(self) -> int:
        """Maximum points."""
        return sum(exercise.max_points for exercise in self.exercises)

    @property
    def done(self) -> bool:
        """Whether all core specs passed."""
        return all(exercise.done for exercise in self.exercises)

    @property
    def has_grader_error(self) -> bool:
        """Whether there was a grader error in any exercise."""
        return any(exercise.has_grader_error for exercise in self.exercises)
