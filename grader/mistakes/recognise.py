"""Recognition of the known mistakes that fail the specs in the same way as a submission."""

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
    """Find the known mistakes that fail the specs in the same way as a submission.

    Parameters
    ----------
    known : sequence of KnownMistake
        Known mistakes of the exercise.
    failures : mapping of str to list
        Fingerprints of the specs that failed, by name.
    ran : collection of str
        Names of all specs that ran.

    Returns
    -------
    dict of str to list of KnownMistake
        For each spec that failed, the mistakes with the same wrong result for the same inputs. If
        there are several, only those that fail exactly the same specs, if any do.
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
    """Limit a mistake to the specs that it fails according to its recorded fingerprints.

    Parameters
    ----------
    known : KnownMistake
        Mistake whose fingerprints are computed by running specs, which takes time.
    written : KnownMistake or None
        The same mistake with fingerprints recorded for a learner's inputs, if there are any.

    Returns
    -------
    KnownMistake
        Mistake that fails the specs that both fail, and that is run only on specs where its
        recorded fingerprint resembles that of a submission.
    """
    if written is None:
        return known

    def failure(spec: str) -> Fingerprint | None:
        return None if written.failure(spec) is None else known.failure(spec)

    return replace(known, failure=failure, beforehand=written.failure)


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
    right = read_module(exercise.solution).text
    wrong = make(mistake, exercise).text
    pairs = enumerate(zip(right.splitlines(), wrong.splitlines(), strict=False), 1)
    line = next((number for number, (one, other) in pairs if one != other), 1)
    around = _around(ast.parse(right), line)
    # Private functions of the reference need not exist in a submission.
    public = (name for name in around if not name.startswith("_") or name.endswith("__"))
    return ".".join(public) or exercise.filename


def _around(tree: ast.AST, line: int) -> Iterator[str]:
    """Yield the names of the class and the function that contain a line."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            assert node.end_lineno is not None
            if node.lineno <= line <= node.end_lineno:
                yield node.name
                if isinstance(node, ast.ClassDef):
                    yield from _around(node, line)
