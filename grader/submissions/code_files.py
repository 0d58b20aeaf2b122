"""Recognises files of code by their names, with the endings that other programs add to them."""

import re

# Browsers and Windows add an ending: affine.py.txt, affine.ipynb.json, affine.py (1).txt.
_CODE = re.compile(
    r"(?P<stem>.*?)\.(?P<kind>py|ipynb)"
    r"(?:[ _-]*(?:copy(?: [0-9]+)?|\([0-9]+\)))*(?:\.(?:txt|text|json|download|py|ipynb))*",
    re.DOTALL | re.IGNORECASE,
)
MAX_NAME = 255  # characters: no file system has longer ones, and a match takes quadratic time
TEXTS = (".txt", ".json")
"""Endings of files that may be code in spite of them, if their content is."""


def code_kind(filename: str) -> str:
    """Return ``py`` or ``ipynb`` for the name of a file of code, and an empty string for others."""
    match = _match(filename.rpartition("/")[2])
    return match["kind"].lower() if match else ""


def _match(filename: str) -> re.Match[str] | None:
    return _CODE.fullmatch(filename) if len(filename) <= MAX_NAME else None


def is_code(filename: str) -> bool:
    """Return whether a file may be a module, by its name."""
    return code_kind(filename) != ""


def may_be_notebook(filename: str) -> bool:
    """Return whether a file may be a notebook, by its name."""
    return code_kind(filename) == "ipynb" or filename.lower().endswith(".json")


def stem_of(filename: str) -> str:
    """Return the name of a file without the endings of code or text; other names as they are."""
    match = _match(filename)
    if match:
        return match["stem"]
    ending = next((one for one in TEXTS if filename.lower().endswith(one)), "")
    return filename[: len(filename) - len(ending)]
