"""A spec file as text: what is shown of it, and what it says."""

import pytest

from grader.course.course import Exercise
from grader.course.settings import find_course
from grader.course.spec_source import (
    ANNOUNCED,
    Parted,
    names_asked_for,
    part,
    promise_in,
    tell,
    texts_in,
)
from grader.errors import CourseError


def test_a_withheld_spec_is_announced_by_its_points_only(course_copy):
    """Neither its name, its promise, its body nor its helpers are handed out."""
    exercise = find_course(course_copy).named("affine")
    text = exercise.spec.read_text("utf-8")
    hidden = (
        "\n\nHIDDEN_TABLE = (1, 2, 3)\n\n\n# hidden remark\n@pytest.mark.withheld\n"
        "@pytest.mark.core(points=3)\n"
        'def test_Affine_hidden(student):\n    """Hidden promise."""\n    assert HIDDEN_TABLE\n'
    )
    exercise.spec.write_text(text + hidden, "utf-8")
    parted = part(exercise)
    assert "idden" not in parted.shown
    assert "HIDDEN" not in parted.shown
    assert parted.shown.endswith("WITHHELD_POINTS = 3\n")
    assert parted.shown.startswith(text.rstrip())
    exercise.spec.write_text(f"{text}\npytestmark = pytest.mark.withheld\n", "utf-8")
    with pytest.raises(CourseError, match="elsewhere"):
        part(exercise)


def spec_file(tmp_path, text):
    """An exercise whose spec file has this text."""
    exercise = Exercise(tmp_path, "01_double")
    exercise.spec.parent.mkdir(parents=True)
    exercise.spec.write_text(text, "utf-8")
    return exercise


def test_a_file_without_withheld_specs_is_shown_as_it_is(tmp_path):
    """To the byte, and nothing is announced."""
    text = '"""Doubles."""\n\n\ndef test_double(student):\n    pass\n'
    assert part(spec_file(tmp_path, text)) == Parted(text, "", ())


def test_what_only_withheld_specs_need_is_withheld_with_them(tmp_path):
    """Helpers, constants and imports, also over several steps; what others need stays."""
    text = """import math
import numpy as np
import pytest

LIMIT = 1
TABLE = [np.pi]


def look_up(number):
    return TABLE[number]


def check(value):
    assert value < LIMIT


def test_double(student):
    check(math.pi)


@pytest.mark.withheld
@pytest.mark.core(points=2)
def test_hidden(student):
    check(look_up(0))


@pytest.mark.withheld
@pytest.mark.stretch
def test_star(student):
    pass
"""
    parted = part(spec_file(tmp_path, text))
    assert parted.names == ("test_hidden", "test_star")
    for hidden in ("TABLE", "look_up", "numpy", "test_hidden", "test_star"):
        assert hidden not in parted.shown
        assert hidden in parted.hidden
    for shown in ("import math", "LIMIT = 1", "def check", "def test_double"):
        assert shown in parted.shown
        assert shown not in parted.hidden
    assert parted.shown.endswith(f"{ANNOUNCED} = 2\n")  # a star brings no points
    compile(parted.shown, "shown", "exec")


def test_what_is_no_python_is_told_with_its_file(tmp_path):
    """Nothing of it is handed out by mistake."""
    with pytest.raises(CourseError, match=r"test_01_double\.py: expected Python"):
        part(spec_file(tmp_path, "def test_double(:\n"))


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (0, ""),
        (1, " and 1 point that is not shown"),
        (3, " and 3 points that are not shown"),
    ],
)
def test_points_that_are_not_shown_are_told(points, told):
    """In words, behind those that are."""
    assert tell(points) == told


@pytest.mark.parametrize(
    ("docstring", "promise"),
    [
        ("It holds.", "It holds."),
        ("It holds\n    for all.\n\n    Details.", "It holds for all."),
        ("  It   holds.  \n", "It holds."),
    ],
)
def test_a_promise_is_the_first_paragraph(docstring, promise):
    """On one line."""
    assert promise_in(docstring) == promise


def test_a_spec_says_its_promises_and_what_its_values_are_called():
    """What is a piece of Python needs no translation, and what is no spec says nothing."""
    text = '''
def helper():
    """Not a promise."""

def test_double(student):
    """It doubles."""
    assert_matches(student.double(2), 4, "twice the input")
    assert_matches(student.x, 4, "x[0]")
    name = phrase("the {side} hand", side=side)
    assert_matches(student.y, 4, name)

def test_without_words(student):
    pass
'''
    assert texts_in(text) == [
        "It doubles.",
        "test_without_words",
        "twice the input",
        "the {side} hand",
    ]


def test_the_names_in_a_spec_are_those_that_it_asks_for(tmp_path):
    """Attributes and keys, whether they are asked for or only used."""
    spec = tmp_path / "test_x.py"
    spec.write_text(
        'KEYS = ("W1", "not a name")\n\n\ndef test_x(student):\n    student.Affine(1).dW\n', "utf-8"
    )
    assert names_asked_for(spec) == {"W1", "Affine", "dW"}
    assert names_asked_for(tmp_path / "gone.py") == frozenset()
    (tmp_path / "broken.py").write_text("def f(:", "utf-8")
    assert names_asked_for(tmp_path / "broken.py") == frozenset()
