"""A message: a text of ours with values in it, which a report says in the language of its reader.

What a learner wrote is a plain str, and is shown as it is, whatever it says. The worker imports
this module, and nothing else of the package.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

SPECS, MISTAKES, STUBS = "tests/specs", "tests/mistakes", "exercises"
"""Folders of a course with texts of its own, and their catalogues."""

HOMES = ("", SPECS, MISTAKES, STUBS)
"""Where the translation of a message may be; nothing stands for the grader's own catalogue."""

MAX_DEPTH = 8
_TEMPLATE = re.compile(r"(?:[^{}]|\{[a-z]\w{0,30}(?:!r)?(?::(?:,|g|02x))?\})*")
_TAG = "msg"


@dataclass(frozen=True)
class Message:
    """A text of ours, with values in it.

    Attributes
    ----------
    text : str
        In English, with a ``{name}`` for each value: the key of a catalogue. Without values it is
        said as it is.
    values : tuple of (str, object), default ()
        Names, and texts, numbers or messages.
    home : str, default ""
        One of `HOMES`.
    """

    text: str
    values: tuple[tuple[str, "Text | int | float"], ...] = ()
    home: str = ""

    def __str__(self) -> str:
        return self.said(lambda message: message.text)

    def said(self, translate: Callable[["Message"], str]) -> str:
        """Say it in a language.

        Parameters
        ----------
        translate : callable
            Gives the text of a message in it.
        """
        text = translate(self)
        if not self.values:
            return text
        return text.format(
            **{
                name: value.said(translate) if isinstance(value, Message) else value
                for name, value in self.values
            }
        )

    def part(self, **values: "Text | int | float") -> "Message":
        """The same with other values."""
        return Message(self.text, tuple({**dict(self.values), **values}.items()), self.home)


Text = str | Message
"""What is shown to somebody: words of a stranger, as they are, or words of ours."""


def english(text: str, /, **values: object) -> Message:
    """A message, written in English, that is translated where somebody reads it.

    Parameters
    ----------
    text : str
        With a ``{name}`` for each value.
    **values : object
        Texts, numbers and messages stay what they are; of all else it is what `str` makes of it.
    """
    return Message(text, tuple((name, _plain(value)) for name, value in values.items()))


def phrase(text: str, /, **values: object) -> Message:
    """A message in the words of a spec: its translation is with those of the course.

    Parameters
    ----------
    text : str
        With a ``{name}`` for each value.
    **values : object
        As in `english`.
    """
    return Message(text, english(text, **values).values, SPECS)


def _plain(value: object) -> Text | int | float:
    if isinstance(value, Message) or type(value) in (str, int, float):
        return value  # type: ignore[return-value]
    if isinstance(value, float):
        return float(value)
    return str(value)


def joined(pieces: Iterable[Text], by: Text = "") -> Text:
    """Several texts as one: it is translated part by part.

    Parameters
    ----------
    pieces : iterable of str or Message
        The texts.
    by : str or Message, default ""
        What stands between them.
    """
    listed: list[Text] = []
    for number, piece in enumerate(pieces):
        for one in (by, *_pieces(piece)) if number else _pieces(piece):
            if isinstance(one, str) and listed and isinstance(listed[-1], str):
                listed[-1] += one
            elif one != "":
                listed.append(one)
    if len(listed) == 1 and isinstance(listed[0], Message):
        return listed[0]
    if all(isinstance(one, str) for one in listed):
        return "".join(map(str, listed))
    names = (f"p{number}" for number in range(len(listed)))
    return Message(_side_by_side(len(listed)), tuple(zip(names, listed, strict=True)))


def _pieces(text: Text) -> tuple[Text, ...]:
    """What `joined` has made a text of, if it has."""
    if isinstance(text, Message) and text.values and not text.home:
        pieces = tuple(value for _, value in text.values if isinstance(value, str | Message))
        if text.text == _side_by_side(len(pieces)):
            return pieces
    return (text,)


def _side_by_side(number: int) -> str:
    return "".join(f"{{p{one}}}" for one in range(number))


def literal(text: Text, change: Callable[[str], str]) -> Text:
    """Change what is not in our words: all that a stranger may have written.

    Parameters
    ----------
    text : str or Message
        The text.
    change : callable
        What becomes of each such part.
    """
    if isinstance(text, str):
        return change(text)
    values = (
        (name, literal(value, change) if isinstance(value, str | Message) else value)
        for name, value in text.values
    )
    said = change(text.text) if text.home == STUBS else text.text  # which was handed in, too
    return Message(said, tuple(values), text.home)


def cut(text: Text, most: int) -> Text:
    """A text, or the beginning of it in English if that is too long.

    Parameters
    ----------
    text : str or Message
        The text.
    most : int
        How many characters it may have.
    """
    return text if len(told := str(text)) <= most else told[:most]


# As it crosses, and as it is kept


def pack(text: Text) -> Any:
    """A text as a value of JSON: ``["msg", text, values]``, or a str as it is.

    Parameters
    ----------
    text : str or Message
        The text.
    """
    if isinstance(text, str):
        return text
    values = {n: pack(v) if isinstance(v, Message) else v for n, v in text.values}
    return [_TAG, text.text, values, *([text.home] if text.home else [])]


def unpack(content: Any, most: int | None = None, depth: int = 0) -> Text:
    """The text that `pack` made something of, whoever sends it.

    Nobody needs to be believed that a message is in our words: whoever can send one, can as well
    send a text that reads the same. But saying it takes bounded time and memory.

    Parameters
    ----------
    content : object
        A value of JSON.
    most : int, optional
        How many characters it may have, and each of its parts; by default that is not bounded.
    depth : int, default 0
        In how many messages it lies.

    Raises
    ------
    ValueError
        If it is no text, or too large a one.
    """
    match content:
        case str():
            text: Text = content
        case [str(tag), str(key), dict(values), *home] if tag == _TAG and depth < MAX_DEPTH:
            if (values and not _TEMPLATE.fullmatch(key)) or home not in (
                [],
                *([one] for one in HOMES),
            ):
                raise ValueError(f"no message: {key[:40]!r}")
            if most is not None and len(key) > most:
                raise ValueError("a message that is too long")
            pairs = ((name, _unpack_value(value, most, depth)) for name, value in values.items())
            text = Message(key, tuple(pairs), *home)
        case _:
            raise ValueError(f"a {type(content).__name__} where a text is expected")
    try:
        size = len(str(text))
    except (LookupError, TypeError, OverflowError, AttributeError) as error:
        raise ValueError(f"a message that cannot be said: {error}") from None
    if most is not None and size > most:
        raise ValueError("a text that is too long")
    return text


def _unpack_value(value: Any, most: int | None, depth: int) -> Text | int | float:
    if type(value) is int and abs(value) < 2**64:
        return value
    return value if type(value) is float else unpack(value, most, depth + 1)
