"""Programs of failed specs, with what they load."""

import numpy as np
import pytest

from grader.course.course import Course, Exercise
from grader.pytest_plugin.programs.tries import program_of
from grader.specs.assertions import Mismatch, assert_matches
from grader.transport.in_process import InProcess
from grader.transport.student import Student
from grader.worker.module_loader import importable
from grader.worker.source import Source

CODE = "def f(values):\n    return values\n"


@pytest.fixture
def program(tmp_path, monkeypatch):
    """The program of a spec that calls f with a large array."""
    exercise = Exercise(tmp_path, "01_ex")
    monkeypatch.setattr(
        "grader.pytest_plugin.programs.tries.course_of", lambda _: Course(tmp_path, (exercise,))
    )
    exercise.stub.parent.mkdir(parents=True)
    exercise.stub.write_text(CODE, "utf-8")

    def program():
        with importable({"ex": Source("ex.py", CODE)}) as _:
            student = Student(InProcess({"ex": Source("ex.py", CODE)}), "ex", 0)
            with pytest.raises(Mismatch) as caught:
                assert_matches(student.f(np.arange(1000.0)), 1.0, "f(values)")
            return program_of(exercise, "test_f", student, caught.value)

    return program


def test_a_large_array_is_loaded_from_the_learners_own_folder(program, tmp_path):
    """Where `kata` keeps its data; again and again under the same name."""
    for _ in range(2):
        path = tmp_path / ".kata" / "try" / "test_f-1.npy"
        assert f"values = np.load({str(path)!r})\nreturned = f(values)\n" in program()
        assert np.array_equal(np.load(path), np.arange(1000.0))
    assert len(list(path.parent.iterdir())) == 1


def test_in_a_course_that_cannot_be_written_to_it_is_long(program, tmp_path):
    """And works all the same."""
    (tmp_path / ".kata").write_text("a file is in the way", "utf-8")
    told = program()
    assert "np.load" not in told
    assert "998.0, 999.0" in told
