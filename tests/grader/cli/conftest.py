"""A folder to call commands in, and a way to call them, for the tests of the commands."""

import shutil
import sys
from pathlib import Path

import pytest

import grader.cli.grade
import grader.judging.judgement
from grader.cli.main import main

ROOT = Path(__file__).parents[3]


@pytest.fixture
def at_a_desk(tmp_path, monkeypatch):
    """Journals and secrets of these tests lie in a folder of theirs, and not in the user's."""
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home" / "data"))
    return desk


@pytest.fixture
def class_of_three(tmp_path):
    """A complete submission, an empty one, and one whose file does not import."""
    folder = tmp_path / "class"
    shutil.copytree(ROOT / "solutions", folder / "full")
    (folder / "empty").mkdir()
    (folder / "broken").mkdir()
    (folder / "broken" / "affine.py").write_text("class Affine(:\n", "utf-8")
    return folder


@pytest.fixture
def call(monkeypatch, capsys):
    """Call a command in this process: exit code, output, and what is told on standard error."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return ended.value.code or 0, captured.out, captured.err

    return call


@pytest.fixture
def judged_here(monkeypatch):
    """Judging in this process, which is quicker. That others may do it: test_grading.py."""

    def judge_distinct(submissions, settings, jobs):
        for submission in submissions:
            yield grader.judging.judgement.judge_one(settings, submission)

    monkeypatch.setattr(grader.cli.grade, "judge_distinct", judge_distinct)
