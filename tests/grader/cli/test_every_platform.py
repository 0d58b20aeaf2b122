"""The same class gives the same gradebook, whichever platform it was handed in on."""

import json
from pathlib import Path

import pytest
from platform_classes import CLASSES, HALF_RIGHT, OPTIONS, TWICE, course, hand_out, people

from grader.transport.worker_process import can_confine

pytestmark = pytest.mark.usefixtures("at_a_desk", "judged_here")


@pytest.fixture
def grade(call, tmp_path, monkeypatch):
    """Grade a class, with the marks for Moodle: exit code, and what is told."""
    monkeypatch.chdir(course(tmp_path / "course"))

    def grade(path, *arguments):
        trusted = [] if can_confine() else ["--trusted"]
        files = ("--json", "book.json", "--report", "moodle=marks.csv", "--roster", "roster.csv")
        code, out, err = call("grade", path, *files, *arguments, *trusted)
        return code, " ".join((out + err).split())

    return grade


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_every_platform_gives_the_same_gradebook_and_marks(grade, tmp_path, form):
    """The same people, points and lateness, and byte for byte the same marks for Moodle."""
    found = {}
    for platform, files in CLASSES.items():
        path = hand_out(tmp_path / platform, files, form)
        code, told = grade(path, *OPTIONS.get(platform, ()))
        assert code == 0, told
        found[platform] = people(Path("book.json")), Path("marks.csv").read_text("utf-8")
    first, marks = found["canvas"]
    assert {row["name"]: row["points"] for row in first} == {
        "Ana Ito": 4,
        "Ben Oak": 2,
        "Dan Yu": 0,
        "Zoë Núñez": 2,
    }
    assert "zoe@x.org,2" in marks
    assert "dan@x.org,-" in marks
    for platform, (rows, marked) in found.items():
        assert rows == first, platform
        assert marked == marks, platform
