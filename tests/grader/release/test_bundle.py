"""The bundle: holds what learners need, gives nothing away, and loses no line of theirs."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.settings import find_course
from grader.errors import CourseError
from grader.release.bundle import MANIFEST, bundle, write_folder, write_zip

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


EDITS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20))


@given(EDITS, st.sampled_from([STUB, "exercises/03_affine/README.md", "pyproject.toml"]))
def test_an_update_loses_no_line_of_the_learners(tmp_path_factory, files, lines, name):
    """Whatever the learner wrote is still there, in the file or next to it."""
    folder = tmp_path_factory.mktemp("theirs")
    small = {path: files[path] for path in (STUB, name, MANIFEST)}
    write_folder(small, folder)
    path, theirs = folder / name, "\n".join(lines).encode()
    path.write_bytes(theirs)
    for round_ in (b"# new\n", b"# newer\n"):
        write_folder({**small, name: round_ + files[name]}, folder)
        assert theirs in [other.read_bytes() for other in path.parent.glob(f"{path.name}*")]


def test_an_update_replaces_what_is_untouched(files, tmp_path):
    """An edited stub is kept, the new one comes beside it, and both are said."""
    write_folder(files, tmp_path)
    (tmp_path / STUB).write_text("theirs", "utf-8")
    lesson = "exercises/03_affine/README.md"
    new = {**files, STUB: b"new stub", lesson: b"new lesson"}
    (kept,) = write_folder(new, tmp_path)
    assert (tmp_path / STUB).read_text("utf-8") == "theirs"
    assert kept.beside.read_bytes() == b"new stub"
    assert "is kept" in str(kept)
    assert (tmp_path / lesson).read_bytes() == b"new lesson"


def test_a_folder_with_something_else_is_refused(files, tmp_path):
    """Nothing in it is changed."""
    (tmp_path / "file").write_text("theirs", "utf-8")
    with pytest.raises(CourseError, match="something else"):
        write_folder(files, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_withheld_points_are_told_to_a_learner(files, folder):
    """The last line of pytest's output says so."""
    import sys

    spec = folder / "tests" / "specs" / "test_03_affine.py"
    spec.write_bytes(files["tests/specs/test_03_affine.py"] + b"\n\nWITHHELD_POINTS = 3\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "exercises/03_affine"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    spec.write_bytes(files["tests/specs/test_03_affine.py"])
    assert "0 of 10 core, 0 of 10 points and 3 points that are not shown" in done.stdout
