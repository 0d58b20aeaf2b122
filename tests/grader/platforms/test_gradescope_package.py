"""The course where courses live: each entry script is run as its platform runs it."""

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.transport.worker_process import can_confine
from grader.verdicts.conditions import version_of

ROOT = Path(__file__).parents[3]
AFFINE = (ROOT / "solutions" / "03_affine" / "affine.py").read_text("utf-8")
SECRET = "5ec7e7" * 10 + "5ec7"

needs_sandbox = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")
posix = pytest.mark.skipif(os.name != "posix", reason="the platforms run Linux")


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o600)
    return file


@pytest.fixture
def container(tmp_path, process, secret):
    """What is /autograder on Gradescope, once the image is built; and how a submission is run."""
    out, root = tmp_path / "autograder.zip", tmp_path / "autograder"
    arguments = ("--exercise", "03_affine", "--secret-file", secret)
    done = process("-m", "grader", "package", "gradescope", out, *arguments, cwd=ROOT)
    assert done.returncode == 0, done.err
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with zipfile.ZipFile(out) as archive:
        archive.extractall(root / "source")
    (root / "source" / "secret").chmod(0o600)  # as setup.sh does
    (root / "submission").mkdir()
    (root / "results").mkdir()
    shutil.copy(root / "source" / "run_autograder", root)

    def run(code, metadata=None, python=sys.executable):
        (root / "submission" / "affine.py").write_text(code, "utf-8")
        if metadata is not None:
            (root / "submission_metadata.json").write_text(json.dumps(metadata), "utf-8")
        place = {"AUTOGRADER_ROOT": str(root), "AUTOGRADER_PYTHON": str(python)}
        done = subprocess.run(
            ["bash", root / "run_autograder"], cwd=root, env={**os.environ, **place}
        )
        results = (root / "results" / "results.json").read_text("utf-8")
        assert SECRET not in results
        return done.returncode, json.loads(results)

    run.root = root
    return run


@posix
@needs_sandbox
def test_gradescope_may_tell_it_in_chinese(container, tmp_path, process, secret):
    """As the package was made; the marks are the same."""
    out = tmp_path / "other.zip"
    arguments = ("--exercise", "03", "--secret-file", secret, "--language", "zh")
    done = process("-m", "grader", "package", "gradescope", out, *arguments, cwd=ROOT)
    assert done.returncode == 0, done.err
    with zipfile.ZipFile(out) as archive:
        (container.root / "run_autograder").write_bytes(archive.read("run_autograder"))
    code, wrong = container(AFFINE.replace("axis=0", ""))
    assert (code, wrong["score"]) == (0, 4)
    assert "偏置" in wrong["tests"][4]["output"] or "求和" in wrong["tests"][4]["name"]
    done = process("-m", "grader", "package", "gradescope", out, "--language", "fr", cwd=ROOT)
    assert (done.returncode, "--language is 'fr'" in done.err) == (2, True)


@posix
@needs_sandbox
def test_gradescope_gets_the_marks_with_who_and_how_late(container):
    """Right, wrong, late: /autograder/submission in, /autograder/results/results.json out."""
    assert version_of(container.root / "source" / "course") == version_of(ROOT)
    code, right = container(AFFINE)
    assert (code, right["score"]) == (0, 10)
    assert {test["status"] for test in right["tests"]} == {"passed"}
    metadata = {
        "created_at": "2026-07-02T14:22:32.365935-07:00",
        "assignment": {"due_date": "2026-07-01T23:00:00.000000-07:00"},
        "users": [{"name": "Zoë", "email": "zoe@example.com", "id": 1}],
    }
    code, wrong = container(AFFINE.replace("dout, axis=0", "dout"), metadata)
    assert code == 0
    assert 0 <= wrong["score"] < 10
    assert "handed in by Zo" in wrong["output"]
    assert "handed in late, by 15 h 22 min" in wrong["output"]
    metadata["users"][0]["assignment"] = {"due_date": "2026-07-09T23:00:00.000000-07:00"}
    _, extended = container(AFFINE, metadata)
    assert "late" not in extended["output"]


@posix
@needs_sandbox
def test_gradescope_takes_off_for_coming_late_what_the_course_says(container):
    """By Gradescope's submission time, with its extensions."""
    settings = container.root / "source" / "course" / "pyproject.toml"
    text = settings.read_text("utf-8")
    deadline = "[tool.kata]\ndeadline = 2026-07-01T23:00:00-07:00\nlate.percent_per_day = 20"
    settings.write_text(text.replace("[tool.kata]", deadline, 1), "utf-8")
    metadata = {
        "created_at": "2026-07-02T14:22:32.365935-07:00",
        "assignment": {"due_date": "2026-07-01T23:00:00.000000-07:00"},
        "users": [{"name": "Zoë", "assignment": {"due_date": "2026-07-01T23:00:00-07:00"}}],
    }
    _, late = container(AFFINE, metadata)
    assert late["score"] == 8
    assert "03_affine: 15 h late, 1 day begun: 20% off" in late["output"]
    assert late["output"].count("late") == 1
    metadata["users"][0]["assignment"]["due_date"] = "2026-07-02T23:00:00-07:00"
    _, extended = container(AFFINE, metadata)
    assert extended["score"] == 10
    assert "late" not in extended["output"]
    metadata["users"][0]["assignment"]["due_date"] = "2026-06-01T23:00:00-07:00"
    metadata["created_at"] = "2026-07-01T22:00:00-07:00"
    _, in_time = container(AFFINE, metadata)
    assert in_time["score"] == 10
    assert "ends before the deadline, 2026-07-01 23:00-07:00" in in_time["output"]
    assert "the deadline counts" in in_time["output"]


@posix
@pytest.mark.parametrize("metadata", [None, [], {"users": [None]}, {"created_at": "0001-01-01"}])
def test_without_a_sandbox_no_mark_is_made_up(container, tmp_path, metadata):
    """The learner reads why there was no grading; there is no score, and no test."""
    python = tmp_path / "python"
    python.write_text(f"""#!{sys.executable} -P
import sys
sys.path.insert(0, ".")
import grader.transport.worker_process
def fail():
    raise grader.transport.worker_process.WorkerFailed("landlock: not here")
grader.transport.worker_process.sandbox_layers = fail
sys.argv = sys.argv[2:]
import grader.platforms.gradescope_autograder
sys.exit(grader.platforms.gradescope_autograder.main())
""")
    python.chmod(0o755)
    code, results = container(AFFINE, metadata, python)
    assert code == 2
    assert "score" not in results
    assert "tests" not in results
    assert "no sandbox is available in this container (landlock: not here)" in results["output"]


@posix
def test_the_scripts_of_gradescope_are_scripts(container):
    """Executable in the archive, with their interpreter named, and bash can read them."""
    with zipfile.ZipFile(container.root.with_suffix(".zip")) as archive:
        for name in ("setup.sh", "run_autograder"):
            assert archive.getinfo(name).external_attr >> 16 & 0o777 == 0o755
            assert archive.read(name).startswith(b"#!/usr/bin/env bash\n")
            subprocess.run(["bash", "-n", container.root / "source" / name], check=True)


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
    assert "10 of 10" in summary.read_text("utf-8")


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


def test_a_repository_that_is_none_is_refused(tmp_path, process):
    """What would be something else in the workflow never gets there."""
    hostile = ("--repository", "a/b\n      - run: echo")
    done = process("-m", "grader", "package", "github", tmp_path / "out", *hostile, cwd=ROOT)
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()
