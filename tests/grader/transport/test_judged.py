"""Both transports: limits, forged replies, isolation, and the in-process specifics."""

import os
import random
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from processes import is_gone, is_running

from grader.course.course import Course, Exercise
from grader.course.limits import Limits
from grader.messages.message import Message, english
from grader.mistakes.diagnosis import diagnose
from grader.specs.assertions import Mismatch, assert_matches
from grader.transport import judged as transport
from grader.transport.judged import MAX_OUTPUTS, Judged
from grader.transport.student import (
    Crashed,
    Student,
    StudentError,
    TimedOut,
    TooMuch,
    likely_cause,
    settle,
)
from grader.transport.worker_process import can_confine
from grader.verdicts.verdict import Outcome
from grader.worker.source import Source

LAYERS = """
import os
import sys
import time
import numpy as np

print("imported")

LAYER = {"W": 1.0}

def one(): return 1
def identity(x): return x
def pid(): return os.getpid()
def loop():
    while True:
        pass
def swallow_and_loop():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
def nap(seconds): time.sleep(seconds)
def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
def allocate(mib, how):
    if how == "array":
        return np.ones(mib << 17).nbytes
    return len(bytearray(mib << 20))
def zeros(size, times=1):
    found = [np.zeros(size) for _ in range(times)]
    return found if times > 1 else found[0]
def apply(f): return f()
def leave(code): os._exit(code)
def kill(number): os.kill(os.getpid(), number)
def say(text, times=1):
    for _ in range(times):
        print(text)
def complain(text): print(text, file=sys.stderr)
def say_and_fail(text):
    print(text)
    raise ValueError
def path(): return [str(entry) for entry in sys.path]
def environment(): return dict(os.environ)
def folder(): return os.getcwd()
def bring(name):
    __import__(name)
    return "imported"
def use(name):
    module = __import__(name)
    for part in name.split(".")[1:]:
        module = getattr(module, part)
    return module()
def kind(name):
    module = __import__(name)
    for part in name.split(".")[1:]:
        module = getattr(module, part)
    return type(module).__name__
def read_data():
    from dataset.mnist import load_mnist
    return load_mnist(normalize=True)
def loaded(): return sorted(sys.modules)
def fill_socket():
    for fd in sockets():
        os.write(fd, b"\\xff" * 4096)

# Attacks on the protocol. They write to the only socket of this process, or make the grader's
# own code in it write forged messages.

import json
import stat
import struct

def sockets():
    found = []
    for fd in range(256):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                found.append(fd)
        except OSError:
            pass
    return found

def write(content):
    for fd in sockets():
        os.write(fd, bytes(content))

def flood(first, last):
    for number in range(first, last):
        text = json.dumps({"id": number, "output": "", "answer": 42}).encode()
        write(struct.pack("<II", len(text), 0) + text)

def half():
    write(struct.pack("<II", 1000, 0))
    loop()

def send_too_much(form, text, times, size):
    from grader.worker import wire
    def send(channel, reply, remaining=None):
        answer = form % (text * times)
        header = ('{"id":%d,"output":"","answer":%s}' % (reply["id"], answer)).encode()
        channel._connection.sendall(struct.pack("<II", len(header), size) + header + bytes(size))
    wire.Channel.send = send
    return 1

def patch(change, times=1):
    from grader.worker import wire
    send = wire.Channel.send
    def forged(channel, reply, remaining=None):
        wire.Channel.send = send
        for _ in range(times):
            send(channel, change(reply), remaining)
    wire.Channel.send = forged

def forge(changes, without):
    patch(lambda reply: {**{k: v for k, v in reply.items() if k not in without}, **changes})
    return 1

def replace(message):
    patch(lambda reply: message)

def lie(text, f=None):
    import sys
    words = {"np": np, "wire": sys.modules["grader.worker.wire"]}
    patch(lambda reply: {"id": reply["id"], "output": "", **eval(text, words)})
    return f(1.0) if f else 1

def replay():
    patch(lambda reply: reply, times=2)
    return "replayed"

def forge_later_answers():
    from grader.worker import wire
    send = wire.Channel.send
    def forged(channel, reply, remaining=None):
        if "answer" in reply and reply["answer"] is not None:
            reply["answer"] = 42
        if "answers" in reply:
            reply["answers"] = [42] * len(reply["answers"])
        send(channel, reply, remaining)
    wire.Channel.send = forged
"""

GENEROUS = Limits(call_seconds=20, total_seconds=100, call_cpu_seconds=20, total_cpu_seconds=100)
MAX_OUTPUT = GENEROUS.output_characters
MODULE = {"layers": Source("/submission/layers.py", LAYERS)}


@pytest.fixture(scope="module")
def shared():
    """One worker for the tests that leave it intact; after the others, the next one is started."""
    with Judged(MODULE) as judged:
        yield judged


@pytest.fixture
def judged(shared):
    """The transport with generous limits and nothing spent."""
    shared.limits = GENEROUS
    shared.begin()
    shared.take_output()
    return shared


@pytest.fixture
def learner(judged):
    """The module behind the transport, already imported."""
    student = Student(judged, "layers", 0)
    assert student.one() == 1
    judged.take_output()
    return student


@pytest.fixture
def liar(judged, learner):
    """The module, for a test after which the worker cannot be trusted."""
    yield learner
    try:
        is_honest = again(judged).identity("honest") == "honest"
    except Exception:
        is_honest = False
    if not is_honest:
        judged.close()


@pytest.fixture
def begin():
    """Start a worker with the given module."""
    opened = []

    def begin(text):
        opened.append(Judged({"layers": Source("/submission/layers.py", dedent(text))}))
        return Student(opened[-1], "layers", 0)

    yield begin
    for judged in opened:
        judged.close()


def again(judged):
    """Return the same module for another spec."""
    return Student(judged, "layers", 0)


# Time limits


@pytest.mark.parametrize("function", ["loop", "swallow_and_loop"])
def test_an_endless_loop_is_stopped_and_the_next_request_gets_a_new_worker(
    judged, learner, function
):
    """The process is killed, even if the loop catches every exception."""
    pid = learner.pid()
    judged.limits = replace(GENEROUS, call_seconds=0.3)
    with pytest.raises(TimedOut, match=r"0\.3 s for one call"):
        getattr(learner, function)()
    judged.limits = GENEROUS
    assert again(judged).one() == 1
    assert again(judged).pid() != pid
    assert is_gone(pid)


def test_an_endless_import_is_stopped(begin):
    """Importing a module is subject to the same limits."""
    learner = begin("while True: pass")
    learner._transport.limits = replace(GENEROUS, call_seconds=0.3)
    with pytest.raises(TimedOut):
        learner.one()


def test_an_incomplete_answer_times_out(judged, learner):
    """An incomplete frame is subject to the same limits."""
    judged.limits = replace(GENEROUS, call_seconds=0.3)
    with pytest.raises(TimedOut):
        learner.half()
    assert again(judged).one() == 1


def test_the_times_of_all_calls_of_an_exercise_add_up(judged, learner):
    """Many short calls are stopped at the total limit."""
    judged.begin()
    judged.limits = replace(GENEROUS, total_seconds=0.3)
    learner.nap(0.1)[...]
    assert 0.1 <= judged.spent < 0.3
    with pytest.raises(TimedOut, match=r"0\.3 s for the whole exercise"):
        learner.nap(5)
    with pytest.raises(TimedOut, match=r"0\.3 s for the whole exercise"):
        again(judged).one()


def test_when_no_time_is_left_no_worker_is_started(judged, learner, monkeypatch):
    """The remaining specs of an exercise are TIMED_OUT without being run."""
    judged.close()
    judged.limits, judged.spent = replace(GENEROUS, total_seconds=1), 1.0
    started = []
    monkeypatch.setattr(transport, "start_worker", started.append)
    with pytest.raises(TimedOut):
        again(judged).one()
    assert not started


def test_the_time_of_a_function_of_the_spec_counts_for_the_exercise_only(judged, learner):
    """The learner's code decides how often it is called, so only the total is charged."""
    judged.limits = replace(GENEROUS, call_seconds=0.3, total_seconds=10)
    judged.begin()
    assert learner.apply(lambda: time.sleep(0.4))[...] is None
    assert 0.4 <= judged.spent < 10
    judged.limits = replace(GENEROUS, total_seconds=0.3)
    judged.begin()
    with pytest.raises(TimedOut, match=r"0\.3 s for the whole exercise"):
        learner.apply(lambda: time.sleep(0.4))


def test_a_time_out_within_a_callback_is_raised_as_one(judged, learner):
    """A callback that calls an endless loop ends the spec, and the worker."""
    judged.limits = replace(GENEROUS, call_seconds=0.3)
    with pytest.raises(TimedOut):
        learner.apply(lambda: learner.loop())
    judged.limits = GENEROUS
    assert again(judged).one() == 1


def test_a_spec_that_is_left_in_the_middle_of_a_callback_leaves_the_worker_usable(judged, learner):
    """`pytest.fail` leaves a spec like this; the next spec can use the worker."""

    def leave():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learner.apply(leave)
    student = again(judged)
    assert student.identity("next") == "next"
    assert student.apply(lambda: 5) == 5


# Limits of processor time, memory, message size and output


@pytest.mark.skipif(sys.platform != "linux", reason="the time of another process is not told")
def test_a_busy_call_is_stopped_at_its_processor_time(judged, learner):
    """It is stopped although wall-clock time is left."""
    judged.limits = replace(GENEROUS, call_cpu_seconds=0.3)
    with pytest.raises(TimedOut, match=r"0\.3 s of processor time for one call"):
        learner.loop()
    assert again(judged).one() == 1


def test_a_sleeping_call_uses_no_processor_time(judged, learner):
    """It is not stopped at the limit of processor time."""
    judged.limits = replace(GENEROUS, call_cpu_seconds=0.1, total_cpu_seconds=0.1)
    assert learner.nap(0.4)[...] is None
    assert judged.spent_cpu < 0.1 < 0.4 <= judged.spent


def test_a_sleeping_call_is_stopped_at_its_wall_clock_time(judged, learner):
    """A limit of processor time alone would let it sleep forever."""
    judged.limits = replace(GENEROUS, call_seconds=0.3)
    with pytest.raises(TimedOut, match=r"0\.3 s for one call"):
        learner.nap(30)


@pytest.mark.skipif(sys.platform != "linux", reason="the time of another process is not told")
def test_the_processor_time_of_an_exercise_adds_up(judged, learner):
    """It adds up over calls, and over the learner's code around and within a callback."""
    judged.limits = replace(GENEROUS, total_cpu_seconds=0.4)
    learner.spin(0.1)[...]
    assert judged.spent_cpu >= 0.1
    learner.apply(lambda: learner.spin(0.1))
    assert judged.spent_cpu >= 0.2
    for _ in range(2):
        with pytest.raises(TimedOut, match=r"0\.4 s of processor time for the whole exercise"):
            again(judged).loop()
    judged.begin()
    assert again(judged).one() == 1


def test_the_time_within_a_callback_adds_up(judged, learner):
    """The time of the learner's code before, in and after the spec's function is added up."""
    learner.apply(lambda: learner.nap(0.1))
    assert judged.spent >= 0.1
    learner.nap(0.1)
    assert judged.spent >= 0.2


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt])
def test_a_budget_is_for_one_spec_alone(judged, learner, error):
    """It neither depends on nor changes the totals, however the spec ends."""
    judged.limits = replace(GENEROUS, call_seconds=0.2, total_seconds=5)
    learner.one()
    before = judged.limits, judged.spent, judged.spent_cpu

    def spec():
        with judged.budget(20):
            assert judged.spent == judged.spent_cpu == 0
            learner.nap(0.4)
            if error:
                raise error

    with pytest.raises(error) if error else nullcontext():
        spec()
    assert (judged.limits, judged.spent, judged.spent_cpu) == before
    with pytest.raises(TimedOut, match=r"0\.2 s for one call"):
        learner.nap(30)


def test_a_budget_is_a_limit_too(judged, learner):
    """It limits all calls together; the rest of the exercise keeps the usual limits."""
    with judged.budget(0.3):
        learner.nap(0.1)
        with pytest.raises(TimedOut):
            learner.nap(30)
        with pytest.raises(TimedOut, match="whole exercise"):
            again(judged).one()
    assert again(judged).one() == 1


def test_what_is_spent_on_likely_causes_is_limited_and_not_counted(monkeypatch):
    """Code that takes long to read is not read a second time."""
    monkeypatch.setattr(transport, "SUSPECT_SECONDS", 0.05)
    code = "class Affine:\n" + "    x = 1 + 2\n" * 100_000
    sources = {"affine": Source("/submission/affine.py", code)}
    with Judged(sources, confined=False) as worker:
        student = Student(worker, "affine", 0)
        assert likely_cause(student, "test_Affine") == ""
        assert worker._suspect_seconds >= 0.05
        assert likely_cause(student, "test_Affine") == ""
        assert worker._worker is None
        assert worker.spent < 0.05


@pytest.mark.parametrize("answer", [None, "a text", 7, ["msg", "x", {}], {"a": 1}], ids=repr)
def test_a_likely_cause_is_a_message_or_nothing(monkeypatch, answer):
    """A worker may answer anything."""
    with Judged({}, confined=False) as worker:
        monkeypatch.setattr(worker, "suspect", lambda request: answer)
        assert likely_cause(Student(worker, "affine", 0), "test_Affine") == ""


@pytest.fixture
def crowded(judged, learner):
    """Three loops on the processor of the worker, which gets half of it at most."""
    core = {min(os.sched_getaffinity(0))}
    loop = (
        "import time\nend = time.monotonic() + 60\nprint(flush=True)\n"
        "while time.monotonic() < end: pass"
    )
    command = [sys.executable, "-c", loop]
    loops = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    for one in loops:
        one.stdout.readline()  # it has begun
        os.sched_setaffinity(one.pid, core)
    os.sched_setaffinity(judged._worker.process.pid, core)
    yield
    for one in loops:
        one.kill()
        one.communicate()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells for how long a process waited")
@pytest.mark.parametrize(
    ("limit", "calls"), [("call_seconds", (0.6,)), ("total_seconds", (0.3, 0.3))]
)
def test_time_in_which_a_worker_waited_for_a_processor_does_not_count(
    judged, learner, crowded, monkeypatch, limit, calls
):
    """It depends on what else the machine does; but it has an end, too."""
    monkeypatch.setattr(transport, "MOST_DELAY", 200)
    judged.limits = replace(GENEROUS, **{limit: 1})
    judged.begin()
    for seconds in calls:
        learner.spin(seconds)[...]
    assert judged.delayed > 0
    monkeypatch.setattr(transport, "MOST_DELAY", 0)
    with pytest.raises(TimedOut):
        learner.spin(0.9)[...]


def test_a_worker_that_waited_before_its_time_ran_out_is_contended(judged, learner):
    """For something other than a processor; one that has computed all the time has not."""
    learner.one()  # loads the module, which takes time to compute
    judged.limits = replace(GENEROUS, call_seconds=0.3)
    judged.contended = False
    with pytest.raises(TimedOut):
        learner.nap(30)
    assert judged.contended


@pytest.mark.skipif(not can_confine(), reason="the sandbox limits memory")
@pytest.mark.parametrize("how", ["bytearray", "array"])
def test_more_memory_than_is_allowed_is_refused_and_the_limit_named(how):
    """The learner's code gets an exception that names the limit; smaller requests then succeed."""
    with Judged(MODULE, limits=replace(GENEROUS, memory_mib=256)) as judged:
        learner = Student(judged, "layers", 0)
        with pytest.raises(StudentError, match=r"\(the limit is 256 MiB of memory\)") as caught:
            learner.allocate(512, how)
        assert caught.value.report.type == "MemoryError"
        assert learner.allocate(64, how) == 64 << 20


def test_a_limit_that_is_not_enforced_is_not_named():
    """Without the sandbox, only the machine limits memory."""
    with (
        Judged(MODULE, confined=False, limits=GENEROUS) as judged,
        pytest.raises(StudentError) as caught,
    ):
        Student(judged, "layers", 0).allocate(1 << 30, "bytearray")
    assert "limit" not in str(caught.value.report.message)


def test_an_answer_that_is_too_large_is_described_in_words():
    """The spec gets a value that matches nothing, and no process ends."""
    with Judged(MODULE, limits=replace(GENEROUS, answer_mib=1)) as judged:
        learner = Student(judged, "layers", 0)
        pid = learner.pid()
        assert learner.zeros(1 << 17).nbytes == 1 << 20
        told = learner.zeros(1 << 18)
        with pytest.raises(Mismatch, match="an array of 2,097,152 bytes, where 1,048,576"):
            assert_matches(told, np.zeros(1 << 18))
        told = learner.zeros(1 << 17, times=2)
        with pytest.raises(Mismatch, match="arrays of 2,097,152 bytes, where 1,048,576"):
            assert_matches(told, np.zeros(1 << 18))
        assert learner.pid() == pid


@pytest.mark.parametrize("text", ["x" * 60, "½" * 200])
def test_the_limit_of_output_can_be_set(text):
    """It counts characters, over one call or several."""
    with Judged(MODULE, limits=replace(GENEROUS, output_characters=100)) as judged:
        learner = Student(judged, "layers", 0)
        judged.take_output()
        learner.say(text, times=3)
        learner.say(text)
        assert_cut(judged.take_output(), 100)
        learner.say("short")
        assert judged.take_output() == "short\n"


# What this process does with answers


def spin(seconds):
    """Use processor time of this thread, as a slow comparison does."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_the_time_that_answers_take_here_is_charged():
    """From the first answer of a spec to its end, not what a spec does before or without them."""
    limits = replace(GENEROUS, total_cpu_seconds=5, total_seconds=5)
    with Judged(MODULE, limits=limits) as judged:
        with judged.spec():
            spin(0.3)
        assert judged.spent == 0
        with judged.spec():
            learner = Student(judged, "layers", 0)
            spin(0.3)
            assert learner.one() == 1
            before = judged.spent, judged.spent_cpu
            assert max(before) < 0.3
            spin(0.1)
            assert learner.one() == 1
            spin(0.1)
        assert judged.spent - before[0] >= 0.2
        assert judged.spent_cpu - before[1] >= 0.2
        spin(0.1)
        spent = judged.spent
        with judged.spec():
            pass
        assert judged.spent == spent


def test_a_limit_that_is_reached_by_comparing_says_so():
    """The learner's code was fast, but its answers took long to compare."""
    with Judged(MODULE, limits=replace(GENEROUS, total_seconds=0.2)) as judged:
        with judged.spec():
            assert Student(judged, "layers", 0).one() == 1
            spin(0.3)
        with judged.spec(), pytest.raises(TimedOut, match="reading and comparing what your code"):
            Student(judged, "layers", 0).one()[...]


def test_a_spec_takes_a_few_times_as_much_as_one_answer():
    """It might keep all answers until it ends; the next one starts afresh."""
    with Judged(MODULE, limits=replace(GENEROUS, answer_mib=1)) as judged:
        for _ in range(2):
            with judged.spec():
                learner, kept = Student(judged, "layers", 0), []
                with pytest.raises(TooMuch, match=r"returned too much: answers of 1\d,\d+,\d+ "):
                    kept.extend(learner.zeros(125_000)[...] for _ in range(100))
                assert 8 <= len(kept) <= 16


@pytest.mark.parametrize(
    ("form", "size"),
    [
        ('["list"%s]', (",1", 300_000, 0)),
        ('["list"%s]', (",{}", 100_000, 0)),
        ('"%s"', ("x", 3 << 20, 0)),
        ('["array","|i1",[5242880]]%s', ("", 0, 5 << 20)),
    ],
    ids=["numbers", "dicts", "text", "array"],
)
def test_a_reply_that_is_too_large_fails_the_spec_before_objects_are_made_of_it(
    judged, liar, outcome, form, size
):
    """It is the learner's failure, and the next spec gets a new worker."""
    pid = liar.pid()[...]
    assert outcome(lambda: liar.send_too_much(form, *size)[...]) is Outcome.FAILED
    assert again(judged).pid() != pid


def test_all_specs_of_an_exercise_together_keep_a_bounded_output():
    """Counted as it is written down, where an emoji takes as much as twelve letters."""
    limits = replace(GENEROUS, output_characters=100)
    with Judged(MODULE, limits=limits) as judged:
        learner = Student(judged, "layers", 0)
        assert learner.one() == 1
        judged.take_output()
        kept = []
        for _ in range(12):
            learner.say("\U0001f600" * 60)
            settle(learner)
            kept.append(judged.take_output())
    assert kept[0] == "\U0001f600" * 60 + "\n"
    assert 60 <= sum(text.count("\U0001f600") for text in kept) <= MAX_OUTPUTS * 100 / 12
    assert all("[the rest is dropped" in text for text in kept[1:])


# Crashes


def test_leaving_the_process_is_a_crash(judged, learner):
    """`os._exit` is reported with its exit code; 0 is not a success."""
    for code in (0, 3):
        with pytest.raises(Crashed, match=f"exit code {code}"):
            again(judged).leave(code)
    assert again(judged).one() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("number", [9, 15, 11])
def test_ending_by_a_signal_is_a_crash(number):
    """The number of the signal is reported."""
    with Judged(MODULE, confined=False) as judged:  # in the sandbox nothing can send a signal
        with pytest.raises(Crashed, match=f"signal {number}"):
            again(judged).kill(number)
        assert again(judged).one() == 1


def test_leaving_the_process_at_import_is_a_crash(begin):
    """It is not reported as a missing module."""
    with pytest.raises(Crashed, match="exit code 0"):
        begin("import os; os._exit(0)").one()


def test_a_crash_within_a_callback_is_raised_as_one(judged, learner):
    """A callback that ends the worker process ends the spec."""
    with pytest.raises(Crashed):
        learner.apply(lambda: learner.leave(1))
    assert again(judged).one() == 1


def test_a_process_that_ends_between_two_requests_is_a_crash(judged, learner):
    """The next request reports it."""
    judged.limits = GENEROUS
    os.kill(learner.pid(), 9)
    with pytest.raises(Crashed):
        learner.one()
    assert again(judged).one() == 1


def test_the_worker_is_gone_after_close():
    """No process is left behind, and closing again has no effect."""
    judged = Judged(MODULE)
    pid = Student(judged, "layers", 0).pid()
    assert is_running(pid)
    assert pid != os.getpid()
    judged.close()
    assert is_gone(pid)
    judged.close()


def test_the_worker_is_gone_after_a_with_statement():
    """It is gone after an exception too."""

    def run():
        with Judged(MODULE) as judged:
            pids.append(Student(judged, "layers", 0).pid())
            raise LookupError

    pids = []
    with pytest.raises(LookupError):
        run()
    assert is_gone(pids[0])


# Forged replies


NO_REPLIES = [
    ({"id": 10**6}, ()),
    ({"id": -1}, ()),
    ({"id": "1"}, ()),
    ({"id": None}, ()),
    ({"id": np.arange(3)}, ()),
    ({}, ("id",)),
    ({}, ("output",)),
    ({"output": 5}, ()),
    ({"output": np.arange(3)}, ()),
    ({}, ("answer",)),
    ({"answers": []}, ("answer",)),
    ({"answers": [1, 2]}, ("answer",)),  # to one question
    ({"answers": (1,)}, ("answer",)),
    ({"answers": [1]}, ()),
    ({"error": 5}, ("answer",)),
    ({"error": {}}, ("answer",)),
    ({"error": {"type": 1, "message": "", "frames": []}}, ("answer",)),
    ({"error": {"type": "E", "message": "", "frames": [1]}}, ("answer",)),
    ({"error": {"type": "E", "message": "", "frames": [{"file": 1}]}}, ("answer",)),
    ({"callback": "0", "args": (), "kwargs": {}}, ("answer",)),
    ({"callback": 0}, ("answer",)),
    ({"callback": 0, "args": [], "kwargs": {}}, ("answer",)),
    ({"callback": 0, "args": ()}, ("answer",)),
    ({"callback": 0}, ()),
    ({"callback": np.arange(3), "args": (), "kwargs": {}}, ()),
    ({"callback": 99, "args": (), "kwargs": {}}, ("answer",)),
    ({"callback": -1, "args": (), "kwargs": {}}, ("answer",)),
    ({"callback": 0, "args": (), "kwargs": {1: 2}}, ("answer",)),
]


@pytest.mark.parametrize(("changes", "without"), NO_REPLIES, ids=str)
def test_an_invalid_reply_is_a_crash(judged, liar, changes, without):
    """It ends the worker, never the judge."""
    liar.apply(lambda: None)  # so that there is a callback
    with pytest.raises(Crashed):
        liar.forge(changes, without)
    assert again(judged).identity("next") == "next"


@pytest.mark.parametrize("imported", [np.arange(3), [1], {"a": 1}, 5], ids=repr)
def test_a_forged_exception_is_no_more_than_an_exception(judged, liar, imported):
    """Odd values in place of a name do not become a grader error."""
    error = {"type": "E", "message": "", "frames": [], "imported": imported}
    with pytest.raises((Crashed, StudentError)):
        liar.forge({"error": error}, ("answer",))
    assert again(judged).identity("next") == "next"


def test_a_forged_exception_is_shortened(judged, liar):
    """A worker cannot fill the gradebook with megabytes of message."""
    long = "x" * 20_000
    frames = [{"file": long, "line": 1, "code": long, "module": long}] * 50
    error = {"type": long, "message": long, "frames": frames}
    with pytest.raises(StudentError) as caught:
        liar.forge({"error": error}, ("answer",))
    assert len(str(caught.value)) + len(repr(caught.value.report)) < 20_000


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("{a:>999999999}", {"a": "b"}),
        ("{a.__class__}", {"a": "b"}),
        ("{b}", {"a": "b"}),
        ("{a}" * 1000, {"a": "b" * 1000}),
        ("a" * 3000, {}),
    ],
)
@pytest.mark.parametrize("where", ["message", "hint"])
def test_a_forged_message_that_cannot_be_said_is_a_crash(judged, liar, where, key, values):
    """It would take the judge's memory, or its grader down, when somebody reads it."""
    error = {"type": "E", "message": "", "frames": [], where: Message(key, tuple(values.items()))}
    with pytest.raises(Crashed):
        liar.forge({"error": error}, ("answer",))
    assert again(judged).identity("next") == "next"


def test_a_forged_message_is_said_as_any_text(judged, liar):
    """A worker may as well send a text that reads the same; it is cut to size like one."""
    words = english("{title}, in {place}", title=english("nothing was handed in"), place="x" * 900)
    error = {"type": "E", "message": words, "frames": [], "hint": words}
    with pytest.raises(StudentError) as caught:
        liar.forge({"error": error}, ("answer",))
    assert caught.value.report.message == words
    assert caught.value.report.hint == str(words)[:200]


@pytest.mark.parametrize("message", [None, 1, "ready", [], (), {}, np.arange(3)], ids=repr)
def test_a_message_that_is_no_reply_at_all_is_a_crash(judged, liar, message):
    """A well-formed frame may hold any value."""
    with pytest.raises(Crashed):
        liar.replace(message)
    assert again(judged).one() == 1


@pytest.mark.parametrize(
    "content", [b"\xff" * 100, bytes(8), b"\2\0\0\0\0\0\0\0[]", b"\1\0\0\0\0\0\0\0{"], ids=repr
)
def test_bytes_written_to_the_socket_are_a_crash(judged, liar, content):
    """A submission that finds the socket can only break the connection."""
    with pytest.raises(Crashed):
        liar.write(list(content))
    assert again(judged).one() == 1


def test_forged_answers_with_every_number_shift_no_later_answer(judged, liar):
    """A reply to a later request is never taken for the reply to another one."""
    try:
        assert liar.flood(1, 2000) in (None, 42)
    except Crashed:
        liar = again(judged)
    for value in range(10):
        try:
            assert liar.identity(value) in (value, 42)
        except Crashed:
            liar = again(judged)
            assert liar.identity(value) == value


def test_a_repeated_answer_is_not_taken_for_the_next(judged, liar):
    """A reply that is sent twice is a crash at the next request."""
    assert liar.replay() == "replayed"
    with pytest.raises(Crashed):
        liar.one()
    assert again(judged).one() == 1


def test_a_worker_that_lies_gives_wrong_answers_and_nothing_else(judged, liar):
    """The learner's process can send anything; it is data, and is judged as such."""
    identity = liar.identity
    liar.forge_later_answers()[...]
    assert identity("right") == 42
    judged.close()
    assert again(judged).identity("right") == "right"


@pytest.mark.parametrize(
    "use",
    [
        lambda student: student.one(),
        lambda student: student.LAYER["W"][...],
        lambda student: student.LAYER[...],
    ],
    ids=["call", "item", "attribute"],
)
def test_a_forged_value_of_a_handle_is_a_wrong_answer(judged, liar, use):
    """The worker decides what a handle refers to, and can forge nothing else about it."""
    handle = liar.LAYER["W"]
    liar.forge_later_answers()[...]
    assert use(liar) == handle[...] == 42


# Types of the wire format that only the judge may send, and that only forged replies contain. The
# number of a function of the spec is one of them.
WORDS = [
    "wire.Reference('layers')",
    "wire.Reference('layers', (('attribute', 'one'),))",
    "wire.Reference('tabnanny', (('attribute', 'check'),))",
    "wire.Reference('no_such_module')",
    "wire.Reference(0, (('item', 'W'), ('item', np.arange(3)), ('item', (1, [2]))))",
    "wire.Reference(-1)",
    "wire.Reference(2**63)",
    "wire.Reference(10**4000)",
    "wire.Reference(0, (('method', 'x'),))",
    "wire.Reference(0, (('attribute', 5),))",
    "wire.Reference('\\ud800\\0')",
    "wire.Remote(-1, 'object')",
    "wire.Remote(10**4000, '\\ud800')",
    "wire.Callback(0)",
    "wire.Callback(-1)",
    "wire.Seed(0)",
    "wire.SharedArray(0, '|u1', (3,))",
    "wire.SharedArray(-1, '|u1', (3,))",
    "wire.Opaque('nothing')",
    "wire.Message('nothing was handed in')",
    "wire.Message('{a:>999999999}', (('a', 'b'),))",
    "[wire.Message('{a}', (('a', wire.Message('b')),))]",
    "[wire.Reference('tabnanny')]",
    "{'W': (wire.Reference(0),)}",
]


@pytest.fixture
def outcome(tmp_path):
    """Return how a spec ends that uses such a value."""
    exercise = Exercise(tmp_path, "01_layers")

    def outcome(spec):
        try:
            spec()
        except Exception as error:
            return diagnose(error, exercise, Course(tmp_path, (exercise,))).outcome
        return Outcome.PASSED

    return outcome


@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_the_wire_in_place_of_an_answer_is_a_wrong_answer(judged, liar, outcome, word):
    """It matches nothing, and never becomes a grader error."""
    for expected in (1.0, np.ones(3), (1.0, 2.0), {"W": 1.0}):
        assert outcome(
            lambda expected=expected: assert_matches(
                again(judged).lie(f"{{'answer': {word}}}"), expected
            )
        ) in (Outcome.FAILED, Outcome.CRASHED)
    assert again(judged).identity("next") == "next"


@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_the_wire_that_goes_back_to_the_worker_affects_nothing_else(
    judged, liar, outcome, word, monkeypatch
):
    """If a spec passes it on, the worker looks it up in itself; the judge looks up nothing."""
    monkeypatch.delitem(sys.modules, "tabnanny", raising=False)

    def spec():
        liar.apply(lambda: None)  # so that there is a callback
        answer = liar.lie(f"{{'answer': {word}}}")
        liar.identity([answer])
        liar.apply(lambda: {"a": answer})
        assert_matches([liar.identity(answer), answer], [1.0, 1.0])

    assert outcome(spec) in (Outcome.FAILED, Outcome.CRASHED)
    assert "tabnanny" not in sys.modules
    assert again(judged).identity("next") == "next"


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    "function",
    [lambda x: float(np.sum(x**2)), lambda x: x, lambda x: [x], lambda x: x[...], lambda x: x.W],
    ids=["calculates", "gives back", "packs", "reads", "goes on"],
)
def test_a_word_of_the_wire_given_to_a_callback_is_never_a_grader_error(
    judged, liar, outcome, word, function, monkeypatch
):
    """The function of the spec gets useless data, whatever it does with it."""
    monkeypatch.delitem(sys.modules, "tabnanny", raising=False)

    def spec():
        text = f"{{'callback': 0, 'args': ({word},), 'kwargs': {{}}}}"
        assert_matches(again(judged).lie(text, function), 1.0)

    assert outcome(spec) in (Outcome.FAILED, Outcome.CRASHED)
    assert "tabnanny" not in sys.modules
    assert again(judged).identity("next") == "next"


# Output


def test_output_is_captured(judged, learner):
    """Both streams are captured in order, exactly once, in calls that succeed or fail."""
    learner.say("one")
    learner.complain("two")
    with pytest.raises(StudentError):
        learner.say_and_fail("three")
    assert judged.take_output() == "one\ntwo\nthree\n"
    assert judged.take_output() == ""


def test_output_of_an_import_is_captured(begin):
    """The output of the module's top level is captured."""
    learner = begin("print('hello')\ndef one(): return 1")
    learner.one()
    settle(learner)
    assert learner._transport.take_output() == "hello\n"


def test_output_is_capped(judged, learner):
    """The limit holds over one call or many; a note says that the output was cut."""
    learner.say("x" * 1000, times=1000)
    settle(learner)
    assert_cut(judged.take_output())
    for _ in range(3):
        learner.say("x" * (MAX_OUTPUT // 2))
    settle(learner)
    output = judged.take_output()
    assert_cut(output)
    assert output.startswith("xxx")


def assert_cut(output, limit=MAX_OUTPUT):
    """Check that the output is cut at the limit, with a note."""
    kept, note = output[:limit], output[limit:]
    assert len(kept) == limit
    assert note == f"\n[the rest is dropped: {limit:,} characters are the limit]"


def test_output_that_just_fits_is_kept_whole(judged, learner):
    """Output of exactly the limit gets no note."""
    learner.say("x" * (MAX_OUTPUT - 1))
    settle(learner)
    assert judged.take_output() == "x" * (MAX_OUTPUT - 1) + "\n"


def test_forged_output_is_capped(judged, liar):
    """The judge cuts it, even if the worker does not."""
    liar.forge({"output": "x" * 10 * MAX_OUTPUT}, ())
    settle(liar)
    assert_cut(judged.take_output())


def test_what_was_printed_before_a_crash_does_not_reach_the_terminal(judged, learner, capfd):
    """Nothing that a submission prints is printed by the grader itself."""
    learner.say("loud")
    learner.complain("louder")
    with pytest.raises(Crashed):
        learner.leave(1)
    assert capfd.readouterr() == ("", "")


# Isolation


@pytest.mark.parametrize(
    "name",
    [
        *(
            "grader.judging.judge",
            "grader.messages.language",
            "grader.transport.student",
            "grader.specs.assertions",
            "grader.transport.judged",
        ),
        *(
            "grader.specs.collection",
            "grader.cli.main",
            "grader.pytest_plugin.plugin",
            "solutions",
            "tests",
            "exercises",
        ),
        *("pytest", "_pytest", "hypothesis", "pip"),
    ],
)
def test_nothing_of_the_course_can_be_imported(learner, name):
    """Specs, the judge, solutions and test tools are unavailable, whatever stands in for them."""
    with pytest.raises(StudentError) as caught:
        learner.use(name)
    assert caught.value.report.type == "ModuleNotFoundError"


@pytest.mark.parametrize("name", ["dataset.files", "dataset.sources", "matplotlib.pyplot"])
def test_modules_for_pictures_stand_in_and_do_nothing(learner, name):
    """A script that draws at its end still loads; nothing of the real module is there."""
    assert learner.kind(name) == "Silent"


@pytest.mark.parametrize("name", ["numpy.linalg", "numpy.testing", "json", "dataset.mnist"])
def test_what_is_allowed_can_be_imported(learner, name):
    """NumPy with its submodules, the standard library and the module of the data are available."""
    assert learner.bring(name) == "imported"


def test_nothing_of_the_course_is_loaded(learner):
    """Only the parts of the grader that the worker needs are loaded."""
    loaded = learner.loaded()
    assert {name for name in loaded if name.startswith("grader")} - {"grader.worker.zygote"} == {
        *(
            "grader",
            "grader.messages",
            "grader.worker",
            "grader.worker.exception_report",
            "grader.worker.hints",
            "grader.worker.hints.error_hints",
            "grader.worker.hints.failing_line",
            "grader.worker.hints.missing",
            "grader.worker.hints.near_names",
            "grader.worker.hints.slips",
            "grader.worker.hints.suspects",
            "grader.worker.loading",
            "grader.worker.loading.imports",
            "grader.worker.loading.offer",
            "grader.worker.loading.stand_ins",
            "grader.worker.loading.syntax",
            "grader.worker.module_loader",
            "grader.worker.wire",
            "grader.worker.workbench",
            "grader.worker.main",
            "grader.worker.sandbox",
        ),
        *("grader.worker.source", "grader.messages.message"),
    }
    assert not {"pytest", "solutions", "tests"} & set(loaded)


def test_the_path_and_folder_hold_nothing_of_the_course(learner):
    """Neither this project nor site-packages, where it may be installed, is on the path."""
    root = str(Path(transport.__file__).absolute().parents[2])
    folder = learner.folder()[...]
    for entry in [*learner.path(), folder]:
        assert entry
        assert not os.path.exists(os.path.join(entry, "grader"))
        assert not os.path.exists(os.path.join(entry, "numpy"))
        assert not entry.startswith(root)


def test_the_environment_holds_nothing_of_the_course(monkeypatch):
    """No secret, PYTHON variable or path of the instructor is passed on."""
    names = ["KATA_SECRET", "MNIST_DIR", "PYTHONPATH", "PYTHONSTARTUP", "HOME", "VIRTUAL_ENV"]
    for name in names:
        monkeypatch.setenv(name, "private")
    with Judged(MODULE) as judged:
        environment = Student(judged, "layers", 0).environment()
    assert "private" not in "".join(environment.values())
    assert not set(names) & set(environment)
    assert environment["OPENBLAS_NUM_THREADS"] == "1"


def test_load_mnist_can_be_imported_and_refuses(learner):
    """The script of the last exercise can be imported, but it gets no data."""
    with pytest.raises(StudentError, match="load_mnist") as caught:
        learner.read_data()
    assert caught.value.report.type == "RuntimeError"


def test_two_workers_share_nothing(begin):
    """A module's state belongs to one submission."""
    text = "state = []\ndef add(x):\n    state.append(x)\n    return len(state)\n"
    ann, bob = begin(text), begin(text)
    assert (ann.add(1), ann.add(1), bob.add(1)) == (1, 2, 1)


def test_a_set_has_the_same_order_in_every_worker(begin):
    """A verdict does not depend on the seed of Python's hashes."""
    text = "def order(): return list({str(i) for i in range(50)})"
    assert begin(text).order() == begin(text).order()


def test_running_a_worker_leaves_the_judges_generators_alone(judged):
    """Seeding the worker does not change the judge's generators."""
    random.seed(1)
    np.random.seed(1)
    before = random.getstate(), np.random.get_state()[1].tolist()
    assert again(judged).one() == 1
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ("x = 1", True),
        ("def f():\n    1 / 0", True),
        ("print('x' * 100)\nraise NotImplementedError", False),
        ("import nowhere", True),
        ("import nowhere\nnowhere.begin()", False),
        ("raise SystemExit(0)", False),
        ("import os; os._exit(0)", False),
        ("while True: pass", False),
        ("import sys; sys.modules[__name__] = None", True),
    ],
)
def test_a_module_loads_if_its_import_comes_to_an_end(text, loads):
    """Whatever a spec would ask of it, and whatever it puts in its own place."""
    limits = Limits(call_seconds=0.5)
    sources = {"layers": Source("layers.py", text)}
    with Judged(sources, confined=can_confine(), limits=limits) as worker:
        assert worker.loads("layers") is loads
