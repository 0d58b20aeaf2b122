"""What a stranger wrote, as Markdown that shows it letter for letter."""

import re

from grader.messages.escaping import lines, printable

# An underscore inside a word or a colon before a space is no markup, and reads better bare.
_SPECIAL = re.compile(
    r"[\\`*\[\]<>|~&$#]|(?<![^\W_])_|_(?![^\W_])|:(?=\S)|(?<=www)\.", re.IGNORECASE
)


def text(content: str) -> str:
    """One line of text: no markup, no HTML, no link, and no end of a cell in it.

    Parameters
    ----------
    content : str
        Anything.
    """
    return _SPECIAL.sub(r"\\\g<0>", printable(content).strip())


def block(content: str, indent: str = "") -> str:
    """A block of code, whatever is in it.

    Parameters
    ----------
    content : str
        Anything, of several lines.
    indent : str, default ""
        What is before each line, for a block in a list.
    """
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", content)), default=0))
    body = [f"{fence}text", *lines(content).split("\n"), fence]
    return "\n".join(f"{indent}{line}".rstrip() for line in body)
