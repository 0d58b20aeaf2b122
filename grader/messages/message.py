"""Messages: translatable texts with values, which a report shows in the language of its reader.

Text from a learner is a plain str, which is never translated. The worker imports this module, and
no other module of the package.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

SPECS, MISTAKES, STUBS = "tests/specs", "tests/mistakes", "exercises"
"""Folders of a course that have texts of their own, with catalogues."""

HOMES = ("", SPECS, MISTAKES, STUBS)
"""Possible folders of a message's catalogue; empty for the grader's own."""

MAX_DEPTH = 8
_TEMPLATE = re.compile(r"(?:[^{}]|\{[a-z]\w{0,30}(?:!r)?(?::(?:,|g|02x))?\})*")
_TAG = "msg"


@dataclass(frozen=True)
class Message:
    """A translatable text of the grader or the course, with values to insert.

    Attributes
    ----------
    text : str
        The English text, with a ``{name}`` for each value: the key in a catalogue. Without
        values, braces in it have no special meaning.
    values : tuple of (str, object), default ()
        Pairs of a name and a text, number or message.
    home : str, default ""
        Folder of its catalogue: one of `HOMES`.
    """

    text: str
    values: tuple[tuple[str, "Text | int | float"], ...] = ()
    home: str = ""

    def __str__(self) -> str:
        return self.said(lambda message: message.text)

    def said(self, translate: Callable[["Message"], str]) -> str:
        """Return the text in a language, with the values inserted.

        Parameters
        ----------
        translate : callable
            Returns the text of a message in that language.
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
        """Return a copy with some values replaced or added."""
        return Message(self.text, tuple({**dict(self.values), **values}.items()), self.home)


Text = str | Message
"""Text to show: an untrusted str, which stays as it is, or a translatable message."""


def english(text: str, /, **values: object) -> Message:
    """Create a message from an English text; it is translated when it is shown.

    Parameters
    ----------
    text : str
        The English text, with a ``{name}`` for each value.
    **values : object
        Values to insert. Anything but a text, number or message is converted by `str`.
    """
    return Message(text, tuple((name, _plain(value)) for name, value in values.items()))


def phrase(text: str, /, **values: object) -> Message:
    """Create a message of a spec, whose translation is in the catalogue of the course's specs.

    Parameters
    ----------
    text : str
        The English text, with a ``{name}`` for each value.
    **values : object
        Values to insert, as in `english`.
    """
    return Message(text, english(text, **values).values, SPECS)


def _plain(value: object) -> Text | int | float:
    if isinstance(value, Message) or type(value) in (str, int, float):
        return value  # type: ignore[return-value]
    if isinstance(value, float):
        return float(value)
    return str(value)


def joined(pieces: Iterable[Text], by: Text = "") -> Text:
    """Join texts into one, whose parts are translated separately.

    Parameters
    ----------
    pieces : iterable of str or Message
        Texts to join.
    by : str or Message, default ""
        Text between two pieces.
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
    """Return the pieces of a text that `joined` returned, or else the text as the only piece."""
    if isinstance(text, Message) and text.values and not text.home:
        pieces = tuple(value for _, value in text.values if isinstance(value, str | Message))
        if text.text == _side_by_side(len(pieces)):
            return pieces
    return (text,)


def _side_by_side(number: int) -> str:
    return "".join(f"{{p{one}}}" for one in range(number))


def literal(text: Text, change: Callable[[str], str]) -> Text:
    """Apply a function to every part of a text that is untrusted.

    Parameters
    ----------
    text : str or Message
        The original, which stays unchanged.
    change : callable
        Returns the replacement of such a part.
    """
    if isinstance(text, str):
        return change(text)
    values = (
        (name, literal(value, change) if isinstance(value, str | Message) else value)
        for name, value in text.values
    )
    # The text of a stub is part of the submitted file, so it is untrusted.
    said = change(text.text) if text.home == STUBS else text.text
    return Message(said, tuple(values), text.home)


def cut(text: Text, most: int) -> Text:
    """Return a text, or if it is too long in English, the beginning of the English text.

    Parameters
    ----------
    text : str or Message
        Text to shorten.
    most : int
        Maximum number of characters.
    """
    return text if len(told := str(text)) <= most else told[:most]


# Conversion to and from JSON, for the worker's replies and for the journal


def pack(text: Text) -> Any:
    """Convert a text to a JSON value.

    Parameters
    ----------
    text : str or Message
        A message becomes ``["msg", text, values]``, followed by its home if it has one. A str
        stays as it is.
    """
    if isinstance(text, str):
        return text
    values = {n: pack(v) if isinstance(v, Message) else v for n, v in text.values}
    return [_TAG, text.text, values, *([text.home] if text.home else [])]


def unpack(content: Any, most: int | None = None, depth: int = 0) -> Text:
    """Convert an untrusted JSON value, such as one from `pack`, to a text.

    A forged message does no harm, because its sender could also send a str that reads the same.
    But a message is accepted only if its formatting takes bounded time and memory.

    Parameters
    ----------
    content : object
        A JSON value.
    most : int, optional
        Maximum number of characters of the text and of each of its parts; unlimited by default.
    depth : int, default 0
        Number of messages that contain this one.

    Raises
    ------
    ValueError
        If it is not a valid text, or is too long.
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
