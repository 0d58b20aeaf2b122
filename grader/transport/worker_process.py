"""Starts and ends worker processes: through a zygote on Linux, one by one elsewhere.

A worker comes from a new interpreter, not from a fork of the judge, so that it shares no memory
with the specs and their answers. On Linux one interpreter, the zygote, is started and forks all
workers.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from grader.course.limits import Limits
from grader.errors import CommandError
from grader.transport.shared_arrays import Shared
from grader.worker import wire
from grader.worker.loading.offer import Offer
from grader.worker.source import Source, plain_source
from grader.worker.wire import WireError, reply_bounds, request_bounds

PATIENCE = 60.0
"""Seconds that a worker or the zygote may take to start."""


_PART = 16 << 20  # bytes of a shared array that are sent at once

_NOTHING = Offer()


class WorkerFailed(CommandError):
    """A worker could not be started. This is the grader's fault, never the submission's."""


class Process(Protocol):
    """Protocol of worker processes.

    Attributes
    ----------
    has_mapped : bool
        Whether it has mapped the shared arrays; if not, they are sent.
    """

    has_mapped: bool

    @property
    def pid(self) -> int:
        """The process id."""

    def end(self, patience: float = 0) -> int | None:
        """Kill the process, unless it ends by itself in time.

        Parameters
        ----------
        patience : float, default 0
            Seconds to wait for it to end.

        Returns
        -------
        int or None
            The exit code of a process that ended by itself, or the number of the signal that ended
            it, negated; None if it had to be killed or was ended before.

        Raises
        ------
        WorkerFailed
            If the zygote has ended.
        """


@dataclass(frozen=True)
class Worker:
    """A worker that has loaded the sources of a submission and accepts requests.

    Attributes
    ----------
    process : Process
        The worker's process, to end it.
    channel : Channel
        The connection to the worker.
    layers : tuple of str
        The layers of its sandbox; empty outside the sandbox.
    """

    process: Process
    channel: wire.Channel
    layers: tuple[str, ...]

    def cpu_seconds(self) -> float:
        """Return the processor time used so far, in seconds; 0 where it cannot be measured."""
        if sys.platform != "linux":
            return 0.0
        # The clock of another process: CPUCLOCK_SCHED of clock_getcpuclockid(3) in glibc.
        try:
            return time.clock_gettime((~self.process.pid << 3) | 2)
        except OSError:
            return 0.0


def delay_seconds(process: int | str) -> float:
    """Return the seconds in which a process could have run, but others had the processors.

    Parameters
    ----------
    process : int or str
        A process id, or "thread-self" for the calling thread.

    Returns
    -------
    float
        0 where it cannot be measured: it is the second number of ``/proc/PID/schedstat``.
    """
    try:
        with open(f"/proc/{process}/schedstat", "rb", buffering=0) as numbers:
            return int(numbers.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def start_worker(
    sources: Mapping[str, Source],
    limits: Limits,
    *,
    confined: bool,
    shared: Sequence[Shared] = (),
    offer: Offer = _NOTHING,
) -> Worker:
    """Start a worker and send it the submission.

    Parameters
    ----------
    sources : mapping of str to Source
        The modules of the submission by name.
    limits : Limits
        Limits of memory, of the size of messages and of output. Times are up to the caller.
    confined : bool
        Whether the worker must be in the sandbox.
    shared : sequence of Shared, optional
        Arrays that requests may refer to. The worker has no access to others.
    offer : Offer, optional
        What the course offers to the submission; by default nothing.

    Returns
    -------
    Worker
        A worker that accepts requests.

    Raises
    ------
    WorkerFailed
        If the worker does not start, or cannot enter the sandbox.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        process = _start(theirs, confined, shared, offer.modules)
    channel = wire.Channel(ours)
    described = json.dumps({name: plain_source(source) for name, source in sources.items()})
    start: dict[str, Any] = {
        "sources": np.frombuffer(described.encode(), np.uint8),
        "memory": limits.memory_mib << 20 if confined else None,
        "max_request": limits.frame_mib << 20,
        "max_answer": limits.answer_mib << 20,
        "max_output": limits.output_characters + 1,
        "exercises": {module: list(names) for module, names in offer.exercises.items()},
        "modules": list(offer.modules),
        "shared": [(one.reference.number, one.values.nbytes) for one in shared],
    }
    remaining = wire.within(PATIENCE)
    try:
        channel.send(start, remaining)
        for part in () if process.has_mapped else _parts_of(shared):
            channel.send(part, remaining)
        ready = channel.receive(remaining)
        if "failed" in ready:
            raise WireError(ready["failed"])
    except (WireError, TimeoutError) as error:
        channel.close()
        process.end()
        raise WorkerFailed(str(error) or f"a worker did not come up in {PATIENCE:g} s") from None
    channel.sends = request_bounds(start["max_request"])
    channel.receives = reply_bounds(start["max_answer"], start["max_output"])
    layers = list(ready["layers"])
    if confined and not without_namespaces():
        layers.insert(0, NAMESPACES)
    return Worker(process, channel, tuple(layers))


def _parts_of(shared: Sequence[Shared]) -> Iterator[np.ndarray]:
    """Yield the contents of shared arrays, in parts that fit into a frame."""
    for one in shared:
        content = np.frombuffer(one.content, np.uint8)
        for start in range(0, content.size, _PART):
            yield content[start : start + _PART]


def _start(
    theirs: socket.socket, confined: bool, shared: Sequence[Shared], modules: tuple[str, ...]
) -> Process:
    """Start a process that uses the socket `theirs`, and has imported the modules."""
    if sys.platform != "linux":
        return _Single(theirs, modules)
    zygote = _zygote(confined, modules)
    try:
        return zygote.fork(theirs, shared)
    except (OSError, wire.Disconnected) as error:
        zygote.kill()
        _zygote.cache_clear()  # the next worker comes from a new zygote
        raise WorkerFailed(f"the process that starts the workers has ended: {error}") from None


# A zygote or worker imports NumPy, the further modules that the course allows, and a few files of
# the grader. Then it can only import the standard library: with site-packages on its path, a
# submission could import the solutions. PYTHON* variables are not passed on; a fixed hash seed
# makes the order of sets the same in every run.
_BOOT = """
import importlib, sys, types
entry, grader_folder, packages_folder, modules = sys.argv[1:5]
packages = {name: types.ModuleType(name) for name in ("grader", "grader.worker", "grader.messages")}
for name in ("worker", "messages"):
    packages[f"grader.{name}"].__path__ = [f"{grader_folder}/{name}"]
sys.modules.update(packages)
sys.path.append(packages_folder)
for name in modules.split(","):
    importlib.import_module(name)
sys.path.remove(packages_folder)
main = importlib.import_module(f"grader.worker.{entry}").main
for name, module in sys.modules.items():
    if name.startswith("grader") and hasattr(module, "__path__"):
        module.__path__ = []
main()
"""


_PACKAGES = Path(np.__file__).parents[1]


def _numpy_folders() -> list[str]:
    return [str(_PACKAGES / name) for name in ("numpy", "numpy.libs")]


def _command(entry: str, modules: Sequence[str], *arguments: str) -> Sequence[str]:
    folders = [str(Path(__file__).parents[1]), str(_PACKAGES)]
    imported = ",".join(("numpy", *modules))
    options = ["-P", "-s", "-S", "-B", "-c", _BOOT]
    return [sys.executable, *options, entry, *folders, imported, *arguments]


def _environment() -> dict[str, str]:
    kept = {"SYSTEMROOT", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "LD_LIBRARY_PATH"}
    one_thread = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {
        **{name: value for name, value in os.environ.items() if name in kept},
        **dict.fromkeys(one_thread, "1"),
        # Keep freed memory: the arrays of a training step would else be mapped anew in each step,
        # which is a quarter of its time. glibc takes no larger number for the first.
        "MALLOC_MMAP_THRESHOLD_": str(2**25),
        "MALLOC_TRIM_THRESHOLD_": str(2**31 - 1),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
    }


class _Zygote:
    """The judge's end of `grader.worker.zygote`."""

    def __init__(self, confined: bool, modules: tuple[str, ...] = ()) -> None:
        assert sys.platform == "linux"
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, tempfile.TemporaryFile() as complaint:
            self._process = subprocess.Popen(
                _command("zygote", modules, str(int(confined)), *_numpy_folders()),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=complaint,
                env=_environment(),
                cwd="/",
                start_new_session=True,  # only the judge handles Ctrl-C
            )
            theirs.close()
            self._control.settimeout(PATIENCE)
            ready = self._control.recv(1024)
            if not ready:
                self._process.kill()
                self._process.wait()
                complaint.seek(0)
                told = complaint.read()[-2000:].decode(errors="replace").strip()
                raise WorkerFailed(f"the process that starts the workers does not come up: {told}")
        self.without_namespaces: str = wire.decode(ready)
        atexit.register(self._close)

    def fork(self, theirs: socket.socket, shared: Sequence[Shared]) -> Process:
        """Fork a worker that uses the socket `theirs` and maps the shared arrays."""
        assert sys.platform == "linux"
        descriptors = [theirs.fileno(), *(one.descriptor for one in shared)]
        socket.send_fds(self._control, [wire.encode("fork")], descriptors)
        return _Forked(self, self._answer())

    def end(self, pid: int, patience: float) -> int | None:
        """End a worker; see `Process.end`."""
        self._control.send(wire.encode((pid, patience)))
        if not patience:
            return None
        ended, code = self._answer()
        return code if ended else None

    def _answer(self) -> Any:
        answer = self._control.recv(64)
        if not answer:
            raise wire.Disconnected("it has hung up")
        return wire.decode(answer)

    def kill(self) -> None:
        """Kill the zygote at once."""
        self._process.kill()
        self._process.wait()
        self._control.close()

    def _close(self) -> None:
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)


@cache
def _zygote(confined: bool, modules: tuple[str, ...]) -> _Zygote:
    return _Zygote(confined, modules)


class _Forked:
    """A worker forked by the zygote."""

    has_mapped = True

    def __init__(self, zygote: _Zygote, pid: int) -> None:
        assert sys.platform == "linux"
        self.pid = pid
        self._zygote = zygote
        self._handle: int | None = os.pidfd_open(pid)

    def end(self, patience: float = 0) -> int | None:
        assert sys.platform == "linux"
        handle, self._handle = self._handle, None
        if handle is None:
            return None
        try:
            return self._zygote.end(self.pid, patience)
        except (OSError, wire.Disconnected):
            with suppress(OSError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            raise WorkerFailed("the process that starts the workers has ended") from None
        finally:
            os.close(handle)


class _Single:
    """A worker started as a process of its own, where there is no zygote."""

    has_mapped = False

    def __init__(self, theirs: socket.socket, modules: tuple[str, ...] = ()) -> None:
        self._process = subprocess.Popen(
            _command("main", modules),
            stdin=subprocess.PIPE if sys.platform == "win32" else theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd=Path(sys.executable).anchor,
        )
        self.pid = self._process.pid
        if sys.platform == "win32":
            assert self._process.stdin is not None
            self._process.stdin.write(theirs.share(self.pid))
            self._process.stdin.close()

    def end(self, patience: float = 0) -> int | None:
        try:
            return self._process.wait(patience or 0.001)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return None


NAMESPACES = "namespaces"
"""The optional layer of the sandbox, used where the system allows it."""


def without_namespaces() -> str:
    """Return why workers are not in namespaces of their own; empty if they are."""
    return _zygote(True, ()).without_namespaces if sys.platform == "linux" else "Linux only"


@cache
def sandbox_layers() -> tuple[str, ...]:
    """Start a worker in the sandbox to find out which layers this machine supports.

    Returns
    -------
    tuple of str
        The layers of a worker's sandbox.

    Raises
    ------
    WorkerFailed
        If a required layer is not available. The message says which one and why.
    """
    worker = start_worker({}, Limits(), confined=True)
    worker.channel.close()
    worker.process.end()
    return worker.layers


def can_confine() -> bool:
    """Return whether this machine supports the sandbox."""
    try:
        return bool(sandbox_layers())
    except WorkerFailed:
        return False
