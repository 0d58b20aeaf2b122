"""Names of files that Blackboard writes."""

from datetime import datetime

import pytest

from grader.submissions.layouts.layout import HandedInFile
from grader.submissions.owners import by_learner, owners_of, whose

ATTEMPT = "Week 3_jdoe_attempt_2026-11-01-10-00-05"


def test_a_file_has_the_assignment_the_username_and_the_time_in_its_name():
    """The names that issue jupyter/nbgrader#511 describes, with the underscores that they have."""
    assert whose(f"{ATTEMPT}_affine.py") == HandedInFile(
        "jdoe", "affine.py", "jdoe", "Blackboard", arrived=datetime(2026, 11, 1, 10, 0, 5)
    )


def test_the_text_file_of_an_attempt_is_no_code():
    """It is kept apart from a file of the learner, whatever that is called."""
    names = [f"{ATTEMPT}.txt", f"{ATTEMPT}_affine.py", f"{ATTEMPT}_attempt.txt.py"]
    [learner] = by_learner(names)
    assert sorted(learner.files) == ["affine.py", "attempt.txt", "attempt.txt.py"]


def test_an_archive_that_was_unpacked_is_a_folder():
    """Its files are those of the learner."""
    assert whose(f"{ATTEMPT}_hw/03_affine/affine.py").path == "hw/03_affine/affine.py"


@pytest.mark.parametrize(
    ("titles", "usernames"),
    [
        (["Week_3_jdoe", "Week_3_ann"], ["ann", "jdoe"]),
        (["Week_3_ana_ito", "Week_3_ben_ito"], ["ana_ito", "ben_ito"]),
        (["Week_3_ana_ito", "Week_3_zoe"], ["ana_ito", "zoe"]),
        (["Week_1_2_jdoe"], ["jdoe"]),
    ],
)
def test_an_assignment_and_a_username_may_have_underscores(titles, usernames):
    """The assignment is what all names have in common; two people are never taken for one."""
    names = [f"{title}_attempt_2026-11-01-10-00-00_affine.py" for title in titles]
    assert [one.learner for one in by_learner(names)] == usernames


@pytest.mark.parametrize("time", ["2026-02-30-10-00-00", "2026-11-01-25-00-00", "2026-11-01"])
def test_what_is_no_time_is_no_name_of_blackboard(time):
    """Then the file is a stray file."""
    assert whose(f"Week 3_jdoe_attempt_{time}_affine.txt") is None


def test_a_learner_of_canvas_cannot_hand_in_for_one_of_blackboard():
    """A file may have any name, but the class has one layout."""
    names = ["evil_1_2_ann_attempt_2026-11-01-10-00-00_affine.py", "ann_3_4_affine.py"]
    owners = owners_of([*names, "zoe_5_6_affine.py"])
    assert whose(names[0], owners).learner == "evil_1"
