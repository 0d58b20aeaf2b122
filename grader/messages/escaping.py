"""Makes untrusted text, such as names and output of submissions, safe to print."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

_KEPT = "\n\t\N{IDEOGRAPHIC SPACE}"  # the last is what the space bar types in Chinese


def shown(name: str) -> str:
    """Return a name for use in a message: shortened, and quoted if it is not printable.

    Parameters
    ----------
    name : str
        An untrusted name.
    """
    short = name if len(name) <= 100 else f"{name[:100]}..."
    return short if short.isprintable() else repr(short)


def printable(text: str) -> str:
    """Return untrusted text as one line that is safe to print on a terminal.

    Parameters
    ----------
    text : str
        Any text; it may contain control codes, line breaks, or unpaired surrogates.

    Returns
    -------
    str
        The text, with a replacement character for each character that cannot be printed.
    """
    return lines(text).replace("\n", "\N{REPLACEMENT CHARACTER}")


def lines(text: str) -> str:
    """Return untrusted text of several lines, safe to print; tabs become spaces.

    Parameters
    ----------
    text : str
        Any text.
    """
    return cleaned(text.expandtabs(4))


def cleaned(text: str) -> str:
    """Replace all characters that cannot be printed, except line breaks and tabs.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text, with a replacement character for each control code, each character that changes
        the direction of text, and each unpaired surrogate (not allowed in UTF-8 and XML).
    """
    if all(map(str.isprintable, text.split("\n"))):  # as most texts are; the rest is slow
        return text
    return "".join(
        c if c.isprintable() or c in _KEPT else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def plain(text: str) -> "Text":
    """Convert untrusted text to rich's type, so that square brackets in it are not markup.

    Parameters
    ----------
    text : str
        Any text, of one or more lines.

    Returns
    -------
    rich.text.Text
        The text of `lines`, safe to print on a terminal.
    """
    from rich.text import Text  # imported here because a judge prints nothing

    return Text(lines(text))
