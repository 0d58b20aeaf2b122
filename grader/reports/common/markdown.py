"""Escaping of untrusted text in Markdown, which then shows it literally and notifies nobody."""

import re

from grader.messages.escaping import lines, printable

# An underscore inside a word or a colon before a space is not markup: leave it unescaped.
_SPECIAL = re.compile(
    r"[\\`*\[\]<>|~&$#]|(?<![^\W_])_|_(?![^\W_])|:(?=\S)|(?<=www)\.", re.IGNORECASE
)

# GitHub makes mentions and links of these after the Markdown is rendered: a backslash is no help.
_REFERENCE = re.compile(r"(?<![A-Za-z0-9_])@(?=[A-Za-z0-9])|#(?=[0-9])|(?<=\bGH)-(?=[0-9])")
_BREAK = "\N{ZERO WIDTH SPACE}"


def text(content: str) -> str:
    """Return one line of text without active markup, HTML, links or ends of table cells.

    ``@name``, ``#123`` and ``GH-123`` are broken by a space of no width: nobody is notified.
    """
    broken = _REFERENCE.sub(rf"\g<0>{_BREAK}", printable(content).strip())
    return _SPECIAL.sub(r"\\\g<0>", broken)


def block(content: str, indent: str = "") -> str:
    """Return a fenced code block, with a fence that does not occur in its content.

    Parameters
    ----------
    content : str
        Untrusted text of one or more lines.
    indent : str, default ""
        Prefix of each line, for a block in a list.
    """
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", content)), default=0))
    body = [f"{fence}text", *lines(content).split("\n"), fence]
    return "\n".join(f"{indent}{line}".rstrip() for line in body)
