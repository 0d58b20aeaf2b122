"""The transport of a learner's own pytest."""

import os
import traceback
from textwrap import dedent

import pytest

from grader.transport.in_process import InProcess, Spent
from grader.transport.student import Student, StudentError, TimedOut
from grader.worker.module_loader import importable
from grader.worker.source import Source


@pytest.fixture
def at_home():
    """Run a module in this process, as a learner's own pytest does."""
    opened = []

    def begin(text):
        sources = {"layers": Source("/submission/layers.py", dedent(text))}
        opened.append(importable(sources))
        opened[-1].__enter__()
        return InProcess(sources)

    yield begin
    for context in reversed(opened):
        context.__exit__(None, None, None)


def test_a_debugger_opens_at_the_learners_innermost_line(at_home):
    """The traceback ends where the learner's code raised, not in a library or the grader."""
    text = "import json\ndef f(): return g()\ndef g(): return json.loads('nonsense')\n"
    student = Student(at_home(text), "layers", 0)
    with pytest.raises(StudentError) as caught:
        student.f()
    steps = traceback.extract_tb(caught.value.__traceback__)
    assert [step.name for step in steps][-2:] == ["f", "g"]
    assert steps[-1].filename == "/submission/layers.py"


def test_the_learners_code_runs_in_this_process(at_home, capsys):
    """Its output is not captured by the transport."""
    student = Student(
        at_home("import os\ndef f():\n    print('hello')\n    return os.getpid()\n"), "layers", 0
    )
    assert student.f() == os.getpid()
    assert capsys.readouterr().out == "hello\n"


def test_an_interrupt_is_not_swallowed(at_home):
    """Ctrl-C ends the run, not only the spec."""
    student = Student(at_home("def f(): raise KeyboardInterrupt"), "layers", 0)
    with pytest.raises(KeyboardInterrupt):
        student.f()


def test_an_import_that_was_interrupted_is_not_tried_again(at_home):
    """An endless import costs one time-out, not one per spec."""
    way = at_home("import sys\ndef f(): return 1\nsys.modules['pytest'].fail('Timeout')\n")
    with pytest.raises(pytest.fail.Exception):
        Student(way, "layers", 0).f()
    with pytest.raises(TimedOut, match="import"):
        Student(way, "layers", 0).f()


def test_an_import_that_failed_is_tried_again(at_home):
    """Each spec reports the reason."""
    way = at_home("1 / 0")
    for _ in range(2):
        with pytest.raises(StudentError, match="ZeroDivisionError"):
            Student(way, "layers", 0).f()


def test_the_time_of_the_learners_code_is_known(monkeypatch):
    """Without that of the functions that it is given; the longest stretch has a name."""
    clock = iter([0, 1, 11, 13, 20, 25])  # a second, then ten of ours, then two; then five
    monkeypatch.setattr("grader.transport.in_process.time.perf_counter", lambda: next(clock))
    text = "def call(f):\n    return f(1)\n\n\ndef slow():\n    return 2\n"
    sources = {"mine": Source("mine.py", text)}
    with importable(sources):
        transport = InProcess(sources)
        student = Student(transport, "mine", 0)
        assert student.call(lambda x: x + 1) == 2
        assert transport.spent == Spent(total=3, longest=2, name="call")
        assert student.slow() == 2
    assert transport.spent == Spent(total=8, longest=5, name="slow")
