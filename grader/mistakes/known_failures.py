"""Known mistakes with the fingerprints of their failures, with which submissions are compared.

The judge computes fingerprints by applying each mistake to the reference solution and running it
on the hidden inputs. Learners have no reference solution and always the same inputs: for them, the
fingerprints are stored in a file next to the catalogue.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.mistakes.fingerprint import Fingerprint, akin, alike
from grader.mistakes.traces import NO_TRACES, Traces, read_traces


@dataclass(frozen=True)
class KnownMistake:
    """A known mistake and its failures.

    Attributes
    ----------
    name : str
        Name in the catalogue.
    title : str
        Short description: "db summed over all axes".
    hint : str
        One or two sentences that point at the idea.
    place : str
        Where the mistake is made: "Affine.backward". Empty if it is not known where a submission
        has it.
    failure : callable
        Takes the name of a spec and returns the fingerprint of the failure, or None if the spec
        passes.
    beforehand : callable, optional
        Returns the same for other inputs, from stored fingerprints instead of a run.
    traces : Traces, optional
        What the mistake looks like in code.
    """

    name: str
    title: str
    hint: str
    place: str
    failure: Callable[[str], Fingerprint | None]
    beforehand: Callable[[str], Fingerprint | None] | None = None
    traces: Traces = NO_TRACES

    def breaks(self, spec: str) -> bool:
        """Return whether the mistake fails a spec."""
        return self.failure(spec) is not None

    def may_break(self, spec: str) -> bool:
        """Return whether the mistake fails a spec with other inputs, if that is known."""
        return (self.beforehand or self.failure)(spec) is not None

    def resembles(self, spec: str, failure: Fingerprint) -> bool:
        """Return whether the mistake fails a spec in such a way with other inputs."""
        return akin(failure, (self.beforehand or self.failure)(spec))


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


# On disk

TOLD = ("name", "title", "hint", "place")


def write(known: Sequence[KnownMistake], specs: Sequence[str]) -> str:
    """Serialize known mistakes with the fingerprints of their failures.

    Parameters
    ----------
    known : sequence of KnownMistake
        Known mistakes of an exercise.
    specs : sequence of str
        Names of the specs of the exercise.

    Returns
    -------
    str
        JSON, with a line for each mistake and spec.
    """
    return json.dumps([_plain(one, specs) for one in known], indent=0) + "\n"


def _plain(known: KnownMistake, specs: Sequence[str]) -> dict[str, Any]:
    failures = {spec: failure for spec in specs if (failure := known.failure(spec)) is not None}
    told = {name: getattr(known, name) for name in TOLD}
    written = {spec: json.dumps(one) for spec, one in failures.items()}
    return {**told, "traces": known.traces.written(), "failures": written}


def same(one: Sequence[KnownMistake], other: Sequence[KnownMistake], specs: Sequence[str]) -> bool:
    """Return whether two lists of known mistakes are equal up to rounding.

    Parameters
    ----------
    one, other : sequence of KnownMistake
        Known mistakes of an exercise.
    specs : sequence of str
        Names of the specs whose fingerprints are compared.
    """

    def agree(this: KnownMistake, that: KnownMistake) -> bool:
        told = (getattr(this, name) == getattr(that, name) for name in (*TOLD, "traces"))
        ends = ((this.failure(spec), that.failure(spec)) for spec in specs)
        return all(told) and all(a is b is None or alike(a, b) for a, b in ends)

    return len(one) == len(other) and all(map(agree, one, other))


def read(path: Path) -> list[KnownMistake]:
    """Read known mistakes from a file with the content that `write` returns.

    Returns
    -------
    list of KnownMistake
        Known mistakes; an empty list if the file does not exist.

    Raises
    ------
    CourseError
        If the file has other content.
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
    name, title, hint, place = (entry[key] for key in TOLD)
    traces = read_traces(entry["traces"])
    return KnownMistake(name, title, hint, place, failures.get, traces=traces)
