"""Why something is as it is, in several parts with labels: what was returned, what was expected."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from grader.messages.message import Message, Text, english, joined, literal, pack, unpack
from grader.messages.wrapping import wrap

WIDTH = 76
"""Columns of what is wrapped."""

INDENT = " " * 10
"""As wide as a label."""

LABELS = {
    label.text.strip(): label
    for label in (
        english("checked   "),
        english("returned  "),
        english("expected  "),
        english("differs   "),
        english("raised    "),
        english("at        "),
        english("perhaps   "),
    )
}
"""What a part may begin with, in ten columns."""

WRAPPED = ("differs", "perhaps")
"""Labels of prose; what stands behind the others is shown line by line."""

_TAG = "parts"


@dataclass(frozen=True)
class Part:
    """One thing that is said, of one line or several.

    Attributes
    ----------
    label : str
        One of `LABELS`; nothing before a sentence that needs none.
    text : str or Message
        What stands behind it.
    """

    label: str
    text: Text

    def lines(self, translate: Callable[[Message], str]) -> list[str]:
        """The lines of a message in some language, the label first."""
        text = self.text if isinstance(self.text, str) else self.text.said(translate)
        if not self.label:
            return text.split("\n")
        label = translate(LABELS[self.label])
        if self.label in WRAPPED:
            return wrap(text, WIDTH, label, INDENT)
        return (label + text.replace("\n", "\n" + INDENT)).split("\n")


@dataclass(frozen=True)
class Explanation:
    """Why a spec did not pass.

    Attributes
    ----------
    parts : tuple of Part
        From top to bottom.
    """

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return self.said(lambda message: message.text)

    def said(self, translate: Callable[[Message], str]) -> str:
        """Say it in a language; see `grader.messages.message.Message.said`.

        Parameters
        ----------
        translate : callable
            Gives the text of a message in it.
        """
        return "\n".join(line for part in self.parts for line in part.lines(translate))


Reason = Text | Explanation
"""Why something is as it is: a sentence, or several parts."""


def explain(*parts: tuple[str, Text]) -> Explanation:
    """An explanation of labels and texts; a part whose text is empty is left out.

    Parameters
    ----------
    *parts : (str, str or Message)
        As the attributes of `Part`.
    """
    return Explanation(tuple(Part(label, text) for label, text in parts if text != ""))


def changed(reason: Reason, change: Callable[[str], str]) -> Reason:
    """The same with what a stranger may have written changed; see `message.literal`.

    Parameters
    ----------
    reason : str, Message or Explanation
        The reason.
    change : callable
        What becomes of each such part.
    """
    if isinstance(reason, Explanation):
        parts = (Part(one.label, literal(one.text, change)) for one in reason.parts)
        return Explanation(tuple(parts))
    return literal(reason, change)


def pack_reason(reason: Reason) -> Any:
    """A reason as a value of JSON: ``["parts", label, text, ...]``, or as `message.pack` has it.

    Parameters
    ----------
    reason : str, Message or Explanation
        The reason.
    """
    if isinstance(reason, Explanation):
        return [_TAG, *(item for one in reason.parts for item in (one.label, pack(one.text)))]
    return pack(reason)


def unpack_reason(content: Any) -> Reason:
    """The reason that `pack_reason` made something of.

    Parameters
    ----------
    content : object
        A value of JSON.

    Raises
    ------
    ValueError
        If it is none.
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
    """Remarks one behind the other.

    Parameters
    ----------
    texts : iterable of str or Message
        The remarks.
    """
    return joined(texts, english("; "))
