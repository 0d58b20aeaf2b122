"""The bundle: holds what learners need, and gives nothing away."""

import subprocess
from pathlib import Path

import pytest

from grader.course.settings import find_course
from grader.errors import CourseError
from grader.release.bundle import bundle, write_zip

ROOT = Path(__file__).parents[3]
STUB = "exercises/03_affine/affine.py"


def test_no_solution_and_no_change_that_makes_a_mistake_is_in_it(files):
    """Nor hostile code; stubs, lessons, specs and fingerprints are."""
    assert not [path for path in files if path.startswith(("solutions", "tests/hostile"))]
    assert not [p for p in files if p.startswith("tests/mistakes/0") and p.endswith(".toml")]
    assert {STUB, "tests/specs/test_03_affine.py", "tests/mistakes/03_affine.json"} <= set(files)


def test_the_bundle_of_a_bundle_is_the_same(files, folder):
    """So that a learner can update their folder with a newer bundle."""
    assert bundle(find_course(folder)) == files


def test_the_zip_has_the_same_bytes_each_time(files, tmp_path):
    """And it takes the place of an earlier one, but not of any other file."""
    first, second, other = tmp_path / "a" / "c.zip", tmp_path / "b" / "c.zip", tmp_path / "x.zip"
    for path in (first, second):
        path.parent.mkdir()
        write_zip(files, path)
    write_zip(files, first)
    assert first.read_bytes() == second.read_bytes()
    other.write_text("theirs", "utf-8")
    with pytest.raises(CourseError, match="found another file"):
        write_zip(files, other)


def test_withheld_points_are_told_to_a_learner(files, folder):
    """The last line of pytest's output says so."""
    import sys

    spec = folder / "tests" / "specs" / "test_03_affine.py"
    spec.write_bytes(files["tests/specs/test_03_affine.py"] + b"\n\nWITHHELD_POINTS = 3\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "exercises/03_affine"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    spec.write_bytes(files["tests/specs/test_03_affine.py"])
    assert "0 of 10 core, 0 of 10 points and 3 points that are not shown" in done.stdout
