"""Zips of feedback: who has a place in them, who has not, and why."""

import io
import zipfile

import pytest
from gradebooks import BAD, EMPTY, GOOD, OURS, row

from grader.errors import ReportError
from grader.reports.common.feedback_zip import packed, places


def first(names):
    return names[0] if names and names[0] != "?" else ""


def test_everybody_with_a_known_upload_has_a_place_and_the_others_are_told():
    """Not those who handed in nothing; a fault of the grader is nothing to learn from."""
    rows = [
        row("ann", GOOD),
        row("bob", BAD),
        row("cy", EMPTY, handed_in=""),
        row("dee", OURS),
        row("eve", BAD),
        row("fay", BAD),
    ]
    uploads = {"ann": ["a"], "bob": ["?"], "dee": ["d"], "eve": ["a"]}
    found = places(rows, uploads, first, "a letter")
    assert found.by_row == {0: "a"}
    assert found.left_out == [
        "bob gets no feedback here: expected a letter; `--report feedback=FOLDER` has it",
        "dee gets no feedback, since the grader itself failed",
        "eve has handed in together with ann, whose feedback is there",
        "fay gets no feedback here: expected a letter; `--report feedback=FOLDER` has it",
    ]


def test_a_class_that_the_platform_did_not_pack_is_refused():
    """Before anybody is judged there are no rows."""
    with pytest.raises(ReportError, match="expected the class as the platform packs it, with a l"):
        places([], {"ann": ["?"]}, first, "a letter")


def test_a_zip_has_the_same_bytes_each_time():
    """And names that are not ASCII."""
    content = {"Zoë 王_1_x_/feedback.md": "# Zoë", "b": b"\0"}
    assert packed(content) == packed(content)
    with zipfile.ZipFile(io.BytesIO(packed(content))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "Zoë 王_1_x_/feedback.md": "# Zoë".encode(),
            "b": b"\0",
        }
