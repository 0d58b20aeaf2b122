"""Leaks, wherever they are hidden."""

import gzip
import json
import py_compile
import subprocess
import zipfile
import zlib

import pytest

from grader.release.leak_scan import leaks, secrets_of


@pytest.fixture(scope="module")
def secrets(course, files):
    return secrets_of(course, files)


def plant_py(folder, solution, line):
    (folder / "notes.py").write_text(f"def f():\n    {line}\n", "utf-8")


def plant_pyc(folder, solution, line):
    py_compile.compile(str(solution), cfile=str(folder / "x.pyc"), doraise=True)


def plant_zip(folder, solution, line):
    with zipfile.ZipFile(folder / "x.bin", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", gzip.compress(line.encode()))


def plant_json(folder, solution, line):
    (folder / "x.json").write_text(json.dumps([json.dumps([line])]), "utf-8")


def plant_object(folder, solution, line):
    (folder / "4f").write_bytes(zlib.compress(b"blob 9\0" + line.encode()))


def plant_history(folder, solution, line):
    def git(*arguments):
        me = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", *me, *arguments], cwd=folder, check=True, capture_output=True)

    git("init", "-q")
    (folder / "a").write_text(line, "utf-8")
    git("add", "a")
    git("commit", "-qm", "a")
    git("rm", "-q", "a")
    git("commit", "-qm", "b")
    git("gc", "-q")


@pytest.mark.parametrize(
    "plant", [plant_py, plant_pyc, plant_zip, plant_json, plant_object, plant_history]
)
def test_a_planted_leak_is_found(plant, course, secrets, tmp_path):
    """Wherever it is hidden."""
    line = max((x for x in secrets.lines if x.isascii()), key=len)
    plant(tmp_path, course.named("affine").solution, line)
    assert list(leaks(tmp_path, secrets))
