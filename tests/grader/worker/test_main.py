"""The worker by itself: what its end of the connection does."""

import contextlib

import pytest

from grader.course.limits import Limits
from grader.transport.worker_process import start_worker
from grader.worker import wire
from grader.worker.source import Source

LAYERS = """
import os
import sys

def ask(): return input()
def write_past_python():
    os.write(1, b"loud")
    os.write(2, b"loud")
def is_terminal(): return sys.stdout.isatty()
def show(text):
    sys.stdout.write(text)
    sys.stdout.flush()
    print("end", file=sys.stdout, flush=True)
def apply(f): return f()
def catch(f):
    try:
        f()
    except BaseException:
        while True:
            pass
"""


@contextlib.contextmanager
def worker():
    """A worker with a module, as what ends its process and the connection to it."""
    sources = {"layers": Source("/submission/layers.py", LAYERS)}
    started = start_worker(sources, Limits(), confined=False)
    ended = []

    def end(patience=0):
        ended.append(started.process.end(patience))
        return ended[-1]

    try:
        yield end, started.channel
    finally:
        started.channel.close()
        if not ended:
            end()


@pytest.fixture(scope="module")
def ask():
    """Asks one worker for one thing after another, and returns its whole reply."""
    with worker() as (_, channel):
        yield asker(channel)


def asker(channel):
    """What sends a request and receives the reply."""

    def ask(number, **request):
        channel.send({"id": number, **request}, soon())
        return channel.receive(soon())

    return ask


def soon():
    """The time for what takes none."""
    return wire.within(30)


def call(ask, name, *args):
    """Call a function of the module."""
    return ask(1, do="call", target=place(name), args=args, kwargs={})


def place(name, module="layers"):
    """The way to something in a module."""
    return wire.Reference(module, (("attribute", name),))


def test_a_worker_ends_when_the_judge_hangs_up():
    """Nobody has to kill it."""
    with worker() as (end, channel):
        channel.close()
        assert end(30) == 0


@pytest.mark.parametrize("function", ["apply", "catch"])
def test_a_worker_ends_when_the_judge_hangs_up_during_a_callback(function):
    """Also while the learner's code waits for the spec's function."""
    with worker() as (end, channel):
        assert call(asker(channel), function, wire.Callback(0))["callback"] == 0
        channel.close()
        assert end(30) == 0


def test_each_reply_carries_the_number_of_its_request(ask):
    """So that no reply is taken for another."""
    for number in (7, 3, 2**40):
        reply = ask(number, do="value", target=place("apply"))
        assert reply["id"] == number
        assert isinstance(reply["answer"], wire.Remote)


def test_an_error_is_a_reply(ask):
    """The worker goes on after it."""
    reply = ask(5, do="value", target=place("f", module="no_such_module"))
    assert reply["id"] == 5
    assert reply["error"]["type"] == "ModuleNotFoundError"
    assert ask(6, do="value", target=place("nothing"))["error"]["type"] == "AttributeError"
    reply = ask(7, do="unheard of", target=place("apply"))
    assert (reply["id"], reply["error"]["frames"]) == (7, [])
    assert "answer" in ask(8, do="value", target=place("apply"))


def test_standard_input_leads_nowhere(ask):
    """A submission that asks a question gets an end of file, not the connection."""
    assert call(ask, "ask")["error"]["type"] == "EOFError"


def test_what_is_written_past_python_goes_nowhere(capfd):
    """The descriptors of output lead to no terminal of ours."""
    with worker() as (_, channel):
        assert "answer" in call(asker(channel), "write_past_python")
    assert capfd.readouterr() == ("", "")


def test_output_is_capped_before_it_is_sent(ask):
    """However much is printed, the reply has room for the answer, and shows that it was more."""
    assert len(call(ask, "show", "x" * 10**6)["output"]) == Limits().output_characters + 1
    assert call(ask, "show", "text ")["output"] == "text end\n"


def test_standard_output_is_a_text_stream(ask):
    """Writing, flushing and asking whether it is a terminal work as usual."""
    reply = call(ask, "show", "text ")
    assert reply["output"] == "text end\n"
    assert call(ask, "is_terminal")["answer"] is False
