"""Starting workers: what comes up, how it ends, what it costs, and what does not come up."""

import os
import sys
from contextlib import suppress

import pytest
from processes import is_gone, is_running

from grader.course.limits import Limits
from grader.transport import worker_process as launch
from grader.transport.worker_process import WorkerFailed, can_confine, sandbox_layers, start_worker
from grader.worker import wire
from grader.worker.source import Source

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
        monkeypatch.setattr(launch, "_start", lambda theirs, _: launch._Single(theirs))
    elif sys.platform != "linux":
        pytest.skip("there is a zygote on Linux only")
    workers = []

    def start():
        workers.append(start_worker(SOURCES, Limits(), confined=False))
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
    request = {"do": "call", "target": place("layers", name), "args": args, "kwargs": {}}
    if answered:
        return ask(worker, **request)["answer"]
    return worker.channel.send({"id": 1, **request}, wire.within(30))


def place(module, name):
    """The way to something in a module."""
    return wire.Reference(module, (("attribute", name),))


def test_a_worker_is_another_process_that_can_be_asked(start):
    """Without a sandbox, it is in no layer of it."""
    worker = start()
    assert worker.process.pid != os.getpid()
    assert call(worker, "one") == 1
    assert worker.layers == ()


@needs_sandbox
def test_a_worker_in_the_sandbox_can_be_asked_too():
    """It has all layers that there are on this machine."""
    worker = start_worker(SOURCES, Limits(), confined=True)
    try:
        assert call(worker, "one") == 1
        assert worker.layers == sandbox_layers()
    finally:
        worker.channel.close()
        worker.process.end()


def test_without_a_zygote_there_is_no_sandbox(monkeypatch):
    """If one is required, there is no worker, as on macOS and Windows."""
    started = []

    def start(theirs, confined):
        started.append(launch._Single(theirs))
        return started[-1]

    monkeypatch.setattr(launch, "_start", start)
    with pytest.raises(WorkerFailed, match="there is no sandbox for"):
        start_worker(SOURCES, Limits(), confined=True)
    assert is_gone(started[0].pid)


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
    assert is_gone(worker.process.pid)


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
    worker.channel.close()
    assert worker.process.end(30) == 0
    assert worker.cpu_seconds() == 0


def test_a_submission_arrives_letter_for_letter(start, monkeypatch):
    """Notebooks, problems, and unpaired surrogates that no encoding can represent."""
    sources = {
        "half": Source("/submission/half.py", "value = 1  # \udc80"),
        "noted": Source("/submission/noted.ipynb", "", "", ("a = 1 / 0", "b = '½' * 2")),
        "broken": Source("/submission/broken.py", "", "broken.py is not encoded in UTF-8"),
    }
    monkeypatch.setitem(globals(), "SOURCES", sources)
    worker = start()
    report = ask(worker, do="value", target=place("half", "value"))["error"]
    assert report["type"] == "UnicodeEncodeError"
    assert ask(worker, do="value", target=place("noted", "b"))["answer"] == "½½"
    report = ask(worker, do="value", target=place("broken", "value"))["error"]
    assert report["message"] == "broken.py is not encoded in UTF-8"


def test_a_worker_that_does_not_come_up_is_our_fault(monkeypatch):
    """It is told apart from anything that a submission can do, with the reason."""
    monkeypatch.setattr(launch, "_BOOT", "raise SystemExit('no numpy here')")
    if sys.platform == "linux":
        monkeypatch.setattr(launch, "_zygote", launch._Zygote)  # not the one that runs already
    reason = "no numpy here" if sys.platform == "linux" else None
    with pytest.raises(WorkerFailed, match=reason):
        start_worker(SOURCES, Limits(), confined=False)


# What stands against the sandbox, in the zygote: before it has prepared it, or afterwards.
OBSTACLES = {
    "no such kernel": ("import platform\nplatform.machine = lambda: 'unheard-of'\n", "seccomp: "),
    "another parent": ("import os\nos.getppid = lambda: 1\n", "death with the judge: "),
}


@needs_sandbox
@pytest.mark.parametrize(("obstacle", "told"), OBSTACLES.values(), ids=OBSTACLES)
def test_a_worker_that_does_not_get_into_the_sandbox_is_never_asked(
    monkeypatch, tmp_path, obstacle, told
):
    """It fails closed, each time, and the layer that cannot be had is named."""
    monkeypatch.setattr(launch, "_BOOT", obstacle + launch._BOOT)
    monkeypatch.setattr(launch, "shared_folder", lambda: tmp_path)  # which goes with the zygote
    zygote = launch._Zygote(confined=True)
    monkeypatch.setattr(launch, "_zygote", lambda confined: zygote)
    started = []

    def start(theirs, confined):
        started.append(zygote.fork(theirs))
        return started[-1]

    monkeypatch.setattr(launch, "_start", start)
    for _ in range(2):
        with pytest.raises(WorkerFailed, match=told):
            start_worker(SOURCES, Limits(), confined=True)
    assert all(is_gone(process.pid) for process in started)
    worker = start_worker(SOURCES, Limits(), confined=False)  # who wants none, is not held up
    assert call(worker, "one") == 1
    worker.channel.close()
    worker.process.end()
    zygote._close()
