"""What editors are told of the course: nothing of it may drift from the course's own settings."""

import json
import tomllib
from pathlib import Path

from grader.course.settings import find_course

ROOT = Path(__file__).parents[1]
FOLDERS = [f"exercises/{exercise.name}" for exercise in find_course(ROOT).exercises]
VSCODE = json.loads((ROOT / ".vscode" / "settings.json").read_text("utf-8"))
CONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))


def test_editors_find_the_module_of_every_exercise():
    """VS Code and Pyright resolve ``from affine import Affine``, in the order of the course."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert VSCODE["python.analysis.extraPaths"] == FOLDERS
    assert pyproject["tool"]["pyright"]["extraPaths"] == FOLDERS


def test_the_test_panel_of_vs_code_runs_the_exercises():
    """Its pytest collects what a learner writes, and not the tests of the course."""
    assert VSCODE["python.testing.pytestEnabled"] is True
    assert VSCODE["python.testing.pytestArgs"] == ["exercises"]


def test_the_dev_container_installs_what_a_learner_needs_and_no_more():
    """The course with its plots, before the learner can type; the files that it opens exist."""
    assert CONTAINER["postCreateCommand"] == "python -m pip install --editable '.[plots]' ipykernel"
    assert CONTAINER["waitFor"] == "postCreateCommand"
    _, tag = CONTAINER["image"].rsplit(":", 1)
    assert tag != "latest"
    for file in CONTAINER["customizations"]["codespaces"]["openFiles"]:
        assert (ROOT / file).is_file()


def test_binder_installs_the_course_and_makes_a_notebook_of_each_exercise():
    """With what the container installs; Binder brings Jupyter itself."""
    script = (ROOT / ".binder" / "postBuild").read_text("utf-8")
    assert "pip install --no-cache-dir --editable '.[plots]'" in script
    assert 'kata notebook "$(basename "$exercise")"' in script
    assert (ROOT / ".binder" / "postBuild").stat().st_mode & 0o111
    _, tag = CONTAINER["image"].rsplit(":", 1)
    assert (ROOT / ".binder" / "runtime.txt").read_text("utf-8") == f"python-{tag[:4]}\n"
