"""Whose the files of a class are, and which of several counts."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from told import told

from grader.submissions.layouts.layout import HandedInFile
from grader.submissions.owners import by_learner, looks_downloaded, owners_of, whose


def who_and_what(path):
    """Return the learner and the path inside the submission."""
    file = whose(path)
    return None if file is None else (file.learner, file.path)


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


BLACKBOARD = "Hw_jdoe_attempt_2026-11-0{}-10-00-00_{}"


def test_of_several_attempts_the_last_one_comes_with_the_earlier_ones():
    """An attempt stands by itself: a file that is only in an earlier one is not in the last."""
    [jdoe] = by_learner(
        [
            BLACKBOARD.format(3, "affine.py"),
            BLACKBOARD.format(1, "affine.py"),
            BLACKBOARD.format(2, "relu.py"),
            BLACKBOARD.format(2, "affine.py"),
        ]
    )
    assert jdoe.files == {"affine.py": BLACKBOARD.format(3, "affine.py")}
    assert [(one.arrived.day, sorted(one.files)) for one in jdoe.earlier] == [
        (1, ["affine.py"]),
        (2, ["affine.py", "relu.py"]),
    ]
    assert told(jdoe.notes) == ("there are 3 attempts; 2026-11-03 10:00 is the last one",)


def test_the_layout_that_most_names_have_is_tried_first():
    """A learner cannot choose a name by which another platform would know somebody else."""
    moodle = "Eve_1_assignsubmission_file_x_4711_2_affine.py"
    classes = [
        [moodle, "Ann_2_assignsubmission_file_affine.py", "Bob_3_assignsubmission_file_a.py"],
        ["eve_1_2_Ann_4711_assignsubmission_file_affine.py", "ann_3_4_a.py", "bob_5_6_a.py"],
    ]
    for names in classes:
        assert "4711" not in {one.identifier for one in by_learner(names)}


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
    owners = owners_of(paths)
    files = [file for path in paths if (file := whose(path, owners))]
    owned = {(file.learner, file.path) for file in files}
    assert sorted(owned) == [(one.learner, path) for one in handed_in for path in one.files]
    for one in handed_in:
        for path, source in one.files.items():
            assert source in paths
            file = whose(source, owners)
            assert (file.learner, file.path) == (one.learner, path)
