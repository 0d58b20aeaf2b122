"""A bundle is proved: what is wrong with it is found, and what is right is not blamed."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import grader.course.course
from grader.checks.bundle_check import _prove_installed, prove
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.mistakes.catalogue import read_mistakes
from grader.release.bundle import bundle
from grader.release.update import write_folder

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
LINE = "        dx = dout * self.y\n"


@pytest.fixture
def course(handed_out):
    """A course of one exercise, as it was committed."""
    settings = handed_out / "pyproject.toml"
    text = settings.read_text("utf-8")
    only = text.replace("[tool.kata]\n", '[tool.kata]\nexercises = ["01_simple_layers"]\n', 1)
    settings.write_text(only, "utf-8")
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        who = ["-c", "user.name=x", "-c", "user.email=x@x.invalid"]
        subprocess.run(["git", *who, *command], cwd=handed_out, check=True)
    grader.course.settings.load_course.cache_clear()
    return find_course(handed_out)


@pytest.fixture
def release(course, tmp_path):
    folder = tmp_path / "release"
    write_folder(bundle(course), folder)
    return folder


def problems(course, release):
    """What is found in a bundle that runs with the packages of this environment."""
    found = _prove_installed(course, release, Path(sys.executable))
    return {claim.text: claim.problems for claim in found}


def test_a_line_of_a_solution_in_the_bundle_is_found_before_anything_is_installed(course, release):
    """And in a clean one there is none."""
    assert next(prove(course, release)).problems == ()
    (release / "notes.py").write_text(f"def backward(self, dout):\n{LINE}", "utf-8")
    (problem,) = next(prove(course, release)).problems
    assert "notes.py" in problem


def test_a_bundle_can_be_proved_only_where_the_solutions_are(course, release):
    """Against them it is checked."""
    shutil.rmtree(course.root / "solutions")
    with pytest.raises(CourseError, match="expected the solutions"):
        next(prove(course, release))


def test_a_bundle_that_does_not_do_what_it_should_is_told(course, release):
    """A stub that is written already; a spec that no solution passes, nor any mistake explains."""
    (exercise,) = course.exercises
    stub = release / exercise.stub.relative_to(course.root)
    shutil.copy(exercise.solution, stub)
    spec = release / exercise.spec.relative_to(course.root)
    broken = "\n\n@pytest.mark.core\ndef test_never(student):\n    assert student is None\n"
    spec.write_text(spec.read_text("utf-8") + broken, "utf-8")
    found = problems(course, release)
    assert "9 of 10 core" in found["pytest runs them, too"][0]
    (unnamed,) = found["a pasted mistake is named"]
    assert unnamed.endswith(" is named as nothing")
    assert any("is PASSED" in one for one in found["its stubs are not started"])
    assert found["pasted solutions pass"] == ("01_simple_layers: test_never is FAILED",)


@pytest.mark.thorough
@pytest.mark.parametrize("hints", [0, 1])
def test_no_more_of_the_mistakes_is_handed_out_than_hints_go(course, tmp_path, hints):
    """What a learner may not see is not in the bundle, and the rest still works."""
    settings = course.root / "pyproject.toml"
    text = settings.read_text("utf-8").replace("[tool.kata]", f"[tool.kata]\nhints = {hints}", 1)
    settings.write_text(text, "utf-8")
    grader.course.settings.load_course.cache_clear()
    course = find_course(course.root)
    files = bundle(course)
    (mistake, *_) = read_mistakes(course.exercises[0])
    translated = tomllib.loads((ROOT / "tests/mistakes/zh-CN.toml").read_text("utf-8"))
    told = b"\n".join(files.values()).decode("utf-8", "replace")
    for kept, secret in ((False, mistake.title), (hints, mistake.hint), (False, mistake.name)):
        assert (secret in told) == bool(kept), secret
        assert (translated.get(secret, secret) in told) == bool(kept), secret
    write_folder(files, tmp_path / "release")
    assert set(problems(course, tmp_path / "release").values()) == {()}
    assert bundle(find_course(tmp_path / "release")) == files
