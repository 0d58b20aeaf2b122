"""Why a spec did not pass."""

import re
from dataclasses import dataclass

from grader.messages.explanation import Reason
from grader.messages.message import Text
from grader.verdicts.verdict import Outcome


@dataclass(frozen=True)
class Finding:
    """Why a spec did not pass.

    Attributes
    ----------
    outcome : Outcome
        What became of it.
    message : str, Message or Explanation
        Why, for the learner; without the promise, which the reader has already.
    hints : tuple of str or Message, default ()
        As in `grader.verdicts.verdict.SpecVerdict`.
    mistake : str, optional
        The known mistake that behaves the same.
    """

    outcome: Outcome
    message: Reason
    hints: tuple[Text, ...] = ()
    mistake: str | None = None


def without_addresses(text: str) -> str:
    """Text in which an object's place in memory, another one in every run, is left out.

    Parameters
    ----------
    text : str
        What a submission said.

    Returns
    -------
    str
        The same in every run.
    """
    return re.sub(r"\b0x[0-9a-fA-F]{6,16}\b", "0x...", text)
