"""Worker processes: start, end, processor time, and failures to start."""

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
    """Start workers with and without a zygote; they end with the test."""
    if request.param == "single":
        monkeypatch.setattr(launch, "_start", lambda theirs, *_: launch._Single(theirs))
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
    """Send one request and return the reply."""
    worker.channel.send({"id": 1, **request}, wire.within(30))
    return worker.channel.receive(wire.within(30))


def call(worker, name, *args, answered=True):
    """Call a function of the module; return its answer unless it never answers."""
    request = {"do": "call", "target": place("layers", name), "args": args, "kwargs": {}}
    if answered:
        return ask(worker, **request)["answer"]
    return worker.channel.send({"id": 1, **request}, wire.within(30))


def place(module, name):
    """Return a reference to something in a module."""
    return wire.Reference(module, (("attribute", name),))


def test_a_worker_is_another_process_that_answers_requests(start):
    """Without the sandbox, it has no layers."""
    worker = start()
    assert worker.process.pid != os.getpid()
    assert call(worker, "one") == 1
    assert worker.layers == ()


@needs_sandbox
def test_a_worker_in_the_sandbox_answers_requests_too():
    """It has all layers that this machine supports."""
    worker = start_worker(SOURCES, Limits(), confined=True)
    try:
        assert call(worker, "one") == 1
        assert worker.layers == sandbox_layers()
    finally:
        worker.channel.close()
        worker.process.end()


def test_without_a_zygote_there_is_no_sandbox(monkeypatch):
    """As on macOS and Windows, a worker that requires it does not start."""
    started = []

    def start(theirs, confined, shared, modules):
        started.append(launch._Single(theirs))
        return started[-1]

    monkeypatch.setattr(launch, "_start", start)
    with pytest.raises(WorkerFailed, match="there is no sandbox for"):
        start_worker(SOURCES, Limits(), confined=True)
    assert is_gone(started[0].pid)


@pytest.mark.parametrize("code", [0, 1, 77])
def test_the_exit_code_of_a_worker_is_returned(start, code):
    """The worker ends by itself, in time."""
    worker = start()
    call(worker, "leave", code, answered=False)
    assert worker.process.end(30) == code
    assert not is_running(worker.process.pid)


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("number", [6, 9, 11, 15])
def test_the_signal_that_ended_a_worker_is_returned(start, number):
    """It is returned as a negative number."""
    worker = start()
    call(worker, "kill", number, answered=False)
    assert worker.process.end(30) == -number


@pytest.mark.parametrize("function", ["loop", "one"], ids=["busy", "idle"])
def test_a_worker_that_does_not_end_is_ended(start, function):
    """`end` returns None, because it killed the process itself."""
    worker = start()
    call(worker, function, answered=function == "one")
    assert worker.process.end() is None
    assert is_gone(worker.process.pid)


@linux_only
def test_ending_a_worker_twice_harms_no_other():
    """The second call does nothing."""
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
    """Computing counts, sleeping does not; for a worker that has ended it is 0."""
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


def test_a_worker_that_does_not_start_is_the_graders_fault(monkeypatch):
    """The error names the reason, and cannot be caused by a submission."""
    monkeypatch.setattr(launch, "_BOOT", "raise SystemExit('no numpy here')")
    if sys.platform == "linux":
        monkeypatch.setattr(launch, "_zygote", launch._Zygote)  # not the one that runs already
    reason = "no numpy here" if sys.platform == "linux" else None
    with pytest.raises(WorkerFailed, match=reason):
        start_worker(SOURCES, Limits(), confined=False)


# What keeps the zygote from the sandbox: before it has prepared it, or afterwards.
OBSTACLES = {
    "no such kernel": ("import platform\nplatform.machine = lambda: 'unheard-of'\n", "seccomp: "),
    "another parent": ("import os\nos.getppid = lambda: 1\n", "death with the judge: "),
}


@needs_sandbox
@pytest.mark.parametrize(("obstacle", "told"), OBSTACLES.values(), ids=OBSTACLES)
def test_a_worker_that_cannot_enter_the_sandbox_gets_no_requests(monkeypatch, obstacle, told):
    """Starting it fails each time, and the error names the layer that is not available."""
    monkeypatch.setattr(launch, "_BOOT", obstacle + launch._BOOT)
    zygote = launch._Zygote(confined=True)
    monkeypatch.setattr(launch, "_zygote", lambda *_: zygote)
    started = []

    def start(theirs, confined, shared, modules):
        started.append(zygote.fork(theirs, shared))
        return started[-1]

    monkeypatch.setattr(launch, "_start", start)
    for _ in range(2):
        with pytest.raises(WorkerFailed, match=told):
            start_worker(SOURCES, Limits(), confined=True)
    assert all(is_gone(process.pid) for process in started)
    worker = start_worker(SOURCES, Limits(), confined=False)  # works without the sandbox
    assert call(worker, "one") == 1
    worker.channel.close()
    worker.process.end()
    zygote._close()
