"""The process that forks the workers: what it knows, what they share, and how all of them end."""

import json
import os
import signal
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from processes import is_running, wait_until

from grader.course.limits import Limits
from grader.mistakes.diagnosis import diagnose
from grader.transport.judged import Judged
from grader.transport.student import Crashed, Student, StudentError
from grader.transport.worker_process import WorkerFailed, can_confine
from grader.verdicts.verdict import Outcome
from grader.worker.source import Source

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is a zygote on Linux only")
CONFINED = [
    pytest.param(
        True,
        id="confined",
        marks=pytest.mark.skipif(not can_confine(), reason="there is no sandbox here"),
    ),
    pytest.param(False, id="not confined"),
]

LAYERS = """
import os
import sys
import time
import numpy as np

def one(): return 1
def pid(): return os.getpid()
def parent(): return os.getppid()
def nap(seconds): time.sleep(seconds)
def loop():
    while True:
        pass
def apply(f): return f()
def start_child():
    child = os.fork()
    if not child:
        time.sleep(60)
        os._exit(0)
    return child
def spoil(): np.dot = np.pi = sys.modules["grader.worker.wire"].MAX_BLOB = 0
def is_spoilt(): return [np.dot == 0, np.pi == 0, sys.modules["grader.worker.wire"].MAX_BLOB == 0]
def loaded(): return sorted(sys.modules)
def bring(name):
    import importlib
    importlib.import_module(name)
def where(name): return sys.modules[name].__dict__.get("__file__")
"""
MODULE = {"layers": Source("/submission/layers.py", LAYERS)}

# A judge in a process of its own, with a zygote of its own. It tells on one line what there is, and
# goes on as its last argument says. What it holds must not be found in any process it starts.
JUDGE = """
import json, os, socket, sys, threading, time
import numpy as np
from pathlib import Path
from grader.transport import worker_process as launch
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.course.limits import Limits
from grader.transport.student import Student
from grader.transport.judged import Judged
from grader.worker.source import Source

root, confined, then = Path(sys.argv[1]), sys.argv[2] == "True", sys.argv[3]
secret = "-".join(["judges", "secret", "of", str(os.getpid())])
judge = Judge(find_course(root), secret=secret, confined=confined)
kept = socket.socketpair(), open(root / "pyproject.toml")
for one in (*kept[0], kept[1]):
    os.set_inheritable(one.fileno(), True)
values = np.arange(3.0)
sources = {"layers": Source("/submission/layers.py", sys.stdin.read())}
limits = Limits(call_seconds=60, total_seconds=60, call_cpu_seconds=60, total_cpu_seconds=60)
workers = [Judged(sources, confined=confined, limits=limits) for _ in range(2)]
students = [Student(worker, "layers", 0) for worker in workers]
students[0].share(values)
told = {
    "judge": os.getpid(),
    "zygote": students[0].parent()[...],
    "workers": [student.pid()[...] for student in students],
    "children": [student.start_child()[...] for student in students] if then == "child" else [],
    "secret": secret,
    "confined": confined,
}
print(json.dumps(told), flush=True)
if then == "raise":
    raise RuntimeError("the judge fails")
if then != "leave":
    wait = lambda: time.sleep(120)
    what = {"call": ("nap", 60), "loop": ("loop",), "callback": ("apply", wait)}
    name, *arguments = what.get(then, ("one",))
    if then == "start":  # another worker; that it is there, the judge does not hear any more
        launch._zygote(confined, ())._answer = wait
    threading.Timer(0.1, print, ["busy"], {"flush": True}).start()
    if then == "start":
        Student(Judged(sources, confined=confined, limits=limits), "layers", 0).one()
    getattr(students[1], name)(*arguments)
    wait()
"""
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def start_judge(tmp_path_factory):
    """Starts such a judge, and returns its process and what it tells; they end with us."""
    judges = []

    def start(confined, then):
        temporary = str(tmp_path_factory.mktemp("temporary"))
        judge = subprocess.Popen(
            [sys.executable, "-c", JUDGE, str(ROOT), str(confined), then],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": temporary},
        )
        judges.append(judge)
        judge.stdin.write(LAYERS.encode())
        judge.stdin.close()
        return judge, {**json.loads(judge.stdout.readline()), "temporary": temporary}

    yield start
    for judge in judges:
        judge.kill()
        judge.stdout.close()
        judge.wait()


@pytest.fixture(scope="module", params=CONFINED)
def told(request, start_judge):
    """What an idle judge has told, which is there for as long as it is looked at."""
    return start_judge(request.param, "idle")[1]


def parent_of(pid):
    """The process that has started it."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def descriptors_of(pid):
    """What a process has open, by number."""
    return {int(entry.name): os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()}


RULES = ("anon_inode:landlock-ruleset", "anon_inode:[landlock-ruleset]")
"""The rules of the sandbox among descriptors, as one kernel and another call them."""


# Parents and children


def test_the_workers_of_a_judge_come_from_one_process(told):
    """It is no fork of the judge's own: the workers are its children, and it is the judge's."""
    assert {parent_of(worker) for worker in told["workers"]} == {told["zygote"]}
    assert parent_of(told["zygote"]) == told["judge"]
    assert len({told["judge"], told["zygote"], *told["workers"]}) == 4


def test_the_zygote_is_a_program_of_its_own(told):
    """Started by an exec: its command line is not the judge's."""
    command = Path(f"/proc/{told['zygote']}/cmdline").read_bytes()
    assert command != Path(f"/proc/{told['judge']}/cmdline").read_bytes()


def test_a_keyboard_interrupt_is_for_the_judge_alone(told):
    """Neither zygote nor workers belong to the terminal's foreground group."""
    groups = {os.getpgid(told[who]) for who in ("judge", "zygote")}
    assert len(groups) == 2
    assert not {os.getpgid(worker) for worker in told["workers"]} & groups


@pytest.mark.parametrize("who", ["zygote", "worker"])
def test_nothing_that_the_judge_has_open_is_open_in_another_process(told, who):
    """There are the standard streams, which lead nowhere, one connection, and the sandbox's rules.

    A process closes the rules after applying them.
    """
    numbers = [told["zygote"]] if who == "zygote" else told["workers"]
    judges = set(descriptors_of(told["judge"]).values()) - {os.devnull}
    for number in numbers:
        found = descriptors_of(number)
        assert [found.pop(stream) for stream in (0, 1, 2)] == [os.devnull] * 3
        rules = [n for n, name in found.items() if name in RULES]
        is_in_sandbox = who == "worker" and told["confined"]
        assert len(rules) == (0 if is_in_sandbox or not can_confine() else 1)
        (connection,) = found.keys() - rules
        assert stat.S_ISSOCK(os.stat(f"/proc/{number}/fd/{connection}").st_mode)
        assert found[connection] not in judges


def test_each_connection_is_open_in_one_process_only(told):
    """No worker holds the zygote's, or that of another worker."""
    sockets = [
        name
        for number in (told["zygote"], *told["workers"])
        for name in descriptors_of(number).values()
        if name.startswith("socket:")
    ]
    assert len(set(sockets)) == len(sockets) == 3


@pytest.mark.parametrize("who", ["zygote", "worker"])
def test_the_memory_of_the_judge_is_not_copied(told, who):
    """What it holds cannot be found in any process that it starts: no secret, no line of a spec."""
    number = told["zygote"] if who == "zygote" else told["workers"][0]
    searched = [told["secret"].encode(), b"test_Affine_db_sums", b"grader.specs.assertions"]
    try:
        with open(f"/proc/{told['judge']}/mem", "rb") as memory:
            assert all(searched_in(told["judge"], memory, searched))
        with open(f"/proc/{number}/mem", "rb") as memory:
            assert not any(searched_in(number, memory, searched))
    except PermissionError:
        pytest.skip("the memory of a process cannot be read here")


def searched_in(number, memory, searched):
    """For each text, whether it is anywhere in the memory that a process may write to."""
    found = [False] * len(searched)
    for line in Path(f"/proc/{number}/maps").read_text().splitlines():
        region, rights, *_ = line.split()
        if not rights.startswith("rw"):
            continue
        start, end = (int(place, 16) for place in region.split("-"))
        memory.seek(start)
        with suppress(OSError):
            content = memory.read(end - start)
            found = [was or text in content for was, text in zip(found, searched, strict=True)]
    return found


def test_the_environment_of_the_judge_is_not_passed_on(start_judge, monkeypatch):
    """Neither to the zygote, nor to the workers."""
    monkeypatch.setenv("KATA_SECRET", "private")
    _, told = start_judge(False, "idle")
    for number in (told["zygote"], *told["workers"]):
        assert b"private" not in Path(f"/proc/{number}/environ").read_bytes()


# What workers share


@pytest.fixture
def begin():
    """Starts workers of this process's own judge."""
    opened = []

    def begin(**settings):
        limits = Limits(20, 100, 20, 100)
        opened.append(Judged(MODULE, **{"confined": False, "limits": limits, **settings}))
        return Student(opened[-1], "layers", 0)

    yield begin
    for judged in opened:
        judged.close()


def test_workers_share_nothing_that_they_write(begin):
    """What one does to NumPy, or to the grader's half, neither the next nor another one sees."""
    before, spoiler = begin(), begin()
    before.one()[...]
    spoiler.spoil()
    assert spoiler.is_spoilt() == [True] * 3
    assert before.is_spoilt() == [False] * 3
    assert begin().is_spoilt() == [False] * 3


def test_the_zygote_has_imported_nothing_that_knows_an_answer(begin):
    """What a worker finds loaded, is what the zygote had loaded."""
    loaded = begin().loaded()
    assert {name for name in loaded if name.startswith("grader.")} <= {
        *(
            "grader.messages",
            "grader.messages.message",
            "grader.worker",
            "grader.worker.wire",
            "grader.worker.hints",
            "grader.worker.hints.error_hints",
            "grader.worker.hints.failing_line",
            "grader.worker.hints.missing",
            "grader.worker.hints.near_names",
            "grader.worker.hints.slips",
            "grader.worker.hints.suspects",
            "grader.worker.exception_report",
            "grader.worker.module_loader",
            "grader.worker.loading",
            "grader.worker.loading.imports",
            "grader.worker.loading.offer",
            "grader.worker.loading.stand_ins",
            "grader.worker.loading.syntax",
            "grader.worker.source",
            "grader.worker.workbench",
            "grader.worker.main",
            "grader.worker.sandbox",
            "grader.worker.zygote",
        ),
    }
    roots = {name.partition(".")[0] for name in loaded}
    assert not roots & {
        "tests",
        "solutions",
        "exercises",
        "pytest",
        "_pytest",
        "pluggy",
        "conftest",
    }


@pytest.mark.parametrize(
    "name",
    [
        *(
            "solutions",
            "tests",
            "tests.specs",
            "exercises",
            "affine",
            "pytest",
            "grader.judging.judge",
        ),
        *(
            "grader.specs.assertions",
            "grader.transport.worker_process",
            "dataset.files",
            "dataset.sources",
        ),
    ],
)
def test_nothing_that_knows_an_answer_can_be_imported(begin, name):
    """Also where there is no sandbox to forbid it."""
    with pytest.raises(StudentError) as caught:
        begin().bring(name)
    assert caught.value.report.type == "ModuleNotFoundError"


def test_the_dataset_is_only_a_name(begin):
    """Its own loader is nowhere to be found."""
    learner = begin()
    learner.bring("dataset.mnist")
    assert learner.where("dataset.mnist")[...] is None


# How they end


def everything_is_gone(told):
    """Zygote, workers, what these have started, and all files in the temporary folder."""
    numbers = [told["zygote"], *told["workers"], *told["children"]]
    return not any(map(is_running, numbers)) and not os.listdir(told["temporary"])


@pytest.mark.thorough
@pytest.mark.parametrize("confined", CONFINED)
@pytest.mark.parametrize("then", ["idle", "call", "loop", "callback", "start"])
def test_when_the_judge_is_killed_nothing_is_left(start_judge, confined, then):
    """Whatever a worker was doing: no process, and no file."""
    judge, told = start_judge(confined, then)
    assert judge.stdout.readline() == b"busy\n"
    assert all(map(is_running, (told["zygote"], *told["workers"])))
    judge.kill()
    assert wait_until(lambda: everything_is_gone(told))


def test_what_a_worker_has_started_ends_with_it(start_judge):
    """Without a sandbox it can start processes; these do not outlive the judge either."""
    judge, told = start_judge(False, "child")
    assert all(map(is_running, told["children"]))
    judge.kill()
    assert wait_until(lambda: everything_is_gone(told))


@pytest.mark.thorough
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_when_the_judge_is_asked_to_end_nothing_is_left(start_judge, number):
    """Politely, or by Ctrl-C."""
    judge, told = start_judge(False, "idle")
    judge.send_signal(number)
    judge.wait(30)
    assert wait_until(lambda: everything_is_gone(told))


@pytest.mark.parametrize(("then", "code"), [("leave", 0), ("raise", 1)])
def test_when_the_judge_ends_by_itself_nothing_is_left(start_judge, then, code):
    """Also where nobody has closed a worker, and after an exception."""
    judge, told = start_judge(False, then)
    assert judge.wait(30) == code
    assert wait_until(lambda: everything_is_gone(told))


# When the zygote itself ends


@pytest.fixture
def kill_zygote(begin):
    """Kills the zygote of this process, and sees to it that the next test finds another one."""

    def kill(confined=False):
        zygote = begin(confined=confined).parent()
        assert parent_of(zygote) == os.getpid()
        os.kill(zygote, signal.SIGKILL)
        assert wait_until(lambda: not is_running(zygote))
        return zygote

    yield kill
    for confined in (False, can_confine()):  # whoever comes next has a zygote that is alive
        with suppress(WorkerFailed, Crashed):
            begin(confined=confined).one()


def test_a_zygote_that_was_killed_is_replaced(begin, kill_zygote):
    """One spec is lost, by a fault that is reported as ours; the next one is judged as always."""
    killed = kill_zygote()
    with pytest.raises(WorkerFailed, match="the process that starts the workers has ended") as lost:
        begin().one()
    assert diagnose(lost.value, None, None).outcome is Outcome.GRADER_ERROR
    learner = begin()
    assert learner.one() == 1
    assert learner.parent() != killed


def test_a_worker_that_has_ended_with_its_zygote_can_be_closed(begin, kill_zygote):
    """And it gets no more requests, so nothing waits for it."""
    judged = Judged(MODULE, confined=can_confine())
    assert Student(judged, "layers", 0).one() == 1
    kill_zygote()
    judged.close()
    judged.close()


@pytest.mark.parametrize("confined", CONFINED)
@pytest.mark.parametrize("what", ["one", "loop"])
def test_the_end_of_the_zygote_is_not_blamed_on_the_learner(begin, kill_zygote, confined, what):
    """A worker ends with it, even without a sandbox, which is no crash of the submission's."""
    learner = begin(confined=confined)
    number = learner.pid()[...]
    kill_zygote(confined=confined)
    assert wait_until(lambda: not is_running(number))
    with pytest.raises(WorkerFailed):
        getattr(learner, what)()
