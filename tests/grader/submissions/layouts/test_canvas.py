"""Names of files that Canvas writes."""

import pytest

from grader.submissions.layouts.layout import HandedInFile
from grader.submissions.owners import whose


def who_and_what(path):
    """Return the learner and the path inside the submission."""
    file = whose(path)
    return None if file is None else (file.learner, file.path)


def test_canvas_puts_name_id_and_upload_before_the_file_name():
    """A learner is identified by name and number, since two may share a name."""
    assert whose("doejane_12345_67890_affine.py") == HandedInFile(
        "doejane_12345", "affine.py", "12345", "Canvas", late=False, attempt=0, upload=67890
    )


@pytest.mark.parametrize(
    ("path", "learner", "late"),
    [
        ("doejane_LATE_12345_67890_affine.py", "doejane_12345", True),
        ("doejane_late_12345_67890_affine.py", "doejane_12345", True),
        ("LATE_anon_aBcD5_67890_affine.py", "anon_aBcD5", True),
        ("_LATE_12345_67890_affine.py", "12345", True),
        ("late_12345_67890_affine.py", "late_12345", False),
        ("platelate_12345_67890_affine.py", "platelate_12345", False),
    ],
)
def test_a_late_file_is_recognised_and_has_the_same_owner(path, learner, late):
    """The late mark is not part of the name, and a name that resembles it is not a mark."""
    file = whose(path)
    assert (file.learner, file.path, file.late) == (learner, "affine.py", late)


@pytest.mark.parametrize(
    ("own", "path"),
    [
        ("03_affine.py", "03_affine.py"),
        ("2_3_affine.py", "2_3_affine.py"),
        ("my_final_version.ipynb", "my_final_version.ipynb"),
        ("LATE_1_2_x.py", "LATE_1_2_x.py"),
        ("hw", "hw"),
        ("affine (1).py", "affine (1).py"),
        ("反向传播.py", "反向传播.py"),
        ("two\nlines.py", "two\nlines.py"),
    ],
)
def test_a_file_name_may_contain_underscores_and_digits(own, path):
    """Everything after the second number is the file name."""
    assert who_and_what(f"doejane_12345_67890_{own}") == ("doejane_12345", path)


@pytest.mark.parametrize(
    ("own", "path", "attempt"),
    [
        ("affine.py", "affine.py", 0),
        ("affine-1.py", "affine.py", 1),
        ("affine-12.py", "affine.py", 12),
        ("hw-2.tar.gz", "hw.tar.gz", 2),
        ("hw-1", "hw", 1),
        ("a-1-2.py", "a-1.py", 2),
        ("affine-0d5e7e0e-5d1f-4d0e-9d4e-2b7f0c3e8a11.py", "affine.py", 8),
        ("affine-01.py", "affine-01.py", 0),
        ("lab-2024.py", "lab-2024.py", 0),
        ("-1.py", "-1.py", 0),
        ("affine-1 final.py", "affine-1 final.py", 0),
    ],
)
def test_the_number_of_an_attempt_is_not_part_of_the_name(own, path, attempt):
    """Canvas puts it before all suffixes; from the eighth attempt on it is random."""
    file = whose(f"doejane_12345_67890_{own}")
    assert (file.path, file.attempt) == (path, attempt)


@pytest.mark.parametrize(
    ("path", "learner", "identifier"),
    [
        ("anon_aBcD5_67890_affine.py", "anon_aBcD5", "aBcD5"),
        ("anon_23456_67890_affine.py", "anon_23456", "23456"),
        ("projectgroup3_12345_67890_affine.py", "projectgroup3_12345", "12345"),
        ("müller_lüdenscheid_12345_67890_affine.py", "müller_lüdenscheid_12345", "12345"),
        ("王小明_12345_67890_affine.py", "王小明_12345", "12345"),
        ("דוידכהן_12345_67890_affine.py", "דוידכהן_12345", "12345"),
        ("_12345_67890_affine.py", "12345", "12345"),
        ("doe_10370000000012345_67890_affine.py", "doe_10370000000012345", "10370000000012345"),
    ],
)
def test_all_kinds_of_canvas_names_are_understood(path, learner, identifier):
    """Hidden names, groups, other scripts, an empty name and a long number are read."""
    file = whose(path)
    assert (file.learner, file.identifier, file.path) == (learner, identifier, "affine.py")


@pytest.mark.parametrize("typed", ["text.html", "link.html"])
@pytest.mark.parametrize("who", ["doejane_12345", "anon_aBcD5"])
def test_what_was_typed_into_canvas_belongs_to_its_author(who, typed):
    """A text has no upload, and therefore no second number."""
    assert who_and_what(f"{who}_{typed}") == (who, typed)


def test_a_canvas_archive_may_have_been_unpacked_next_to_it():
    """A folder then has the name of the file."""
    assert who_and_what("doejane_LATE_12345_67890_hw-1/03_affine/affine.py") == (
        "doejane_12345",
        "hw/03_affine/affine.py",
    )
