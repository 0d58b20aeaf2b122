"""Feedback for Moodle: each folder is one that its importer assigns to the right participant."""

import io
import zipfile

import pytest
from gradebooks import BAD, GOOD, HOSTILE, row
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import ReportError
from grader.reports.common.feedback_zip import Told
from grader.reports.formats.feedback_zips.moodle import remarks, render

TOLD = Told("# Jane", "<h1>Jane</h1>")


def files(rows, uploads):
    content = render(rows, [TOLD] * len(rows), uploads)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def participant(path):
    """What Moodle takes from a path, as in importziplib.php (2012, and as changed for 4.1).

    Its loop goes on with the next part of the path; here the first one always fits.
    """
    info = path.split("/")[0].split("_", 4)
    assert len(info) >= 5  # versions before 4.1
    assert info[2:4] == ["assignsubmission", "file"]
    return int(info[1])


@pytest.mark.parametrize(
    "name",
    [
        "Jane Doe_12345_assignsubmission_file_",
        "Jane Doe_12345_assignsubmission_file",
        "Jane Doe_12345_assignsubmission_file_affine.py",
        "Jane Doe_12345_assignsubmission_onlinetext",
        "Team 1-Jane Doe_12345_assignsubmission_file",
        "Participant_12345_assignsubmission_file_",
    ],
)
def test_a_learner_has_the_folder_that_moodle_expects(name):
    """Folders of Moodle before 4.1 and since, single files, groups, and blind marking.

    Source: moodle/moodle, mod/assign/feedback/file/importziplib.php.
    """
    found = files([row("jane", BAD)], {"jane": [name]})
    assert list(found.values()) == ["<h1>Jane</h1>", "# Jane"]
    assert [participant(path) for path in found] == [12345, 12345]
    assert [path.split("/")[1] for path in found] == ["feedback.html", "feedback.md"]


@pytest.mark.parametrize(
    "name",
    [
        "jane",
        "Jane_Doe_12345_assignsubmission_file_",
        "Jane Doe_x_assignsubmission_file_",
        "Jane Doe_1_assign",
    ],
)
def test_what_moodle_would_skip_is_told(name):
    """It says nothing of it itself: a name with an underscore, or without a number."""
    rows = [row("ann", GOOD), row("jane", BAD)]
    uploads = {"ann": ["Ann_1_assignsubmission_file_"], "jane": [name]}
    assert {participant(path) for path in files(rows, uploads)} == {1}
    (told,) = remarks(rows, uploads)
    assert told.startswith("jane gets no feedback here: expected a folder such as 'Jane Doe_12345")
    with pytest.raises(ReportError):
        render([], [], {"jane": [name]})


@given(st.text(), st.sampled_from(HOSTILE))
def test_whatever_a_folder_is_called_the_feedback_is_in_it(name, hostile):
    """No path leads out of the zip, and no name of a stranger to another participant."""
    uploads = {
        "ann": ["Ann_1_assignsubmission_file_"],
        "eve": [f"{name}{hostile}_7_assignsubmission_file_".split("/")[0]],
    }
    for path in files([row("ann", GOOD), row("eve", GOOD)], uploads):
        assert participant(path) in (1, 7)
        assert path.count("/") == 1
        assert not path.startswith(("/", ".."))
