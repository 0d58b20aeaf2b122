"""Findings: the reasons why a spec did not pass."""

import re
from dataclasses import dataclass

from grader.verdicts.verdict import Outcome


@dataclass(frozen=True)
class Finding:
    """The reason why a spec did not pass.

    Attributes
    ----------
    outcome : Outcome
        Outcome of the spec; never `Outcome.PASSED`.
    message : str
        Explanation for the learner, without the promise, which is shown separately.
    hints : tuple of str, default ()
        Help in steps, as in `grader.verdicts.verdict.SpecVerdict`.
    mistake : str, optional
        Name of the known mistake that fails in the same way.
    """

    outcome: Outcome
    message: str
    hints: tuple[str, ...] = ()
    mistake: str | None = None


def without_addresses(text: str) -> str:
    """Replace the memory addresses of objects in a text, which differ from run to run."""
    return re.sub(r"\b0x[0-9a-fA-F]{6,16}\b", "0x...", text)
