"""What belongs to the repository."""

import subprocess
from pathlib import Path

import pytest

from grader.repository import ARCHIVE, TOP_LEVEL, files_of

ROOT = Path(__file__).parents[2]


def test_it_has_what_git_has():
    """So that a wheel and a source distribution miss nothing, and an unpacked one needs no git."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(listed, cwd=ROOT, capture_output=True)
    if done.returncode:
        pytest.skip("this is no clone")
    known = {name for name in done.stdout.decode().split("\0") if (ROOT / name).is_file()}
    assert {name for name, _ in files_of(ROOT)} == known


def test_what_is_made_or_lies_around_is_left_out(tmp_path):
    """Caches, an archive of an old build, and what is not ours at the top level."""
    kept = ("grader/a.py", "tests/specs/b.py", "README.md", ".kata/pristine/01_x/x.py")
    made = ("grader/__pycache__/a.pyc", f"grader/{ARCHIVE}", "notes.md", ".venv/x.py", "build/y.py")
    for name in (*kept, *made, ".kata/state.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert sorted(name for name, _ in files_of(tmp_path)) == sorted(kept)


def test_each_name_at_the_top_level_is_there():
    """One that was renamed would be missing from the next release."""
    handed_out = ".kata/pristine"  # only in a course that was handed out
    assert [n for n in TOP_LEVEL if n != handed_out and not (ROOT / n).exists()] == []
