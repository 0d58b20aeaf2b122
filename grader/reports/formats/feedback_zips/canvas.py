"""Feedback for Canvas's "Upload Submissions".

Canvas knows learner and file by the two numbers in the name of each file as it was downloaded
(infer_comment_context_from_filename in its model of an assignment), and skips other files. Whatever
the name in the zip, the learner sees the name of the file that they had handed in: the feedback
therefore takes the form that this name promises.
"""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from grader.gradebook.rows import Row
from grader.reports.common.feedback_zip import Places, Told, Uploads, packed, places

_NAMED = re.compile(r"_(?P<person>[0-9]{1,20})_(?P<upload>[0-9]{1,20})_(?P<own>.+)\Z")
_ANONYMOUS = re.compile(r"(?:LATE_)?anon_[0-9A-Za-z]+_(?P<upload>[0-9]{1,20})_(?P<own>.+)\Z")


def _as_python(told: Told) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in told.markdown.splitlines())


def _as_notebook(told: Told) -> str:
    cell = {"cell_type": "markdown", "id": "feedback", "metadata": {}, "source": told.markdown}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _as_zip(told: Told) -> bytes:
    return packed({"feedback.html": told.page, "feedback.md": told.markdown})


_FORMS: dict[str, Callable[[Told], str | bytes]] = {
    ".py": _as_python,
    ".ipynb": _as_notebook,
    ".zip": _as_zip,
    ".txt": lambda told: told.markdown,
    ".md": lambda told: told.markdown,
    ".html": lambda told: told.page,
}
_EXPECTED = f"an upload of type {', '.join(_FORMS)}, named as 'doejane_123_4567_affine.py'"


def render(rows: Sequence[Row], told: Sequence[Told], uploads: Uploads) -> bytes:
    """Return the zip: for each learner, one file named as the one that was downloaded.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    told : sequence of Told
        The feedback of each row.
    uploads : mapping
        Names of what was handed in, as Canvas downloaded it.

    Raises
    ------
    ReportError
        If the class is no download from Canvas.
    """
    found = _places(rows, uploads).by_row
    return packed({name: _FORMS[_suffix(name)](told[number]) for number, name in found.items()})


def remarks(rows: Sequence[Row], uploads: Uploads) -> list[str]:
    """Return who gets no feedback, and why, one sentence each."""
    return _places(rows, uploads).left_out


def _places(rows: Sequence[Row], uploads: Uploads) -> Places:
    return places(rows, uploads, _file, _EXPECTED)


def _file(names: Sequence[str]) -> str:
    """Return the latest upload of the first form that there is: of it, Canvas has an attachment."""
    known = [(name, match) for name in names if (match := _read(name))]
    ranks = list(_FORMS)
    best = min(
        known, key=lambda one: (ranks.index(_suffix(one[0])), -int(one[1]["upload"])), default=None
    )
    return best[0] if best else ""


def _read(name: str) -> re.Match[str] | None:
    """Return the parts of a name that Canvas would assign to the learner; None for other names."""
    found = _ANONYMOUS.match(name)
    if found is None and (found := _NAMED.search(name)):
        numbers = [part for part in name.split("_") if re.fullmatch("[0-9]+", part)]
        if numbers[:2] != [found["person"], found["upload"]]:  # it would take the first two
            return None
    # What follows the last underscore must not begin with "link": Canvas takes that for an address.
    is_address = name.rpartition("_")[2].startswith("link")
    is_plain = name.isprintable() and not re.search(r"[/\\]", name)
    return found if is_plain and not is_address and _suffix(name) in _FORMS else None


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
