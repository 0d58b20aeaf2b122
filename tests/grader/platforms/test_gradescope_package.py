"""The course where courses live: each entry script is run as its platform runs it."""

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from grader.course.settings import load_course
from grader.platforms.gradescope_package import gradescope

ROOT = Path(__file__).parents[3]

posix = pytest.mark.skipif(os.name != "posix", reason="the platforms run Linux")


@pytest.mark.thorough
@posix
def test_the_scripts_of_gradescope_are_scripts(container):
    """Executable in the archive, with their interpreter named, and bash can read them."""
    with zipfile.ZipFile(container.root.with_suffix(".zip")) as archive:
        for name in ("setup.sh", "run_autograder"):
            assert archive.getinfo(name).external_attr >> 16 & 0o777 == 0o755
            assert archive.read(name).startswith(b"#!/usr/bin/env bash\n")
            subprocess.run(["bash", "-n", container.root / "source" / name], check=True)


@posix
def test_only_its_owner_can_read_the_secret(container):
    """In the archive, and in the container before a submission runs, however it was unpacked."""
    with zipfile.ZipFile(container.root.with_suffix(".zip")) as archive:
        assert archive.getinfo("secret").external_attr >> 16 & 0o777 == 0o600
    container("class Affine: pass\n")
    assert (container.root / "source" / "secret").stat().st_mode & 0o777 == 0o600


@posix
def test_the_set_up_protects_the_secret_before_anything_else(container):
    """It is run for a while, and installs what others have written."""
    commands = (container.root / "source" / "setup.sh").read_text().split("\n")
    first = next(number for number, line in enumerate(commands) if "secret" in line)
    assert commands[first].startswith('chmod 600 "$root/source/secret"')
    installs = [n for n, line in enumerate(commands) if "-m pip" in line or "apt-get" in line]
    assert first < min(installs)


@pytest.mark.parametrize(
    ("exercise", "fetches"), [("", True), ("03_affine", False), ("07_mnist", True)]
)
def test_the_set_up_fetches_the_digits_for_what_is_trained_on_them(tmp_path, exercise, fetches):
    """For the whole course, and for one exercise wherever it stands in the course."""
    gradescope(load_course(ROOT), tmp_path / "one.zip", "0" * 64, exercise)
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert (b"-m dataset" in archive.read("setup.sh")) is fetches


@pytest.mark.thorough
def test_what_is_there_is_not_overwritten(tmp_path, process, secret):
    """A zip, or another workflow: exit code 2, and it is not changed."""
    there = tmp_path / "there.zip"
    there.write_text("mine")
    command = ("-m", "grader", "package")
    done = process(*command, "gradescope", there, "--secret-file", secret, cwd=ROOT)
    assert (done.returncode, there.read_text()) == (2, "mine")
    assert "already exists" in done.err.replace("\n", " ")
    workflow = tmp_path / ".github" / "workflows" / "classroom.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("mine")
    done = process(*command, "github", tmp_path, "--repository", "school/course", cwd=ROOT)
    assert (done.returncode, workflow.read_text()) == (2, "mine")
