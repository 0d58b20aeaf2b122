"""The known mistakes, by how they fail the specs: what a wrong submission is compared with.

The judge finds that out by making each mistake in the reference and running it on the hidden
inputs. A learner has no reference, and always the same inputs: she gets it written down, as
fingerprints beside the catalogue.
"""

import ast
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.course import CourseError, Exercise
from grader.fingerprint import Fingerprint, akin, alike
from grader.mistakes import Mistake, make
from grader.submission import read_module


@dataclass(frozen=True)
class Known:
    """A known mistake, and how it fails the specs.

    Attributes
    ----------
    name : str
        Its name in the catalogue.
    title : str
        What was done wrong: "db summed over all axes".
    hint : str
        A sentence or two that point at the idea.
    place : str
        Where it was made: "Affine.backward".
    failure : callable
        Tells for the name of a spec the fingerprint of how the mistake fails it; None if it does
        not.
    beforehand : callable, optional
        Tells the same with other inputs, if that is known without running it.
    """

    name: str
    title: str
    hint: str
    place: str
    failure: Callable[[str], Fingerprint | None]
    beforehand: Callable[[str], Fingerprint | None] | None = None

    def fails_as(self, spec: str, failure: Fingerprint) -> bool:
        """Whether the mistake fails a spec as a submission did."""
        if self.beforehand is not None and not akin(failure, self.beforehand(spec)):
            return False
        return alike(failure, self.failure(spec))


def recognise(
    known: Sequence[Known], failures: Mapping[str, Fingerprint | None], ran: Collection[str]
) -> dict[str, list[Known]]:
    """Find the known mistakes that fail the specs as a submission did.

    Parameters
    ----------
    known : sequence of Known
        The mistakes of the exercise.
    failures : mapping of str to list
        The fingerprints of the specs that failed, by name.
    ran : collection of str
        All specs that ran.

    Returns
    -------
    dict of str to list of Known
        For each spec that failed, those that give the same wrong answer to the same inputs; if
        there are several, those of them that break the very promises that are broken.
    """

    def breaks(mistake: Known) -> set[str]:
        return {spec for spec in ran if mistake.failure(spec) is not None}

    found = {}
    for spec, failure in failures.items():
        same = [one for one in known if failure and one.fails_as(spec, failure)]
        fitting = [one for one in same if breaks(one) == failures.keys()] if same[1:] else []
        found[spec] = fitting or same
    return found


def narrow(known: Known, written: Known | None) -> Known:
    """Leave out the specs that a mistake passes according to what was written down of it.

    Parameters
    ----------
    known : Known
        The mistake; how it fails a spec takes some time to find out.
    written : Known or None
        The same one with the inputs that learners have, if it is known.

    Returns
    -------
    Known
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


# On disk

TOLD = ("name", "title", "hint", "place")


def write(known: Sequence[Known], specs: Sequence[str]) -> str:
    """Write down how the known mistakes fail the specs.

    Parameters
    ----------
    known : sequence of Known
        The mistakes of an exercise.
    specs : sequence of str
        Names of its specs.

    Returns
    -------
    str
        JSON, with a line for each mistake and spec.
    """
    return json.dumps([_plain(one, specs) for one in known], indent=0) + "\n"


def _plain(known: Known, specs: Sequence[str]) -> dict[str, Any]:
    failures = {spec: failure for spec in specs if (failure := known.failure(spec)) is not None}
    told = {name: getattr(known, name) for name in TOLD}
    return {**told, "failures": {spec: json.dumps(one) for spec, one in failures.items()}}


def same(one: Sequence[Known], other: Sequence[Known], specs: Sequence[str]) -> bool:
    """Whether two descriptions of the known mistakes agree, but for rounding.

    Parameters
    ----------
    one, other : sequence of Known
        The mistakes of an exercise.
    specs : sequence of str
        Names of its specs.

    Returns
    -------
    bool
        Whether they do.
    """

    def agree(this: Known, that: Known) -> bool:
        told = (getattr(this, name) == getattr(that, name) for name in TOLD)
        ends = ((this.failure(spec), that.failure(spec)) for spec in specs)
        return all(told) and all(a is b is None or alike(a, b) for a, b in ends)

    return len(one) == len(other) and all(map(agree, one, other))


def read(path: Path) -> list[Known]:
    """Read what `write` has written.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    list of Known
        None if there is no such file.

    Raises
    ------
    CourseError
        If it is another kind of file.
    """
    if not path.is_file():
        return []
    try:
        return [_known(entry) for entry in json.loads(path.read_text("utf-8"))]
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise CourseError(
            f"{path}: expected what `grader fingerprint` writes, found {error}; run it again"
        ) from None


def _known(entry: dict[str, Any]) -> Known:
    failures = {spec: json.loads(text) for spec, text in entry["failures"].items()}
    return Known(entry["name"], entry["title"], entry["hint"], entry["place"], failures.get)
