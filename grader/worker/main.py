"""The only file that runs submitted code for the judge.

It is a process of its own, forked by `grader.worker.zygote` or, where that cannot be, started by
`grader.transport.worker_process`. It holds no spec, no expected value and no solution, and imports
nothing of ours but its own package and `grader.messages.message`.
"""

import io
import json
import os
import socket
import sys
import types
from collections.abc import Callable
from typing import Any, NoReturn

from grader.worker import wire
from grader.worker.exception_report import describe
from grader.worker.module_loader import importable
from grader.worker.source import Source, source_from
from grader.worker.workbench import Workbench


class _Output(io.TextIOBase):
    """Standard output and error of the submission: kept, up to a limit, until a reply takes it."""

    def __init__(self, limit: int) -> None:
        self.text = ""
        self.limit = limit

    def write(self, text: str) -> int:
        self.text += text[: max(0, self.limit - len(self.text))]
        return len(text)

    def writable(self) -> bool:
        return True

    def take(self) -> str:
        taken, self.text = self.text, ""
        return taken


class RequestLoop:
    """Reads requests, has them done, and replies."""

    def __init__(self, channel: wire.Channel, sources: dict[str, Source], output: _Output) -> None:
        self.channel = channel
        self.sources = sources
        self.output = output
        self.workbench = Workbench(sources, channel.max_blob)
        self.current = 0

    def serve(self) -> NoReturn:
        while True:
            self.answer(self.receive())

    def receive(self) -> dict[str, Any]:
        try:
            return self.channel.receive()  # type: ignore[no-any-return]
        except wire.Disconnected:
            # The judge has hung up. An exception could be caught by the submission.
            os._exit(0)

    def answer(self, request: dict[str, Any]) -> None:
        self.current = request.pop("id")
        try:
            self.reply(answer=self.workbench.perform(request, self.call_back))
        except BaseException as error:
            self.reply(error=_plain(describe(error, self.sources)))

    def reply(self, **content: Any) -> None:
        try:
            self.channel.send({"id": self.current, "output": self.output.take(), **content})
        except wire.Disconnected:
            os._exit(0)

    def call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Have a function of the spec run; it may make requests of its own meanwhile."""
        self.reply(callback=number, args=args, kwargs=kwargs)
        while True:
            request = self.receive()
            if request["do"] == "resume":
                self.current = request["id"]
                return request["value"]
            self.answer(request)


def _plain(report: Any) -> dict[str, Any]:
    """A report in the words of the wire."""
    return {**vars(report), "frames": [vars(frame) for frame in report.frames]}


def lead_nowhere(stream: int) -> None:
    """Let a standard stream lead nowhere from now on.

    Parameters
    ----------
    stream : int
        Its descriptor.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, stream)
    os.close(nowhere)


def _connect() -> wire.Channel:
    """Take the connection off standard input."""
    if sys.platform == "win32":
        connection = socket.fromshare(sys.stdin.buffer.read())
    else:
        connection = socket.socket(fileno=os.dup(0))
        lead_nowhere(0)
    return wire.Channel(connection)


def _hide_the_dataset() -> None:
    """Let ``from dataset.mnist import load_mnist`` succeed, and its call refuse."""

    def load_mnist(*args: object, **kwargs: object) -> NoReturn:
        raise RuntimeError("load_mnist is not to be had while a submission is judged")

    package, module = types.ModuleType("dataset"), types.ModuleType("dataset.mnist")
    package.__dict__.update(mnist=module, load_mnist=load_mnist, __path__=[])
    module.__dict__.update(load_mnist=load_mnist)
    sys.modules.update({"dataset": package, "dataset.mnist": module})


Confine = Callable[[int], list[str]]
"""Puts this process into the sandbox, with so many bytes of memory, and answers with the layers."""


def serve(channel: wire.Channel, confine: Confine) -> NoReturn:
    """Receive a submission and serve requests on it until the judge hangs up.

    Parameters
    ----------
    channel : Channel
        The connection to the judge.
    confine : callable
        The way into the sandbox.
    """
    start = channel.receive()
    described = json.loads(start["sources"].tobytes())
    sources = {name: source_from(source) for name, source in described.items()}
    _hide_the_dataset()
    lead_nowhere(2)  # what goes wrong from here on, is sent
    layers = []
    if start["memory"] is not None:
        try:
            layers = confine(start["memory"])
        except Exception as error:
            channel.send({"failed": str(error)})
            os._exit(1)
    channel.send({"layers": layers})
    channel.max_blob = start["max_blob"]
    output = _Output(start["max_output"])
    sys.stdout = sys.stderr = output
    with importable(sources):
        RequestLoop(channel, sources, output).serve()


def main() -> NoReturn:
    """Serve the judge at the other end of standard input."""

    def confine(memory: int) -> NoReturn:
        raise RuntimeError(f"there is no sandbox for {sys.platform}")

    serve(_connect(), confine)
