"""The two ways from a spec to the learner's code: in this process, and in a worker's.

In-process, a learner's own pytest runs her code right here, so that prints, tracebacks and pdb work
as always. Judged, her code runs in a worker, and only frames cross.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest

from grader import wire
from grader.student import Crashed, StudentError, TimedOut
from grader.workbench import (
    MAX_CODE,
    MAX_FRAMES,
    MAX_MESSAGE,
    MAX_OUTPUT,
    CallBack,
    Frame,
    Report,
    Source,
    Workbench,
    describe,
    own_traceback,
)


class InProcess:
    """The transport of a learner's own pytest: her code runs in this very process.

    Parameters
    ----------
    sources : mapping of str to Source
        The modules by name: her exercise, and those that it builds on. They must be `importable`.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._workbench = Workbench(sources)
        self._is_loading = False
        self._folder = _shared_folder()

    @property
    def shared(self) -> Path:
        """A folder for arrays that are too large to send."""
        return Path(self._folder.name)

    def exchange(self, request: dict[str, Any], call_back: CallBack) -> Any:
        """Have a request done; see `grader.student.Transport`.

        Raises
        ------
        StudentError
            If her code raises. Its traceback ends at her own deepest line, for ``--pdb``.
        """
        incoming = _cross(request)
        if incoming["do"] != "load":
            return self._perform(incoming, call_back)
        if self._is_loading:
            raise TimedOut("before it began: importing it took too long, and is not tried again")
        self._is_loading = True
        try:
            answer = self._perform(incoming, call_back)
        except StudentError:
            self._is_loading = False
            raise
        self._is_loading = False
        return answer

    def _perform(self, request: dict[str, Any], call_back: CallBack) -> Any:
        def crossing(number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            return _cross(call_back(number, *_cross((args, kwargs))))

        try:
            return _cross(self._workbench.perform(request, crossing))
        except (KeyboardInterrupt, pytest.fail.Exception, pytest.exit.Exception):
            raise  # of the one at the keyboard, or of pytest-timeout
        except BaseException as error:
            told = StudentError(describe(error, self._sources))
            raise told.with_traceback(own_traceback(error, self._sources)) from None


def _shared_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="kata-", ignore_cleanup_errors=True)


def _cross(value: Any) -> Any:
    """Take a value to the other side, by the same bytes as between two processes."""
    return wire.decode(wire.encode(value))


@dataclass(frozen=True)
class Limits:
    """How long a submission may take.

    Attributes
    ----------
    call : float, default 2
        Seconds for one call.
    total : float, default 10
        Seconds for all calls of an exercise together.
    """

    call: float = 2.0
    total: float = 10.0


class WorkerFailed(Exception):
    """A worker could not be started: the grader's own fault."""


class Judged:
    """The transport of the judge: her code runs in a worker process.

    Parameters
    ----------
    sources : mapping of str to Source
        The modules of the submission by name.
    confined : bool, default True
        Whether the worker is put into the sandbox. If not, her code may do what the grader may.

    Attributes
    ----------
    limits : Limits
        May be changed at any time.
    spent : float
        Seconds that her code has taken since `limits` were set.
    layers : tuple of str
        The layers of the sandbox that the worker is in, once it has started.
    """

    def __init__(self, sources: Mapping[str, Source], *, confined: bool = True) -> None:
        self._sources = sources
        self._confined = confined
        self._folder = _shared_folder()
        self._process: subprocess.Popen[bytes] | None = None
        self._sequence = 0
        self._output = ""
        self.limits = Limits()
        self.spent = 0.0
        self.layers: tuple[str, ...] = ()

    @property
    def shared(self) -> Path:
        """A folder for arrays that are too large to send; the worker may only read it."""
        return Path(self._folder.name)

    def exchange(self, request: dict[str, Any], call_back: CallBack) -> Any:
        """Have a request done; see `grader.student.Transport`.

        Raises
        ------
        StudentError
            If her code raises.
        TimedOut
            If it takes longer than `limits` allow. The worker is killed; the next request starts
            a new one.
        Crashed
            If the worker ends in the middle, or its answer is no answer. The same holds.
        """
        self._check_time()
        if self._process is None:
            folder = self.shared if self._confined else None
            self._process, self._channel, self.layers = start_worker(self._sources, folder)
        reply = self._ask(request)
        try:
            while "callback" in reply:
                answer = call_back(reply["callback"], reply["args"], reply["kwargs"])
                reply = self._ask({"do": "resume", "value": answer})
        except Crashed:
            self.close()
            raise
        if "error" in reply:
            raise StudentError(reply["error"])
        return reply["answer"]

    def take_output(self) -> str:
        """What her code has printed since the last time, up to `MAX_OUTPUT` characters."""
        output, self._output = self._output, ""
        return output

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._process is None:
            return
        self._channel.close()
        self._process.kill()
        self._process.wait()
        self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._folder.cleanup()

    def _check_time(self) -> None:
        if self.spent >= self.limits.total:
            self.close()
            raise TimedOut(f"at the limit of {self.limits.total:g} s for the whole exercise")

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self._sequence += 1
        started = time.monotonic()
        deadline = started + min(self.limits.call, self.limits.total - self.spent)
        try:
            self._channel.send({"id": self._sequence, **request}, deadline)
            reply = _read_reply(self._receive(deadline), self._sequence)
        except TimeoutError:
            self.close()
            self.spent += time.monotonic() - started
            self._check_time()
            raise TimedOut(f"at the limit of {self.limits.call:g} s for one call") from None
        except (wire.Disconnected, _NoReply) as error:
            raise Crashed(self._tell_end(error)) from None
        self.spent += time.monotonic() - started
        self._output = (self._output + reply["output"])[:MAX_OUTPUT]
        return reply

    def _receive(self, deadline: float) -> Any:
        try:
            return self._channel.receive(deadline)
        except wire.Disconnected:
            raise
        except wire.WireError as error:
            raise _NoReply(str(error)) from None

    def _tell_end(self, error: Exception) -> str:
        """End the worker, and tell how it ended before."""
        assert self._process is not None
        code = None
        if isinstance(error, wire.Disconnected):
            with suppress(subprocess.TimeoutExpired):
                code = self._process.wait(1)
        self.close()
        if code is None:
            return f"the process broke off the conversation: {error}"
        return f"the process ended by signal {-code}" if code < 0 else f"exit code {code}"


class _NoReply(Exception):
    """What the worker sent is no reply."""


def _read_reply(reply: Any, sequence: int) -> dict[str, Any]:
    """Check what a worker sent: it may be anything."""
    match reply:
        case {"id": int(number), "output": str(), **content} if number == sequence:
            pass
        case _:
            raise _NoReply("an answer to another question")
    match content:
        case {"answer": _} if len(content) == 1:
            return dict(reply)
        case {"callback": int(), "args": tuple(), "kwargs": dict(kwargs)} if len(content) == 3:
            if all(isinstance(key, str) for key in kwargs):
                return dict(reply)
        case {"error": error} if len(content) == 1:
            return {"error": _read_report(error), "output": reply["output"]}
    raise _NoReply("an answer of no known form")


def _read_report(error: Any) -> Report:
    match error:
        case {"type": str(kind), "message": str(message), "frames": list(frames), **rest}:
            imported, importing = (
                text[:MAX_CODE] if isinstance(text := rest.get(key), str) else None
                for key in ("imported", "importing")
            )
            read = tuple(map(_read_frame, frames[:MAX_FRAMES]))
            return Report(kind[:MAX_CODE], message[:MAX_MESSAGE], read, imported, importing)
    raise _NoReply("an exception of no known form")


def _read_frame(frame: Any) -> Frame:
    match frame:
        case {"file": str(file), "line": int(line), "code": str(code)}:
            return Frame(file[:MAX_CODE], line, code[:MAX_CODE])
    raise _NoReply("a traceback of no known form")


# A worker is started afresh, not forked: it shares no memory with the specs and their answers. It
# finds NumPy and two files of ours, and then nothing but the standard library: with the folder of
# installed packages on its path, it could import the solutions. PYTHON* variables stay behind; a
# fixed hash seed makes the order of a set the same in every run.
_BOOT = """
import sys, types
grader_folder, numpy_folder = sys.argv[1:3]
package = sys.modules["grader"] = types.ModuleType("grader")
package.__path__ = [grader_folder]
sys.path.append(numpy_folder)
import numpy
sys.path.remove(numpy_folder)
from grader.worker import main
package.__path__ = []
main()
"""


def start_worker(
    sources: Mapping[str, Source], shared: Path | None
) -> tuple[subprocess.Popen[bytes], wire.Channel, tuple[str, ...]]:
    """Start a worker and hand it the submission.

    Parameters
    ----------
    sources : mapping of str to Source
        The modules of the submission by name.
    shared : Path or None
        The folder that the worker may read. None leaves the sandbox away.

    Returns
    -------
    process : subprocess.Popen
        The worker.
    channel : Channel
        The connection to it.
    layers : tuple of str
        The layers of the sandbox that it is in.

    Raises
    ------
    WorkerFailed
        If it does not come up, or not in the sandbox.
    """
    ours, theirs = socket.socketpair()
    folders = [str(Path(__file__).parent), str(Path(np.__file__).parents[1])]
    process = subprocess.Popen(
        [sys.executable, "-P", "-s", "-S", "-B", "-c", _BOOT, *folders],
        stdin=subprocess.PIPE if sys.platform == "win32" else theirs.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=_environment(),
        cwd=Path(sys.executable).anchor,
    )
    if sys.platform == "win32":
        assert process.stdin is not None
        process.stdin.write(theirs.share(process.pid))
        process.stdin.close()
    theirs.close()
    channel = wire.Channel(ours)
    readable = [str(shared), *(str(Path(folders[1], name)) for name in ("numpy", "numpy.libs"))]
    start = {
        "sources": {name: astuple(source) for name, source in sources.items()},
        "confinement": [readable, os.getpid()] if shared else None,
    }
    try:
        channel.send(start, time.monotonic() + 60)
        ready = channel.receive(time.monotonic() + 60)
        if "failed" in ready:
            raise wire.WireError(ready["failed"])
    except (wire.WireError, TimeoutError) as error:
        channel.close()
        process.kill()
        _, complaint = process.communicate()
        told = [str(error), complaint.decode(errors="replace")[-2000:].strip()]
        raise WorkerFailed(": ".join(filter(None, told))) from None
    assert process.stderr is not None
    process.stderr.close()
    return process, channel, tuple(ready["layers"])


@cache
def sandbox_layers() -> tuple[str, ...]:
    """Try the sandbox out.

    Returns
    -------
    tuple of str
        The layers that a worker gets on this machine.

    Raises
    ------
    WorkerFailed
        If one that is required cannot be had here. The message says which one, and why.
    """
    with Judged({}) as worker:
        worker.exchange({"do": "forget", "seed": 0}, lambda *_: None)
        return worker.layers


def can_confine() -> bool:
    """Whether there is a sandbox on this machine."""
    try:
        return bool(sandbox_layers())
    except WorkerFailed:
        return False


def _environment() -> dict[str, str]:
    kept = {"SYSTEMROOT", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "LD_LIBRARY_PATH"}
    one_thread = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {
        **{name: value for name, value in os.environ.items() if name in kept},
        **dict.fromkeys(one_thread, "1"),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
    }
