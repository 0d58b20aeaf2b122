"""What known mistakes fail, as it is written down."""

import json
from pathlib import Path

import pytest
from known_mistakes import HALVED, SPECS, SWAPPED, answer, known

from grader.course.settings import find_course
from grader.errors import CourseError
from grader.mistakes.known_failures import KnownMistake, read, same, write

COURSE = find_course(Path(__file__))


def test_what_was_written_is_read_back(tmp_path):
    """Texts and failures; a spec that it passes is not in it."""
    file = tmp_path / "known.json"
    file.write_text(write([HALVED, SWAPPED], SPECS), "utf-8")
    back = read(file)
    assert same(back, [HALVED, SWAPPED], SPECS)
    assert back[0].failure("test_b") == answer(2)
    assert back[0].failure("test_c") is None


@pytest.mark.parametrize(
    "other",
    [
        [HALVED],
        [SWAPPED, HALVED],
        [HALVED, known("swapped", a=1)],
        [HALVED, known("swapped", a=1, c=4)],
        [
            HALVED,
            KnownMistake("swapped", "t", "A hint at swapped.", "Mul.swapped", SWAPPED.failure),
        ],
    ],
    ids=["fewer", "order", "passes", "answer", "title"],
)
def test_any_difference_is_one(other):
    """`grader check` tells what is out of date by it."""
    assert not same(other, [HALVED, SWAPPED], SPECS)
    assert same([HALVED, known("swapped", a=1 + 1e-12, c=3)], [HALVED, SWAPPED], SPECS)


def test_a_file_that_is_not_there_is_empty(tmp_path):
    """A course may have no catalogue."""
    assert read(tmp_path / "known.json") == []


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"name": "a"}]', '{"a": 1}'])
def test_another_kind_of_file_is_told(tmp_path, content):
    """With what to do about it."""
    file = tmp_path / "known.json"
    file.write_text(content, "utf-8")
    with pytest.raises(CourseError, match=r"known\.json: expected what .* run it again"):
        read(file)


def test_what_is_handed_out_has_no_line_of_a_solution():
    """Neither of the reference nor of the changes that make a mistake: numbers and hints only."""
    for exercise in COURSE.exercises:
        told = exercise.fingerprints.read_text("utf-8")
        lines = exercise.solution.read_text("utf-8").splitlines()
        code = {line.strip() for line in lines if "=" in line or "return " in line}
        assert not [line for line in code if len(line) > 8 and json.dumps(line)[1:-1] in told]
