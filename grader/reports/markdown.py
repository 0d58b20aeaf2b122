"""What a stranger wrote, as Markdown that shows it letter for letter."""

import re

from grader.reports.wording import lines, printable

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$#:!])|(?<=www)(\.)", re.IGNORECASE)


def text(content: str) -> str:
    """One line of text: no markup, no HTML, no link, and no end of a cell in it.

    Parameters
    ----------
    content : str
        Anything.
    """
    return _SPECIAL.sub(r"\\\1\2", printable(content).strip())


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
