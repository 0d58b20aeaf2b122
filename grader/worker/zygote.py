"""The zygote: a process that has imported NumPy, and forks a worker for each submission.

`grader.transport.worker_process` starts it by a fresh exec, because a fork of the judge would
inherit the specs and the expected values. The zygote itself runs no submitted code. Linux only.

The judge communicates with it over a socket that preserves message boundaries:

- A message with file descriptors passes the connection of a new worker, and the files of the arrays
  that the judge shares with it. The reply is the worker's process number.
- A message without one names a worker to end, and how many seconds it may take to end by itself.
  With 0 seconds it is killed, and there is no reply; otherwise, the reply is whether it ended by
  itself, and its exit code.

When the judge ends for any reason, the zygote kills the workers.
"""

import ctypes
import gc
import mmap
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

import numpy.random  # noqa: F401  (NumPy loads it lazily; here once, not in each worker)

from grader.worker import main as worker
from grader.worker import wire
from grader.worker.sandbox import Sandbox, SandboxFailed, die_with, enter_namespaces

assert sys.platform == "linux"

CPU_SECONDS = 2 * 3600
"""Processor time limit of a worker: a fallback for the much shorter limits that the judge keeps."""


MAX_DESCRIPTORS = 253
"""The most that the kernel passes with one message."""

_mmap = ctypes.CDLL(None, use_errno=True).mmap
_mmap.restype = ctypes.c_void_p
_mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]


def main() -> NoReturn:
    """Serve the judge until it disconnects."""
    packages, imported, confined, *numpy_folders = sys.argv[3:]
    del sys.argv[1:], sys.orig_argv[1:]  # nothing that a submission needs
    control = socket.socket(fileno=os.dup(0))
    worker.redirect_to_null(0)
    workers: set[int] = set()
    with suppress(ConnectionError):  # the judge ended before it read a reply
        readable = [*numpy_folders, *_folders_of_modules(packages, imported.split(",")[1:])]
        _serve(control, confined == "1", readable, workers)
    for pid in workers:
        _end(pid, 0)
    os._exit(0)


def _folders_of_modules(packages: str, modules: list[str]) -> list[str]:
    """Return the files and folders of modules that a course allows, and of those they import.

    They may load parts of themselves later.
    """
    found = []
    for module in list(sys.modules.values()) if modules else ():
        path = str(getattr(getattr(module, "__spec__", None), "origin", None))
        if path.startswith(f"{packages}{os.sep}"):
            top = path.removeprefix(packages).split(os.sep)[1]
            folders = (os.path.join(packages, name) for name in (top, f"{top}.libs"))
            found += [folder for folder in folders if os.path.exists(folder)]
    return sorted(set(found))


def _serve(control: socket.socket, confined: bool, readable: list[str], workers: set[int]) -> None:
    confine = _prepare_sandbox(readable)
    dying: set[int] = set()
    gc.collect()
    # The collector of a worker would otherwise write into, and so copy, pages shared by all.
    gc.freeze()
    control.send(wire.encode(_enter_namespaces() if confined else "not asked for"))
    worker.redirect_to_null(2)
    while True:
        # Killed workers are reaped without waiting for them; while there are any, `select` polls.
        dying = {pid for pid in dying if os.waitpid(pid, os.WNOHANG)[0] == 0}
        if not select.select([control], [], [], 0.02 if dying else None)[0]:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, 64, MAX_DESCRIPTORS)
        if descriptors:
            pid = _fork(control, descriptors, confine)
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
    """Try to enter namespaces; return the error message, or an empty string on success."""
    try:
        enter_namespaces()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _prepare_sandbox(readable: list[str]) -> worker.Confine:
    """Prepare the sandbox for all workers; if that fails, entering it raises the error."""
    zygote = os.getpid()
    try:
        sandbox = Sandbox(readable)
    except SandboxFailed as error:
        reason = str(error)

        def fail(memory: int) -> NoReturn:
            raise SandboxFailed(reason)

        return fail
    return lambda memory: sandbox.enter(memory, CPU_SECONDS, zygote)


def _fork(control: socket.socket, descriptors: list[int], confine: worker.Confine) -> int:
    connection, *files = descriptors
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            control.close()
            with suppress(ValueError):  # the judge has gone, so that there are no requests
                die_with(zygote)
            os.setpgid(0, 0)  # without a sandbox, `_kill` ends the worker's children with it
            mapped = [_map(file) for file in files]
            worker.serve(wire.Channel(socket.socket(fileno=connection)), confine, mapped)
        finally:
            os._exit(1)
    for descriptor in descriptors:
        os.close(descriptor)
    return pid


def _map(file: int) -> memoryview:
    """Map a sealed file into memory, read-only, and close it.

    Python's own `mmap.mmap` would keep a descriptor, which the submission could use.
    """
    size = os.fstat(file).st_size
    content = memoryview(b"")
    if size:
        # Kernels before 6.7 refuse a shared mapping of a sealed file.
        address = _mmap(None, size, mmap.PROT_READ, mmap.MAP_PRIVATE, file, 0)
        if address == ctypes.c_void_p(-1).value:
            raise OSError(ctypes.get_errno(), "a shared array cannot be mapped")
        content = memoryview((ctypes.c_char * size).from_address(address)).cast("B").toreadonly()
    os.close(file)
    return content


def _end(pid: int, patience: float) -> tuple[bool, int]:
    """Wait for a worker to end, then kill it; return whether it ended itself, and its exit code."""
    process = os.pidfd_open(pid)
    ended, _, _ = select.select([process], [], [], patience)
    os.close(process)
    _kill(pid)
    _, status = os.waitpid(pid, 0)
    return bool(ended), os.waitstatus_to_exitcode(status)


def _kill(pid: int) -> None:
    """Kill a worker and its children, which only exist outside the sandbox."""
    for kill in (os.kill, os.killpg):
        with suppress(OSError):
            kill(pid, signal.SIGKILL)
