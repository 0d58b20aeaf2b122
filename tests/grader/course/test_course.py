"""Courses: their settings, and where everything that belongs to an exercise lies."""

from pathlib import Path

import pytest

from grader.course.course import Course, Exercise, Part, by_part
from grader.course.settings import find_course
from grader.errors import CourseError


@pytest.fixture
def root(tmp_path):
    """A course with two exercises."""
    settings = '[tool.kata]\nexercises = ["01_mul_layer", "02_affine"]\n'
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    (tmp_path / "exercises" / "02_affine").mkdir(parents=True)
    return tmp_path


def test_what_belongs_to_an_exercise_lies_where_the_design_says():
    """Stub, lesson, solution and spec are found from the exercise's name."""
    exercise = Exercise(Path("/course"), "06_two_layer_net")
    assert exercise.module == "two_layer_net"
    assert exercise.filename == "two_layer_net.py"
    assert exercise.stub == Path("/course/exercises/06_two_layer_net/two_layer_net.py")
    assert exercise.lesson == Path("/course/exercises/06_two_layer_net/README.md")
    assert exercise.solution == Path("/course/solutions/06_two_layer_net/two_layer_net.py")
    assert exercise.spec == Path("/course/tests/specs/test_06_two_layer_net.py")


@pytest.mark.parametrize("name", ["02_affine", "affine"])
def test_an_exercise_is_found_by_folder_or_module(root, name):
    """Both names that a learner may type work."""
    assert find_course(root).named(name) == Exercise(root, "02_affine")


def test_an_unknown_exercise_is_told_with_those_there_are(root):
    """The message lists what could have been meant."""
    with pytest.raises(CourseError, match=r"'afine'.*01_mul_layer, 02_affine"):
        find_course(root).named("afine")


def test_exercises_are_known_by_module(root):
    """The table of modules holds each exercise once."""
    one, other = Exercise(root, "01_mul_layer"), Exercise(root, "02_affine")
    assert Course(root, (one, other)).by_module() == {"mul_layer": one, "affine": other}


PARTS = (Part(1, {"en": "one"}, ("01_a", "02_b")), Part(2, {"en": "two"}, ("03_c",)))


def test_what_belongs_to_exercises_is_grouped_by_part():
    """In the order of the parts, with only what there is."""
    a, c = Exercise(Path("/course"), "01_a"), Exercise(Path("/course"), "03_c")
    assert by_part([a, c], PARTS) == [(PARTS[0], [a]), (PARTS[1], [c])]
    assert by_part(["03_c", "02_b"], PARTS, str) == [(PARTS[0], ["02_b"]), (PARTS[1], ["03_c"])]


@pytest.mark.parametrize("names", [[], ["01_a", "02_b"], ["03_c"], ["01_a", "03_c", "04_d"]])
def test_nothing_is_grouped_of_one_part_or_of_none(names):
    """So that what is in no part is not lost."""
    assert by_part(names, PARTS, str) == []
    assert by_part(["01_a", "03_c"], (), str) == []
