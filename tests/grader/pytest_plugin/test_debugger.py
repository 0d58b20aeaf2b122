"""A learner's own line in a debugger: an editor drives debugpy by its protocol, as VS Code does.

https://microsoft.github.io/debug-adapter-protocol/specification
"""

import json
import subprocess
import sys
from itertools import count

import pytest
from pytest_learner import AFFINE

SECONDS = 60


class Editor:
    """Starts a program in the debugger, and waits for what happens in it."""

    def __init__(self, root):
        self.adapter = subprocess.Popen(
            [sys.executable, "-m", "debugpy.adapter"],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.numbers = count(1)

    def asks(self, command, **arguments):
        """Send a request, and return its number."""
        number = next(self.numbers)
        request = {"seq": number, "type": "request", "command": command, "arguments": arguments}
        content = json.dumps(request).encode()
        self.adapter.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.adapter.stdin.flush()
        return number

    def receives(self):
        """Return the next message."""
        size = 0
        while line := self.adapter.stdout.readline().strip():
            size = int(line.partition(b":")[2])
        return json.loads(self.adapter.stdout.read(size))

    def waits(self, event):
        """Return the body of the next event of this name."""
        while True:
            message = self.receives()
            assert message.get("success", True), message
            assert message.get("event") != "terminated", f"ended before {event}"
            if message.get("event") == event:
                return message.get("body")

    def answer(self, command, **arguments):
        """Send a request, and return the body of its answer."""
        number = self.asks(command, **arguments)
        while True:
            message = self.receives()
            if message.get("request_seq") == number:
                assert message["success"], message
                return message["body"]

    def stops_at(self, file, line, *arguments):
        """Debug pytest with a breakpoint, and return the frames where it stops."""
        self.answer("initialize", adapterID="python", pathFormat="path", linesStartAt1=True)
        python = {"module": "pytest", "python": [sys.executable], "console": "internalConsole"}
        self.asks("launch", **python, args=[*arguments], cwd=str(file.parents[2]), justMyCode=True)
        self.waits("initialized")
        place = {"source": {"path": str(file)}, "breakpoints": [{"line": line}]}
        (set_there,) = self.answer("setBreakpoints", **place)["breakpoints"]
        assert set_there["verified"]
        self.asks("configurationDone")
        thread = self.waits("stopped")["threadId"]
        return self.answer("stackTrace", threadId=thread)["stackFrames"]

    def values_in(self, frame):
        """Return the values of the local variables of a frame, as the editor shows them."""
        scopes = self.answer("scopes", frameId=frame["id"])["scopes"]
        (number,) = (one["variablesReference"] for one in scopes if one["name"] == "Locals")
        shown = self.answer("variables", variablesReference=number)["variables"]
        return {one["name"]: one["value"] for one in shown}


@pytest.fixture
def editor(learner):
    editor = Editor(learner.root)
    yield editor
    editor.asks("disconnect", terminateDebuggee=True)  # else pytest would stay where it stopped
    editor.adapter.communicate(timeout=SECONDS)


@pytest.mark.thorough
@pytest.mark.timeout(SECONDS)
def test_a_breakpoint_stops_in_the_learners_own_line(learner, editor):
    """In their file, above all else that is theirs, with the values that the spec passes."""
    learner.solves("03_affine")
    file = learner.root / AFFINE
    lines = file.read_text("utf-8").splitlines()
    line = next(i for i, text in enumerate(lines, 1) if "self.db =" in text)
    spec = f"{AFFINE}::test_Affine_works_through_the_example"
    top = editor.stops_at(file, line, spec)[0]
    assert (top["source"]["path"], top["line"], top["name"]) == (str(file), line, "backward")
    assert editor.values_in(top)["dout"].startswith("array([[")
