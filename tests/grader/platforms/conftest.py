"""A secret, and a container of Gradescope."""

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

SECRET = "5ec7e7" * 10 + "5ec7"


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
    (root / "source" / "secret").chmod(0o644)  # as unpacked by a program that ignores modes
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
