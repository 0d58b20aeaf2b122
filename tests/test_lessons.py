"""The lessons: every code block runs, and prints what the lesson says."""

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import find_course
from grader.kata.scenes import SCENES, draw
from grader.submission import read_modules
from grader.workbench import importable

ROOT = Path(__file__).parents[1]
COURSE = find_course(ROOT)
LESSONS = {exercise.name: exercise.lesson for exercise in COURSE.exercises}
# Without Hypothesis, which is for those who test the course, not for a learner, and slow to import;
# and without the longest spec, which a bare `pytest` runs on the solutions anyway.
QUICKLY = "-p no:hypothesispytest -k 'not more_than_95_percent'"
PICTURES = sorted((ROOT / "exercises").glob("*/*.svg"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(lesson: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [text for kind, text in FENCE.findall(lesson.read_text("utf-8")) if kind == language]


@pytest.mark.parametrize("name", LESSONS)
def test_every_python_block_of_a_lesson_prints_what_it_says(name):
    """A learner who types the examples of a lesson sees what stands there."""
    lesson = LESSONS[name]
    examples = "\n".join(blocks(lesson, "python"))
    assert ">>>" in examples
    with importable(read_modules(ROOT / "solutions", COURSE)):
        test = doctest.DocTestParser().get_doctest(examples, {}, name, str(lesson), 0)
        told: list[str] = []
        failed, attempted = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert attempted > 0
    assert not failed, "".join(told)


@pytest.fixture(scope="module")
def finished_course(tmp_path_factory):
    """A copy of the course in which a learner has done all exercises.

    Its training is a short one: how far the long one gets is told in test_solutions.py.
    """
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copytree(ROOT / "tests" / "specs", root / "tests" / "specs")
    shutil.copytree(ROOT / "dataset", root / "dataset")
    shutil.copytree(ROOT / "solutions", root / "exercises")
    training = root / "exercises" / "07_mnist" / "mnist.py"
    text = training.read_text("utf-8")
    assert text.count("iterations: int = 10_000") == 1
    training.write_text(text.replace("iterations: int = 10_000", "iterations: int = 700"), "utf-8")
    return root


@pytest.mark.parametrize("name", LESSONS)
def test_every_command_of_a_lesson_succeeds_once_the_exercise_is_done(name, finished_course):
    """A learner who types the commands of a lesson sees what stands there."""
    commands = blocks(LESSONS[name], "console")
    assert any(f"$ pytest exercises/{name}" in command for command in commands)
    for block in dict.fromkeys(commands):
        command, *expected = block.removeprefix("$ ").splitlines()
        program, *arguments = shlex.split(command)
        start = {"python": [sys.executable], "pytest": [sys.executable, "-m", "pytest"]}[program]
        done = subprocess.run(
            [*start, *arguments],
            cwd=finished_course,
            env={**os.environ, "COLUMNS": "100", "PYTEST_ADDOPTS": QUICKLY},
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stdout + done.stderr
        for line in expected:
            assert line in done.stdout


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_asks_before_it_tells(name):
    """A lesson asks for a prediction, folds its answer away, states the task and what to notice."""
    text = LESSONS[name].read_text("utf-8")
    assert "**Predict" in text
    assert "<details>\n<summary>Answer</summary>\n\n" in text
    for heading in ("## Your task", "## Notice", "## Next"):
        assert f"\n{heading}\n" in text
    assert max(map(len, text.splitlines())) <= 110


def test_no_lesson_has_blocks_that_no_test_would_run():
    """Code stands in python or console blocks, everything else in text blocks."""
    kinds = {
        kind for lesson in LESSONS.values() for kind, _ in FENCE.findall(lesson.read_text("utf-8"))
    }
    assert kinds == {"python", "console", "text"}


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_every_picture_of_a_lesson_is_what_kata_graph_draws_of_the_solutions(picture):
    """A picture shows what the reference computes, and its lesson shows the picture."""
    assert picture.stem in SCENES
    place = picture.relative_to(ROOT).as_posix()
    redraw = f"kata graph {picture.stem} --solutions --output {place}"
    drawn = draw(picture.stem, ROOT / "solutions").svg()
    assert picture.read_text("utf-8") == drawn, f"it is out of date: {redraw}"
    assert f"]({picture.name})" in picture.with_name("README.md").read_text("utf-8")


def test_every_picture_of_a_lesson_is_there_and_told_in_words():
    """In its alternative text, and where a lesson has all of its words, these are current."""
    for lesson in LESSONS.values():
        text = lesson.read_text("utf-8")
        for alternative, name in re.findall(r"!\[(.*?)\]\((\S+)\)", text, re.DOTALL):
            assert lesson.with_name(name) in PICTURES
            assert len(alternative) > 40
        in_words = r"<summary>The picture in words</summary>\n\n```text\n(.*?)\n```"
        for words in re.findall(in_words, text, re.DOTALL):
            drawn = [draw(path.stem, ROOT / "solutions") for path in PICTURES]
            assert words in [graph.words() for graph in drawn]
