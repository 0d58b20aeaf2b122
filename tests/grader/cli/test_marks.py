"""The commands for marks, as an instructor uses them on a class."""

import json
import shutil
import sys
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from grader.cli.main import main
from grader.judging.pool import Pool
from grader.reports.formats.json_file import schema
from grader.transport.worker_process import can_confine

COMMAND = "from grader.cli.main import main; main()"
ROOT = Path(__file__).parents[3]
HOSTILE = "<script>alert(1)</script> \x1b[2J =1"

pytestmark = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")


class Here(Executor):
    """An executor in this process: a class of three is judged faster than a process starts."""

    def submit(self, call, /, *arguments, **named):
        done = Future()
        done.set_result(call(*arguments, **named))
        return done


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A class of two sections: Ada did everything, Bob nothing, and Cy handed in nothing."""
    folder = tmp_path / "desk"
    shutil.copytree(ROOT / "solutions" / "03_affine", folder / "class" / "lovelace")
    (folder / "class" / "babbage").mkdir()
    (folder / "class" / "babbage" / "affine.py").write_text("class Affine(:\n", "utf-8")
    (folder / "roster.csv").write_text(
        "Student,ID,SIS Login ID,Section,HW (7)\n    Points Possible,,,,10\n"
        "Ada,1,lovelace,A,\nBob,2,babbage,B,5\nCy,3,cycy,B,7\n"
    )
    monkeypatch.setattr(Pool, "_start", lambda pool: Here())
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return folder


@pytest.fixture
def call(monkeypatch, capsys):
    """Call a command in this process, and return exit code, stdout and stderr."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return ended.value.code or 0, captured.out, captured.err

    return call


def grade(call, *options, journal="j"):
    files = ("--roster", "roster.csv", "--journal", journal, "--json", "g.json")
    found = call("grade", "class", "--exercise", "03_affine", *files, *options, "--jobs", 1)
    document = json.loads(Path("g.json").read_text()) if found[0] == 0 else {"submissions": []}
    return found, {one["name"]: one for one in document["submissions"]}


def test_from_two_sections_to_published_marks(call, desk):
    """Graded separately, merged, one mark set by hand, published: all reports show that state."""
    for section in "AB":
        found, rows = grade(call, "--section", section, journal=f"{section}.journal")
        assert found[0] == 0, found[2]
        assert {one["section"] for one in rows.values()} == {section}
    assert call("merge", "j", "A.journal", "B.journal")[0] == 0
    shutil.copy("g.json", "before.json")

    found, _ = grade(call, "--published")
    assert found[0] == 2, "an empty report would look like a class of nobody"
    assert "grader publish" in " ".join(found[2].split())

    setting = ("mark", "babbage", "--journal", "j", "--exercise", "03_affine", "--by", "Eve")
    assert call(*setting, "--points", 8, "--reason", HOSTILE, "--comment", "Just a colon.")[0] == 0
    assert call("publish", "--journal", "j", "babbage", "--by", "Eve")[0] == 0
    assert call(*setting, "--points", 1, "--reason", "a draft")[0] == 0

    reports = ("canvas=c.csv", "feedback=f", "html=h.html", "github=s.md")
    options = [word for one in reports for word in ("--report", one)]
    (code, shown, told), rows = grade(call, "--published", *options)
    assert code == 0, told
    assert "lovelace" in told
    assert rows.keys() == {"Bob"}
    assert rows["Bob"]["points"] == 8
    assert rows["Bob"]["published"]
    Draft202012Validator(json.loads(schema())).validate(json.loads(Path("g.json").read_text()))
    assert "8*" in shown
    assert "\x1b[2J" not in shown
    assert Path("c.csv").read_text().splitlines()[2:] == [
        "Ada,1,lovelace,A,", "Bob,2,babbage,B,8", "Cy,3,cycy,B,7"
    ]  # fmt: skip
    for page in ("f/Bob.feedback.md", "f/Bob.feedback.html"):
        assert "Just a colon." in Path(page).read_text()
        assert "alert" not in Path(page).read_text(), "the reason is not for the learner"
    assert "<script>alert" not in Path("h.html").read_text() + Path("s.md").read_text()
    assert r"8\*" in Path("s.md").read_text()

    first = Path("h.html").read_bytes()
    grade(call, "--published", *options)
    assert Path("h.html").read_bytes() == first, "same journal, same reports"

    (_, shown, _), rows = grade(call)
    assert (rows["Bob"]["points"], rows["Bob"]["published"]) == (1, "")
    code, shown, _ = call("diff", "before.json", "g.json")
    assert code == 1
    assert "a draft" in shown
    assert call("diff", "g.json", "g.json")[0] == 0


def test_what_was_set_survives_a_late_arrival_and_is_to_be_reviewed(call, desk, process):
    """The old verdict stays in the audit trail, here printed by a process of its own."""
    grade(call)
    mark = ("mark", "babbage", "--journal", "j", "--exercise", "03_affine")
    assert call(*mark, "--points", 8, "--reason", "x")[0] == 0
    shutil.copy("class/lovelace/affine.py", "class/babbage/affine.py")
    (_, shown, _), rows = grade(call)
    assert "8*" in shown
    assert "look at that again" in " ".join(shown.split())
    assert rows["Bob"]["marks"][0]["to_review"]
    done = process("-c", COMMAND, "audit", "babbage", "--journal", "j", "--json", cwd=desk)
    assert done.returncode == 0, done.err
    trail = json.loads(done.out)["events"]
    assert [(one["event"], one["points"]) for one in trail] == [
        ("judged", 0), ("set", 8), ("judged", 8)
    ]  # fmt: skip
    assert trail[0]["submission"] != trail[2]["submission"]
    assert "set to 8" in " ".join(call("audit", "--journal", "j")[1].split())
    assert call(*mark, "--withdraw")[0] == 0
    comment = ("mark", "Cy", "--journal", "j", "--comment", "Where is it?")
    assert call(*comment)[0] == 0
    Path("class/babbage").rename("class/cycy")
    (_, _, told), rows = grade(call)
    assert "Cy is now cycy" in " ".join(told.split())
    assert rows["Cy"]["points"] == 10
    assert [one["comment"] for one in rows["Cy"]["marks"]] == ["Where is it?"]
    Path("class/cycy").rename("class/babbage")
    assert grade(call)[1]["Bob"]["points"] == 10


def test_bad_input_is_told_and_exits_with_2(call, desk):
    """Each message says what was expected."""
    journal = ("--journal", "j")
    for arguments, expected in [
        (("mark", "x", *journal, "--comment", "x"), "no such journal"),
        (("publish", *journal), "no such journal"),
        (("audit", *journal), "no such journal"),
        (("merge", "m", "j", "k"), "no such journal"),
        (("diff", "roster.csv", "roster.csv"), "expected a journal"),
        (("grade", "class", "--section", "A"), "--roster"),
        (("grade", "class", "--roster", "roster.csv", "--section", "Z"), "'A', 'B'"),
        (("grade", "class/lovelace", "--single", "--published"), "for a class"),
    ]:
        code, _, told = call(*arguments)
        assert code == 2, arguments
        assert expected in " ".join(told.split()), arguments
