"""The known mistakes, by how they fail the specs: what a wrong submission is compared with.

The judge finds that out by making each mistake in the reference and running it on the hidden
inputs. A learner has no reference, and always the same inputs: she gets it written down, as
fingerprints beside the catalogue.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.mistakes.fingerprint import Fingerprint, akin, alike


@dataclass(frozen=True)
class KnownMistake:
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


# On disk

TOLD = ("name", "title", "hint", "place")


def write(known: Sequence[KnownMistake], specs: Sequence[str]) -> str:
    """Write down how the known mistakes fail the specs.

    Parameters
    ----------
    known : sequence of KnownMistake
        The mistakes of an exercise.
    specs : sequence of str
        Names of its specs.

    Returns
    -------
    str
        JSON, with a line for each mistake and spec.
    """
    return json.dumps([_plain(one, specs) for one in known], indent=0) + "\n"


def _plain(known: KnownMistake, specs: Sequence[str]) -> dict[str, Any]:
    failures = {spec: failure for spec in specs if (failure := known.failure(spec)) is not None}
    told = {name: getattr(known, name) for name in TOLD}
    return {**told, "failures": {spec: json.dumps(one) for spec, one in failures.items()}}


def same(one: Sequence[KnownMistake], other: Sequence[KnownMistake], specs: Sequence[str]) -> bool:
    """Whether two descriptions of the known mistakes agree, but for rounding.

    Parameters
    ----------
    one, other : sequence of KnownMistake
        The mistakes of an exercise.
    specs : sequence of str
        Names of its specs.

    Returns
    -------
    bool
        Whether they do.
    """

    def agree(this: KnownMistake, that: KnownMistake) -> bool:
        told = (getattr(this, name) == getattr(that, name) for name in TOLD)
        ends = ((this.failure(spec), that.failure(spec)) for spec in specs)
        return all(told) and all(a is b is None or alike(a, b) for a, b in ends)

    return len(one) == len(other) and all(map(agree, one, other))


def read(path: Path) -> list[KnownMistake]:
    """Read what `write` has written.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    list of KnownMistake
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


def _known(entry: dict[str, Any]) -> KnownMistake:
    failures = {spec: json.loads(text) for spec, text in entry["failures"].items()}
    return KnownMistake(entry["name"], entry["title"], entry["hint"], entry["place"], failures.get)
