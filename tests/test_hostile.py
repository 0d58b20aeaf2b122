"""The hostile corpus: submissions that attack the grader, each with the verdict it must get.

Each file in ``tests/hostile`` is one submission, or each folder, if it brings other files along
(their names end in ``.txt``, so that pytest does not collect them). Its docstring says what it
tries, and then::

    exercise: 03_affine     what it hands in; the rest is the reference
    outcomes: FAILED        of all core specs of that exercise, nothing more and nothing less
    points: 0               what that scores
    control: passes equal   what it does to ``hostile/plain.py``, a naive grader, run in this style

A control is one of these: the naive grader ``passes`` it; it ``leaks`` something, and says so by
printing LEAKED; it ``hangs``; it ``dies`` without a result; it ``exhausts`` the memory, ``floods``
the output, ``writes`` files, ``kills`` another process, ``claims`` a result in print. Or ``none``,
and why. An attack that never worked proves nothing.

All attacks are harmless in themselves: they stop at 50 processes, 4 GiB of memory, and 64 MiB on
the disk; they aim at loopback, at files of this test, and at processes that it has started. What
they aim at is filled in where they say ``@NAME@``.
"""

import importlib.util
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from rich.console import Console

from grader.course.limits import Limits
from grader.course.settings import find_course
from grader.gradebook.rows import Row
from grader.judging.judge import Judge
from grader.reports.formats import json_file as json
from grader.reports.formats import terminal
from grader.submissions.class_folder import collect
from grader.transport.worker_process import can_confine
from grader.verdicts.verdict import Outcome, Tier

ROOT = Path(__file__).parents[1]
HOSTILE = ROOT / "tests" / "hostile"
COURSE = find_course(ROOT)
spec = importlib.util.spec_from_file_location("hostile_files", HOSTILE / "files.py")
files = importlib.util.module_from_spec(spec)
spec.loader.exec_module(files)
SECRET = "the-secret-of-somebody-else"
OUTCOME_LABELS = (SECRET, "LEAKED")
PLAIN = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # of what is installed, pytest alone

confined = pytest.mark.skipif(not can_confine(), reason="there is no sandbox on this machine")


@dataclass(frozen=True)
class Attack:
    """One submission of the corpus, and its docstring."""

    path: Path
    exercise: str
    outcomes: set[str]
    points: int
    control: str
    is_long: bool = False
    others: set[str] = frozenset()

    @property
    def name(self):
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def is_folder(self):
        return self.path.is_dir()

    @property
    def text(self):
        module = COURSE.named(self.exercise).filename
        return (self.path / module if self.is_folder else self.path).read_text("utf-8")

    def ends_in(self, outcomes):
        """Whether these are the outcomes in its header, on a machine of any speed."""
        found = {outcome.name for outcome in outcomes}
        return found == self.outcomes or (self.others and found <= self.outcomes | self.others)

    def lay_out(self, folder, **places):
        """Write its files into a folder, with its targets filled in."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.is_folder:
            shutil.copytree(self.path, folder, dirs_exist_ok=True)
            for path in folder.rglob("*.txt"):
                path.rename(path.with_suffix(""))
        filled = re.sub("@([A-Z]+)@", lambda match: str(places[match[1]]), self.text)
        (folder / COURSE.named(self.exercise).filename).write_text(filled, "utf-8")


def read_attack(path):
    """Parse the docstring of an attack."""
    source = next(path.glob("*.py")) if path.is_dir() else path
    header = source.read_text("utf-8").split('"""')[1]
    fields = dict(re.findall(r"^(\w+): (.+)$", header, re.MULTILINE))
    return Attack(
        path,
        fields["exercise"],
        set(fields["outcomes"].split()),
        int(fields["points"]),
        fields["control"],
        is_long=path.parent.name == "exhaustion" or "takes" in fields,
        others=set(fields.get("faster", "").split()),
    )


ATTACKS = [
    read_attack(path)
    for group in sorted(HOSTILE.iterdir())
    if group.is_dir() and group.name != "__pycache__"
    for path in sorted(group.iterdir())
    if path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")
]
WITH_CONTROL = [attack for attack in ATTACKS if not attack.control.startswith("none (")]


LAST_OF_GROUP = {attack.path.parent: attack for attack in ATTACKS}.values()


def each(attacks):
    """One test for each attack, by its name."""
    return [
        pytest.param(one, id=one.name, marks=pytest.mark.thorough if one.is_long else ())
        for one in attacks
    ]


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """The targets of attacks, created for them."""
    secret = tmp_path_factory.mktemp("somebody") / "secret"
    secret.write_text(SECRET)
    name = f"kata-hostile-{os.getpid()}"
    with (
        pytest.MonkeyPatch.context() as patch,
        socket.create_server(("127.0.0.1", 0)) as server,
        closing(socket.socket(socket.AF_UNIX)) as abstract,
    ):
        patch.setenv("HOSTILE_SECRET", SECRET)
        abstract.bind(f"\0{name}")
        abstract.listen(100)
        yield {
            "ROOT": ROOT,
            "SECRET": secret,
            "PORT": server.getsockname()[1],
            "SOCKET": name,
        }


@pytest.fixture
def victim():
    """A process of this test, to be attacked."""
    process = start_victim()
    yield process
    process.kill()
    process.wait()


def start_victim():
    return subprocess.Popen(["sleep", "600"], start_new_session=True)


@pytest.fixture(scope="module")
def judge():
    """One judge for all, with short limits."""
    exercises = sorted({attack.exercise for attack in ATTACKS} | {"03_affine"})
    limits = Limits().changed({"call_seconds": 0.3, "total_seconds": 0.5})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "grader.judging.known_runs.read_mistakes", lambda exercise: ()
        )  # it would take time
        yield Judge(COURSE, [COURSE.named(name) for name in exercises], "hostile", limits=limits)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A folder in which attacks try to leave files."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def undisturbed(judge):
    """The verdict on an honest neighbour before any attack, byte by byte."""
    verdict = judge_neighbour(judge)
    assert verdict.done
    return render(verdict)


def judge_neighbour(judge):
    with patience(judge):
        return judge.judge(handed_in(ROOT / "solutions", "03_affine"))


def handed_in(folder, exercise):
    (entry,) = collect(folder, COURSE, only=COURSE.named(exercise)).entries
    return entry.read()


def render(verdict):
    return json.render([Row(verdict.name, verdict)])


@confined
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("attack", each(ATTACKS))
def test_an_attack_gets_its_verdict_and_harms_nobody(
    attack, judge, undisturbed, places, scratch, victim, tmp_path
):
    """Exactly the outcomes and points in its header; no error of ours, no leak, nothing left.

    A submission judged after the last of a group gets the same verdict as before the first.
    """
    shutil.copytree(ROOT / "solutions", tmp_path / "mallory")
    attack.lay_out(
        tmp_path / "mallory" / attack.exercise,
        **places,
        TMP=scratch,
        PID=victim.pid,
        SIGNAL=0,
        MIB=64,
    )
    submission = handed_in(tmp_path / "mallory", attack.exercise)
    verdict = judge.judge(submission)
    if Outcome.TIMED_OUT in core_of(verdict) - set(attack.outcomes):  # the machine is busy
        with patience(judge):
            verdict = judge.judge(submission)
    (exercise,) = verdict.exercises
    assert not verdict.has_grader_error, [spec.message for spec in exercise.specs]
    assert attack.ends_in(core_of(verdict)), core_of(verdict)
    assert verdict.points == attack.points
    text = render(verdict)
    assert len(text) < 2 << 20
    assert not [mark for mark in OUTCOME_LABELS if mark in text]
    assert victim.poll() is None
    assert os.listdir(scratch) == []
    assert no_workers_left()
    if attack in LAST_OF_GROUP:
        assert render(judge_neighbour(judge)) == undisturbed


def core_of(verdict):
    """The outcomes of the core of the exercise."""
    (exercise,) = verdict.exercises
    return {spec.outcome for spec in exercise.of(Tier.CORE)}


@contextmanager
def patience(judge):
    """Set the limits that a judge has for a class."""
    little, judge.limits = judge.limits, Limits()
    yield
    judge.limits = little


def no_workers_left():
    """Whether all processes started by the zygotes end soon."""
    for _ in range(500):
        workers = [worker for child in children(os.getpid()) for worker in children(child)]
        if not workers:
            return True
        time.sleep(0.01)
    return False


def children(parent):
    """The running child processes of a process."""
    tasks = Path(f"/proc/{parent}/task").iterdir()
    return {int(n) for task in tasks for n in (task / "children").read_text().split()}


# Files


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="the names and links are made for POSIX")
def test_hostile_files_are_rows_with_their_reason_and_harm_no_neighbour(judge, tmp_path):
    """Each gets no points and a reason; a sound submission among them gets full points."""
    folder = tmp_path / "class"
    shutil.copytree(ROOT / "solutions", folder / "neighbour")
    for build in files.BUILDERS:
        (folder / build.__name__).mkdir()
        build(folder / build.__name__)
    found = collect(folder, COURSE, only=COURSE.named("03_affine"))
    assert len(found.entries) == len(files.BUILDERS) + 1
    verdicts = {entry.name: judge.judge(entry.read()) for entry in found.entries}
    assert verdicts.pop("neighbour").done
    for build in files.BUILDERS:
        verdict = verdicts[build.__name__]
        assert (verdict.points, verdict.has_grader_error) == (0, False), build.__name__
        assert build.said in render(verdict), (build.__name__, verdict.notes)


@pytest.mark.skipif(sys.platform == "win32", reason="the names are made for POSIX")
def test_hostile_names_are_shown_without_harm(judge, tmp_path):
    """A gradebook of them has one line each, and no control codes for a terminal."""
    rows = []
    for name in files.NAMES:
        shutil.copytree(ROOT / "solutions" / "03_affine", tmp_path / "class" / name / "03_affine")
    for entry in collect(tmp_path / "class", COURSE, only=COURSE.named("03_affine")).entries:
        verdict = judge.judge(entry.read())
        assert verdict.points == 10
        rows.append(Row(verdict.name, verdict))
    assert sorted(row.name for row in rows) == sorted(files.NAMES)
    console = Console(width=300, record=True, file=io.StringIO())
    console.print(terminal.render(rows, is_class=True))
    shown = console.export_text()
    assert shown.count("10 / 10") == len(files.NAMES)
    assert "[red]markup" in shown
    assert not [c for c in shown if not c.isprintable() and c != "\n"]
    assert json.render(rows).isascii()


# Positive controls


@pytest.fixture(scope="module")
def controls(places, tmp_path_factory):
    """The naive grader's result for each attack: exit code or None, output, whether it did harm."""
    folder = tmp_path_factory.mktemp("plain")
    with ThreadPoolExecutor(4) as pool:
        run = partial(run_plainly, folder=folder, places=places)
        results = pool.map(run, WITH_CONTROL)
        return dict(zip([attack.name for attack in WITH_CONTROL], results, strict=True))


@dataclass(frozen=True)
class Control:
    """The result of a naive grader."""

    code: int | None  # None: it hung
    output: str
    complaint: str
    written: list[str]
    victim_died: bool

    def shows(self, effect):
        """Whether the naive grader shows this effect."""
        told = self.output + self.complaint
        match effect:
            case "passes":
                return self.code == 0
            case "leaks":
                return "LEAKED" in self.output
            case "hangs":
                return self.code is None
            case "dies":
                return self.code and "AssertionError" not in told and "failed" not in self.output
            case "exhausts":
                return "MemoryError" in self.complaint
            case "floods":
                return len(told) > 1 << 20
            case "writes":
                return bool(self.written)
            case "kills":
                return self.victim_died
            case "claims":
                return "passed" in self.output and self.code != 0
        raise ValueError(effect)


def run_plainly(attack, folder, places):
    """Run a naive grader on an attack, in a process and a folder of its own."""
    place, scratch = folder / attack.name / "handed in", folder / attack.name / "scratch"
    scratch.mkdir(parents=True)
    victim = start_victim()
    try:
        attack.lay_out(place, **places, TMP=scratch, PID=victim.pid, SIGNAL=15, MIB=2)
        shutil.copy(HOSTILE / "plain.py", place / "test_plain.py")
        style = (*attack.control.split(), "testing")[1]
        process = subprocess.Popen(
            [sys.executable, "test_plain.py"],
            cwd=place,
            env={**os.environ, "STYLE": style, "PYTHONPATH": str(place), **PLAIN},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        if attack.control.startswith("kills"):
            with suppress(subprocess.TimeoutExpired):
                victim.wait(30)
        try:
            patience = 0.8 if attack.control.startswith(("hangs", "kills")) else 30
            output, complaint = process.communicate(timeout=patience)
            code = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            output, complaint = process.communicate()
            code = None
        time.sleep(0.05)
        died = victim.poll() is not None
    finally:
        victim.kill()
        victim.wait()
    texts = (stream.decode(errors="replace") for stream in (output, complaint))
    return Control(code, *texts, os.listdir(scratch), died)


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="the attacks are made for Linux")
@pytest.mark.parametrize("attack", each(WITH_CONTROL))
def test_an_attack_works_against_a_naive_grader(attack, controls):
    """It passes, leaks, hangs or has the other effect in its header."""
    control = controls[attack.name]
    assert control.shows(attack.control.split()[0]), control


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="the attacks are made for Linux")
@pytest.mark.parametrize("style", ["testing", "equal", "pytest", "unittest", "loop"])
def test_the_naive_grader_fails_what_is_merely_wrong(places, tmp_path, style):
    """It passes the reference and fails wrong code; otherwise the controls prove nothing."""
    attack = next(attack for attack in ATTACKS if attack.name == "runner/forged_output")
    assert run_plainly(replace(attack, control=f"fails {style}"), tmp_path, places).code == 1
    shutil.copytree(ROOT / "solutions" / "03_affine", tmp_path / "reference")
    reference = Attack(tmp_path / "reference", "03_affine", set(), 0, f"passes {style}")
    assert run_plainly(reference, tmp_path / "again", places).code == 0
