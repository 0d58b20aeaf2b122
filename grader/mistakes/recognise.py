"""Recognition of the known mistakes that fail the specs in the same way as a submission.

A mistake is named only if it explains every promise that broke and breaks none that held. Two are
named only if they do so together. Stretch promises, of which correct code may break some, must not
contradict a mistake, and are explained by themselves if it does not explain them.
"""

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from grader.course.course import Exercise
from grader.course.modules import read_module
from grader.mistakes.catalogue import Mistake, make
from grader.mistakes.fingerprint import Fingerprint, alike
from grader.mistakes.known_failures import KnownMistake
from grader.mistakes.traces import parsed

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
        explained[spec] = _named(spec, submission.seen_in_code(alone), submission)
    return explained


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
        self._stretch = failures.keys() & set(stretch)
        self._core = failures.keys() - self._stretch
        self._used: dict[str, bool] = {}
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
        return mistake.may_break(spec) and (mistake.place in spec or self._is_used(mistake.place))

    def _is_used(self, function: str) -> bool:
        """Return whether the code names a function elsewhere than where it is defined.

        A docstring, of which a stub has many, is no use of what it names.
        """
        if function not in self._used:
            tree = parsed(self._code)
            names = Counter(_names_in(tree)) if tree is not None else Counter()
            self._used[function] = "." in function or names[function] != 1
        return self._used[function]

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

        Two that are in the code to the letter come before one that is not, though it behaves alike.
        """
        if not self._core:
            return []
        singles = self.seen_in_code([(one,) for one in likely if self._explains_alone(one)])
        if any(self.evidence(one) > 0 for (one,) in singles):
            return singles
        literal = [one for one in possible if self.evidence(one) == LITERAL]
        return self._pairs(literal) or singles or self.seen_in_code(self._pairs(likely))

    def _explains_alone(self, mistake: KnownMistake) -> bool:
        """Return whether a mistake explains all of core. Most do not: that is found out first."""
        if sum(not mistake.may_break(spec) for spec in self._core) > SLACK:
            return False
        shown = all(self.shows(mistake, spec) for spec in sorted(self._core))
        return shown and self._breaks_only_what_broke(mistake)

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

        Where the code has both to the letter, what comes back may be a mixture. Otherwise each of
        them is seen by itself in a promise, and each promise shows one of them.
        """
        if (self.broken(one) | self.broken(other)) & self._core != self._core:
            return False
        if self.evidence(one) == self.evidence(other) == LITERAL:
            return True
        shown, also_shown = self._shown_by(one), self._shown_by(other)
        return shown | also_shown == self._core and bool(shown - also_shown and also_shown - shown)

    def _shown_by(self, mistake: KnownMistake) -> set[str]:
        return {spec for spec in self.broken(mistake) & self._core if self.shows(mistake, spec)}

    def left_by(self, explanations: Sequence[tuple[KnownMistake, ...]]) -> set[str]:
        """Return the stretch specs that failed for other reasons than core, if that is known."""
        if self._core and not explanations:
            return set()
        mistakes = {one for explanation in explanations for one in explanation}
        return self._stretch.difference(*map(self.broken, mistakes))

    def may_be_apart(self, mistake: KnownMistake, spec: str, left: set[str]) -> bool:
        """Return whether a mistake explains a stretch promise, and nothing speaks against it.

        Where the code has it to the letter, what explains core may hide it elsewhere.
        """
        if not (mistake.may_break(spec) and self.shows(mistake, spec)):
            return False
        broken = self.broken(mistake)
        if self.evidence(mistake) == LITERAL:
            broken &= left
        return broken <= self._stretch and all(self.shows(mistake, one) for one in broken)

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


def _names_in(tree: ast.Module) -> Iterator[str]:
    """Yield each name as often as the code defines or uses it."""
    for node in ast.walk(tree):
        for field in ("name", "id", "attr"):
            if isinstance(name := getattr(node, field, None), str):
                yield name


def narrow(known: KnownMistake, written: KnownMistake | None) -> KnownMistake:
    """Add to a mistake how it fails the specs with other inputs, according to a record.

    Parameters
    ----------
    known : KnownMistake
        Mistake whose fingerprints are computed by running specs, which takes time.
    written : KnownMistake or None
        The same mistake with fingerprints recorded for a learner's inputs, if there are any.

    Returns
    -------
    KnownMistake
        The same mistake, which is run only if it may explain how a submission failed.
    """
    return known if written is None else replace(known, beforehand=written.failure)


def place_of(mistake: Mistake, exercise: Exercise) -> str:
    """Return the place in the reference solution that a mistake changes.

    Parameters
    ----------
    mistake : Mistake
        Mistake in the catalogue of the exercise.
    exercise : Exercise
        Exercise of the reference solution.

    Returns
    -------
    str
        Name of the function or method, or else of the class or file.
    """
    return name_of_place(mistake, exercise) or exercise.filename


def name_of_place(mistake: Mistake, exercise: Exercise) -> str:
    """Return the same as `place_of`, but an empty text for a file."""
    if mistake.place:
        return mistake.place
    right = read_module(exercise.solution).text
    wrong = make(mistake, exercise).text
    pairs = enumerate(zip(right.splitlines(), wrong.splitlines(), strict=False), 1)
    line = next((number for number, (one, other) in pairs if one != other), 1)
    around = _around(ast.parse(right), line)
    # Private functions of the reference need not exist in a submission.
    public = (name for name in around if not name.startswith("_") or name.endswith("__"))
    return ".".join(public)


def _around(tree: ast.AST, line: int) -> Iterator[str]:
    """Yield the names of the class and the function that contain a line."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            assert node.end_lineno is not None
            if node.lineno <= line <= node.end_lineno:
                yield node.name
                if isinstance(node, ast.ClassDef):
                    yield from _around(node, line)
