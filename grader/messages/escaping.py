"""Makes text from strangers safe to show."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

_KEPT = "\n\t\N{IDEOGRAPHIC SPACE}"  # the last is a plain space where Chinese is typed


def shown(name: str) -> str:
    """A name for use in a message: cut, and quoted if a terminal might take it for a command.

    Parameters
    ----------
    name : str
        A name that a stranger chose.
    """
    short = name if len(name) <= 100 else f"{name[:100]}..."
    return short if short.isprintable() else repr(short)


def printable(text: str) -> str:
    """One line of text from a stranger, safe for a terminal.

    Parameters
    ----------
    text : str
        Anything: it may hold control codes, line breaks, or halves of characters.

    Returns
    -------
    str
        The text, with a replacement character for what cannot be printed.
    """
    return lines(text).replace("\n", "\N{REPLACEMENT CHARACTER}")


def lines(text: str) -> str:
    """Several lines from a stranger, without what could steer a terminal or turn text around.

    Parameters
    ----------
    text : str
        Anything.
    """
    return cleaned(text.expandtabs(4))


def cleaned(text: str) -> str:
    """Text of which only line breaks and tabs are left of what cannot be printed.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
        With a replacement character for control codes, for what turns the direction of text, and
        for halves of characters, which neither UTF-8 nor XML can hold.
    """
    return "".join(
        c if c.isprintable() or c in _KEPT else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def plain(text: str) -> "Text":
    """Text from a submission, which may have several lines and is never markup.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    rich.text.Text
        Safe for a terminal.
    """
    from rich.text import Text  # here, since a judge shows nothing

    return Text(lines(text))
