"""Quotes paths in commands that users paste into a terminal."""

import os
import re
import shlex


def quoted(path: os.PathLike[str] | str) -> str:
    """Return a path as one word of a command.

    Parameters
    ----------
    path : path-like
        A path, such as ``My Course (2026) [a]``.

    Returns
    -------
    str
        The path in quotes, if a shell would split or change it otherwise: in single quotes for a
        POSIX shell, in double quotes on Windows, where ``cmd`` knows only these.
    """
    text = os.fspath(path)
    if text.startswith("-"):  # otherwise taken for an option
        text = os.path.join(os.curdir, text)
    if os.name == "posix":
        return shlex.quote(text)
    return text if re.fullmatch(r"[\w.:/\\~-]+", text) else f'"{text}"'
