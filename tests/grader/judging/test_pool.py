"""Many judges at once: the same verdicts as from one, whatever happens to the processes."""

import json
import multiprocessing
import os
import platform
import shutil
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from processes import wait_until

from grader.course.limits import Limits
from grader.course.settings import find_course
from grader.judging.batch import judge_all
from grader.judging.judgement import JudgeConfig, judge_one
from grader.judging.pool import Pool, cores, pool_of, start_early, stop_early
from grader.submissions.submission import Submission
from grader.transport.worker_process import can_confine, sandbox_layers
from grader.verdicts.verdict import Outcome
from grader.worker.source import Source

linux = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")

SPECS = {
    "90_twice": '''
def test_twice_doubles(student, rng):
    """Twice doubles."""
    x = int(rng.integers(1000))
    assert student.twice(x) == 2 * x
''',
    "91_half": '''
def test_half_halves(student, rng):
    """Half halves."""
    x = int(rng.integers(1000))
    assert student.half(2 * x) == x
''',
}
TWICE = "def twice(x):\n    return 2 * x\n"
HALF = "def half(x):\n    return x / 2\n"

# Code that is judged without a sandbox, and knows on which attempt it is.
ATTEMPT = """
import os, signal, time

def attempt():
    with open({log!r}, "a") as file:
        file.write("x")
        return file.tell()

def kill_the_judge():
    with open(f"/proc/{{os.getppid()}}/stat") as file:
        judge = int(file.read().rpartition(")")[2].split()[1])
    os.kill(judge, signal.SIGKILL)
    time.sleep(60)
"""


def judged(submissions, settings, jobs):
    """The judgements of a pool of its own."""
    with Pool(jobs) as pool:
        yield from judge_all(submissions, settings, pool)


@pytest.fixture
def course(tmp_path):
    """A course of two exercises, of one spec each."""
    root = tmp_path / "course"
    (root / "tests" / "specs").mkdir(parents=True)
    (root / "pyproject.toml").write_text(f"[tool.kata]\nexercises = {list(SPECS)}\n", "utf-8")
    for name, spec in SPECS.items():
        (root / "tests" / "specs" / f"test_{name}.py").write_text(spec, "utf-8")
    return find_course(root)


@pytest.fixture
def settings_of(course):
    def settings(confined=None, **limits):
        confined = can_confine() if confined is None else confined
        layers = sandbox_layers() if confined else ()
        return JudgeConfig(course.root, tuple(SPECS), "5ec7e7", Limits(**limits), layers)

    return settings


@pytest.fixture
def submit(course):
    def submit(name, twice=TWICE, half=HALF):
        sources = {"twice": Source("twice.py", twice), "half": Source("half.py", half)}
        return Submission(name, sources, course.exercises)

    return submit


def verdicts(judgements):
    return {one.verdict.name: one.verdict for one in judgements}


def outcomes(verdict):
    return [spec.outcome for exercise in verdict.exercises for spec in exercise.specs]


def judges():
    """The processes of this one that judge."""
    return {child.pid for child in multiprocessing.active_children()}


def gone(pids):
    """Whether processes have ended; waits for that."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if not any(os.path.exists(f"/proc/{pid}") for pid in pids):
            return True
        time.sleep(0.02)
    return False


def test_any_number_of_judges_finds_the_same(settings_of, submit):
    """Full, wrong, raising, looping, crashing, printing, empty, unreadable: the same verdicts."""
    submissions = [
        submit("full"),
        submit("wrong", "def twice(x):\n    return 3 * x\n"),
        submit("raises", "def twice(x):\n    raise ValueError('no')\n"),
        submit("loops", "def twice(x):\n    while True: pass\n"),
        submit("exits", "import os\ndef twice(x):\n    os._exit(3)\n"),
        submit("prints", "print('\\udc80 hello')\n" + TWICE),
        replace(submit("unreadable"), sources={}, problem="it cannot be read"),
        replace(submit("missing"), sources={}),
    ]
    settings = settings_of(call_cpu_seconds=0.2)
    alone = verdicts(judged(submissions, settings, 1))
    beside = verdicts(judged(submissions[::-1], settings, 4))
    assert alone == beside
    here = {one.name: judge_one(settings, one).verdict for one in submissions[:3]}
    assert here.items() <= alone.items()
    assert {name: outcomes(verdict)[0] for name, verdict in alone.items()} == {
        "full": Outcome.PASSED,
        "wrong": Outcome.FAILED,
        "raises": Outcome.FAILED,
        "loops": Outcome.TIMED_OUT,
        "exits": Outcome.CRASHED,
        "prints": Outcome.PASSED,
        "unreadable": Outcome.NOT_STARTED,
        "missing": Outcome.NOT_STARTED,
    }
    assert all(outcomes(alone[name])[1] is Outcome.PASSED for name in ("loops", "exits"))


def test_submissions_are_fetched_as_they_are_needed(settings_of, submit):
    """Two for each judge, so that none of them waits; the rest stay on the disk."""
    fetched = []

    def coming():
        for number in range(12):
            fetched.append(number)
            yield submit(f"s{number}")

    found = judged(coming(), settings_of(), 1)
    next(found)
    assert len(fetched) <= 3
    assert len(list(found)) == 11


@linux
def test_no_judge_outlives_the_class(settings_of, submit):
    """Neither after all verdicts, nor if the rest is no longer needed."""
    before = judges()
    found = judged([submit(f"s{number}") for number in range(6)], settings_of(), 2)
    next(found)
    working = judges() - before
    assert working
    found.close()
    assert gone(working)
    found = judged([submit("a")], settings_of(), 2)
    next(found)
    working = judges() - before
    assert list(found) == []
    assert gone(working)


@pytest.mark.skipif(sys.platform == "win32", reason="nobody can be sent Ctrl-C there")
@pytest.mark.parametrize("waits", [True, False])
def test_ctrl_c_is_heard_where_somebody_waits_and_not_before(waits):
    """At the end at the latest, after the processes have ended; then the handler is restored."""
    reached = []

    def work():
        with Pool(1) as pool:
            os.kill(os.getpid(), signal.SIGINT)
            reached.append(pool.executor.submit(int))
            if waits:
                pool.result_of(reached[0])
                reached.append("not reached")

    with pytest.raises(KeyboardInterrupt):
        work()
    (future,) = reached
    assert waits or future.result() == 0
    assert wait_until(lambda: not multiprocessing.active_children())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_judges_that_were_started_early_are_used_or_ended():
    """As many as are wanted judge; others make room for those, and none is left in the end."""
    for jobs, used in ((len(cores()), True), (len(cores()) + 1, False)):
        start_early()
        early = judges()
        with pool_of(jobs) as pool:
            pool.warm_up().exception()
            assert (judges() == early) is used
            assert len(judges()) == jobs
        assert not judges()
    start_early()
    stop_early()
    assert wait_until(lambda: not judges())


@linux
def test_each_judge_has_a_core():
    """As long as there are enough; a second one on a core takes turns with the first."""
    jobs = len(cores()) + 1
    with Pool(jobs) as pool:
        pool.warm_up().exception()
        assert wait_until(
            lambda: (
                sorted(tuple(os.sched_getaffinity(one)) for one in judges())
                == sorted((core,) for core in [*cores(), cores()[0]])
            )
        )


@linux
def test_a_judge_that_is_killed_costs_nobody_a_mark(settings_of, submit):
    """The submission being judged is judged again, and so are the next ones."""
    submissions = [submit(f"s{number}", TWICE if number % 3 else "") for number in range(9)]
    settings = settings_of()
    undisturbed = verdicts(judged(submissions, settings, 2))
    before = judges()
    found = []
    for judgement in judged(submissions, settings, 2):
        found.append(judgement)
        if len(found) == 2:
            os.kill(min(judges() - before), 9)
    assert len(found) == len(submissions)
    assert verdicts(found) == undisturbed


@linux
def test_a_judge_that_is_killed_again_is_our_fault_and_only_one_row_s(
    settings_of, submit, tmp_path
):
    """Twice for the same submission: it gets no verdict; the others get theirs."""
    log = str(tmp_path / "log")
    code = ATTEMPT.format(log=log) + "attempt()\nkill_the_judge()\n" + TWICE
    submissions = [submit("a"), submit("b"), submit("killer", code), submit("y"), submit("z")]
    found = verdicts(judged(submissions, settings_of(confined=False), 2))
    assert os.path.getsize(log) == 2
    killed = found.pop("killer")
    assert outcomes(killed) == [Outcome.GRADER_ERROR] * 2
    assert killed.submission == submissions[2].hash
    assert "twice" in str(killed.exercises[0].specs[0].message)
    assert set(found) == {"a", "b", "y", "z"}
    assert all(verdict.done for verdict in found.values())


@linux
@pytest.mark.parametrize("jobs", [1, 2])
def test_who_was_in_the_way_of_a_kill_is_judged_as_ever(settings_of, submit, tmp_path, jobs):
    """Killed once, and then left alone: a full verdict."""
    code = ATTEMPT.format(log=str(tmp_path / "log"))
    code += "if attempt() == 1:\n    kill_the_judge()\n" + TWICE
    submissions = [submit("a"), submit("unlucky", code), submit("z")]
    found = verdicts(judged(submissions, settings_of(confined=False), jobs))
    assert {name: outcomes(verdict)[0] for name, verdict in found.items()} == dict.fromkeys(
        ("a", "unlucky", "z"), Outcome.PASSED
    )


@linux
def test_time_that_ran_out_beside_others_is_tried_again_alone(settings_of, submit, tmp_path):
    """Only the exercise in which it did, and only where there were others."""
    code = "if attempt() == 1:\n    time.sleep(60)\n"
    found = {}
    for jobs in (1, 2):
        logs = [str(tmp_path / f"{name}{jobs}") for name in ("twice", "half")]
        twice = ATTEMPT.format(log=logs[0]) + code + TWICE
        half = ATTEMPT.format(log=logs[1]) + "attempt()\n" + HALF
        settings = settings_of(confined=False, call_seconds=0.5, total_seconds=0.5)
        (judgement,) = judged([submit("slow", twice, half)], settings, jobs)
        found[jobs] = [outcomes(judgement.verdict), *map(os.path.getsize, logs)]
    assert found[1] == [[Outcome.TIMED_OUT, Outcome.PASSED], 1, 1]
    assert found[2] == [[Outcome.PASSED, Outcome.PASSED], 2, 1]


@linux
def test_a_kill_after_a_time_out_is_the_first_one(settings_of, submit, tmp_path):
    """A submission killed while it was judged again alone is tried once more."""
    code = ATTEMPT.format(log=str(tmp_path / "log"))
    code += "n = attempt()\nif n == 1:\n    time.sleep(60)\nif n == 2:\n    kill_the_judge()\n"
    settings = settings_of(confined=False, call_seconds=0.5, total_seconds=0.5)
    submission = submit("slow", code + TWICE)
    (judgement,) = judged([submission], settings, 2)
    assert outcomes(judgement.verdict) == [Outcome.PASSED] * 2


def children(pid):
    """The running child processes of a process."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(status.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return found


def kill_the_zygote_at_work(before):
    """Wait until a zygote of one of the judges has a worker, and kill the zygote."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for judge in judges() - before:
            for zygote in children(judge):
                if children(zygote):
                    time.sleep(0.3)  # the worker has begun, and sleeps
                    os.kill(zygote, 9)
                    return
        time.sleep(0.02)


@linux
@pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")
def test_a_zygote_that_is_killed_costs_nobody_a_mark(settings_of, submit):
    """A submission in the sandbox cannot kill it, so it is never the learner's doing."""
    slow = submit("slow", "import time\ntime.sleep(1)\n" + TWICE)
    before = judges()
    killer = threading.Thread(target=kill_the_zygote_at_work, args=[before])
    killer.start()
    (judgement,) = judged([slow], settings_of(call_seconds=9), 1)
    killer.join()
    assert set(outcomes(judgement.verdict)) <= {Outcome.PASSED, Outcome.GRADER_ERROR}


def test_a_judge_that_fails_says_so_in_the_verdict(settings_of, submit, monkeypatch):
    """An exception of ours is nobody's zero, and ends nothing."""

    def fail(*_):
        raise KeyError("our own fault")

    monkeypatch.setattr("grader.judging.judge.Judge.judge_exercise", fail)
    verdict = judge_one(settings_of(), submit("ada")).verdict
    assert outcomes(verdict) == [Outcome.GRADER_ERROR] * 2
    assert "our own fault" in str(verdict.exercises[0].specs[0].message)
    assert verdict.submission == submit("ada").hash


def test_a_verdict_says_what_it_was_found_under(settings_of, submit):
    """The submission, the course, the seed, the versions, the limits and the layers."""
    submission = submit("ada")
    settings = settings_of(call_seconds=1.5)
    (judgement,) = judged([submission], settings, 1)
    verdict = judgement.verdict
    assert verdict.submission == submission.hash
    assert verdict.conditions == settings.conditions()
    assert verdict.conditions.python == platform.python_version()
    assert verdict.conditions.numpy == np.__version__
    assert verdict.conditions.limits["call_seconds"] == 1.5
    assert verdict.conditions.sandbox == settings.sandbox
    assert settings.secret not in json.dumps(verdict.conditions.__dict__)


def test_the_conditions_tell_what_has_changed(settings_of, course):
    """Another secret, limit or sandbox; a spec or setting of the course that reads otherwise."""
    settings = settings_of(confined=False)
    before = settings.conditions()
    assert settings_of(confined=False).conditions() == before
    assert replace(settings, secret="another").conditions().seed != before.seed
    assert settings_of(confined=False, memory_mib=999).conditions() != before
    copies = []
    for number, (name, found, instead) in enumerate(
        [
            ("tests/specs/test_90_twice.py", "2 * x", "x + x"),
            ("pyproject.toml", "[tool.kata]", "[tool.kata] # changed"),
            ("tests/specs/test_90_twice.py", "\n", "\r\n"),
        ]
    ):
        root = course.root.with_name(f"copy{number}")
        shutil.copytree(course.root, root)
        text = (root / name).read_text("utf-8")
        assert found in text
        (root / name).write_bytes(text.replace(found, instead).encode())
        copies.append(replace(settings, root=root).conditions().course)
    assert before.course not in copies[:2]
    assert copies[2] == before.course  # Windows checks files out with other line ends


@linux
def test_an_object_that_is_printed_looks_the_same_in_every_run(settings_of, submit):
    """`print(layer)` is what learners do; a gradebook is to be the same byte for byte."""
    settings = settings_of()
    code = "class Layer: pass\nprint(Layer())\n" + TWICE
    submission = submit("ada", code)
    found = [verdicts(judged([submission], settings, 1)) for _ in range(2)]
    assert found[0] == found[1]
