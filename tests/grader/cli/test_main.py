"""The commands: output and exit codes."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

import grader.cli.grade
import grader.cli.grade_material
import grader.course.settings
import grader.judging.judgement
import grader.judging.pool
from grader.transport.worker_process import can_confine

COMMAND = "from grader.cli.main import main; main()"
SCRIPT = Path(sys.executable).with_name("grader")
ROOT = Path(__file__).parents[3]
ONLY_AFFINE = ("--exercise", "03_affine")

linux = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
sandbox = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")

pytestmark = pytest.mark.usefixtures("at_a_desk")


# As a process


@pytest.mark.thorough
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


@pytest.mark.thorough
@sandbox
def test_a_class_is_graded_row_by_row(process, class_of_three, tmp_path, at_a_desk):
    """Exit code 0 if all are judged; the JSON has the points of the table, with reasons."""
    report = tmp_path / "report.json"
    arguments = ("-c", COMMAND, "grade", class_of_three, *ONLY_AFFINE, "--json", report)
    done = process(*arguments, cwd=at_a_desk)
    assert done.returncode == 0, done.err
    rows = [line.split("│")[1:3] for line in done.out.splitlines() if line.startswith("│")]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["broken", "0?"],
        ["empty", "0?"],
        ["full", "10"],
    ]
    document = json.loads(report.read_text("utf-8"))
    assert document["schema"] == 9
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


@pytest.mark.thorough
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


@pytest.mark.thorough
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


@pytest.mark.thorough
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
    assert text.count("dx = dout * ~self.mask") == 1
    path = tmp_path / "activations.py"
    in_place = "dx = dout\n        dx[self.mask] = 0"
    path.write_text(text.replace("dx = dout * ~self.mask", in_place), "utf-8")
    code, out, _ = call("grade", path)
    assert code == 0
    assert "(stretch)" in out


@pytest.mark.thorough
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
        (["class", *ONLY_AFFINE, "--journal", "notes.txt"], "is not a journal of this grader"),
        (["class", *ONLY_AFFINE, "--regrade", "eve"], "--regrade: expected the name of a"),
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
    monkeypatch.setattr(grader.course.settings, "HOME", tmp_path)
    for arguments in (["grade", "."], ["check"]):
        code, _, err = call(*arguments)
        assert code == 2
        assert "there is no course here" in " ".join(err.split())
        assert tmp_path.name in err


def test_a_course_may_be_named_from_anywhere(call, tmp_path, monkeypatch):
    """As for an installation from a wheel, which belongs to no course."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(grader.course.settings, "HOME", tmp_path)
    monkeypatch.setattr(grader.course.settings, "_named", None)
    solution = ROOT / "solutions" / "03_affine" / "affine.py"
    code, out, err = call("--course", ROOT, "grade", solution, *ONLY_AFFINE)
    assert code == 0, err
    assert "10 of 10" in out


def test_a_course_that_is_named_and_is_none_exits_with_2(call, tmp_path, monkeypatch):
    """Nothing is judged by another one."""
    monkeypatch.setattr(grader.course.settings, "_named", None)
    code, _, err = call("--course", tmp_path, "grade", ROOT / "solutions")
    assert code == 2
    assert "expected a course" in " ".join(err.split())


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
