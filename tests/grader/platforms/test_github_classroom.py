"""The workflow for GitHub Classroom, run as a runner does."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.transport.worker_process import can_confine

ROOT = Path(__file__).parents[3]
AFFINE = (ROOT / "solutions" / "03_affine" / "affine.py").read_text("utf-8")

needs_sandbox = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")

posix = pytest.mark.skipif(os.name != "posix", reason="the platforms run Linux")


@pytest.mark.thorough
@posix
@needs_sandbox
def test_the_workflow_of_github_grades_a_push(tmp_path, process):
    """Its last step, as the runner runs it, is green for right code and red for wrong."""
    yaml = pytest.importorskip("yaml")
    template, work = tmp_path / "template", tmp_path / "work"
    options = ("--repository", "school/course", "--exercise", "03_affine")
    done = process("-m", "grader", "package", "github", template, *options, cwd=ROOT)
    assert done.returncode == 0, done.err
    text = (template / ".github" / "workflows" / "classroom.yml").read_text("utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    steps = workflow["jobs"]["grade"]["steps"]
    ci = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    assert all(f"{step['uses']} #" in ci for step in steps if "uses" in step)
    assert steps[1]["with"]["repository"] == "school/course"
    shutil.copytree(template, work / "submission")
    (work / "course").symlink_to(ROOT)
    (work / "bin").mkdir()
    (work / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (work / "bin" / "python").chmod(0o755)
    summary = work / "summary.md"
    grade = steps[-1]
    for code, expected in ((AFFINE, 0), (AFFINE.replace("dout, axis=0", "dout"), 1)):
        (work / "submission" / "affine.py").write_text(code, "utf-8")
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", grade["run"]],
            cwd=work / grade["working-directory"],
            env={
                **os.environ,
                "PATH": f"{work / 'bin'}:{os.environ['PATH']}",
                "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_WORKSPACE": str(work),
                "RUNNER_TEMP": str(work),
            },
            capture_output=True,
        )
        assert done.returncode == expected, done.stderr
        assert done.stdout == b""  # the learner can read the log
    told = summary.read_text("utf-8")
    assert "10 of 10" in told
    assert "`pytest exercises/03_affine`" in told


def test_a_repository_that_is_none_is_refused(tmp_path, process):
    """What would be something else in the workflow never gets there."""
    hostile = ("--repository", "a/b\n      - run: echo")
    done = process("-m", "grader", "package", "github", tmp_path / "out", *hostile, cwd=ROOT)
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()
