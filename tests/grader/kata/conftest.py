"""A learner who has just started the course, and her terminal."""

import sys
from pathlib import Path

import pytest

from grader import course
from grader.course import find_course
from grader.kata.start import start

ROOT = Path(__file__).parents[3]


class Learner:
    """Somebody at work in a course of her own."""

    def __init__(self, course):
        self.course = course
        self.root = course.root

    def exercise(self, name):
        return next(one for one in self.course.exercises if one.name.startswith(name))

    def has_only(self, count):
        """Her course is a short one: the first few exercises."""
        pyproject = self.root / "pyproject.toml"
        text = pyproject.read_text("utf-8")
        last = f'    "{self.course.exercises[count].name}"'
        start = text.index(last)
        pyproject.write_text(text[:start] + text[text.index("]\n", start) :], "utf-8")
        course._load.cache_clear()  # this process has read it already

    def solves(self, name, *changes):
        """She writes the reference, with (right, wrong) changes."""
        exercise = self.exercise(name)
        text = (ROOT / "solutions" / exercise.name / exercise.filename).read_text("utf-8")
        for right, wrong in changes:
            assert text.count(right) == 1, right
            text = text.replace(right, wrong)
        self.writes(name, text)

    def writes(self, name, text):
        """She saves a file, as many editors do: another one takes its place."""
        stub = self.exercise(name).stub
        draft = stub.with_suffix(".draft")
        draft.write_text(text, "utf-8")
        draft.replace(stub)


@pytest.fixture
def learner(tmp_path):
    folder = tmp_path / "mine"
    start(find_course(ROOT), folder, "en")
    return Learner(find_course(folder))


@pytest.fixture
def terminal(learner):
    """Runs ``kata`` in a terminal of 80 columns and 24 lines."""
    if sys.platform == "win32":
        pytest.skip("there is no pseudo-terminal")
    from pseudo_terminal import PseudoTerminal

    opened = []

    def run(*arguments, **environment):
        opened.append(
            PseudoTerminal("-m", "grader.kata", *arguments, cwd=learner.root, **environment)
        )
        return opened[-1]

    yield run
    for one in opened:
        one.close()
