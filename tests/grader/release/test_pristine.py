"""Where a stub comes from after the learner has changed it."""

import shutil
import subprocess

import pytest

from grader.errors import CourseError
from grader.release.pristine import keep_if_unwritten, pristine
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier


def git(root, *arguments):
    who = ("-c", "user.name=L", "-c", "user.email=l@example.org")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def handed_out(learner):
    """A course that was not started: a folder with the files, as from an archive."""
    stub = learner.exercise("03").stub
    text = stub.read_bytes()
    shutil.rmtree(learner.root / ".kata")
    return learner, text


def verdict(outcome):
    spec = SpecVerdict("test_x", "x holds", Tier.CORE, outcome, 1)
    return ExerciseVerdict("03_affine", (spec,))


def test_a_course_that_was_started_knows_its_stubs(learner):
    """Even if the file, or the original course, is deleted."""
    exercise = learner.exercise("03")
    before = exercise.stub.read_bytes()
    exercise.stub.unlink()
    assert pristine(exercise) == before


def test_git_knows_a_stub_after_the_learner_has_committed_changes(handed_out):
    """The learner's commits change exercises; the stub is that of the last commit to the course."""
    learner, text = handed_out
    git(learner.root, "init", "-q")
    git(learner.root, "add", ".")
    git(learner.root, "commit", "-qm", "the course")
    learner.solves("03")
    git(learner.root, "commit", "-qam", "my work")
    assert pristine(learner.exercise("03")) == text


def test_git_knows_nothing_of_a_course_that_is_no_part_of_it(handed_out):
    """The repository around the folder is not the course's history."""
    learner, _ = handed_out
    git(learner.root.parent, "init", "-q")
    with pytest.raises(CourseError, match="its original is unknown"):
        pristine(learner.exercise("03"))


def test_without_git_a_file_is_kept_as_long_as_nothing_is_written_in_it(handed_out):
    """Only the first time; what comes later may be the learner's work."""
    learner, text = handed_out
    exercise = learner.exercise("03")
    keep_if_unwritten(exercise, verdict(Outcome.FAILED), text)
    with pytest.raises(CourseError):
        pristine(exercise)
    keep_if_unwritten(exercise, verdict(Outcome.NOT_STARTED), text)
    keep_if_unwritten(exercise, verdict(Outcome.NOT_STARTED), b"# theirs\n" + text)
    assert pristine(exercise) == text
