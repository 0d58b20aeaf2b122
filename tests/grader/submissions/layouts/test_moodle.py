"""Names of files and folders that Moodle writes."""

import pytest

from grader.submissions.layouts.layout import HandedInFile
from grader.submissions.owners import whose


def who_and_what(path):
    """Return the learner and the path inside the submission."""
    file = whose(path)
    return None if file is None else (file.learner, file.path)


@pytest.mark.parametrize(
    "path",
    [
        "Jane Doe_12345_assignsubmission_file/affine.py",
        "Jane Doe_12345_assignsubmission_file_/affine.py",
        "Jane Doe_12345_assignsubmission_file_affine.py",
    ],
)
def test_moodle_has_three_ways_to_lay_out_a_class(path):
    """They are folders, the folders of older versions, and all files in one folder."""
    assert whose(path) == HandedInFile("Jane Doe_12345", "affine.py", "12345", "Moodle")


def test_folders_inside_a_submission_to_moodle_stay():
    """Moodle keeps them if it is configured to download folders."""
    path = "Jane Doe_12345_assignsubmission_file/03_affine/affine.py"
    assert who_and_what(path) == ("Jane Doe_12345", "03_affine/affine.py")


@pytest.mark.parametrize(
    "path",
    [
        "Jane Doe_12345_assignsubmission_onlinetext/onlinetext.html",
        "Jane Doe_12345_assignsubmission_onlinetext_/onlinetext.html",
        "Jane Doe_12345_assignsubmission_onlinetext_onlinetext.html",
    ],
)
def test_what_was_typed_into_moodle_cannot_pass_for_a_file(path):
    """It belongs to its author, in a folder of its own."""
    assert who_and_what(path) == ("Jane Doe_12345", "onlinetext/onlinetext.html")


@pytest.mark.parametrize(
    ("folder", "identifier"),
    [
        ("Seán O'Brien_12345", "12345"),
        ("Participant_12345", "12345"),
        ("jdoe Jane van_der Doe_12345", "12345"),
        ("王 小明_12345", "12345"),
        ("דוד כהן_12345", "12345"),
        ("Group A_7", "7"),
        ("Default group", ""),
        ("Jane_Doe", ""),
        ("Jane_١٢٣", ""),
    ],
)
def test_all_kinds_of_moodle_names_are_understood(folder, identifier):
    """Hidden names, groups with or without a number, other scripts and digits are read."""
    file = whose(f"{folder}_assignsubmission_file/affine.py")
    assert (file.learner, file.identifier, file.path) == (folder, identifier, "affine.py")


def test_the_first_mark_of_moodle_counts():
    """A learner cannot name a file so that it counts as another learner's."""
    path = "Eve_1_assignsubmission_file_Ann_2_assignsubmission_file_affine.py"
    assert who_and_what(path) == ("Eve_1", "Ann_2_assignsubmission_file_affine.py")
