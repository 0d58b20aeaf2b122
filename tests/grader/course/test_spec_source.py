"""A spec file as text: what is shown of it, and what it says."""

import pytest

from grader.course.settings import find_course
from grader.course.spec_source import part
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
