"""The command `grade`: what is kept, what is judged again, what is written."""

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

from grader.gradebook.journal import Journal
from grader.transport.worker_process import can_confine

COMMAND = "from grader.cli.main import main; main()"
SCRIPT = Path(sys.executable).with_name("grader")
ROOT = Path(__file__).parents[3]
ONLY_AFFINE = ("--exercise", "03_affine")

linux = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
sandbox = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")

pytestmark = pytest.mark.usefixtures("at_a_desk")


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
    """A course of one exercise with one spec, at whose root one stands; its class is elsewhere."""
    monkeypatch.chdir(make_course(tmp_path / "small"))
    return hand_in(tmp_path / "monday", ada=TWICE, bob="def twice(x):\n    return x\n", eve="")


@pytest.fixture
def grade(call, tmp_path):
    """Grade a class: exit code, the gradebook's bytes, and who was judged this time."""
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
    """The names in a journal, one for each judgement."""
    lines = journal.read_bytes().splitlines()[1:] if journal.exists() else []
    return [one["verdict"]["name"] for one in map(json.loads, lines) if "verdict" in one]


def points(book):
    return {row["name"]: row["points"] for row in json.loads(book)["submissions"]}


@pytest.mark.usefixtures("judged_here")
def test_what_is_as_it_was_is_not_judged_again(small, grade, monkeypatch):
    """And the gradebook is the same, byte for byte, though no judge was at work."""
    code, book, judged = grade(small)
    assert (code, judged) == (0, ["ada", "bob", "eve"])
    assert points(book) == {"ada": 1, "bob": 0, "eve": 0}
    assert book.isascii()
    monkeypatch.setattr("grader.judging.pool.judge_one", None)
    assert grade(small) == (0, book, [])


@pytest.mark.thorough
@pytest.mark.usefixtures("judged_here")
def test_only_who_handed_in_something_else_is_judged_again(small, grade):
    """New submissions, too; removed ones are no longer in the gradebook."""
    _, before, _ = grade(small)
    hand_in(small, bob=TWICE, new="")
    shutil.rmtree(small / "eve")
    code, book, judged = grade(small)
    assert (code, judged) == (0, ["bob", "new"])
    assert points(book) == {"ada": 1, "bob": 1, "new": 0}
    hand_in(small, bob="def twice(x):\n    return x\n", eve="")
    shutil.rmtree(small / "new")
    assert grade(small) == (0, before, ["bob"])


@pytest.mark.thorough
@pytest.mark.parametrize(
    "changed",
    [["--limit", "call_seconds=3"], ["--secret-file", "another"]],
    ids=["limit", "secret"],
)
@pytest.mark.usefixtures("judged_here")
def test_under_other_conditions_all_are_judged_again(small, grade, changed):
    """Another limit, another secret; and then not again."""
    _, before, _ = grade(small)
    _, book, judged = grade(small, *changed)
    assert judged == ["ada", "bob", "eve"]
    assert book != before
    assert grade(small, *changed) == (0, book, [])


@pytest.mark.thorough
@pytest.mark.usefixtures("judged_here")
def test_with_another_spec_all_are_judged_again(small, grade, tmp_path, monkeypatch):
    """The verdicts of last week are not those of the spec of today."""
    _, _, judged = grade(small)
    monkeypatch.chdir(make_course(tmp_path / "changed", SPEC.replace("2 * x", "1 * x")))
    code, book, judged = grade(small)
    assert (code, judged) == (0, ["ada", "bob", "eve"])
    assert points(book) == {"ada": 0, "bob": 1, "eve": 0}


@pytest.mark.thorough
@pytest.mark.usefixtures("judged_here")
def test_who_is_named_is_judged_again(small, grade):
    """Nobody else, and the gradebook is the same if nothing has changed."""
    _, book, _ = grade(small)
    assert grade(small, "--regrade", "bob") == (0, book, ["bob"])
    assert grade(small, "--regrade", "bob", "--regrade", "eve") == (0, book, ["bob", "eve"])


@pytest.mark.thorough
def test_the_gradebook_does_not_depend_on_how_many_judges_there_are(small, grade, tmp_path):
    """Nor on the journal."""
    _, book, _ = grade(small)
    again = ["--jobs", 3, "--journal", tmp_path / "another"]
    assert grade(small, *again)[:2] == (0, book)


@pytest.mark.usefixtures("judged_here")
def test_by_default_the_journal_lies_where_one_stands(small, call):
    """Named after the class; nothing is ever written into the class."""
    before = sorted(small.rglob("*"))
    trusted = [] if can_confine() else ["--trusted"]
    code, _, err = call("grade", small, *trusted)
    assert code == 0, err
    assert sorted(entries(Path("monday.journal"))) == ["ada", "bob", "eve"]
    assert sorted(small.rglob("*")) == before


def test_who_stands_in_the_class_is_told_to_put_the_journal_elsewhere(small, call, monkeypatch):
    """There it would be taken for something handed in."""
    monkeypatch.chdir(small)
    code, _, err = call("grade", ".", "--exercise", "01_simple_layers")
    assert code == 2
    assert "--journal" in err
    assert sorted(path.name for path in small.iterdir()) == ["ada", "bob", "eve"]


def test_a_second_grader_of_the_same_class_is_told(small, call, tmp_path):
    """It neither waits nor writes; exit code 2."""
    path = tmp_path / "kept.journal"
    with Journal(path, small):
        before = path.read_bytes()
        code, out, err = call("grade", small, "--journal", path)
        assert (code, out) == (2, "")
        assert "another grader is at work" in " ".join(err.split())
        assert path.read_bytes() == before


@pytest.mark.usefixtures("judged_here")
def test_a_member_of_the_class_that_begins_with_a_dot_is_told(small, call, tmp_path):
    """It is not graded, and a warning names it."""
    (small / ".Ann").mkdir()
    code, _, err = call("grade", small, "--class", "--journal", tmp_path / "kept.journal")
    assert code == 0, err
    assert "not graded, as the name begins with a dot: .Ann" in " ".join(err.split())


@pytest.mark.usefixtures("judged_here")
def test_everybody_on_the_roster_has_a_row(small, grade, tmp_path):
    """Learners with no submission, an unreadable one, or not on the roster: with the reason."""
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
    assert (code, "none of the submissions (1) fits anybody on the roster" in err) == (1, True)
    assert all(name in out for name in ("Aaron", "ada", "Zoe"))


def test_a_single_submission_is_matched_to_the_roster(small, call, tmp_path):
    """Where --single says so: nobody else has a row, and the learner reads their own language."""
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


@pytest.mark.thorough
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
    """Line breaks, control codes, markup, formulas, marks that turn text around."""
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
    """`replay` lists who is there; what it lists are strangers' names."""
    hand_in(small, **{name: TWICE})
    code, _, err = call("replay", "nobody", "test_twice_doubles", "--class", small)
    assert code == 2
    assert "ada" in err
    assert not set(err) & set("\x1b\u202e")
    assert name != ":smile:" or name in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.usefixtures("judged_here")
def test_a_gradebook_that_cannot_be_written_is_told_without_a_traceback(small, call):
    """The disk may be full at the very end."""
    trusted = [] if can_confine() else ["--trusted"]
    code, _, err = call("grade", small, "--json", "/dev/full", *trusted)
    assert code == 2
    assert "/dev/full" in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("judged_here")
def test_the_gradebook_is_not_written_over_the_journal(small, call):
    """All verdicts of a class, gone by one word too few."""
    trusted = [] if can_confine() else ["--trusted"]
    call("grade", small, "--journal", "same", "--json", "same", *trusted)
    if Path("same").exists():
        assert Path("same").read_bytes().startswith(b'{"journal"')


# Processes that come and go


@pytest.fixture
def start(tmp_path):
    """Start the grader as a process, in a process group of its own, with its own place for files.

    All of its processes have that folder in their environment, workers too, where it is one of
    the few variables that are passed on.
    """
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    started = []

    def start(*arguments, **keywords):
        trusted = [] if can_confine() else ["--trusted"]
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", COMMAND, "grade", *map(str, arguments), *trusted],
            # A process that may write little, or is killed, must not leave half a .pyc behind.
            env={
                **os.environ,
                "TMPDIR": str(scratch),
                "LD_LIBRARY_PATH": f"{os.environ.get('LD_LIBRARY_PATH', '')}:{scratch}".lstrip(":"),
                "COLUMNS": "200",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
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
    """The processes that belong to a run."""
    found, mark = [], os.fsencode(scratch)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes():
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
@pytest.mark.thorough
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
    """Whether a run has found something, or has ended."""
    return run.poll() is not None or len(entries_so_far(journal)) > before


def entries_so_far(journal):
    """As `entries`, where the last line may be torn."""
    content = journal.read_bytes() if journal.exists() else b""
    lines = content[: content.rfind(b"\n") + 1].splitlines()[1:]
    return [json.loads(line)["verdict"]["name"] for line in lines]


@pytest.mark.thorough
@linux
@pytest.mark.parametrize("whole_group", [True, False], ids=["at the keyboard", "by kill"])
def test_ctrl_c_leaves_a_journal_that_the_same_command_goes_on_from(
    start, small, tmp_path, whole_group
):
    """Exit code 2, one message that names the journal, and nothing is left running."""
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
    """Though nothing has been found yet."""
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
    """While the grader itself is imported, and its judges come up beside that."""
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


@pytest.mark.thorough
@linux
def test_a_judge_that_is_starting_leaves_ctrl_c_to_the_grader(start, small, tmp_path):
    """At the keyboard it goes to all of them; the judges say nothing, and do not end by it."""
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
    """While the zygote cannot know of it yet."""
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


SHARING = """
import numpy as np

def test_twice_doubles(student):
    assert student.twice(student.share(np.ones(1 << 20))) == 2
"""
ENDLESS = "def twice(x):\n    while x.sum():\n        pass\n"
PATIENT = ("call_seconds", "total_seconds", "call_cpu_seconds", "total_cpu_seconds")


@pytest.mark.thorough
@linux
@sandbox
def test_when_all_are_killed_at_once_nothing_is_left(start, tmp_path, monkeypatch):
    """Grader, judges and zygotes, while workers use what judges share with them: no process and
    no file remains.
    """
    monkeypatch.chdir(make_course(tmp_path / "sharing", SHARING))
    folder = hand_in(tmp_path / "class", ada=ENDLESS, bob=f"{ENDLESS}# another\n")
    limits = [word for name in PATIENT for word in ("--limit", f"{name}=60")]
    run = start(folder, "--jobs", 2, "--journal", tmp_path / "kept.journal", *limits)

    def workers():
        return [pid for pid in left(start.scratch) if is_worker_with_array(pid)]

    assert wait_for(lambda: len(workers()) == 2), run.poll()
    others = set(left(start.scratch)) - set(workers())
    assert len(others) >= 5  # the grader, two judges and two zygotes
    for pid in others:
        os.kill(pid, signal.SIGKILL)
    run.wait()
    assert wait_for(lambda: not left(start.scratch)), left(start.scratch)
    assert list(start.scratch.iterdir()) == []


def is_worker_with_array(pid):
    with suppress(OSError):
        return "/memfd:kata" in Path(f"/proc/{pid}/maps").read_text()
    return False


def cmdline(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.thorough
@linux
def test_graders_that_start_at_the_same_time_draw_the_same_inputs(start, small, tmp_path):
    """On the very first use of a secret, they agree on one."""
    secret = ("--secret-file", tmp_path / "secret")
    runs = [
        start(small, "--jobs", 1, *secret, "--journal", tmp_path / f"j{n}", "--json", f"{n}.json")
        for n in range(2)
    ]
    for run in runs:
        _, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
    assert Path("0.json").read_bytes() == Path("1.json").read_bytes()


@pytest.mark.thorough
@linux
def test_a_full_disk_is_told_and_what_is_there_is_kept(start, small, tmp_path, monkeypatch):
    """Exit code 2; with room again, the same command goes on."""
    monkeypatch.delenv("COVERAGE_PROCESS_START", raising=False)  # it needs room, too
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


@pytest.mark.thorough
@linux
def test_a_reader_that_leaves_early_costs_no_report_and_no_exit_code(start, small, tmp_path):
    """`grader grade CLASS --report ... | head -1`: it ended with 1, and wrote none of them."""
    report = tmp_path / "book.json"
    run = start(small, "--jobs", 1, "--strict", "--journal", tmp_path / "j", "--json", report)
    run.stdout.close()
    run.stderr.close()
    run.stdout = run.stderr = None
    assert run.wait(timeout=120) == 1  # by --strict
    assert points(report.read_bytes()) == {"ada": 1, "bob": 0, "eve": 0}
    run = start(small, "--jobs", 1, "--journal", tmp_path / "j", "--json", report)
    run.stdout.close()
    run.stdout = None
    assert run.communicate(timeout=120)[1] == b"" or not can_confine()
    assert run.returncode == 0


EXPORT = """\
Student,ID,SIS User ID,SIS Login ID,Section,Affine layer (551),Final Score
    Points Possible,,,,,10.00,(read only)
"Doe, Jane",102,s102,jane,Mon,,100
"Poe, Cy",104,s104,cy,Tue,,80
"Roe, Bob",103,s103,bob,Tue,,
"""


@pytest.fixture
def downloads(at_a_desk):
    """What Canvas packs, and the gradebook that it exports."""
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


@pytest.mark.thorough
@sandbox
def test_from_downloads_to_marks_and_feedback_and_out_again(process, call, downloads, at_a_desk):
    """One command marks the export; a second one hides the names; a third one erases a learner."""
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
    assert (code, "2 lines were erased, of roebob_103." in " ".join(out.split())) == (0, True)
    assert "roebob" not in Path("downloads.journal").read_text("utf-8")
    code, _, err = call("erase", "roebob_103", "--journal=downloads.journal")
    assert (code, "expected the name of a submission" in " ".join(err.split())) == (2, True)


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
    """With exit code 2, and nothing written."""
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


@pytest.mark.thorough
@sandbox
def test_what_is_late_or_fails_for_an_earlier_exercise_is_marked_as_the_course_says(
    process, course_copy, at_a_desk
):
    """From lists of times and extensions to the marks; a worse second attempt costs nothing."""
    (course_copy / "pyproject.toml").write_text(POLICY, "utf-8")
    people = course_copy / "class"
    for name in ("ada", "bob"):
        shutil.copytree(course_copy / "solutions", people / name)
    affine = people / "ada" / "03_affine" / "affine.py"
    right = affine.read_text("utf-8")
    affine.write_text(right.replace("np.sum(dout, axis=0)", "np.sum(dout)"), "utf-8")
    (at_a_desk / "times.csv").write_text(TIMES, "utf-8")
    (at_a_desk / "more.csv").write_text("name,until,exercise\nbob,2026-12-03T00:00,06\n", "utf-8")
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
    """Here nobody can be late."""
    (at_a_desk / "times.csv").write_text(TIMES, "utf-8")
    code, _, err = call("grade", ROOT / "solutions", *ONLY_AFFINE, "--times=times.csv")
    assert (code, "are for a class" in err) == (2, True)
    shutil.copytree(ROOT / "solutions", at_a_desk / "class" / "ada")
    code, _, err = call("grade", "class", *ONLY_AFFINE, "--class", "--times=times.csv")
    assert (code, "the course has no deadline" in " ".join(err.split())) == (2, True)
    code, _, err = call("grade", "class", "--follow-through=maybe")
    assert (code, "found 'maybe'" in " ".join(err.split())) == (2, True)


@pytest.mark.thorough
@pytest.mark.usefixtures("judged_here")
def test_namesakes_of_other_sections_are_namesakes(small, grade, call, tmp_path):
    """RunestoneServer #1038: a line that fits two is used for nobody, whatever is shown."""
    settings = """
exercises = ["90_twice"]
timezone = "Europe/Berlin"
deadline = 2026-10-24
[tool.kata.late]
percent_per_day = 100
"""
    Path("pyproject.toml").write_text(f"[tool.kata]{settings}", "utf-8")
    roster = "name,id,section\nAna Ito,ada,A\nAna Ito,bob,B\nEve Moe,eve,A\n"
    times = '{},time\n{},"25.10.2026 23:30"\n'
    lists = ("--roster=roster.csv", "--times=times.csv", "--section=A")
    Path("roster.csv").write_text(roster, "utf-8")
    for column, who, expected in (("name", "Ana Ito", 1), ("id", "ada", 0)):
        Path("times.csv").write_text(times.format(column, who), "utf-8")
        code, book, _ = grade(small, *lists)
        assert code == 0
        assert json.loads(book)["submissions"][0]["points"] == expected
