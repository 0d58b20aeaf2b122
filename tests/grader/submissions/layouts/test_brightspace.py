"""Names of folders that Brightspace writes."""

from datetime import datetime

import pytest

from grader.submissions.layouts.layout import HandedInFile
from grader.submissions.owners import whose

TEN = datetime(2026, 11, 1, 10)


def test_a_folder_has_the_learners_number_and_name_and_the_time():
    """Colons are left out of the time, as no file on Windows may have one.

    The folders of squell/bb-scripts#54 and #64.
    """
    path = "12345-67890 - Jane Doe - Nov 1, 2026 1000 AM/03_affine/affine.py"
    assert whose(path) == HandedInFile(
        "Jane Doe_12345", "03_affine/affine.py", "12345", "Brightspace", arrived=TEN
    )


@pytest.mark.parametrize(
    "time",
    [
        "November 1, 2026 1000 AM",
        "1 November, 2026 10 00 AM",
        "1 nov. 2026 1000",
        "1 novembre 2026 10.00",
        "2026-11-01 1000",
    ],
)
def test_a_time_may_be_written_in_other_ways(time):
    """As the language of the instructor has it."""
    assert whose(f"1-2 - Jane Doe - {time}/affine.py").arrived == TEN


def test_noon_and_midnight_are_told_apart():
    """1200 AM is the beginning of the day."""
    assert whose("1-2 - J - Nov 1, 2026 1200 AM/a.py").arrived == datetime(2026, 11, 1)
    assert whose("1-2 - J - Nov 1, 2026 1200 PM/a.py").arrived == datetime(2026, 11, 1, 12)


def test_a_name_may_have_hyphens():
    """Only a hyphen between spaces separates."""
    path = "1-2 - Anne-Marie O'Neil - Smith - Nov 1, 2026 905 PM/affine.py"
    file = whose(path)
    assert (file.learner, file.arrived) == (
        "Anne-Marie O'Neil - Smith_1",
        datetime(2026, 11, 1, 21, 5),
    )


def test_files_may_lie_in_one_folder():
    """Older versions put the name of the file after the time."""
    file = whose("12345-67890 - Jane Doe - Nov 1, 2026 1000 AM - my - affine.py")
    assert (file.learner, file.path) == ("Jane Doe_12345", "my - affine.py")


def test_a_time_that_is_not_understood_is_no_time():
    """The learner is known nonetheless."""
    file = whose("1-2 - Jane Doe - Foo 1, 2026 1000/affine.py")
    assert (file.learner, file.arrived) == ("Jane Doe_1", None)


@pytest.mark.parametrize("path", ["index.html", "12345-67890 - Jane Doe - Nov 1, 2026 1000 AM"])
def test_what_is_beside_the_folders_belongs_to_no_learner(path):
    """Brightspace adds a list of the submissions."""
    assert whose(path) is None
