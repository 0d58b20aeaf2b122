"""Writing a cell to a file without losing earlier work."""

import importlib.util
from pathlib import Path

import pytest

from grader.course.course import Exercise
from grader.kata.lessons.cell_file import save
from grader.release.pristine import keep


@pytest.fixture
def exercise(tmp_path):
    return Exercise(tmp_path, "03_affine")


def copies(exercise):
    """Return the copies, in order."""
    found = sorted(exercise.stub.parent.glob("*.txt"))
    return [path.read_text("utf-8") for path in found]


def test_the_file_holds_the_cell_byte_for_byte(exercise):
    """In UTF-8, with the line ends of the cell, on every system; also if there was no file."""
    assert save(exercise, "a = 'é'\n") is None
    assert exercise.stub.read_bytes() == "a = 'é'\n".encode()


def test_what_was_there_before_is_kept_in_a_dated_copy(exercise):
    """Its name does not end with .py, so that it is not taken for the exercise."""
    exercise.stub.parent.mkdir(parents=True)
    exercise.stub.write_bytes(b"by hand\r\n")
    kept = save(exercise, "by cell\n")
    assert kept.parent == exercise.stub.parent
    assert kept.name.startswith("affine.2")
    assert kept.suffix == ".txt"
    assert kept.read_bytes() == b"by hand\r\n"


def test_the_stub_as_it_was_handed_out_is_not_kept(exercise):
    """Seen in JupyterLab: a learner's first cell said that it had replaced something."""
    exercise.stub.parent.mkdir(parents=True)
    exercise.stub.write_text("stub\n", "utf-8")
    keep(exercise, b"stub\n")
    assert save(exercise, "by cell\n") is None
    assert copies(exercise) == []


def test_what_a_cell_has_written_is_not_kept(exercise):
    """Otherwise each run would leave a copy."""
    for number in range(5):
        assert save(exercise, f"a = {number}\n") is None
    assert copies(exercise) == []


def test_what_was_changed_between_two_cells_is_kept(exercise):
    """By an editor, or by another kernel."""
    save(exercise, "cell 1\n")
    exercise.stub.write_text("edited\n", "utf-8")
    assert save(exercise, "cell 2\n").read_text("utf-8") == "edited\n"
    assert save(exercise, "cell 3\n") is None
    exercise.stub.write_text("edited again\n", "utf-8")
    save(exercise, "cell 4\n")
    assert set(copies(exercise)) == {"edited again\n", "edited\n"}


def test_the_same_is_kept_only_once(exercise):
    """However often the learner returns to that version."""
    for _ in range(3):
        exercise.stub.parent.mkdir(parents=True, exist_ok=True)
        exercise.stub.write_text("edited\n", "utf-8")
        save(exercise, "cell\n")
    assert copies(exercise) == ["edited\n"]


@pytest.mark.parametrize("there", ["", " \n", "cell\n"])
def test_nothing_and_the_same_need_not_be_kept(exercise, there):
    """Nothing would be lost."""
    exercise.stub.parent.mkdir(parents=True)
    exercise.stub.write_text(there, "utf-8")
    assert save(exercise, "cell\n") is None
    assert copies(exercise) == []


def test_what_python_had_compiled_is_forgotten(exercise):
    """Python cannot distinguish two versions with the same second and size."""
    save(exercise, "a = 1\n")
    compiled = Path(importlib.util.cache_from_source(str(exercise.stub)))
    compiled.parent.mkdir()
    compiled.write_bytes(b"old")
    save(exercise, "a = 2\n")
    assert not compiled.exists()
