"""Explanations of an outcome, in labelled parts: what was returned, what was expected."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from grader.messages.message import Message, Text, english, joined, literal, pack, unpack
from grader.messages.wrapping import wrap

WIDTH = 76
"""Maximum number of columns of a wrapped line."""

INDENT = " " * 10
"""Indentation of further lines; as wide as a label."""

LABELS = {
    label.text.strip(): label
    for label in (
        english("checked   "),
        english("called    "),
        english("returned  "),
        english("expected  "),
        english("differs   "),
        english("raised    "),
        english("at        "),
        english("perhaps   "),
    )
}
"""The labels of parts, ten columns wide, by their stripped text."""

WRAPPED = ("differs", "perhaps")
"""Labels of prose, which is wrapped; the text of other parts keeps its line breaks."""

_TAG = "parts"


@dataclass(frozen=True)
class Part:
    """A labelled part of an explanation, of one or more lines.

    Attributes
    ----------
    label : str
        One of `LABELS`; empty for a sentence without a label.
    text : str or Message
        The text after the label.
    """

    label: str
    text: Text

    def lines(self, translate: Callable[[Message], str]) -> list[str]:
        """Return the lines of this part in the language of `translate`, the label first."""
        text = self.text if isinstance(self.text, str) else self.text.said(translate)
        if not self.label:
            return text.split("\n")
        label = translate(LABELS[self.label])
        if self.label in WRAPPED:
            return wrap(text, WIDTH, label, INDENT)
        return (label + text.replace("\n", "\n" + INDENT)).split("\n")


@dataclass(frozen=True)
class Explanation:
    """The reason why a spec did not pass.

    Attributes
    ----------
    parts : tuple of Part
        Parts from top to bottom.
    """

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return self.said(lambda message: message.text)

    def said(self, translate: Callable[[Message], str]) -> str:
        """Return the text in a language; see `grader.messages.message.Message.said`.

        Parameters
        ----------
        translate : callable
            Returns the text of a message in that language.
        """
        return "\n".join(line for part in self.parts for line in part.lines(translate))


Reason = Text | Explanation
"""The reason for an outcome: a sentence, or several parts."""


def explain(*parts: tuple[str, Text]) -> Explanation:
    """Create an explanation from pairs of label and text; omit parts whose text is empty.

    Parameters
    ----------
    *parts : (str, str or Message)
        The attributes of each `Part`.
    """
    return Explanation(tuple(Part(label, text) for label, text in parts if text != ""))


def changed(reason: Reason, change: Callable[[str], str]) -> Reason:
    """Apply a function to all untrusted text in a reason; see `message.literal`.

    Parameters
    ----------
    reason : str, Message or Explanation
        The original, which stays unchanged.
    change : callable
        Returns the replacement of such a text.
    """
    if isinstance(reason, Explanation):
        parts = (Part(one.label, literal(one.text, change)) for one in reason.parts)
        return Explanation(tuple(parts))
    return literal(reason, change)


def pack_reason(reason: Reason) -> Any:
    """Convert a reason to a JSON value.

    Parameters
    ----------
    reason : str, Message or Explanation
        An explanation becomes ``["parts", label, text, ...]``, other reasons the result of
        `message.pack`.
    """
    if isinstance(reason, Explanation):
        return [_TAG, *(item for one in reason.parts for item in (one.label, pack(one.text)))]
    return pack(reason)


def unpack_reason(content: Any) -> Reason:
    """Convert a JSON value from `pack_reason` back to a reason.

    Parameters
    ----------
    content : object
        A JSON value.

    Raises
    ------
    ValueError
        If it is not a valid reason.
    """
    match content:
        case [str(tag), *items] if tag == _TAG and len(items) % 2 == 0:
            labels = items[::2]
            if not all(label in ("", *LABELS) for label in labels):
                raise ValueError("a part with an unknown label")
            texts = map(unpack, items[1::2])
            return Explanation(tuple(map(Part, labels, texts)))
    return unpack(content)


def sentences(texts: Iterable[Text]) -> Text:
    """Join remarks into one text, separated by semicolons.

    Parameters
    ----------
    texts : iterable of str or Message
        Remarks that are not empty.
    """
    return joined(texts, english("; "))
