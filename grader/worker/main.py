"""The worker process: runs the code of one submission for the judge.

The process is forked by `grader.worker.zygote`, or, where there is no zygote, started by
`grader.transport.worker_process`. It has no spec, no expected value and no solution, and of the
grader it imports only its own package and `grader.messages.message`.
"""

import io
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NoReturn

import numpy as np

from grader.worker import wire
from grader.worker.exception_report import describe
from grader.worker.loading.imports import hide_the_dataset
from grader.worker.loading.offer import Offer
from grader.worker.module_loader import importable
from grader.worker.source import Source, source_from
from grader.worker.wire import WireError, reply_bounds, request_bounds
from grader.worker.workbench import Workbench


class _Output(io.TextIOBase):
    """Captures standard output and error up to a limit, until a reply takes it."""

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
    """Reads requests, performs them on a workbench, and sends replies."""

    def __init__(
        self,
        channel: wire.Channel,
        sources: dict[str, Source],
        output: _Output,
        shared: dict[int, memoryview],
    ) -> None:
        self.channel = channel
        self.sources = sources
        self.output = output
        self.workbench = Workbench(sources, channel.sends.blob, shared)
        self.current = 0
        self.answers: list[object] = []

    def serve(self) -> NoReturn:
        """Answer requests until the judge disconnects."""
        while True:
            self.answer(self.receive())

    def receive(self) -> dict[str, Any]:
        """Wait for the next request."""
        try:
            return self.channel.receive()  # type: ignore[no-any-return]
        except wire.Disconnected:
            # The judge has disconnected. Not sys.exit: the submission could catch the exception.
            os._exit(0)

    def answer(self, request: dict[str, Any]) -> None:
        """Do what is asked, and send an answer to each request before the next call is made.

        A call may never come to an end, or end the process: what was answered before must count.
        """
        self.current = request.pop("id")
        requests = request["requests"] if request["do"] == "several" else [request]
        has_news = False
        try:
            for one in requests:
                if has_news and one["do"] == "call":
                    self.send_answers()
                    has_news = False
                answer = self.workbench.perform(one, self.call_back)
                self.answers.append(answer)  # to what a callback has left of them
                has_news = has_news or "mute" not in one
            self.send_answers()
        except BaseException as error:
            self.fail(error)

    def send_answers(self) -> None:
        """Send the answers that are there: together, unless that is too large for a frame."""
        answers, self.answers = self.answers, []
        if len(answers) > 1:
            with suppress(WireError):
                self.reply(answers=answers)
                return
        for answer in answers:
            self.reply(answer=answer)

    def fail(self, error: BaseException) -> None:
        """Send the answers from before an exception, and then the exception."""
        report = _plain(describe(error, self.sources))
        try:
            self.send_answers()
        except WireError as too_large:
            report = _plain(describe(too_large, self.sources))
        self.reply(error=report)

    def reply(self, **content: Any) -> None:
        """Send a reply, including the output since the previous one."""
        output = self.output.take()
        try:
            self.channel.send({"id": self.current, "output": output, **content})
        except wire.Disconnected:
            os._exit(0)
        except WireError:
            self.output.text = output
            raise

    def call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the spec, and answer requests that it makes until it returns."""
        self.send_answers()
        self.reply(callback=number, args=args, kwargs=kwargs)
        while True:
            request = self.receive()
            if request["do"] == "resume":
                self.current = request["id"]
                return request["value"]
            self.answer(request)


def _plain(report: Any) -> dict[str, Any]:
    """Convert a report to dicts and lists, which the wire can carry."""
    missing = vars(report.missing) if report.missing else None
    return {
        **vars(report),
        "frames": [vars(frame) for frame in report.frames],
        "missing": missing,
    }


def redirect_to_null(stream: int) -> None:
    """Redirect a standard stream to the null device.

    Parameters
    ----------
    stream : int
        File descriptor of the stream.
    """
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, stream)
    os.close(null)


def _connect() -> wire.Channel:
    """Return the connection to the judge, which is passed as standard input."""
    if sys.platform == "win32":
        connection = socket.fromshare(sys.stdin.buffer.read())
    else:
        connection = socket.socket(fileno=os.dup(0))
        redirect_to_null(0)
    return wire.Channel(connection)


Confine = Callable[[int], list[str]]
"""Enters the sandbox with a memory limit in bytes, and returns the names of its layers."""


def serve(
    channel: wire.Channel, confine: Confine, mapped: Sequence[memoryview] | None = None
) -> NoReturn:
    """Receive a submission, and serve requests on it until the judge disconnects.

    Parameters
    ----------
    channel : Channel
        The connection to the judge.
    confine : callable
        Enters the sandbox, as `Confine`; not called if the judge sends no memory limit.
    mapped : sequence of memoryview, optional
        The contents of the shared arrays. Without it, the judge sends them.
    """
    start = channel.receive()
    if mapped is None:
        mapped = [_receive_content(channel, size) for _, size in start["shared"]]
    numbers = (number for number, _ in start["shared"])
    shared = dict(zip(numbers, mapped, strict=True))
    described = json.loads(start["sources"].tobytes())
    sources = {name: source_from(source) for name, source in described.items()}
    hide_the_dataset()
    redirect_to_null(2)  # from here on, errors are sent to the judge
    layers = []
    if start["memory"] is not None:
        try:
            layers = confine(start["memory"])
        except Exception as error:
            channel.send({"failed": str(error)})
            os._exit(1)
    channel.send({"layers": layers})
    channel.receives = request_bounds(start["max_request"])
    channel.sends = reply_bounds(start["max_answer"], start["max_output"])
    output = _Output(start["max_output"])
    sys.stdout = sys.stderr = output
    exercises = {module: tuple(names) for module, names in start["exercises"].items()}
    with importable(sources, Offer(exercises, tuple(start["modules"]))):
        RequestLoop(channel, sources, output, shared).serve()


def _receive_content(channel: wire.Channel, size: int) -> memoryview:
    """Receive the bytes of a shared array, which the judge sends in several frames."""
    content = bytearray(size)
    received = 0
    while received < size:
        part: np.ndarray = channel.receive()
        content[received : received + part.size] = part.data
        received += part.size
    return memoryview(content).toreadonly()


def main() -> NoReturn:
    """Serve the judge without a zygote, over the connection on standard input."""

    def confine(memory: int) -> NoReturn:
        raise RuntimeError(f"there is no sandbox for {sys.platform}")

    serve(_connect(), confine)
