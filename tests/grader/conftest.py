"""Settings of the tests of the grader, a copy of the course, and a way to run commands."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from grader.course.settings import find_course
from grader.release.new_course import start

# Code that several of these tests share is in modules next to them.
sys.path.insert(0, str(Path(__file__).parent))

# A slow machine is no failure, and the same tests run everywhere.
settings.register_profile("grader", deadline=None, derandomize=True, database=None)
settings.load_profile("grader")


ROOT = Path(__file__).parents[2]


@pytest.fixture
def course_copy(tmp_path):
    """A copy of the course with nothing written in it, whatever a learner has written here."""
    root = tmp_path / "course"
    for name in ("solutions", "tests/specs", "tests/mistakes"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    for solution in (root / "solutions").glob("*/*.py"):
        stub = root / "exercises" / solution.relative_to(root / "solutions")
        stub.parent.mkdir(parents=True)
        stub.write_text(unwritten(solution.read_text("utf-8")), "utf-8")
    return root


@pytest.fixture
def handed_out(tmp_path):
    """A copy of the course with the stubs of the last commit."""
    return hand_out(tmp_path / "handed out")


@pytest.fixture(scope="session")
def handed_out_once(tmp_path_factory):
    """The same for tests that change nothing in it."""
    return hand_out(tmp_path_factory.mktemp("course") / "handed out")


def hand_out(root):
    for name in ("exercises", "solutions", "tests/specs", "tests/mistakes"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    for stub in (root / "exercises").glob("*/*.py"):
        committed = f"HEAD:{stub.relative_to(root).as_posix()}"
        shown = subprocess.run(["git", "show", committed], cwd=ROOT, capture_output=True)
        if shown.returncode == 0:
            stub.write_bytes(shown.stdout)
    return root


def unwritten(text):
    """The solution with every function except constructors unwritten."""
    tree = ast.parse(text)
    owners = {id(f): f"{c.name}." for c in tree.body if isinstance(c, ast.ClassDef) for f in c.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__":
            told = f"{owners.get(id(node), '')}{node.name}: to be written"
            node.body = ast.parse(f"raise NotImplementedError({told!r})").body
    return ast.unparse(tree) + "\n"


@pytest.fixture
def process(learners_pytest):
    """Run Python in a separate process: ``process("-c", "print(1)", cwd=folder, NAME="value")``.

    The result is a `subprocess.CompletedProcess` with `out` and `err` as text.
    """

    def run(*arguments, cwd, stdin="", command=(sys.executable, "-P"), **environment):
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        done = subprocess.run(
            [*command, *map(str, arguments)],
            cwd=cwd,
            input=stdin.encode(),
            capture_output=True,
            env={
                **ours,
                "COLUMNS": "80",
                "PYTHONUTF8": "1",
                "PYTEST_ADDOPTS": learners_pytest,
                **environment,
            },
            timeout=300,
            check=False,
        )
        done.out, done.err = (
            stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr)
        )
        return done

    return run


@pytest.fixture
def learner(tmp_path):
    """A learner who has just started the course."""
    from learner import Learner

    folder = tmp_path / "mine"
    start(find_course(ROOT), folder, "en")
    return Learner(find_course(folder))
