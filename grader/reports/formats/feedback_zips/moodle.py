"""Feedback for Moodle's "Upload multiple feedback files in a zip".

Moodle splits the name of each folder at underscores into a name, the participant's number, and the
plugin that exported it (mod/assign/feedback/file/importziplib.php). It skips a file that it cannot
assign without a word. Before version 4.1 it needs the underscore at the end, later ones take it.
"""

import re
from collections.abc import Sequence

from grader.gradebook.rows import Row
from grader.reports.common.feedback_zip import Places, Told, Uploads, packed, places

_DOWNLOADED = re.compile(r"(?P<who>[^_]*_[0-9]+)_assignsubmission_")
_EXPECTED = "a folder such as 'Jane Doe_12345_assignsubmission_file'"


def render(rows: Sequence[Row], told: Sequence[Told], uploads: Uploads) -> bytes:
    """Return the zip: a folder for each learner, with the feedback as a page and as Markdown.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    told : sequence of Told
        The feedback of each row.
    uploads : mapping
        Names of what was handed in, as Moodle downloaded it.

    Raises
    ------
    ReportError
        If the class is no download from Moodle.
    """
    files = {}
    for number, folder in _places(rows, uploads).by_row.items():
        files[f"{folder}/feedback.html"] = told[number].page
        files[f"{folder}/feedback.md"] = told[number].markdown
    return packed(files)


def remarks(rows: Sequence[Row], uploads: Uploads) -> list[str]:
    """Return who gets no feedback, and why, one sentence each."""
    return _places(rows, uploads).left_out


def _places(rows: Sequence[Row], uploads: Uploads) -> Places:
    return places(rows, uploads, _folder, _EXPECTED)


def _folder(names: Sequence[str]) -> str:
    for name in names:
        if name.isprintable() and (found := _DOWNLOADED.match(name)):
            return f"{found['who']}_assignsubmission_file_"
    return ""
