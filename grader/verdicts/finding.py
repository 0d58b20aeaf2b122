"""Findings: the reasons why a spec did not pass."""

import re
from dataclasses import dataclass

from grader.messages.explanation import Reason
from grader.messages.message import Text
from grader.verdicts.verdict import Outcome


@dataclass(frozen=True)
class Finding:
    """The reason why a spec did not pass.

    Attributes
    ----------
    outcome : Outcome
        Outcome of the spec; never `Outcome.PASSED`.
    message : str, Message or Explanation
        Explanation for the learner, without the promise, which is shown separately.
    hints : tuple of str or Message, default ()
        Help in steps, as in `grader.verdicts.verdict.SpecVerdict`.
    mistake : str, optional
        Name of the known mistake that fails in the same way.
    cause : str, default ""
        As in `grader.verdicts.verdict.SpecVerdict`.
    """

    outcome: Outcome
    message: Reason
    hints: tuple[Text, ...] = ()
    mistake: str | None = None
    cause: str = ""


RESTS_ON = "rests on "


def resting_on(spec: str) -> str:
    """Return the cause of a failure of a spec that was not tried, as the named one is broken."""
    return f"{RESTS_ON}{spec}"


def without_addresses(text: str) -> str:
    """Replace the memory addresses of objects in a text, which differ from run to run."""
    return re.sub(r"\b0x[0-9a-fA-F]{6,16}\b", "0x...", text)
