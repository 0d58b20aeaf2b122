"""Recognition of the known mistakes that fail the specs in the same way as a submission.

A mistake is named only if it explains every promise that broke and breaks none that held. Two are
named only if they do so together. What other code of the submission makes of a wrong function is
not compared. Stretch promises, of which correct code may break some, must not contradict a mistake,
and are explained by themselves if it does not explain them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from grader.mistakes.fingerprint import Fingerprint, alike
from grader.mistakes.known_failures import KnownMistake
from grader.mistakes.own_code import own_code

MAX_CANDIDATES = 40
"""Number of mistakes of which pairs are tried."""

SLACK = 2
"""Number of promises that a mistake may break or not, depending on the inputs."""

RIGHT, LITERAL = -1.0, 1.0
"""Evidence that the code is right at the place of a mistake, and that the very mistake is there."""


def recognise(
    known: Sequence[KnownMistake],
    failures: Mapping[str, Fingerprint | None],
    ran: Collection[str],
    *,
    stretch: Collection[str] = (),
    code: str = "",
) -> dict[str, list[KnownMistake]]:
    """Find the known mistakes that fail the specs in the same way as a submission.

    Parameters
    ----------
    known : sequence of KnownMistake
        Known mistakes of the exercise.
    failures : mapping of str to list
        Fingerprints of the specs that failed, by name.
    ran : collection of str
        Names of all specs that ran.
    stretch : collection of str
        Names of the specs of the tier stretch.
    code : str
        Code of the submission, which decides between mistakes that behave the same.

    Returns
    -------
    dict of str to list of KnownMistake
        For each spec that failed, the mistake that explains it; several if they cannot be told
        apart, and none if no mistake explains all that broke.
    """
    submission = _Submission(failures, ran, stretch, code)
    possible = [one for one in known if submission.may_have(one)]
    likely = [one for one in possible if submission.resembles(one)]
    found = submission.explain_core(likely, possible)
    explained = {spec: _named(spec, found, submission) for spec in failures}
    left = submission.left_by(found)
    for spec in left:
        alone = [(one,) for one in likely if submission.may_be_apart(one, spec, left)]
        if explained[spec]:  # by what breaks this promise too, but in another way
            alone = [(one,) for (one,) in alone if submission.evidence(one) == LITERAL]
        if alone:
            explained[spec] = _named(spec, submission.seen_in_code(alone), submission)
    places = {one.place for one in known}
    return {
        spec: [one if submission.own.has(one, places) else replace(one, place="") for one in found]
        for spec, found in explained.items()
    }


def _named(
    spec: str, explanations: Iterable[tuple[KnownMistake, ...]], submission: "_Submission"
) -> list[KnownMistake]:
    """Return the mistakes that a spec shows, of explanations that cannot be told apart."""
    found: dict[str, KnownMistake] = {}
    for mistakes in explanations:
        breaking = [one for one in mistakes if spec in submission.broken(one)]
        showing = [one for one in breaking if submission.shows(one, spec)]
        found |= {one.name: one for one in showing or breaking}
    return list(found.values())


class _Submission:
    """How a submission failed the specs, and what known mistakes have to do with it."""

    def __init__(
        self,
        failures: Mapping[str, Fingerprint | None],
        ran: Collection[str],
        stretch: Collection[str],
        code: str,
    ) -> None:
        self._failures = failures
        self._ran = ran
        self._code = code
        self.own = own_code(code)
        self._stretch = failures.keys() & set(stretch)
        self._core = failures.keys() - self._stretch
        self._broken: dict[str, frozenset[str]] = {}
        self._shown: dict[tuple[str, str], bool] = {}

    def broken(self, mistake: KnownMistake) -> frozenset[str]:
        """Return the specs that a mistake fails.

        It is not run on a spec that held, and that it is not known to fail with other inputs.
        """
        if mistake.name not in self._broken:
            ran = [
                spec for spec in self._ran if spec in self._failures or self._at_risk(mistake, spec)
            ]
            self._broken[mistake.name] = frozenset(filter(mistake.breaks, ran))
        return self._broken[mistake.name]

    def _at_risk(self, mistake: KnownMistake, spec: str) -> bool:
        """Return whether a mistake may fail a spec, perhaps by way of other code that uses it.

        The learner's own code may do without a function that the reference uses.
        """
        place = mistake.place
        return mistake.may_break(spec) and (place in spec or self.own.may_use(place))

    def shows(self, mistake: KnownMistake, spec: str) -> bool:
        """Return whether the submission fails a spec as a mistake does."""
        key = mistake.name, spec
        if key not in self._shown:
            failure = self._failures[spec]
            self._shown[key] = failure is not None and alike(failure, mistake.failure(spec))
        return self._shown[key]

    def may_have(self, mistake: KnownMistake) -> bool:
        """Return whether a mistake breaks hardly a promise that held, without running it."""
        held = (spec for spec in self._ran if spec not in self._failures)
        return sum(self._at_risk(mistake, spec) for spec in held) <= SLACK

    def resembles(self, mistake: KnownMistake) -> bool:
        """Return whether a mistake fails a spec in such a way, perhaps with other inputs."""
        failed = (
            (spec, failure) for spec, failure in self._failures.items() if failure is not None
        )
        return any(mistake.resembles(spec, failure) for spec, failure in failed)

    def explain_core(
        self, likely: Sequence[KnownMistake], possible: Sequence[KnownMistake]
    ) -> list[tuple[KnownMistake, ...]]:
        """Return the mistakes, or else the pairs of mistakes, that explain all of core.

        Two that are in the code to the letter come before one that is not, though it behaves alike;
        and that one is in doubt if the code has another one in its place.
        """
        if not self._core:
            return []
        singles = self.seen_in_code([(one,) for one in likely if self._explains_alone(one)])
        if any(self.evidence(one) > 0 for (one,) in singles):
            return singles
        literal = [one for one in possible if self.evidence(one) == LITERAL]
        places = {one.place for one in literal if self.broken(one) & self._core}
        return (
            self._pairs(literal)
            or [(one,) for (one,) in singles if one.place not in places]
            or self.seen_in_code(self._pairs(likely))
            or self.seen_in_code([(one,) for one in likely if self._explains_its_function(one)])
        )

    def _explains_alone(self, mistake: KnownMistake) -> bool:
        """Return whether a mistake explains all of core. Most do not: that is found out first."""
        if sum(not mistake.may_break(spec) for spec in self._core) > SLACK:
            return False
        shown = all(self.shows(mistake, spec) for spec in sorted(self._core))
        return shown and self._tells_why(mistake) and self._breaks_only_what_broke(mistake)

    def _tells_why(self, mistake: KnownMistake) -> bool:
        """Return whether a mistake is more than a guess where core found only something unset.

        Code that is written in another way than the mistake lost it in another way.
        """
        if any(self._end(spec) != "unset" for spec in self._core) or not mistake.traces.added:
            return True
        return self.evidence(mistake) > 0

    def _explains_its_function(self, mistake: KnownMistake) -> bool:
        """Return whether a mistake explains all of core that is about its function.

        Everything else that broke is about code that uses this function: how it fails depends on
        that code, which need not be like the reference.
        """
        about = {spec for spec in self._core if _is_about(mistake.place, spec)}
        return (
            all(self.own.follows(mistake.place, spec) for spec in self._core - about)
            and all(self.shows(mistake, spec) for spec in about)
            and self._is_told_by_a_value(about)
            and self._breaks_only_what_broke(mistake)
        )

    def _is_told_by_a_value(self, specs: Iterable[str]) -> bool:
        """Return whether one of these specs failed with a value.

        Different mistakes raise the same exception more often than they return the same value.
        """
        return any(self._end(spec) == "returned" for spec in specs)

    def _breaks_only_what_broke(self, mistake: KnownMistake) -> bool:
        return self.broken(mistake) <= self._failures.keys()

    def _pairs(self, likely: Sequence[KnownMistake]) -> list[tuple[KnownMistake, ...]]:
        possible = [one for one in likely if self.evidence(one) >= 0]
        possible = [one for one in possible if self._breaks_only_what_broke(one)]
        if len(possible) > MAX_CANDIDATES:
            return []
        return [pair for pair in combinations(possible, 2) if self._explain_together(*pair)]

    def _explain_together(self, one: KnownMistake, other: KnownMistake) -> bool:
        """Return whether two mistakes break all that broke of core, and how it broke.

        Where the code has both to the letter, what comes back may be a mixture. Otherwise they are
        in different functions, or the code has one of them to the letter; each of them is seen by
        itself, and not only in an exception; and each promise shows one of them.
        """
        if (self.broken(one) | self.broken(other)) & self._core != self._core:
            return False
        literal = [self.evidence(mistake) == LITERAL for mistake in (one, other)]
        if all(literal):
            return True
        if one.place == other.place and not any(literal):
            return False
        if self._spreads(one, other) or self._spreads(other, one):
            return False
        shown, also_shown = self._shown_by(one), self._shown_by(other)
        alone, also_alone = shown - also_shown, also_shown - shown
        seen = self._is_seen(one, alone) and self._is_seen(other, also_alone)
        return shown | also_shown == self._core and seen

    def _is_seen(self, mistake: KnownMistake, specs: Collection[str]) -> bool:
        """Return whether these specs or the code tell that a mistake is there, not another one.

        Code that forgets a line leaves something unset, and has no other trace.
        """
        if not specs:
            return False
        forgets = not mistake.traces.added and any(self._end(spec) == "unset" for spec in specs)
        return forgets or self._is_told_by_a_value(specs) or self.evidence(mistake) == LITERAL

    def _end(self, spec: str) -> str:
        """Return how a spec failed: "returned", "raised" or "unset"."""
        failure = self._failures[spec]
        return failure[0] if failure else ""

    def _spreads(self, one: KnownMistake, other: KnownMistake) -> bool:
        """Return whether what looks like another mistake may only follow from the first.

        The code of the other place uses the function of the first one, as the reference does not.
        """
        top = other.place.partition(".")[0]
        if not self.own.uses(top, one.place):
            return False
        return not any(one.may_break(spec) for spec in self._ran if _is_about(top, spec))

    def _shown_by(self, mistake: KnownMistake) -> set[str]:
        return {spec for spec in self.broken(mistake) & self._core if self.shows(mistake, spec)}

    def left_by(self, explanations: Sequence[tuple[KnownMistake, ...]]) -> set[str]:
        """Return the stretch specs that failed in another way than by what explains core."""
        if self._core and not explanations:
            return set()
        mistakes = {one for explanation in explanations for one in explanation}
        return {
            spec for spec in self._stretch if not any(self.shows(one, spec) for one in mistakes)
        }

    def may_be_apart(self, mistake: KnownMistake, spec: str, left: set[str]) -> bool:
        """Return whether a mistake explains a stretch promise, and nothing speaks against it.

        Where the code has it to the letter, what explains core may hide it elsewhere, or change
        the value that it returns.
        """
        if not mistake.may_break(spec):
            return False
        if self.evidence(mistake) == LITERAL:
            return self.shows(mistake, spec) or self._shows_in(spec, mistake)
        broken = self.broken(mistake)
        return (
            self.shows(mistake, spec)
            and broken <= self._stretch
            and all(self.shows(mistake, one) for one in broken)
        )

    def _shows_in(self, spec: str, mistake: KnownMistake) -> bool:
        """Return whether a spec found another value in the place where a mistake has its own."""
        failure, other = self._failures[spec], mistake.failure(spec)
        return failure is not None and other is not None and failure[:2] == other[:2]

    def evidence(self, mistake: KnownMistake) -> float:
        """Return how much the code looks like a mistake."""
        return mistake.traces.evidence(self._code)

    def seen_in_code(
        self, explanations: Sequence[tuple[KnownMistake, ...]]
    ) -> list[tuple[KnownMistake, ...]]:
        """Return those of several explanations that the code looks most like.

        None of them is the reason if the code is right where it would be wrong.
        """
        evidence = {mistakes: list(map(self.evidence, mistakes)) for mistakes in explanations}
        possible = {k: sum(v) for k, v in evidence.items() if RIGHT not in v}
        return [k for k, v in possible.items() if v == max(possible.values())]


def _is_about(name: str, spec: str) -> bool:
    """Return whether a spec checks a function or class, by the name of the spec."""
    return spec.startswith(f"test_{name}_")
