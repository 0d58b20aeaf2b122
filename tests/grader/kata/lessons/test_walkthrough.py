"""The walkthrough of the whole chapter, replayed in a real kernel."""

import re
from pathlib import Path

import nbformat
import pytest

from grader.course.settings import find_course
from grader.kata.lessons.lesson import Kind, parts_of
from grader.kata.lessons.walkthrough import walkthrough_cells, write_walkthrough

ROOT = Path(__file__).parents[4]
COURSE = find_course(ROOT)
DIFFERENCES = {"W1": 4e-10, "b1": 3e-9, "W2": 6e-9, "b2": 1.4e-7}
ACCURACY = {1: 0.907, 5: 0.948}  # after so many epochs
FIGURES = [
    ("220.00000000000003", "the bill"),
    ("200 1.1 2.2 110.00000000000001", "its gradients"),
    ("715.0000000000001", "the basket"),
    ("(2.2, 110.00000000000001)", "its apples"),
    ("(3.3000000000000003, 165.0)", "its oranges"),
    ("650", "its tax"),
    ("[[False  True]\n [ True False]]", "the mask"),
    ("2.302585", "the price of knowing nothing"),
]


@pytest.fixture(scope="module")
def walkthrough(tmp_path_factory):
    path = write_walkthrough(COURSE, tmp_path_factory.mktemp("walk") / "walk.ipynb")
    return nbformat.read(path, 4)


@pytest.mark.thorough
def test_the_walkthrough_shows_what_the_lessons_say(walkthrough, execute, tmp_path, monkeypatch):
    """All of them, with the known figures, the gradient check and five epochs of training."""
    monkeypatch.setenv("KATA_LANG", "en")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    shown = [one.strip() for one in execute(walkthrough.cells, tmp_path)]
    wanted = [
        part.shows.strip()
        for exercise in COURSE.exercises
        for part in parts_of(exercise.lesson)
        if part.kind is Kind.PYTHON and part.shows
    ]
    assert len(wanted) > 60
    remaining = iter(shown)
    assert [want for want in wanted if want not in remaining] == []
    for figure, what in FIGURES:
        assert figure in shown, what

    (check,) = (one for one in shown if one.startswith("W1 ") and "e-" in one)
    found = {key: float(value) for key, value in re.findall(r"(\w+) (\S+e-\d+)", check)}
    assert found.keys() == DIFFERENCES.keys()
    for key, known in DIFFERENCES.items():
        assert known / 2 < found[key] < known * 2, key

    (training,) = (one for one in shown if one.startswith("epoch 1: "))
    reached = {int(n): float(value) for n, value in re.findall(r"epoch (\d+): (\S+)", training)}
    assert {n: reached[n] for n in ACCURACY} == pytest.approx(ACCURACY, abs=0.01)


def test_a_copy_without_solutions_has_the_same_walkthrough(learner, walkthrough):
    """The solutions come from the course that the copy was started from."""
    assert not (learner.root / "solutions").exists()
    again = [cell["source"] for cell in walkthrough_cells(learner.course)]
    assert [cell.source for cell in walkthrough.cells] == again


def test_the_walkthrough_is_always_the_same_and_touches_no_work(walkthrough):
    """It has all solutions, and writes none of them into the learner's files."""
    again = [cell["source"] for cell in walkthrough_cells(COURSE)]
    assert [cell.source for cell in walkthrough.cells] == again
    for exercise in COURSE.exercises:
        text = exercise.solution.read_text("utf-8").strip("\n")
        assert again.count(f"%%writefile {exercise.filename}\n{text}") == 1
    assert not any("kata" in source.split("\n")[0] for source in again if source[:1] == "%")
