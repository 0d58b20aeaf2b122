"""Forks a worker for each submission, from a process that has NumPy already.

It is started by `grader.transport.worker_process` as a process of its own, by a fresh exec: a fork
of the judge would carry the specs and their answers along. It runs nothing of a submission itself.
Linux only.

The judge talks to it over a socket that keeps messages apart. A message with a descriptor brings
the connection for a new worker, and is answered with the worker's process number. One without
names a worker that is to end, and for how many seconds it may end by itself: with none it is
killed, and there is no answer; or else the answer is whether it did, and its exit code. When the
judge is gone, however it ended, so are the workers, and the folder that it has shared.
"""

import gc
import os
import select
import shutil
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

import numpy.random  # noqa: F401  (NumPy loads it late: once here, not in each worker)

from grader.worker import main as worker
from grader.worker import wire
from grader.worker.sandbox import Sandbox, SandboxFailed, enter_namespaces

assert sys.platform == "linux"

CPU_SECONDS = 2 * 3600
"""For a worker, in case that the judge, which keeps much shorter limits, is not looking."""


def main() -> NoReturn:
    """Serve the judge until it hangs up."""
    confined, shared, *numpy_folders = sys.argv[4:]
    control = socket.socket(fileno=os.dup(0))
    worker.lead_nowhere(0)
    os.makedirs(shared, mode=0o700, exist_ok=True)  # by whom it is removed, too
    workers: set[int] = set()
    with suppress(ConnectionError):  # the judge has gone, and has left an answer unread
        _serve(control, confined == "1", [shared, *numpy_folders], workers)
    for pid in workers:
        _end(pid, 0)
    shutil.rmtree(shared, ignore_errors=True)
    os._exit(0)


def _serve(control: socket.socket, confined: bool, readable: list[str], workers: set[int]) -> None:
    confine = _prepare_sandbox(readable)
    dying: set[int] = set()
    gc.collect()
    gc.freeze()  # what is there already stays on pages that all workers share
    control.send(wire.encode(_enter_namespaces() if confined else "not asked for"))
    worker.lead_nowhere(2)
    while True:
        dying = {pid for pid in dying if os.waitpid(pid, os.WNOHANG)[0] == 0}
        if not select.select([control], [], [], 0.02 if dying else None)[0]:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, 64, 1)
        if descriptors:
            pid = _fork(control, descriptors[0], confine)
            workers.add(pid)
            control.send(wire.encode(pid))
        elif message:
            pid, patience = wire.decode(message)
            workers.remove(pid)
            if patience:
                control.send(wire.encode(_end(pid, patience)))
            else:
                _kill(pid)
                dying.add(pid)
        else:
            return


def _enter_namespaces() -> str:
    """Try to, and say what stands against it."""
    try:
        enter_namespaces()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _prepare_sandbox(readable: list[str]) -> worker.Confine:
    """Do once what is the same for all workers. What cannot be had, each of them will tell."""
    zygote = os.getpid()
    try:
        sandbox = Sandbox(readable)
    except SandboxFailed as error:
        reason = str(error)

        def fail(memory: int) -> NoReturn:
            raise SandboxFailed(reason)

        return fail
    return lambda memory: sandbox.enter(memory, CPU_SECONDS, zygote)


def _fork(control: socket.socket, descriptor: int, confine: worker.Confine) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            control.close()
            os.setpgid(0, 0)
            worker.serve(wire.Channel(socket.socket(fileno=descriptor)), confine)
        finally:
            os._exit(1)
    os.close(descriptor)
    return pid


def _end(pid: int, patience: float) -> tuple[bool, int]:
    """End a worker, with what it may have started, unless it ends by itself in time."""
    process = os.pidfd_open(pid)
    ended, _, _ = select.select([process], [], [], patience)
    os.close(process)
    _kill(pid)
    _, status = os.waitpid(pid, 0)
    return bool(ended), os.waitstatus_to_exitcode(status)


def _kill(pid: int) -> None:
    """Kill a worker and what it has started, which in the sandbox is nothing."""
    for kill in (os.kill, os.killpg):
        with suppress(OSError):
            kill(pid, signal.SIGKILL)
