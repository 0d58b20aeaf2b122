"""The sandbox: what works in a worker without it, and no more with it.

Each attack is first made without the sandbox: one that never works proves nothing. All are harmless
in themselves: they aim at loopback, at files of this test, and at processes that it has started.
"""

import mmap
import os
import re
import site
import socket
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from processes import is_gone, is_running

from grader.course.limits import Limits
from grader.transport import worker_process as launch
from grader.transport.judged import Judged
from grader.transport.student import Crashed, Student, StudentError
from grader.transport.worker_process import can_confine, sandbox_layers
from grader.worker.source import Source

pytestmark = pytest.mark.skipif(not can_confine(), reason="there is no sandbox on this machine")

GENEROUS = Limits(call_seconds=20, total_seconds=600, call_cpu_seconds=20, total_cpu_seconds=600)

ATTACKS = """
import ctypes, errno, mmap, os, signal, socket, subprocess, threading

def read_file(path): return open(path).read()
def list_folder(path): return os.listdir(path)
def write_file(path): return open(path, "w").write("x" * 100)
def append_to(path): return open(path, "a").write("x")
def delete_file(path): os.unlink(path); return "gone"
def rename_file(path): os.rename(path, path + ".moved"); return "moved"
def change_mode(path): os.chmod(path, 0o777); return "changed"
def make_link(path): os.symlink("/", path + ".link"); return "linked"
def make_folder(path): os.mkdir(path + ".folder"); return "made"
def truncate(path): os.truncate(path, 0); return "empty"
def connect_tcp(port): socket.create_connection(("127.0.0.1", port), 1); return "connected"
def send_udp(port):
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port))
def listen(_):
    socket.create_server(("127.0.0.1", 0)); return "listening"
def connect_abstract(name):
    socket.socket(socket.AF_UNIX).connect(chr(0) + name); return "connected"
def pair_of_sockets(_): socket.socketpair(); return "a pair"
def fork_once(_):
    if not (child := os.fork()):
        os._exit(0)
    os.waitpid(child, 0)
    return "forked"
def start_program(_): return subprocess.run(["true"]).returncode
def start_thread(_): threading.Thread(target=int).start(); return "started"
def signal_process(number): os.kill(number, 0); return "there"
def trace_process(number):
    if ctypes.CDLL(None, use_errno=True).ptrace(16, number, 0, 0):  # attach
        raise OSError(ctypes.get_errno(), "ptrace")
    return "attached"
def read_environment(number): return open(f"/proc/{number}/environ", "rb").read(3) and "read"
def read_memory(number): return open(f"/proc/{number}/mem", "rb") and "open"
def read_descriptors(number): return os.listdir(f"/proc/{number}/fd") and "read"
def raise_limits(_):
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); return "set"
def become_another(_): os.setuid(os.getuid()); return "changed"
def lower_priority(_): return str(os.nice(1))
def memory_without_a_file(_): return os.memfd_create("x") and "made"
def pipe(_): return os.pipe() and "made"
def connection():
    # Its own: the only socket among its descriptors.
    (number,) = [n for n in range(64) if is_socket(n)]
    return number
def is_socket(number):
    import stat
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False
def receive_with_flags(flags):
    # No byte is asked for, so that nothing is lost. Without data, it fails in another way.
    return call("recv", connection(), None, 0, flags, allowed=errno.EAGAIN) is not None
def send_with_flags(flags): return call("send", connection(), b"", 0, flags) == 0 and "sent"
def send_to_address(_):
    return call("sendto", connection(), b"", 0, 0, bytes(16), 16, allowed=errno.EISCONN) and "sent"
def call(function, *arguments, allowed=None):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_long
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    result = getattr(libc, function)(*arguments)
    if result == -1 and ctypes.get_errno() != allowed:
        raise OSError(ctypes.get_errno(), function)
    return result
def advise(number):
    own = mmap.mmap(-1, 4096)
    own.madvise(number)
    return "advised"
def map_with_flags(flags): return call("mmap", None, 4096, 3, 0x22 | flags, -1, 0) and "mapped"
def group_of(number): return os.getpgid(number) and "found"
def session_of(number): return os.getsid(number) and "found"
def processors_of(number): return len(os.sched_getaffinity(number)) > 0
def processor_time_of(number):
    import time
    return time.clock_gettime((~number << 3) | 2) >= 0
def program_of(number): return os.readlink(f"/proc/{number}/exe") and "found"
def folder_of(number): return os.readlink(f"/proc/{number}/cwd") and "found"
"""

SCAFFOLD = """
def allocate(size):
    return len(bytearray(size))
def calculate(_):
    import bisect, cmath, collections, copy, csv, dataclasses, datetime, decimal, enum, fractions
    import functools, glob, hashlib, heapq, inspect, io, itertools, json, locale, logging, math
    import numbers, operator, pathlib, pickle, platform, pprint, random, re, statistics, string
    import textwrap, threading, time, timeit, traceback, typing, unittest, uuid, warnings, zlib
    import numpy, numpy.fft, numpy.linalg, numpy.polynomial, numpy.random, numpy.testing
    assert decimal.Decimal(1) / 3 and hashlib.sha256(b"").digest() and zlib.compress(b"1")
    assert time.time() > 0 and time.perf_counter() > 0 and time.process_time() > 0
    assert time.thread_time() > 0 and time.get_clock_info("monotonic").resolution > 0
    time.sleep(0.001)
    assert threading.Event().wait(0.001) is False and platform.machine()
    assert inspect.getsource(json.dumps) and pathlib.Path(json.__file__).resolve().is_file()
    assert numpy.ones((3000, 3000)).sum() == 9e6
    return float(numpy.linalg.norm(numpy.fft.fft([3.0, 4.0]))) > 0
def random_bytes(_):
    import os
    return len(os.urandom(4))
def spin(seconds):
    import time
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "done"
"""


@pytest.fixture(scope="module")
def workers():
    """A student in a worker with the sandbox, and one in a worker without, nor any namespace."""
    sources = {"layers": Source("/submission/layers.py", ATTACKS + SCAFFOLD)}
    with (
        Judged(sources, limits=GENEROUS) as inside,
        Judged(sources, limits=GENEROUS, confined=False) as outside,
    ):
        student = Student(inside, "layers", 0)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                launch, "_start", lambda theirs, *_: launch._Single(theirs)
            )  # the zygote's are in namespaces
            other = Student(outside, "layers", 0)
        yield student, other


@pytest.fixture
def victim():
    """A process of this test, to be attacked."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.kill()
    process.communicate()


def assert_denied_only_inside(workers, name, argument):
    """The attack works outside, and inside it is refused by the kernel."""
    inside, outside = workers
    assert getattr(outside, name)(argument) is not None
    with pytest.raises(StudentError) as caught:
        getattr(inside, name)(argument)
    refusals = ("PermissionError", "OSError", "RuntimeError", "ValueError")
    assert caught.value.report.type in refusals


@pytest.mark.parametrize(
    "name",
    [
        *("read_file", "write_file", "append_to", "truncate", "change_mode", "make_link"),
        *("make_folder", "delete_file", "rename_file"),
    ],
)
def test_files_are_out_of_reach(workers, tmp_path, name):
    """A submission neither reads nor changes any file: not ours, not another learner's."""
    path = tmp_path / "secret"
    path.write_text("the answer")
    inside, outside = workers
    with pytest.raises(StudentError, match=r"PermissionError|OSError"):
        getattr(inside, name)(str(path))
    assert path.read_text() == "the answer"
    assert os.listdir(tmp_path) == ["secret"]
    assert getattr(outside, name)(str(path)) is not None


def test_folders_cannot_be_listed(workers, tmp_path):
    """A submission does not learn who else has handed in."""
    assert_denied_only_inside(workers, "list_folder", str(tmp_path))
    assert_denied_only_inside(workers, "list_folder", "/")


def test_the_network_is_out_of_reach(workers):
    """No connection, no datagram, no server, no abstract Unix socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for name in ("connect_tcp", "send_udp", "listen", "pair_of_sockets"):
            assert_denied_only_inside(workers, name, port)
    with socket.socket(socket.AF_UNIX) as server:
        name = f"kata-test-{os.getpid()}"
        server.bind(f"\0{name}")
        server.listen()
        assert_denied_only_inside(workers, "connect_abstract", name)


@pytest.mark.parametrize("name", ["fork_once", "start_program", "start_thread"])
def test_nothing_can_be_started(workers, name):
    """No process and no thread can outlive a submission, since it can start none."""
    assert_denied_only_inside(workers, name, None)


@pytest.mark.parametrize(
    "name",
    [
        *("signal_process", "read_environment", "read_memory", "read_descriptors"),
        *("group_of", "session_of", "processors_of", "processor_time_of"),
        *("program_of", "folder_of"),
    ],
)
def test_other_processes_are_out_of_reach(workers, victim, name):
    """No signal, no memory, no environment, no descriptors of another process.

    Nor what it runs, how busy it is, or whom it belongs to.
    """
    assert_denied_only_inside(workers, name, victim)


def test_other_processes_cannot_be_traced(workers, victim):
    """Nobody attaches a debugger to the judge."""
    with pytest.raises(StudentError):
        workers[0].trace_process(victim)


@pytest.mark.parametrize("name", ["raise_limits", "become_another", "lower_priority"])
def test_what_was_given_up_cannot_be_had_back(workers, name):
    """Limits and identity are final."""
    assert_denied_only_inside(workers, name, None)


@pytest.mark.parametrize("name", ["memory_without_a_file", "pipe"])
def test_no_other_descriptors_can_be_made(workers, name):
    """There is nothing to hide data in, or to hand on."""
    assert_denied_only_inside(workers, name, None)


MSG_PEEK, MSG_DONTWAIT, MSG_TRUNC, MSG_NOSIGNAL = 2, 0x40, 0x20, 0x4000
MADV_COLD, MADV_PAGEOUT = 20, 21
MAP_POPULATE, MAP_GROWSDOWN = 0x8000, 0x100


@pytest.mark.parametrize("flags", [MSG_DONTWAIT, MSG_DONTWAIT | MSG_PEEK, MSG_DONTWAIT | MSG_TRUNC])
def test_the_connection_is_read_without_flags(workers, flags):
    """The rare paths of the kernel are closed."""
    assert_denied_only_inside(workers, "receive_with_flags", flags)


def test_the_connection_is_written_without_an_address(workers):
    """There is only one peer."""
    assert_denied_only_inside(workers, "send_to_address", None)


@pytest.mark.parametrize("flags", [MSG_DONTWAIT, MSG_NOSIGNAL])
def test_the_connection_is_written_without_flags(workers, flags):
    """Without them it works."""
    assert_denied_only_inside(workers, "send_with_flags", flags)
    assert workers[0].send_with_flags(0) == "sent"


@pytest.mark.parametrize("advice", [MADV_COLD, MADV_PAGEOUT])
def test_no_advice_is_given_on_pages_that_others_may_use(workers, advice):
    """What the memory allocator advises is still allowed."""
    assert_denied_only_inside(workers, "advise", advice)
    assert workers[0].advise(mmap.MADV_DONTNEED) == "advised"


def test_memory_is_mapped_in_the_usual_ways_only(workers):
    """No stack that grows; huge pages and locked ones can be had on few machines anyway."""
    assert_denied_only_inside(workers, "map_with_flags", MAP_GROWSDOWN)
    assert workers[0].map_with_flags(MAP_POPULATE) == "mapped"


def test_no_installed_package_can_be_read(workers):
    """Neither those of the interpreter nor those of the system: the grader may be among them."""
    folders = [*site.getsitepackages(), str(Path(pytest.__file__).parents[1])]
    for library in ("/usr/lib", "/usr/lib64", sysconfig.get_path("stdlib")):
        folders += [str(path) for path in Path(library).glob("**/*-packages") if path.is_dir()]
    assert folders
    for folder in filter(os.path.isdir, folders):
        assert_denied_only_inside(workers, "list_folder", folder)


def test_a_fault_starts_no_program_that_collects_dumps():
    """The kernel ignores a limit of 0 where dumps go to a program, but not a limit of 1."""
    with Judged({"layers": Source("/submission/layers.py", ATTACKS)}) as judged:
        Student(judged, "layers", 0).is_socket(0)[...]
        limits = Path(f"/proc/{judged._worker.process.pid}/limits").read_text()
    assert re.search(r"^Max core file size +1 +1 ", limits, re.MULTILINE)


def test_memory_is_limited(workers):
    """What is too large is a MemoryError of the submission, and the worker goes on."""
    inside, _ = workers
    with pytest.raises(StudentError, match="MemoryError"):
        inside.allocate(4 << 30)
    assert inside.allocate(1 << 20) == 1 << 20


def test_ordinary_work_goes_on_inside(workers):
    """NumPy, the standard library and randomness are all there."""
    inside, _ = workers
    assert inside.calculate(None)[...] is True
    assert inside.random_bytes(None) == 4


def test_a_worker_dies_with_the_judge():
    """Killed with SIGKILL, a judge leaves no worker behind, not even one that is busy."""
    script = (
        "import sys\n"
        "from grader.course.limits import Limits\n"
        "from grader.transport.student import Student\n"
        "from grader.transport.judged import Judged\n"
        "from grader.worker.source import Source\n"
        "text = 'import os\\ndef pid(): return os.getpid()\\ndef loop():\\n  while True: pass'\n"
        "worker = Judged({'layers': Source('/submission/layers.py', text)})\n"
        "worker.limits = Limits(60, 60, 60, 60)\n"
        "student = Student(worker, 'layers', 0)\n"
        "print(student.pid(), flush=True)\n"
        "student.loop()\n"
    )
    judge = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    number = int(judge.stdout.readline())
    assert is_running(number)
    judge.kill()
    judge.communicate()
    assert is_gone(number)


def test_a_worker_that_ends_itself_is_a_crash_and_nothing_more(workers):
    """`os._exit` is still allowed: it harms nobody else."""
    sources = {"layers": Source("/submission/layers.py", "import os\ndef leave(): os._exit(0)")}
    with Judged(sources) as worker, pytest.raises(Crashed):
        Student(worker, "layers", 0).leave()


def test_the_layers_are_told():
    """The instructor can see which layers are active."""
    assert {"landlock", "seccomp", "no new privileges"} <= set(sandbox_layers())
