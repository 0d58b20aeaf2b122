"""File names of Canvas and Moodle: the owner of a file, and which of several counts."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from told import told

from grader.submissions.lms_filenames import HandedInFile, by_learner, looks_downloaded, whose


def who_and_what(path):
    """Return the learner and the path inside the submission."""
    file = whose(path)
    return None if file is None else (file.learner, file.path)


# Canvas


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


# Moodle


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


# Other layouts


@pytest.mark.parametrize(
    ("path", "learner", "inner"),
    [
        ("alice/03_affine/affine.py", "alice", "03_affine/affine.py"),
        ("alice/affine.py", "alice", "affine.py"),
        ("./alice//./affine.py", "alice", "affine.py"),
        ("alice\\03_affine\\affine.py", "alice", "03_affine/affine.py"),
        ("alice.zip", "alice", "alice.zip"),
        ("alice.tar.gz", "alice", "alice.tar.gz"),
        ("Alice.ZIP", "Alice", "Alice.ZIP"),
        ("alice.ipynb", "alice", "alice.ipynb"),
        ("alice.py", "alice", "alice.py"),
        ("jane.doe.py", "jane.doe", "jane.doe.py"),
        ("jane_12345.py", "jane_12345", "jane_12345.py"),
        ("alice/notes..py", "alice", "notes..py"),
        ("Jane_12345_assignsubmission_/affine.py", "Jane_12345_assignsubmission_", "affine.py"),
    ],
)
def test_elsewhere_a_learner_has_a_folder_or_file_of_their_name(path, learner, inner):
    """The learner is the name of the folder, or of the file without its suffix."""
    assert whose(path) == HandedInFile(learner, inner)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "/",
        "alice",
        "alice/",
        "grades.csv",
        ".zip",
        ".git/config",
        "__MACOSX/alice/._affine.py",
        "../alice/affine.py",
        "alice/../bob/affine.py",
        "alice\\..\\bob\\affine.py",
        "alice/affine.py\0",
        "doejane_12345_67890_..",
        "Jane_1_assignsubmission_file_..",
    ],
)
def test_a_stray_hidden_or_escaping_path_belongs_to_no_learner(path):
    """An escape within the learner's own part is enough."""
    assert whose(path) is None


def test_a_long_hostile_name_is_read_quickly():
    """Every pattern takes linear time."""
    began = time.monotonic()
    for piece in ("_1", "_1_", "-1", "-1.a", ".a", "_assignsubmission_", "-00000000-0000", ".tar"):
        whose("doe_1_2_" + piece * 50_000 + "!")
        whose(piece * 50_000 + "!")
    assert time.monotonic() - began < 5


# Classes


CANVAS = [
    "doejane_LATE_12345_67000_affine.py",
    "doejane_12345_67001_affine-1.py",
    "doejane_12345_67002_relu.py",
    "leeann_LATE_777_67003_hw.zip",
    "grades.csv",
]


def test_of_a_file_handed_in_again_only_the_last_counts():
    """A note says so. The learner is late only if a file that counts is late."""
    doe, lee = by_learner(CANVAS)
    assert (doe.learner, doe.identifier, doe.late) == ("doejane_12345", "12345", False)
    assert doe.files == {
        "affine.py": "doejane_12345_67001_affine-1.py",
        "relu.py": "doejane_12345_67002_relu.py",
        "earlier upload 1/affine.py": "doejane_LATE_12345_67000_affine.py",
    }
    assert told(doe.notes) == (
        "affine.py is there 2 times; doejane_12345_67001_affine-1.py counts",
    )
    assert (lee.learner, lee.late, told(lee.notes)) == ("leeann_777", True, ())


def test_the_tenth_attempt_comes_after_the_second():
    """Numbers are compared as numbers."""
    [doe] = by_learner(f"doejane_1_5_affine-{number}.py" for number in (2, 10))
    assert doe.files["affine.py"] == "doejane_1_5_affine-10.py"


def test_the_later_upload_counts_whatever_it_is_called():
    """After seven attempts names are random, and a -1 may come from the learner."""
    [doe] = by_learner(["doejane_1_6_affine.py", "doejane_1_5_affine-1.py"])
    assert doe.files["affine.py"] == "doejane_1_6_affine.py"


def test_a_class_may_mix_layouts():
    """Each path is read by its own layout, and files of one learner are joined."""
    handed_in = by_learner(
        [
            "zoe/affine.py",
            "zoe.zip",
            "doejane_12345_67890_affine.py",
            "Jane Doe_9_assignsubmission_file/affine.py",
            "Jane Doe_9_assignsubmission_onlinetext/onlinetext.html",
        ]
    )
    assert {one.learner: list(one.files) for one in handed_in} == {
        "Jane Doe_9": ["affine.py", "onlinetext/onlinetext.html"],
        "doejane_12345": ["affine.py"],
        "zoe": ["affine.py", "zoe.zip"],
    }


def test_names_that_differ_in_case_are_two_learners():
    """They are two on the platform; joining them would give one the other's work."""
    assert [one.learner for one in by_learner(["alice/a.py", "Alice/a.py"])] == ["Alice", "alice"]


def test_learners_of_the_same_name_are_two_learners():
    """Their numbers distinguish them."""
    assert len(by_learner(["doejane_1_5_affine.py", "doejane_2_6_affine.py"])) == 2


@pytest.mark.parametrize(
    ("paths", "is_class"),
    [
        (CANVAS, True),
        (["anon_aBcD5_67890_affine.py"], True),
        (["Jane Doe_12345_assignsubmission_file/affine.py"], True),
        (["Jane Doe_12345_assignsubmission_file_affine.py", "readme.txt"], True),
        (["affine.py", "relu.py"], False),
        (["03_affine/affine.py"], False),
        (["affine.py", "relu.py", "doejane_12345_67890_affine.py"], False),
        (["grades.csv"], False),
        ([], False),
    ],
)
def test_a_download_is_distinguished_from_a_submission(paths, is_class):
    """One file downloaded from Canvas does not turn a submission into a class."""
    assert looks_downloaded(paths) is is_class


# Random paths

PIECES = st.sampled_from(
    ["_", "-", "..", "/", "\\", ".", " ", "\n", "\0", "\ud800", ".py", ".zip", "doe", "12", "1"]
) | st.sampled_from(
    ["LATE", "anon", "aBcD5", "text.html", "assignsubmission", "file", "_assignsubmission_file"]
)
PATHS = st.text() | st.lists(PIECES, max_size=14).map("".join)


@given(PATHS)
@example("doe_" + "9" * 5000 + "_1_x.py")
@example("doe_1_2_..-1")
@example("x_1_assignsubmission_../..")
def test_any_path_has_a_safe_owner_or_none(path):
    """Learner and path are never empty, and no path leads outside."""
    file = whose(path)
    if file is not None:
        assert file.learner
        assert file.path
        assert not {"", ".", ".."} & set(re.split(r"[/\\]", file.path))
        assert not file.path.startswith("/")
        assert "\0" not in file.path


@given(st.lists(PATHS, max_size=8))
def test_any_class_is_grouped_without_loss(paths):
    """Each file counts, or is listed with the one that counts, in any order of the files."""
    handed_in = by_learner(paths)
    assert handed_in == by_learner(reversed(paths))
    assert isinstance(looks_downloaded(paths), bool)
    owned = {(whose(path).learner, whose(path).path) for path in paths if whose(path)}
    assert sorted(owned) == [(one.learner, path) for one in handed_in for path in one.files]
    for one in handed_in:
        for path, source in one.files.items():
            assert source in paths
            assert who_and_what(source) == (one.learner, path)
