"""The commands: output and exit codes."""

import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import grader.cli.grade
import grader.cli.grade_material
import grader.course.settings
import grader.judging.judgement
import grader.judging.pool
from grader.cli.main import main
from grader.gradebook.journal import Journal
from grader.transport.worker_process import can_confine

COMMAND = "from grader.cli.main import main; main()"
SCRIPT = Path(sys.executable).with_name("grader")
ROOT = Path(__file__).parents[3]
ONLY_AFFINE = ("--exercise", "03_affine")

linux = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
sandbox = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")


@pytest.fixture(autouse=True)
def at_a_desk(tmp_path, monkeypatch):
    """Keeps journals and secrets in a temporary folder, away from the user's."""
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home" / "data"))
    return desk


@pytest.fixture
def class_of_three(tmp_path):
    """A complete submission, an empty one, and one whose file cannot be imported."""
    folder = tmp_path / "class"
    shutil.copytree(ROOT / "solutions", folder / "full")
    (folder / "empty").mkdir()
    (folder / "broken").mkdir()
    (folder / "broken" / "affine.py").write_text("class Affine(:\n", "utf-8")
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


# As a process


@pytest.mark.skipif(not SCRIPT.exists(), reason="the package is installed in some other way")
def test_the_installed_command_judges_where_a_submission_brings_its_own_files(process, tmp_path):
    """Settings, plugins and modules in the submission are not loaded, and cause no error."""
    mine = tmp_path / "mine"
    shutil.copytree(ROOT / "solutions", mine)
    brought = f"open({str(tmp_path / 'loaded')!r}, 'a').write(__file__)\n"
    for name in ("conftest", "numpy", "sitecustomize", "grader", "pytest", "03_affine/conftest"):
        (mine / f"{name}.py").write_text(brought, "utf-8")
    for name in ("pytest.ini", "tox.ini"):
        (mine / name).write_text("[pytest]\naddopts = --no-such-option\n", "utf-8")
    done = process("grade", ".", *ONLY_AFFINE, cwd=mine, command=(SCRIPT,))
    assert done.returncode == 0, done.err
    assert "10 of 10 ✓" in done.out
    assert "10 / 10" in done.out
    assert not (tmp_path / "loaded").exists()


@sandbox
def test_a_class_is_graded_row_by_row(process, class_of_three, tmp_path, at_a_desk):
    """Exit code 0 if all are judged; the JSON has the points of the table, with reasons."""
    report = tmp_path / "report.json"
    arguments = ("-c", COMMAND, "grade", class_of_three, *ONLY_AFFINE, "--json", report)
    done = process(*arguments, cwd=at_a_desk)
    assert done.returncode == 0, done.err
    rows = [line.split("│")[1:3] for line in done.out.splitlines() if line.startswith("│")]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["broken", "0"],
        ["empty", "0"],
        ["full", "10"],
    ]
    document = json.loads(report.read_text("utf-8"))
    assert document["schema"] == 5
    exercises = {one["name"]: one["exercises"] for one in document["submissions"]}
    assert list(exercises) == ["broken", "empty", "full"]
    for name, outcomes in [
        ("broken", {"FAILED"}),
        ("empty", {"NOT_STARTED"}),
        ("full", {"PASSED"}),
    ]:
        (exercise,) = exercises[name]
        assert exercise["name"] == "03_affine"
        assert exercise["max_points"] == 10
        assert exercise["points"] == (10 if name == "full" else 0)
        assert {spec["outcome"] for spec in exercise["specs"]} == outcomes
        for spec in exercise["specs"]:
            assert spec["tier"] in ("core", "stretch")
            assert spec["promise"].endswith(".")
            assert spec["mistake"] is None
            assert (spec["message"] == "") == (name == "full")


@sandbox
@pytest.mark.skipif(sys.platform == "win32", reason="names there are text")
def test_a_name_that_is_no_text_does_not_cost_the_class_its_report(
    process, class_of_three, at_a_desk
):
    """A folder unpacked from a zip may have a name that is not valid in any encoding."""
    os.rename(class_of_three / "empty", os.fsencode(class_of_three) + b"/\xff\xfe")
    arguments = ("-c", COMMAND, "grade", class_of_three, *ONLY_AFFINE)
    done = process(*arguments, cwd=at_a_desk, PYTHONIOENCODING="utf-8")
    assert done.returncode == 0, done.err
    assert "full" in done.out


@pytest.mark.parametrize("single", [[], ["--single"]])
@pytest.mark.usefixtures("judged_here")
def test_in_a_file_there_are_no_spaces_at_the_ends_of_lines(call, class_of_three, single):
    """Nor an empty line before the table, if stdout and stderr go to the same file."""
    path = class_of_three / "broken" if single else class_of_three
    _, out, err = call("grade", path, *ONLY_AFFINE, *single)
    assert len(out.splitlines()) > 5
    assert [line for line in out.split("\n") if line != line.rstrip()] == []
    assert not err.startswith("\n")
    assert not err.endswith("\n\n")
    assert single or out.startswith("┏")


def test_a_report_fits_into_any_encoding(process):
    """A file on Chinese Windows gets no tick, but the rest of the report."""
    arguments = ("-c", COMMAND, "grade", ROOT / "solutions", *ONLY_AFFINE)
    done = process(*arguments, cwd=ROOT, PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    assert done.returncode == 0, done.err
    assert "10 of 10" in done.stdout.decode("gbk")


# Exit codes


def test_a_submission_that_is_done_exits_with_0(call):
    """All core specs passed."""
    code, out, _ = call("grade", ROOT / "solutions", *ONLY_AFFINE)
    assert code == 0
    assert "10 of 10 ✓" in out


@pytest.mark.parametrize("strict", [[], ["--strict"]])
def test_a_submission_that_is_not_done_exits_with_1(call, class_of_three, strict):
    """The output has the reason."""
    code, out, _ = call("grade", class_of_three / "broken", *ONLY_AFFINE, *strict)
    assert code == 1
    assert "SyntaxError: invalid syntax" in out
    assert "affine.py:1" in out


def test_stretch_is_not_needed_to_be_done(call, tmp_path):
    """A submission that passes the core specs exits with 0."""
    text = (ROOT / "solutions/02_activations/activations.py").read_text("utf-8")
    assert text.count("dx = dout.copy()") == 1
    path = tmp_path / "activations.py"
    path.write_text(text.replace("dx = dout.copy()", "dx = dout"), "utf-8")
    code, out, _ = call("grade", path)
    assert code == 0
    assert "(stretch)" in out


@pytest.mark.usefixtures("judged_here")
def test_a_class_exits_with_1_if_asked_to_be_strict(call, class_of_three):
    """Unless every learner is done."""
    assert call("grade", class_of_three, *ONLY_AFFINE)[0] == 0
    assert call("grade", class_of_three, *ONLY_AFFINE, "--strict")[0] == 1
    shutil.rmtree(class_of_three / "empty")
    shutil.rmtree(class_of_three / "broken")
    assert call("grade", class_of_three, *ONLY_AFFINE, "--strict")[0] == 0


def test_an_exercise_may_be_named_without_its_number(call):
    """--exercise affine is 03_affine."""
    code, out, _ = call("grade", ROOT / "solutions", "--exercise", "affine")
    assert code == 0
    assert "03_affine" in out
    assert "02_activations" not in out


@sandbox
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "nowhere: there is no such file or folder"),
        (["nothing"], "nothing to grade"),
        (["notes.txt"], "notes.txt is neither a .zip nor a .tar.gz"),
        (["class", "--exercise", "99_no"], "there is no exercise '99_no'; the course has 01_"),
        (["class/broken/affine.py", "--exercise", "02_activations"], "not 02_activations"),
        (
            ["class", *ONLY_AFFINE, "--json", "nowhere/report.json"],
            "the folder nowhere does not exist",
        ),
        (["class", *ONLY_AFFINE, "--json", "nothing"], "nothing is a folder"),
        (
            ["class", "--limit", "no_limit=1"],
            "there is no limit 'no_limit'; there are call_seconds",
        ),
        (["class", "--limit", "call_seconds"], "--limit call_seconds: expected NAME=NUMBER"),
        (["class", "--limit", "call_seconds=fast"], "expected NAME=NUMBER"),
        (["class", "--limit", "call_seconds=nan"], "expected NAME=NUMBER"),
        (["class", "--limit", "call_seconds=0"], "expected a number above 0"),
        (["class", "--limit", "call_seconds=-1.5"], "expected a number above 0"),
        (["class", "--limit", "call_seconds=1.0e999"], "expected a number above 0"),
        (["class", "--limit", "files=1.5"], "expected a whole number above 0"),
        (["class", "--roster", "nowhere.csv"], "nowhere.csv: there is no such file"),
        (
            ["class", "--roster", "notes.txt"],
            "notes.txt, line 1: expected a header with a column",
        ),
        (["class", "--roster", "bytes"], "bytes, line 1: expected UTF-8"),
        (["class", "--roster", "twice.csv"], "twice.csv, line 3: ada is in line 2 too"),
        (["class", *ONLY_AFFINE, "--secret-file", "notes.txt"], "64 hexadecimal digits"),
        (
            ["class", *ONLY_AFFINE, "--secret-file", "nothing"],
            "nothing: expected a file with a secret",
        ),
        (["class", *ONLY_AFFINE, "--secret-file", "open"], "chmod 600 open"),
        (["class", *ONLY_AFFINE, "--journal", "class/j"], "would be inside the class folder"),
        (["class", *ONLY_AFFINE, "--journal", "class"], "would be inside the class folder"),
        (["class", *ONLY_AFFINE, "--journal", "notes.txt"], "is no journal of this grader"),
        (["class", *ONLY_AFFINE, "--regrade", "eve"], "nobody to regrade is called 'eve'"),
    ],
)
def test_what_cannot_be_done_exits_with_2_and_one_message(
    call, class_of_three, tmp_path, monkeypatch, arguments, told
):
    """Reports bad input in one sentence, before judging, and without a traceback."""
    (tmp_path / "nothing").mkdir()
    (tmp_path / "notes.txt").write_text("hello", "utf-8")
    (tmp_path / "notes.txt").chmod(0o600)
    (tmp_path / "bytes").write_bytes(b"\xff\xff\n")
    (tmp_path / "twice.csv").write_text("name\nada\nada\n", "utf-8")
    (tmp_path / "open").write_text("5" * 64, "utf-8")
    (tmp_path / "open").chmod(0o644)
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.glob("*") if path.is_file()}
    code, out, err = call("grade", *arguments)
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(one.name for one in Path("class").iterdir()) == ["broken", "empty", "full"]
    assert code == 2
    assert told in " ".join(err.split())
    assert err.strip().startswith("grader: ")
    assert "Traceback" not in err
    assert out == ""


def test_outside_of_any_course_it_says_where_it_has_looked(call, tmp_path, monkeypatch):
    """If neither the folder nor the package belongs to a course."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(grader.course.settings, "__file__", str(tmp_path / "course.py"))
    for arguments in (["grade", "."], ["check"]):
        code, _, err = call(*arguments)
        assert code == 2
        assert "there is no course here" in " ".join(err.split())
        assert tmp_path.name in err


@pytest.mark.parametrize("arguments", [["grade"], ["grade", ".", "--no"], ["no"], ["check", "-x"]])
def test_a_command_that_is_not_understood_exits_with_2(call, arguments):
    """As is usual for command-line tools."""
    code, out, err = call(*arguments)
    assert code == 2
    assert "Usage: " in out + err


def test_help_exits_with_0_and_names_the_commands(call):
    """Lists all commands."""
    code, out, _ = call("--help")
    assert code == 0
    assert "grade" in out
    assert "check" in out


def fail(error):
    def fail(*arguments, **keywords):
        raise error

    return fail


def test_an_unexpected_exception_exits_with_2(call, monkeypatch):
    """Never with 1, which would mean that a submission is not done."""
    monkeypatch.setattr(grader.cli.grade_material, "collect", fail(RuntimeError("our own fault")))
    code, _, err = call("grade", ROOT / "solutions")
    assert code == 2
    assert "RuntimeError: our own fault" in err


def test_an_interrupted_run_is_no_verdict(call, monkeypatch):
    """Ctrl-C is reported, with the exit code of an error."""
    monkeypatch.setattr(grader.cli.grade_material, "collect", fail(KeyboardInterrupt()))
    code, _, err = call("grade", ROOT / "solutions")
    assert code == 2
    assert "grader: stopped" in err


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "in a class"])
def test_a_fault_of_the_grader_exits_with_2(call, tmp_path, monkeypatch, others):
    """A spec with an error of its own gives no verdict, and does not count against the learner."""
    course = tmp_path / "course"
    (course / "tests" / "specs").mkdir(parents=True)
    name = f"90_faulty{others}"
    (course / "pyproject.toml").write_text(f"[tool.kata]\nexercises = ['{name}']\n", "utf-8")
    stub = course / "exercises" / name / f"faulty{others}.py"
    stub.parent.mkdir(parents=True)
    stub.write_text("", "utf-8")
    spec = "def test_faulty(student):\n    {}['our own fault']\n"
    (course / "tests" / "specs" / f"test_{name}.py").write_text(spec, "utf-8")
    for number in range(1 + others):
        mine = course / "class" / f"mine{number}"
        mine.mkdir(parents=True)
        (mine / f"faulty{others}.py").write_text("x = 1", "utf-8")
    monkeypatch.chdir(course)
    code, out, _ = call("grade", "class" if others else "class/mine0")
    assert code == 2
    assert ("the grader itself failed" if others else "our own fault") in " ".join(out.split())


# A class: what is kept, and what is judged again

TWICE = "def twice(x):\n    return 2 * x\n"
SPEC = '''
def test_twice_doubles(student, rng):
    """Twice doubles."""
    x = int(rng.integers(1000))
    assert student.twice(x) == 2 * x
'''


def make_course(root, spec=SPEC):
    (root / "tests" / "specs").mkdir(parents=True)
    (root / "solutions" / "90_twice").mkdir(parents=True)
    (root / "solutions" / "90_twice" / "twice.py").write_text(TWICE, "utf-8")
    (root / "pyproject.toml").write_text("[tool.kata]\nexercises = ['90_twice']\n", "utf-8")
    (root / "tests" / "specs" / "test_90_twice.py").write_text(spec, "utf-8")
    return root


def hand_in(folder, **codes):
    for name, code in codes.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "twice.py").write_text(code, "utf-8")
    return folder


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A course of one exercise with one spec, as current folder; the class is elsewhere."""
    monkeypatch.chdir(make_course(tmp_path / "small"))
    return hand_in(tmp_path / "monday", ada=TWICE, bob="def twice(x):\n    return x\n", eve="")


@pytest.fixture
def judged_here(monkeypatch):
    """Judges in this process, which is faster; test_grading.py tests other processes."""

    def judge_all(submissions, settings, jobs):
        for submission in submissions:
            yield grader.judging.judgement.judge_one(settings, submission)

    monkeypatch.setattr(grader.cli.grade, "judge_all", judge_all)


@pytest.fixture
def grade(call, tmp_path):
    """Grade a class; return exit code, bytes of the gradebook, and names judged this time."""
    journal, report = tmp_path / "kept.journal", tmp_path / "book.json"

    def grade(path, *arguments):
        before = entries(journal)
        trusted = [] if can_confine() else ["--trusted"]
        given = ["--journal", journal, "--json", report, "--jobs", 1, *trusted, *arguments]
        code, _, err = call("grade", path, *given)
        assert "Traceback" not in err, err
        after = entries(journal)
        assert after[: len(before)] == before
        return code, report.read_bytes(), sorted(after[len(before) :])

    return grade


def entries(journal):
    """Return the names in a journal, one for each verdict."""
    lines = journal.read_bytes().splitlines()[1:] if journal.exists() else []
    return [json.loads(line)["verdict"]["name"] for line in lines]


def points(book):
    return {row["name"]: row["points"] for row in json.loads(book)["submissions"]}


@pytest.mark.usefixtures("judged_here")
def test_what_is_as_it_was_is_not_judged_again(small, grade, monkeypatch):
    """The gradebook has the same bytes, although no judge ran."""
    code, book, judged = grade(small)
    assert (code, judged) == (0, ["ada", "bob", "eve"])
    assert points(book) == {"ada": 1, "bob": 0, "eve": 0}
    assert book.isascii()
    monkeypatch.setattr("grader.judging.pool.judge_one", None)
    assert grade(small) == (0, book, [])


@pytest.mark.usefixtures("judged_here")
def test_only_who_handed_in_something_else_is_judged_again(small, grade):
    """Also new submissions; removed ones are no longer in the gradebook."""
    _, before, _ = grade(small)
    hand_in(small, bob=TWICE, new="")
    shutil.rmtree(small / "eve")
    code, book, judged = grade(small)
    assert (code, judged) == (0, ["bob", "new"])
    assert points(book) == {"ada": 1, "bob": 1, "new": 0}
    hand_in(small, bob="def twice(x):\n    return x\n", eve="")
    shutil.rmtree(small / "new")
    assert grade(small) == (0, before, ["bob"])


@pytest.mark.parametrize(
    "changed",
    [["--limit", "call_seconds=3"], ["--secret-file", "another"]],
    ids=["limit", "secret"],
)
@pytest.mark.usefixtures("judged_here")
def test_under_other_conditions_all_are_judged_again(small, grade, changed):
    """Once, after a change of a limit or the secret."""
    _, before, _ = grade(small)
    _, book, judged = grade(small, *changed)
    assert judged == ["ada", "bob", "eve"]
    assert book != before
    assert grade(small, *changed) == (0, book, [])


@pytest.mark.usefixtures("judged_here")
def test_with_another_spec_all_are_judged_again(small, grade, tmp_path, monkeypatch):
    """Verdicts under the old spec are not used."""
    _, _, judged = grade(small)
    monkeypatch.chdir(make_course(tmp_path / "changed", SPEC.replace("2 * x", "1 * x")))
    code, book, judged = grade(small)
    assert (code, judged) == (0, ["ada", "bob", "eve"])
    assert points(book) == {"ada": 0, "bob": 1, "eve": 0}


@pytest.mark.usefixtures("judged_here")
def test_who_is_named_is_judged_again(small, grade):
    """No other submission is; without a change, the gradebook is the same."""
    _, book, _ = grade(small)
    assert grade(small, "--regrade", "bob") == (0, book, ["bob"])
    assert grade(small, "--regrade", "bob", "--regrade", "eve") == (0, book, ["bob", "eve"])


def test_the_gradebook_does_not_depend_on_how_many_judges_there_are(small, grade, tmp_path):
    """Nor on the journal."""
    _, book, _ = grade(small)
    again = ["--jobs", 3, "--journal", tmp_path / "another"]
    assert grade(small, *again)[:2] == (0, book)


@pytest.mark.usefixtures("judged_here")
def test_by_default_the_journal_lies_where_one_stands(small, call):
    """It is named after the class; nothing is ever written into the class."""
    before = sorted(small.rglob("*"))
    trusted = [] if can_confine() else ["--trusted"]
    code, _, err = call("grade", small, *trusted)
    assert code == 0, err
    assert sorted(entries(Path("monday.journal"))) == ["ada", "bob", "eve"]
    assert sorted(small.rglob("*")) == before


def test_who_stands_in_the_class_is_told_to_put_the_journal_elsewhere(small, call, monkeypatch):
    """In the class, it would be taken for a submission."""
    monkeypatch.chdir(small)
    code, _, err = call("grade", ".", "--exercise", "01_simple_layers")
    assert code == 2
    assert "--journal" in err
    assert sorted(path.name for path in small.iterdir()) == ["ada", "bob", "eve"]


def test_a_second_grader_of_the_same_class_is_told(small, call, tmp_path):
    """It exits with 2, without waiting or writing."""
    path = tmp_path / "kept.journal"
    with Journal(path, small):
        before = path.read_bytes()
        code, out, err = call("grade", small, "--journal", path)
        assert (code, out) == (2, "")
        assert "another grader is at work" in " ".join(err.split())
        assert path.read_bytes() == before


@pytest.mark.usefixtures("judged_here")
def test_everybody_on_the_roster_has_a_row(small, grade, tmp_path):
    """Also without a readable submission; submissions not on the roster are reported."""
    roster = tmp_path / "roster.csv"
    text = "name,section,email\nAda,Mon,ada@x.org\nEve,Mon,\nZoe,Tue,zoe@x.org\nOdd,,\n"
    roster.write_text(text, "utf-8")
    (small / "odd.zip").write_bytes(b"no archive")
    code, book, judged = grade(small, "--roster", roster)
    assert (code, judged) == (0, ["Zoe", "ada", "bob", "eve", "odd"])
    rows = {row["name"]: row for row in json.loads(book)["submissions"]}
    assert list(rows) == sorted(rows)
    assert {name: row["points"] for name, row in rows.items()} == {
        "Ada": 1,
        "Eve": 0,
        "Odd": 0,
        "Zoe": 0,
        "bob": 0,
    }
    assert (rows["Ada"]["section"], rows["Ada"]["email"]) == ("Mon", "ada@x.org")
    assert rows["Ada"]["handed_in"] == "ada"
    assert rows["bob"]["notes"] == ["is not on the roster"]
    why = {name: row["exercises"][0]["specs"][0]["message"] for name, row in rows.items()}
    assert "nothing was handed in" in why["Zoe"]
    assert "odd.zip" in why["Odd"]
    assert grade(small, "--roster", roster) == (0, book, [])
    assert grade(small, "--roster", roster, "--strict")[0] == 1


@pytest.mark.usefixtures("judged_here")
def test_a_single_submission_with_a_roster_is_a_class(small, call, tmp_path):
    """With a roster, every learner on it gets a row, not only the first."""
    roster = tmp_path / "roster.csv"
    roster.write_text("name\nAaron\nada\nZoe\n", "utf-8")
    trusted = [] if can_confine() else ["--trusted"]
    code, out, err = call("grade", small / "ada", "--roster", roster, *trusted)
    assert code == 0, err
    assert all(name in out for name in ("Aaron", "ada", "Zoe"))


def test_a_single_submission_is_matched_to_the_roster(small, call, tmp_path):
    """With --single, there is one row, in the language of the learner."""
    roster = tmp_path / "roster.csv"
    text = "name,section,id,language\nAaron,Mon,1,\nEve Doe,Tue,eve,zh-CN\nZoe,Mon,3,\n"
    roster.write_text(text, "utf-8")
    files = ("--json", "one.json", "--report", "gradescope=results.json")
    options = ("--single", "--roster", roster, *([] if can_confine() else ["--trusted"]))
    code, out, err = call("grade", small / "eve", *options, *files)
    assert code == 1, err
    assert "Aaron" not in out
    (row,) = json.loads(Path("one.json").read_text("utf-8"))["submissions"]
    assert (row["name"], row["section"], row["handed_in"]) == ("Eve Doe", "Tue", "eve")
    assert re.search("[\u4e00-\u9fff]", json.loads(Path("results.json").read_text())["output"])
    assert not Path("eve.journal").exists()

    code, out, err = call("grade", small / "bob", *options)
    assert (code, "is not on the roster" in out) == (1, True), err
    code, _, err = call("grade", small / "eve", *options, "--report", "moodle=marks.csv")
    assert (code, "moodle takes marks of a class; say --class" in " ".join(err.split())) == (
        *(2, True),
    )


def test_a_fault_of_ours_is_one_row_s_and_is_tried_again(small, grade, tmp_path):
    """A judge that was killed twice: exit code 2, the others have their verdicts, and a next run
    judges only that one.
    """
    if sys.platform != "linux":
        pytest.skip("it looks into /proc")
    kill = f"""
import os, signal, time
if not os.path.exists({str(tmp_path / "enough")!r}):
    with open(f"/proc/{{os.getppid()}}/stat") as file:
        os.kill(int(file.read().rpartition(")")[2].split()[1]), signal.SIGKILL)
    time.sleep(60)
"""
    hand_in(small, dan=kill + TWICE)
    code, book, judged = grade(small, "--trusted")
    assert (code, judged) == (2, ["ada", "bob", "dan", "eve"])
    rows = {row["name"]: row for row in json.loads(book)["submissions"]}
    assert rows["dan"]["exercises"][0]["specs"][0]["outcome"] == "GRADER_ERROR"
    assert points(book) == {"ada": 1, "bob": 0, "dan": 0, "eve": 0}
    (tmp_path / "enough").touch()
    code, book, judged = grade(small, "--trusted")
    assert (code, judged) == (0, ["dan"])
    assert points(book)["dan"] == 1


@sandbox
@pytest.mark.usefixtures("judged_here")
def test_each_row_says_what_was_judged_and_how(small, grade):
    """Hash, version of the course, seed, Python, NumPy, limits, layers; never the secret itself."""
    _, book, _ = grade(small, "--limit", "call_seconds=1.5")
    secret = next(Path(os.environ["HOME"]).rglob("secret"))
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert secret.read_text().strip().encode() not in book
    rows = json.loads(book)["submissions"]
    assert len({row["submission"] for row in rows}) == 3
    assert all(row["conditions"] == rows[0]["conditions"] for row in rows)
    conditions = rows[0]["conditions"]
    assert conditions["limits"]["call_seconds"] == 1.5
    assert conditions["python"].startswith("3.")
    assert "seccomp" in conditions["sandbox"]
    assert len(conditions["course"]) == len(conditions["seed"]) == 16


@pytest.mark.usefixtures("judged_here")
def test_names_of_submissions_are_harmless(small, call, monkeypatch):
    """Line breaks, control codes, markup, formulas, and marks that change the text direction."""
    if os.name != "posix":
        pytest.skip("such names are not allowed there")
    names = ["[red]x", "a\x1b[2Jb\nc", "=cmd()", "\u202egnorw", ":smile:"]
    for name in names:
        hand_in(small, **{name: "x = 1"})
    trusted = [] if can_confine() else ["--trusted"]
    monkeypatch.setenv("COLUMNS", "80")
    code, out, err = call("grade", small, *trusted)
    assert code == 0
    assert not set(out + err) & set("\x1b\u202e")
    assert "[red]x" in out
    assert ":smile:" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.skipif(os.name != "posix", reason="such names are not allowed there")
@pytest.mark.parametrize("name", ["a\x1b[2Jb", "\u202egnorw", ":smile:"], ids=range(3))
def test_names_in_error_messages_are_harmless_too(small, call, name):
    """`replay` lists the names of submissions, which are untrusted."""
    hand_in(small, **{name: TWICE})
    code, _, err = call("replay", "nobody", "test_twice_doubles", "--class", small)
    assert code == 2
    assert "ada" in err
    assert not set(err) & set("\x1b\u202e")
    assert name != ":smile:" or name in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.usefixtures("judged_here")
def test_a_gradebook_that_cannot_be_written_is_told_without_a_traceback(small, call):
    """For example if the disk is full."""
    trusted = [] if can_confine() else ["--trusted"]
    code, _, err = call("grade", small, "--json", "/dev/full", *trusted)
    assert code == 2
    assert "/dev/full" in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("judged_here")
def test_the_gradebook_is_not_written_over_the_journal(small, call):
    """One wrong argument must not destroy all verdicts of a class."""
    trusted = [] if can_confine() else ["--trusted"]
    call("grade", small, "--journal", "same", "--json", "same", *trusted)
    if Path("same").exists():
        assert Path("same").read_bytes().startswith(b'{"journal"')


# Processes that come and go


@pytest.fixture
def start(tmp_path):
    """Start the grader as a process, in a process group of its own, with its own place for files.

    All of its processes have that folder in their environment or command line.
    """
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    started = []

    def start(*arguments, **keywords):
        trusted = [] if can_confine() else ["--trusted"]
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", COMMAND, "grade", *map(str, arguments), *trusted],
            env={**os.environ, "TMPDIR": str(scratch), "COLUMNS": "200"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            **keywords,
        )
        started.append(process)
        return process

    start.scratch = scratch
    yield start
    for process in started:
        process.kill()
        process.communicate()


def left(scratch):
    """Return the processes that belong to a run."""
    found, mark = [], os.fsencode(scratch)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


SLOW = "import time\ntime.sleep(0.05)\n"


@linux
def test_killed_anywhere_and_started_again_it_ends_with_the_same_gradebook(start, small, tmp_path):
    """By SIGKILL or SIGTERM, at any moment; and no process is left behind.

    A hundred times and in more ways: tests/benchmarks/kills.py.
    """
    wrong = TWICE.replace("2", "3")
    hand_in(small, **{f"s{n}": SLOW + (TWICE if n % 3 else wrong) for n in range(6)})
    secret, journal = ("--secret-file", tmp_path / "secret"), tmp_path / "killed.journal"

    def report(name, *arguments):
        run = start(small, "--jobs", 2, *secret, "--json", tmp_path / name, *arguments)
        _, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
        return (tmp_path / name).read_bytes()

    undisturbed = report("undisturbed.json", "--journal", tmp_path / "undisturbed.journal")
    moments = random.Random(5)
    for number in range(3):
        run = start(small, "--jobs", 2, *secret, "--json", tmp_path / "k", "--journal", journal)
        before = len(entries_so_far(journal))
        if number:  # else before anything is found
            wait_for(partial(has_gone_on, run, journal, before))
        time.sleep(moments.uniform(0, 0.1 if number else 0.6))
        run.send_signal(signal.SIGTERM if number % 2 else signal.SIGKILL)
        run.communicate(timeout=60)
        assert wait_for(lambda: not left(start.scratch)), left(start.scratch)
        after = entries_so_far(journal)
        assert len(after) == len(set(after)) >= before
    found = entries_so_far(journal)
    assert report("resumed.json", "--journal", journal) == undisturbed
    again = entries(journal)
    assert again[: len(found)] == found
    assert sorted(again) == sorted({*again}) == sorted(points(undisturbed))


def has_gone_on(run, journal, before):
    """Return whether a run has added a verdict or has ended."""
    return run.poll() is not None or len(entries_so_far(journal)) > before


def entries_so_far(journal):
    """Return the same as `entries`, for a journal whose last line may be incomplete."""
    content = journal.read_bytes() if journal.exists() else b""
    lines = content[: content.rfind(b"\n") + 1].splitlines()[1:]
    return [json.loads(line)["verdict"]["name"] for line in lines]


@linux
@pytest.mark.parametrize("whole_group", [True, False], ids=["at the keyboard", "by kill"])
def test_ctrl_c_leaves_a_journal_that_the_same_command_goes_on_from(
    start, small, tmp_path, whole_group
):
    """Exit code 2, one message that names the journal, and no process is left running."""
    hand_in(small, **{f"s{number}": SLOW * 6 + TWICE for number in range(8)})
    journal = tmp_path / "stopped.journal"
    run = start(small, "--jobs", 1, "--journal", journal)
    assert wait_for(lambda: len(entries_so_far(journal)) > 1)
    (os.killpg if whole_group else os.kill)(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 2
    assert out == b""
    told = err.decode()
    assert str(journal) in told
    assert "run the same command again to continue from there" in told
    assert "Traceback" not in told
    kept = entries(journal)
    done, total = re.search(r"(\d+) of (\d+) verdicts", told).groups()
    assert int(total) == 11
    assert 0 <= len(kept) - int(done) <= 1  # one may have been written in that very moment
    assert wait_for(lambda: not left(start.scratch)), left(start.scratch)
    assert len(kept) < 11


@linux
def test_ctrl_c_while_the_judges_start_is_one_message_too(start, small, tmp_path):
    """Even before the first verdict."""
    journal = tmp_path / "stopped.journal"
    run = start(small, "--jobs", 2, "--journal", journal)

    def is_starting():
        return any(b"spawn_main" in cmdline(pid) for pid in left(start.scratch))

    assert wait_for(is_starting)
    time.sleep(0.1)
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 2
    assert b"run the same command again to continue from there" in err
    assert wait_for(lambda: not left(start.scratch)), left(start.scratch)


@linux
def test_ctrl_c_before_there_is_a_command_says_no_more_than_that(small, tmp_path):
    """While the grader is imported and its judges start."""
    command = [sys.executable, "-m", "grader", "grade", small, "--journal", tmp_path / "journal"]
    run = subprocess.Popen(
        list(map(str, command)), cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True
    )
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    assert wait_for(lambda: len(children.read_text().split()) > 1)
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 2
    assert b"grader: stopped" in err
    assert b"Traceback" not in err


@linux
def test_a_judge_that_is_starting_leaves_ctrl_c_to_the_grader(start, small, tmp_path):
    """The terminal sends it to all processes; judges ignore it silently."""
    run = start(small, "--jobs", 1, "--journal", tmp_path / "kept.journal")
    while run.poll() is None:
        for pid in left(start.scratch):
            if b"spawn_main" in cmdline(pid):
                with suppress(OSError):
                    os.kill(pid, signal.SIGINT)
        time.sleep(0.01)
    _, err = run.communicate()
    assert b"Traceback" not in err
    assert run.returncode == 0


@linux
@sandbox
def test_a_grader_that_is_killed_at_once_leaves_no_files(start, small, tmp_path):
    """Not even the empty folder that judge and worker share."""
    run = start(small, "--jobs", 1, "--journal", tmp_path / "kept.journal")

    def zygotes():
        return [pid for pid in left(start.scratch) if b"zygote\0" in cmdline(pid)]

    assert wait_for(zygotes)
    (zygote,) = zygotes()
    os.kill(zygote, signal.SIGSTOP)
    run.kill()
    run.wait()
    os.kill(zygote, signal.SIGCONT)
    assert wait_for(lambda: not left(start.scratch)), left(start.scratch)
    assert list(start.scratch.iterdir()) == []


def cmdline(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@linux
def test_graders_that_start_at_the_same_time_draw_the_same_inputs(start, small, tmp_path):
    """If both create the secret, they end up with the same one."""
    secret = ("--secret-file", tmp_path / "secret")
    runs = [
        start(small, "--jobs", 1, *secret, "--journal", tmp_path / f"j{n}", "--json", f"{n}.json")
        for n in range(2)
    ]
    for run in runs:
        _, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
    assert Path("0.json").read_bytes() == Path("1.json").read_bytes()


@linux
def test_a_full_disk_is_told_and_what_is_there_is_kept(start, small, tmp_path):
    """Exit code 2; once there is space, the same command continues."""
    hand_in(small, big="print('x' * 60000)\n" + TWICE)
    journal = tmp_path / "kept.journal"

    def little_room():
        import resource  # which Windows has not

        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    run = start(small, "--jobs", 1, "--journal", journal, preexec_fn=little_room)
    _, err = run.communicate(timeout=120)
    assert run.returncode == 2
    assert wait_for(lambda: not left(start.scratch))
    kept = entries_so_far(journal)
    again = start(small, "--jobs", 1, "--journal", journal)
    assert again.communicate(timeout=120)[0]
    assert again.returncode == 0
    assert entries(journal)[: len(kept)] == kept
    assert sorted(entries(journal)) == ["ada", "big", "bob", "eve"]
    assert str(journal).encode() in err.replace(b"\n", b"")
    assert b"Traceback" not in err


# Reports

EXPORT = """\
Student,ID,SIS User ID,SIS Login ID,Section,Affine layer (551),Final Score
    Points Possible,,,,,10.00,(read only)
"Doe, Jane",102,s102,jane,Mon,,100
"Poe, Cy",104,s104,cy,Tue,,80
"Roe, Bob",103,s103,bob,Tue,,
"""


@pytest.fixture
def downloads(at_a_desk):
    """A download from Canvas, and the gradebook that it exports."""
    folder = at_a_desk / "downloads"
    folder.mkdir()
    solution = (ROOT / "solutions/03_affine/affine.py").read_text("utf-8")
    wrong = solution.replace("np.sum(dout, axis=0)", "np.sum(dotu, axis=0)")
    (folder / "doejane_LATE_102_9002_affine.py").write_text(solution, "utf-8")
    (folder / "roebob_103_9003_affine-1.py").write_text(wrong, "utf-8")
    (at_a_desk / "export.csv").write_text(EXPORT, "utf-8")
    return folder


REPORTS = [
    f"--report={report}"
    for report in ("canvas=marks.csv", "html=gradebook.html", "feedback=feedback", "json=all.json")
]


@sandbox
def test_from_downloads_to_marks_and_feedback_and_out_again(process, call, downloads, at_a_desk):
    """One command marks the export, a second hides the names, a third erases a learner."""
    grade = ("grade", downloads, *ONLY_AFFINE, "--roster=export.csv")
    done = process("-c", COMMAND, *grade, *REPORTS, cwd=at_a_desk)
    assert done.returncode == 0, done.err
    expected = EXPORT.replace("Mon,,100", "Mon,10,100").replace("Tue,,\n", "Tue,2,\n")
    assert (at_a_desk / "marks.csv").read_text("utf-8") == expected
    page = (at_a_desk / "gradebook.html").read_text("utf-8")
    assert "self.db = np.sum(dotu, axis=0)\\n        return dx" in page
    assert "Doe-Jane.feedback.md" in os.listdir(at_a_desk / "feedback")
    shown = call("schema")[1]
    Draft202012Validator(json.loads(shown)).validate(json.loads(Path("all.json").read_text()))

    code, out, err = call(*grade, "--pseudonyms", *REPORTS[1:])
    assert code == 0, err
    names = {path.name for path in (at_a_desk / "feedback").iterdir()}
    said = out + page_text() + Path("all.json").read_text() + " ".join(names)
    assert len(names) == 6
    assert not re.search(r"doe|roe, bob|roebob|\b102\b|jane", said, re.IGNORECASE)

    code, out, _ = call("erase", "roebob_103", "--journal=downloads.journal")
    assert (code, "1 line was erased, of roebob_103." in " ".join(out.split())) == (0, True)
    assert "roebob" not in Path("downloads.journal").read_text("utf-8")
    code, _, err = call("erase", "roebob_103", "--journal=downloads.journal")
    assert (code, "nothing in it is about" in " ".join(err.split())) == (2, True)


def page_text():
    return (
        Path("gradebook.html").read_text("utf-8").partition("</style>")[2].partition("<script>")[0]
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--report=pdf=x"], "expected FORMAT=PATH"),
        (["--report=canvas=marks.csv"], "--roster"),
        (["--report=canvas=export.csv", "--roster=export.csv"], "is read here"),
        (
            ["--report=canvas=m.csv", "--roster=export.csv", "--assignment=Quiz"],
            "'Affine layer (551)'",
        ),
    ],
)
def test_what_cannot_be_reported_is_told_before_anybody_is_judged(
    call, downloads, arguments, reason
):
    """With exit code 2, and nothing is written."""
    code, _, err = call("grade", downloads, *ONLY_AFFINE, *arguments)
    assert (code, reason in " ".join(err.split())) == (2, True)
    assert sorted(os.listdir()) == ["downloads", "export.csv"]


# Deadlines and follow-through

POLICY = """
[tool.kata]
exercises = ["02_activations", "03_affine", "04_softmax_with_loss", "05_numerical_gradient",
             "06_two_layer_net"]
deadline = 2026-12-01T23:59:00+01:00
follow_through = "count"
[tool.kata.late]
percent_per_day = 10
attempt = "best"
"""
TIMES = "name,time\nada,2026-12-01T23:00+01:00\nbob,2026-12-03 10:00\n"


@sandbox
def test_what_is_late_or_fails_for_an_earlier_exercise_is_marked_as_the_course_says(
    process, course_copy, at_a_desk
):
    """From lists of times and extensions to marks; a worse second attempt costs nothing."""
    (course_copy / "pyproject.toml").write_text(POLICY, "utf-8")
    people = course_copy / "class"
    for name in ("ada", "bob"):
        shutil.copytree(course_copy / "solutions", people / name)
    affine = people / "ada" / "03_affine" / "affine.py"
    right = affine.read_text("utf-8")
    affine.write_text(right.replace("np.sum(dout, axis=0)", "np.sum(dout)"), "utf-8")
    (at_a_desk / "times.csv").write_text(TIMES, "utf-8")
    (at_a_desk / "more.csv").write_text("name,until,exercise\nbob,2026-12-03,06\n", "utf-8")
    lists = [f"--times={at_a_desk / 'times.csv'}", f"--extensions={at_a_desk / 'more.csv'}"]
    kept = ["--json", at_a_desk / "all.json", "--journal", at_a_desk / "journal"]

    def graded(*more):
        arguments = ("grade", people, "--exercise=06", *kept, *more)
        done = process("-m", "grader", *arguments, cwd=course_copy)
        assert done.returncode == 0, done.err
        rows = json.loads((at_a_desk / "all.json").read_text("utf-8"))["submissions"]
        return {row["name"]: row["exercises"][0] for row in rows}, " ".join(done.out.split())

    found, out = graded(*lists)
    assert (found["ada"]["points"], found["ada"]["through_points"], found["ada"]["late"]) == (
        *(17, 17),
        None,
    )
    assert found["ada"]["found_points"] < 17
    assert found["bob"]["points"] == 16
    assert found["bob"]["late"] == {"percent": 10, "reason": "10 h late, 1 day begun: 10% off"}
    assert "10 h late, 1 day begun: 10% off (16 of the 17 points that were found)" in out

    shutil.copy(affine, people / "bob" / "06_two_layer_net" / "two_layer_net.py")
    found, out = graded("--follow-through=off")
    assert found["bob"]["points"] == 16
    assert "an earlier submission counts" in out
    assert found["ada"]["points"] == found["ada"]["found_points"]


def test_lists_of_times_are_for_a_class_with_deadlines(call, at_a_desk):
    """Without a deadline, or for a single submission, they are rejected."""
    (at_a_desk / "times.csv").write_text(TIMES, "utf-8")
    code, _, err = call("grade", ROOT / "solutions", *ONLY_AFFINE, "--times=times.csv")
    assert (code, "are for a class" in err) == (2, True)
    shutil.copytree(ROOT / "solutions", at_a_desk / "class" / "ada")
    code, _, err = call("grade", "class", *ONLY_AFFINE, "--class", "--times=times.csv")
    assert (code, "the course has no deadline" in " ".join(err.split())) == (2, True)
    code, _, err = call("grade", "class", "--follow-through=maybe")
    assert (code, "found 'maybe'" in " ".join(err.split())) == (2, True)
