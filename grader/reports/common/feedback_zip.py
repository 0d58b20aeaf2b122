"""Zip files with feedback, in which a platform knows learners by the names of their uploads."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grader.errors import ReportError
from grader.gradebook.rows import Row
from grader.zips import zip_entry

Uploads = Mapping[str, Sequence[str]]
"""Names at the top of the class of what each learner handed in, by name of the submission."""


@dataclass(frozen=True)
class Told:
    """Feedback to one learner, in the learner's language.

    Attributes
    ----------
    markdown, page : str
        The same as Markdown and as an HTML page.
    """

    markdown: str
    page: str


@dataclass(frozen=True)
class Places:
    """Where the feedback of each learner goes.

    Attributes
    ----------
    by_row : dict of int to str
        File or folder in the zip, by index of the row.
    left_out : list of str
        Who gets no feedback by this way, and why, a sentence each.
    """

    by_row: dict[int, str]
    left_out: list[str]


def places(
    rows: Sequence[Row], uploads: Uploads, find: Callable[[Sequence[str]], str], expected: str
) -> Places:
    """Find the place of each learner's feedback.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    uploads : mapping
        What was handed in, as the platform named it.
    find : callable
        Returns the place for the names of one submission; empty if the platform would take none.
    expected : str
        What such a name is, for error messages.

    Raises
    ------
    ReportError
        If there is no place for anybody: the class is no download of the platform.
    """
    found = {name: find(names) for name, names in uploads.items()}
    if not any(found.values()):
        raise ReportError(
            f"expected the class as the platform packs it, with {expected}; found none. Grade the "
            "download itself"
        )
    by_row: dict[int, str] = {}
    takers: dict[str, str] = {}
    left_out = []
    for number, row in enumerate(rows):
        place = found.get(row.handed_in, "")
        if not row.handed_in:
            continue
        if row.has_grader_error:
            left_out.append(f"{row.name} gets no feedback, since the grader itself failed")
        elif not place:
            left_out.append(
                f"{row.name} gets no feedback here: expected {expected}; "
                "`--report feedback=FOLDER` has it"
            )
        elif place in takers:
            left_out.append(
                f"{row.name} has handed in together with {takers[place]}, whose feedback is there"
            )
        else:
            by_row[number], takers[place] = place, row.name
    return Places(by_row, left_out)


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip with files, the same bytes for the same content.

    Parameters
    ----------
    files : mapping of str to str or bytes
        Contents by path; text becomes UTF-8.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zip_entry(path), content)
    return out.getvalue()
