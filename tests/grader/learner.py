"""A learner at work in a copy of the course."""

from pathlib import Path

from grader.course import settings as courses

ROOT = Path(__file__).parents[2]


class Learner:
    """A learner at work in a copy of the course."""

    def __init__(self, course):
        self.course = course
        self.root = course.root

    def exercise(self, name):
        return next(one for one in self.course.exercises if one.name.startswith(name))

    def has_only(self, count):
        """Shorten the course to its first exercises."""
        pyproject = self.root / "pyproject.toml"
        text = pyproject.read_text("utf-8")
        last = f'    "{self.course.exercises[count].name}"'
        start = text.index(last)
        pyproject.write_text(text[:start] + text[text.index("]\n", start) :], "utf-8")
        courses.load_course.cache_clear()  # this process has read it already

    def has_parts(self, *parts):
        """Replace the parts of the course by others: pairs of a title and names of exercises."""
        pyproject = self.root / "pyproject.toml"
        head, _, rest = pyproject.read_text("utf-8").partition("[[tool.kata.parts]]")
        _, _, rest = rest.rpartition("[[tool.kata.parts]]")
        _, _, rest = rest.partition("]\n")
        tables = (
            f'[[tool.kata.parts]]\ntitle = "{title}"\nexercises = {list(names)}\n'
            for title, names in parts
        )
        pyproject.write_text(head + "".join(tables) + rest, "utf-8")
        courses.load_course.cache_clear()
        self.course = courses.find_course(self.root)

    def solves(self, name, *changes):
        """Write the reference as the learner's code, with (right, wrong) changes."""
        exercise = self.exercise(name)
        text = (ROOT / "solutions" / exercise.name / exercise.filename).read_text("utf-8")
        for right, wrong in changes:
            assert text.count(right) == 1, right
            text = text.replace(right, wrong)
        self.writes(name, text)

    def writes(self, name, text):
        """Save a file as many editors do: by replacing it."""
        stub = self.exercise(name).stub
        draft = stub.with_suffix(".draft")
        draft.write_text(text, "utf-8")
        draft.replace(stub)
