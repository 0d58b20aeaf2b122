"""Starting workers: what comes up, how it ends, what it costs, and what does not come up."""

import os
import sys
from contextlib import suppress

import pytest

from grader import launch, wire
from grader.launch import WorkerFailed, can_confine, sandbox_layers, start_worker
from grader.limits import Limits
from grader.workbench import Source

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="there is a zygote on Linux only")
needs_sandbox = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")

LAYERS = """
import os
import time

def one(): return 1
def leave(code): os._exit(code)
def kill(number): os.kill(os.getpid(), number)
def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
def nap(seconds): time.sleep(seconds)
def loop():
    while True:
        pass
"""
SOURCES = {"layers": Source("/submission/layers.py", LAYERS)}


@pytest.fixture(params=["forked", "single"])
def start(request, monkeypatch):
    """Starts workers, as on Linux and as where there is no zygote; they end with the test."""
    if request.param == "single":
        monkeypatch.setattr(launch, "_start", lambda end: (os.getpid(), launch._Single(end)))
    elif sys.platform != "linux":
        pytest.skip("there is a zygote on Linux only")
    workers = []

    def start(*, confined=False):
        workers.append(start_worker(SOURCES, Limits(), confined=confined))
        return workers[-1]

    yield start
    for worker in workers:
        worker.channel.close()
        if is_running(worker.process.pid):
            worker.process.end()


def ask(worker, **request):
    """The reply to one request."""
    worker.channel.send({"id": 1, **request}, wire.within(30))
    return worker.channel.receive(wire.within(30))


def call(worker, name, *args, answered=True):
    """Have a function of the module called."""
    module = ask(worker, do="load", module="layers")["answer"]
    function = ask(worker, do="attribute", target=module, name=name)["answer"]
    request = {"do": "call", "target": function, "args": args, "kwargs": {}}
    if answered:
        return ask(worker, **request)["answer"]
    return worker.channel.send({"id": 1, **request}, wire.within(30))


def is_running(pid):
    """Whether there is a process of that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("confined", [False, pytest.param(True, marks=needs_sandbox)])
def test_a_worker_is_another_process_that_can_be_asked(start, confined):
    """In the sandbox with all of its layers, or without any."""
    worker = start(confined=confined)
    assert worker.process.pid != os.getpid()
    assert call(worker, "one") == 1
    assert worker.layers == (sandbox_layers() if confined else ())


@pytest.mark.parametrize("code", [0, 1, 77])
def test_the_exit_code_of_a_worker_is_told(start, code):
    """If it ends by itself within the time that it is given."""
    worker = start()
    call(worker, "leave", code, answered=False)
    assert worker.process.end(30) == code
    assert not is_running(worker.process.pid)


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("number", [6, 9, 11, 15])
def test_the_signal_that_ended_a_worker_is_told(start, number):
    """As a negative number."""
    worker = start()
    call(worker, "kill", number, answered=False)
    assert worker.process.end(30) == -number


@pytest.mark.parametrize("function", ["loop", "one"], ids=["busy", "idle"])
def test_a_worker_that_does_not_end_is_ended(start, function):
    """Nothing is told of how, since it was our doing; the process is gone."""
    worker = start()
    call(worker, function, answered=function == "one")
    assert worker.process.end() is None
    assert not is_running(worker.process.pid)


@linux_only
def test_ending_a_worker_twice_harms_no_other():
    """The second time there is nothing to be done."""
    one, other = (start_worker(SOURCES, Limits(), confined=False) for _ in range(2))
    try:
        one.channel.close()
        one.process.end()
        one.process.end()
        replacement = start_worker(SOURCES, Limits(), confined=False)
        replacement.channel.close()
        replacement.process.end()
    finally:
        other.channel.close()
        other.process.end()
        with suppress(WorkerFailed):  # so that the next test finds a zygote again
            last = start_worker(SOURCES, Limits(), confined=False)
            last.channel.close()
            last.process.end()


@linux_only
def test_the_processor_time_of_a_worker_is_measured(start):
    """What it computes counts, sleeping does not; of one that has ended nothing can be told."""
    worker = start()
    before = worker.cpu_seconds()
    call(worker, "spin", 0.1)
    busy = worker.cpu_seconds() - before
    assert busy >= 0.1
    call(worker, "nap", 0.3)
    assert worker.cpu_seconds() - before - busy < 0.3
    worker.process.end()
    assert worker.cpu_seconds() == 0


def test_a_submission_arrives_letter_for_letter(start, monkeypatch):
    """Notebooks, problems, and halves of characters that no encoding knows."""
    sources = {
        "half": Source("/submission/half.py", "value = 1  # \udc80"),
        "noted": Source("/submission/noted.ipynb", "", "", ("a = 1 / 0", "b = '½' * 2")),
        "broken": Source("/submission/broken.py", "", "broken.py is not encoded in UTF-8"),
    }
    monkeypatch.setitem(globals(), "SOURCES", sources)
    worker = start()
    assert ask(worker, do="load", module="half")["error"]["type"] == "UnicodeEncodeError"
    module = ask(worker, do="load", module="noted")["answer"]
    held = ask(worker, do="attribute", target=module, name="b")["answer"]
    assert ask(worker, do="value", target=held)["answer"] == "½½"
    report = ask(worker, do="load", module="broken")["error"]
    assert report["message"] == "broken.py is not encoded in UTF-8"


def test_a_worker_that_does_not_come_up_is_our_fault(monkeypatch):
    """It is told apart from anything that a submission can do, with the reason."""
    monkeypatch.setattr(launch, "_BOOT", "raise SystemExit('no numpy here')")
    if sys.platform == "linux":
        monkeypatch.setattr(launch, "_zygote", launch._Zygote)  # not the one that runs already
    reason = "no numpy here" if sys.platform == "linux" else None
    with pytest.raises(WorkerFailed, match=reason):
        start_worker(SOURCES, Limits(), confined=False)


@needs_sandbox
def test_a_worker_that_does_not_get_into_the_sandbox_is_never_asked(monkeypatch):
    """It fails closed, and the layer that cannot be had is named."""
    started = []

    def start(theirs):
        started.append(launch._Single(theirs))
        return 1, started[-1]  # a parent that it does not have

    monkeypatch.setattr(launch, "_start", start)
    with pytest.raises(WorkerFailed, match="death with the judge"):
        start_worker(SOURCES, Limits(), confined=True)
    assert not is_running(started[0].pid)
