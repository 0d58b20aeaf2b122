"""The container recipe for instructors, as far as it can be tested without building an image.

Its base image is not fetched here, and no container is started: what is tested are the files that
go into it, the commands that are run in it, and that it asks for no privileges.
"""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".devcontainer"
RECIPE = (FOLDER / "Dockerfile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
HANDBOOK = (ROOT / "grader" / "README.md").read_text("utf-8")


def instructions():
    """The instructions of the Dockerfile in order: the word, and what follows it."""
    text = re.sub(r"^\s*#.*\n", "", RECIPE, flags=re.MULTILINE).replace("\\\n", " ")
    lines = (line.split(maxsplit=1) for line in text.splitlines() if line.strip())
    return [(word, " ".join(rest.split())) for word, rest in lines]


def of(word):
    return [rest for found, rest in instructions() if found == word]


def copied():
    """What is copied from the clone, with the folder of the image that it goes to."""
    for rest in of("COPY"):
        *sources, target = rest.split()
        yield from ((source, target) for source in sources)


def ignored(path):
    """Whether a file is no part of what is built: of the lines that fit, the last counts."""
    found = False
    for line in (FOLDER / "Dockerfile.dockerignore").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        parts = Path(path).parts
        above = ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]
        names = parts if pattern.startswith("**/") else above
        if any(fnmatch.fnmatchcase(name, pattern.removeprefix("**/")) for name in names):
            found = not line.startswith("!")
    return found


def test_the_recipe_begins_with_a_python_that_the_project_supports():
    """Of a fixed version, and nothing is fetched but by pip."""
    (base,) = of("FROM")
    version = re.fullmatch(r"python:(3\.\d+)-slim-\w+", base)[1]
    least = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert tuple(map(int, version.split("."))) >= tuple(map(int, least.split(".")))
    assert {word for word, _ in instructions()} == {
        *("FROM", "RUN", "WORKDIR", "COPY", "USER", "ENTRYPOINT", "CMD")
    }
    assert not re.search(r"\b(curl|wget|sudo|apt-get|ADD)\b", RECIPE)


def test_the_container_is_an_ordinary_user_without_privileges():
    """The sandbox needs none: each layer is one that a process puts on itself."""
    (user,) = of("USER")
    assert f"useradd --create-home --uid 1000 {user}" in of("RUN")
    last = [word for word, _ in instructions()].index("USER")
    assert not [word for word, _ in instructions()[last:] if word in ("RUN", "COPY")]
    editor = json.loads((FOLDER / "instructor" / "devcontainer.json").read_text("utf-8"))
    assert editor["remoteUser"] == user
    commands = re.findall(r"^\$ docker .*$", HANDBOOK, re.MULTILINE)
    assert commands
    for text in (json.dumps(editor), *commands):
        assert not re.search(r"privileged|cap-add|capAdd|unconfined|security-?opt", text, re.I)


def test_the_editor_builds_the_same_recipe():
    """Paths are relative to its own file, and the home folder is a volume."""
    place = FOLDER / "instructor"
    editor = json.loads((place / "devcontainer.json").read_text("utf-8"))
    assert (place / editor["build"]["dockerfile"]).samefile(FOLDER / "Dockerfile")
    assert (place / editor["build"]["context"]).samefile(ROOT)
    assert f"target=/home/{of('USER')[0]}," in editor["mounts"][0]


def test_the_command_of_the_container_is_one_of_ours():
    """Without arguments, it says whether there is a sandbox."""
    (entry,), (default,) = of("ENTRYPOINT"), of("CMD")
    assert json.loads(entry)[0] in PROJECT["project"]["scripts"]
    assert json.loads(default) == ["doctor"]


def test_what_is_copied_is_there_and_nothing_else_gets_in():
    """No submission, journal, secret or environment that lies in the clone."""
    for source, target in copied():
        assert (ROOT / source).exists(), source
        assert target in (source, "./")
        assert not ignored(source)
    for path in (
        *("submissions/bob/affine.py", "submissions.journal", "secret", ".venv/bin/python"),
        *(".git/config", "grader/__pycache__/x.pyc", "tests/hostile/x.py", "roster.csv"),
    ):
        assert ignored(path), path
    assert not ignored("tests/specs/test_03_affine.py")
    assert not ignored("grader/reports/common/pages/gradebook.js")


@pytest.mark.skipif(sys.platform != "linux", reason="the image is one of Linux")
def test_the_copied_files_are_a_course_that_grades_its_solutions(tmp_path):
    """With no other file of the clone."""
    for source, _ in copied():
        path = tmp_path / "course" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, path, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, path)
    (tmp_path / "work").mkdir()
    env = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "course"),
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "COLUMNS": "80",
    }

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path / "work",
            env=env,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    where = run("-c", "import grader; print(grader.__file__)").stdout.strip()
    assert Path(where) == tmp_path / "course" / "grader" / "__init__.py"
    done = run("-m", "grader", "grade", "../course/solutions", "--exercise", "3")
    assert done.returncode == 0, done.stderr
    assert "10 / 10" in done.stdout
