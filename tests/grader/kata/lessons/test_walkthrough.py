"""The walkthrough of the whole course, a volume for each part, replayed in a real kernel."""

import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from grader.course.settings import find_course
from grader.kata.lessons.lesson import Kind, parts_of
from grader.kata.lessons.walkthrough import walkthrough_cells, write_walkthrough

ROOT = Path(__file__).parents[4]
COURSE = find_course(ROOT)
FIRST, *LATER = COURSE.parts
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
def volumes(tmp_path_factory):
    """The cells of each volume, by the number of its part."""
    paths = write_walkthrough(COURSE, tmp_path_factory.mktemp("walk") / "walk.ipynb")
    return {number: nbformat.read(path, 4).cells for number, path in enumerate(paths, 1)}


def sources(cells):
    return [cell["source"] for cell in cells]


def replay(part, cells, execute, folder):
    """Run a volume, check that it shows what its lessons say, and return what it shows."""
    shown = [one.strip() for one in execute(cells, folder)]
    wanted = [
        part.shows.strip()
        for name in part.exercises
        for part in parts_of(COURSE.named(name).lesson)
        if part.kind is Kind.PYTHON and part.shows
    ]
    assert len(wanted) >= 3 * len(part.exercises)
    remaining = iter(shown)
    assert [want for want in wanted if want not in remaining] == []
    return shown


@pytest.fixture
def english(monkeypatch, tmp_path):
    monkeypatch.setenv("KATA_LANG", "en")
    monkeypatch.setenv("TMPDIR", str(tmp_path))


@pytest.mark.thorough
@pytest.mark.usefixtures("english")
def test_the_walkthrough_shows_what_the_lessons_say(volumes, execute, tmp_path):
    """All of them, with the known figures, the gradient check and five epochs of training."""
    shown = replay(FIRST, volumes[FIRST.number], execute, tmp_path)
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


@pytest.mark.thorough
@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("part", LATER, ids=lambda part: str(part.number))
def test_a_later_volume_shows_what_its_lessons_say(part, volumes, execute, tmp_path):
    """In a kernel of its own: modules of earlier parts that it needs are in it."""
    replay(part, volumes[part.number], execute, tmp_path)


def test_each_part_is_a_volume(volumes):
    """It has the lessons and solutions of its part, and names the part at the top."""
    assert list(volumes) == [part.number for part in COURSE.parts]
    for part in COURSE.parts:
        texts = sources(volumes[part.number])
        assert texts[0].startswith(f"# Part {part.number}, {part.title}\n")
        for name in part.exercises:
            title = COURSE.named(name).lesson.read_text("utf-8").partition("\n")[0]
            assert any(text.startswith(title) for text in texts)


def test_a_volume_begins_with_the_earlier_modules_that_it_imports(volumes):
    """Those that solutions or lessons of it import, and no others; the first has none."""
    assert "affine.py" not in {written(text) for text in sources(volumes[1])[:4]}
    for part in LATER:
        texts = sources(volumes[part.number])
        files = [written(text) for text in texts if written(text)]
        own = [COURSE.named(name).filename for name in part.exercises]
        assert files[-len(own) :] == own
        imported = set(re.findall(r"^(?:from|import) (\w+)", "\n".join(texts), re.MULTILINE))
        earlier = [one for one in COURSE.exercises if one.name not in part.exercises]
        needed = [one.filename for one in earlier if one.module in imported]
        assert files[: -len(own)] == needed


def written(text):
    """The file that a cell writes; empty if it writes none."""
    command, _, file = text.partition("\n")[0].partition(" ")
    return file if command == "%%writefile" else ""


def test_a_lesson_of_a_later_part_may_build_on_any_earlier_one(course):
    """The modules that it imports, and those that these import, are written first."""
    root = course.root
    lesson = root / "exercises" / "12_pooling" / "README.md"
    text = "```python\n>>> from two_layer_net import TwoLayerNet\n\n```\n"
    lesson.write_text(lesson.read_text("utf-8") + text, "utf-8")
    later = course.parts[1]
    files = list(filter(None, map(written, sources(walkthrough_cells(course, later)))))
    assert files == [
        "activations.py",
        "affine.py",
        "softmax_with_loss.py",
        "numerical_gradient.py",
        "two_layer_net.py",
        *(course.named(name).filename for name in later.exercises),
    ]


def test_a_copy_without_solutions_has_the_same_walkthrough(learner, volumes):
    """The solutions come from the course that the copy was started from."""
    assert not (learner.root / "solutions").exists()
    for part in learner.course.parts:
        again = sources(walkthrough_cells(learner.course, part))
        assert sources(volumes[part.number]) == again


def test_the_walkthrough_is_always_the_same_and_touches_no_work(volumes):
    """It has all solutions, and writes none of them into the learner's files."""
    for part in COURSE.parts:
        again = sources(walkthrough_cells(COURSE, part))
        assert sources(volumes[part.number]) == again
        for name in part.exercises:
            exercise = COURSE.named(name)
            text = exercise.solution.read_text("utf-8").strip("\n")
            assert again.count(f"%%writefile {exercise.filename}\n{text}") == 1
        assert not any("kata" in source.split("\n")[0] for source in again if source[:1] == "%")


def test_a_course_without_parts_has_one_volume(volumes, tmp_path):
    """With all lessons; its title is that of the chapter."""
    whole = replace(COURSE, parts=())
    (path,) = write_walkthrough(whole, tmp_path / "walk.ipynb")
    texts = sources(nbformat.read(path, 4).cells)
    assert "a walk through the whole chapter" in texts[0]
    files = [written(text) for text in texts if written(text)]
    assert files == [exercise.filename for exercise in COURSE.exercises]
