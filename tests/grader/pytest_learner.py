"""A learner who runs pytest in a copy of the course, and what they read."""

import ast

AFFINE = "exercises/03_affine/affine.py"

SHORT_WAIT = """from grader.pytest_plugin import timeouts
from grader.specs import collection

timeouts.IN_PROCESS_TIMEOUT = collection.IN_PROCESS_TIMEOUT = 0.5
"""


class PytestLearner:
    """A learner at work in a copy of the course."""

    def __init__(self, root, process):
        self.root, self.process = root, process

    def solves(self, name, *changes):
        """Write the reference of an exercise as the learner's code, with (right, wrong) changes."""
        (solution,) = (self.root / "solutions" / name).glob("*.py")
        text = solution.read_text("utf-8")
        for right, wrong in changes:
            assert text.count(right) == 1, right
            text = text.replace(right, wrong)
        self.writes(f"exercises/{name}/{solution.name}", text)

    def writes(self, path, text):
        """Write a file, with a newline at its end."""
        (self.root / path).write_text(text, "utf-8")

    def runs(self, *arguments, cwd=".", code, **more):
        """Run pytest, which must end with this exit code; return its output."""
        done = self.process("-m", "pytest", *arguments, cwd=self.root / cwd, **more)
        assert done.returncode == code, done.out + done.err
        return done.out + done.err

    def spec_lines(self, name):
        """The lines of a spec that nobody should be shown: all but docstrings and blanks."""
        text = (self.root / "tests" / "specs" / f"test_{name}.py").read_text("utf-8")
        told = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.Module) and ast.get_docstring(node):
                told |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
        lines = (line.strip() for i, line in enumerate(text.splitlines(), 1) if i not in told)
        return [line for line in lines if len(line) > 12]


def last_line(output):
    return output.rstrip().splitlines()[-1]


def assert_hides_the_spec(output, learner, name):
    lines = learner.spec_lines(name)
    assert len(lines) > 20
    assert [line for line in lines if line in output] == []
    assert "Traceback" not in output
    assert "site-packages" not in output


DB_OVER_ALL_AXES = ("np.sum(dout, axis=0)", "np.sum(dout)")
