"""Tests of the pool of judges: starting, using and stopping its processes."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from processes import wait_until
from small_class import TWICE, judged, judges, linux, outcomes

from grader.judging.pool import Pool, cores, pool_of, start_early, stop_early
from grader.transport.worker_process import can_confine
from grader.verdicts.verdict import Outcome


def gone(pids):
    """Wait for processes to end; return whether they did."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if not any(os.path.exists(f"/proc/{pid}") for pid in pids):
            return True
        time.sleep(0.02)
    return False


@linux
def test_an_answer_that_a_spec_blows_up_fails_at_the_limit_of_the_judges_memory(
    settings_of, submit, course
):
    """The limit is that of a spec; the next submission is judged as ever."""
    spec = course.exercises[0].spec
    spec.write_text(
        "def test_twice_is_added(student):\n"
        "    '''Twice is added.'''\n"
        "    x = student.twice(2.0)\n"
        "    assert float((x + x[..., None]).sum()) if hasattr(x, 'sum') else x == 4\n",
        "utf-8",
    )
    wide = "import numpy as np\ndef twice(x):\n    return np.ones(20_000)\n"
    submissions = [submit("wide", wide), submit("right")]
    found = {one.verdict.name: one.verdict for one in judged(submissions, settings_of(), 1)}
    first, second = found["wide"].exercises
    assert first.specs[0].outcome is Outcome.FAILED
    assert "300 MiB" in str(first.specs[0].message)
    assert second.specs[0].outcome is Outcome.PASSED
    assert set(outcomes(found["right"])) == {Outcome.PASSED}


@linux
def test_no_judge_outlives_the_class(settings_of, submit):
    """Neither after the last verdict, nor if the iteration stops early."""
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
    """At the latest when the processes have ended; then the handler is restored."""
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
    """A pool of another size is stopped and replaced, and no process is left at the end."""
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
    """If there are more judges than cores, they share cores."""
    jobs = len(cores()) + 1
    with Pool(jobs) as pool:
        pool.warm_up().exception()
        assert wait_until(
            lambda: (
                sorted(tuple(os.sched_getaffinity(one)) for one in judges())
                == sorted((core,) for core in [*cores(), cores()[0]])
            )
        )


def children(pid):
    """Return the ids of the running child processes of a process."""
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
    """A submission in the sandbox cannot kill it, so the learner is never at fault."""
    slow = submit("slow", "import time\ntime.sleep(1)\n" + TWICE)
    before = judges()
    killer = threading.Thread(target=kill_the_zygote_at_work, args=[before])
    killer.start()
    (judgement,) = judged([slow], settings_of(call_seconds=9), 1)
    killer.join()
    assert set(outcomes(judgement.verdict)) <= {Outcome.PASSED, Outcome.GRADER_ERROR}
