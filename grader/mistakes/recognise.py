"""Finds the known mistakes that fail the specs as a submission does."""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from grader.course.course import Exercise
from grader.course.modules import read_module
from grader.mistakes.catalogue import Mistake, make
from grader.mistakes.fingerprint import Fingerprint
from grader.mistakes.known_failures import KnownMistake


def recognise(
    known: Sequence[KnownMistake], failures: Mapping[str, Fingerprint | None], ran: Collection[str]
) -> dict[str, list[KnownMistake]]:
    """Find the known mistakes that fail the specs as a submission did.

    Parameters
    ----------
    known : sequence of KnownMistake
        The mistakes of the exercise.
    failures : mapping of str to list
        The fingerprints of the specs that failed, by name.
    ran : collection of str
        All specs that ran.

    Returns
    -------
    dict of str to list of KnownMistake
        For each spec that failed, those that give the same wrong answer to the same inputs; if
        there are several, those of them that break the very promises that are broken.
    """

    def breaks(mistake: KnownMistake) -> set[str]:
        return {spec for spec in ran if mistake.failure(spec) is not None}

    found = {}
    for spec, failure in failures.items():
        same = [one for one in known if failure and one.fails_as(spec, failure)]
        fitting = [one for one in same if breaks(one) == failures.keys()] if same[1:] else []
        found[spec] = fitting or same
    return found


def narrow(known: KnownMistake, written: KnownMistake | None) -> KnownMistake:
    """Leave out the specs that a mistake passes according to what was written down of it.

    Parameters
    ----------
    known : KnownMistake
        The mistake; how it fails a spec takes some time to find out.
    written : KnownMistake or None
        The same one with the inputs that learners have, if it is known.

    Returns
    -------
    KnownMistake
        It fails the specs that it fails with both, and is run where it may do so as a submission
        did.
    """
    if written is None:
        return known

    def failure(spec: str) -> Fingerprint | None:
        return None if written.failure(spec) is None else known.failure(spec)

    return replace(known, failure=failure, beforehand=written.failure)


def place_of(mistake: Mistake, exercise: Exercise) -> str:
    """Where in the reference a mistake is made.

    Parameters
    ----------
    mistake : Mistake
        The mistake.
    exercise : Exercise
        Whose it is.

    Returns
    -------
    str
        The function or method, or else the class or file.
    """
    right = read_module(exercise.solution).text
    wrong = make(mistake, exercise).text
    pairs = enumerate(zip(right.splitlines(), wrong.splitlines(), strict=False), 1)
    line = next((number for number, (one, other) in pairs if one != other), 1)
    around = _around(ast.parse(right), line)
    # A learner need not have the reference's helpers.
    public = (name for name in around if not name.startswith("_") or name.endswith("__"))
    return ".".join(public) or exercise.filename


def _around(tree: ast.AST, line: int) -> Iterator[str]:
    """Names of the class and the function around a line."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            assert node.end_lineno is not None
            if node.lineno <= line <= node.end_lineno:
                yield node.name
                if isinstance(node, ast.ClassDef):
                    yield from _around(node, line)
