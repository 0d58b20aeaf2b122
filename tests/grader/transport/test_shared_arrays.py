"""Shared arrays: given to a worker when it starts, read-only, with no name in the file system."""

import os
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np
import pytest

from grader.transport import worker_process as launch
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.shared_arrays import share
from grader.transport.student import Student, StudentError
from grader.transport.worker_process import can_confine
from grader.worker import wire
from grader.worker.module_loader import importable
from grader.worker.source import Source

needs_sandbox = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="files in memory are Linux only")

LAYERS = """
import os

kept = []

def keep(x):
    kept.append(x)
    return os.getpid()
def pid(): return os.getpid()
def identity(x): return x
def total(x): return float(x.sum())
def make_writable(x): x.flags.writeable = True
def make_base_writable(x): x.base.flags.writeable = True
def write_to_its_memory(x):
    import ctypes
    address = x.ctypes.data
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mprotect(ctypes.c_void_p(address), x.nbytes, 3):
        raise OSError(ctypes.get_errno(), "mprotect")
    ctypes.memset(address, 0, 8)
    return x
def descriptors():
    found = {}
    for number in range(64):
        try:
            found[str(number)] = os.fstat(number).st_mode >> 12
        except OSError:
            pass
    return found
"""
SOURCES = {"layers": Source("/submission/layers.py", LAYERS)}


@pytest.fixture(params=["in process", "judged", "sent"])
def transport(request, monkeypatch):
    """The module over both transports, and in a worker that gets arrays over its connection."""
    with ExitStack() as stack:
        if request.param == "in process":
            stack.enter_context(importable(SOURCES))
            yield InProcess(SOURCES)
            return
        if request.param == "sent":
            monkeypatch.setattr(launch, "_start", lambda theirs, *_: launch._Single(theirs))
            yield stack.enter_context(Judged(SOURCES, confined=False))
            return
        yield stack.enter_context(Judged(SOURCES, confined=can_confine()))


@pytest.fixture
def learner(transport):
    """The module at the beginning of a spec."""
    return Student(transport, "layers", 0)


def read(shared):
    """Return the array as its file holds it."""
    content = os.pread(shared.descriptor, shared.values.nbytes, 0)
    return np.frombuffer(content, shared.reference.dtype).reshape(shared.reference.shape)


def files():
    """Return the anonymous files that this process has open."""
    links = list(Path("/proc/self/fd").iterdir())
    return {int(link.name) for link in links if "memfd:kata" in read_link(link)}


def read_link(link):
    """Return where a link leads; nothing for the descriptor that has listed it."""
    with suppress(FileNotFoundError):
        return os.readlink(link)
    return ""


# What the judge has


@linux_only
def test_the_same_array_is_written_once():
    """The number of calls and submissions does not matter."""
    before = files()
    values = np.arange(6.0)
    one, other = share(values), share(values)
    assert one.reference == other.reference
    assert one.descriptor == other.descriptor
    assert files() - before == {one.descriptor}
    assert np.array_equal(read(one), values)


def test_equal_arrays_are_two():
    """Each has its own number and file, because the arrays may be deleted at different times."""
    one, other = np.arange(6.0), np.arange(6.0)
    assert share(one).reference != share(other).reference


@linux_only
def test_the_file_goes_with_the_array():
    """The file is closed as soon as the array is garbage."""
    before = files()
    values = np.arange(6.0)
    assert share(values).descriptor in files()
    del values
    assert files() == before


def test_an_array_with_the_id_of_a_deleted_one_is_not_taken_for_it():
    """Python reuses the ids of deleted objects."""
    numbers = set()
    for number in range(200):
        values = np.full(3, float(number))
        shared = share(values)
        assert np.frombuffer(shared.content).tolist() == [number] * 3
        numbers.add(shared.reference.number)
        del values, shared
    assert len(numbers) == 200


def test_a_shared_array_is_read_only_from_then_on():
    """A later change would reach some workers and not others."""
    values = np.arange(6.0)
    assert share(values).reference.shape == (6,)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1.0


@linux_only
def test_nobody_can_change_the_file():
    """It is sealed: it can be neither written nor resized, not even by the judge."""
    shared = share(np.arange(6.0))
    for change in (
        lambda: os.pwrite(shared.descriptor, b"x", 0),
        lambda: os.ftruncate(shared.descriptor, 0),
        lambda: os.ftruncate(shared.descriptor, 1 << 20),
    ):
        with pytest.raises(PermissionError):
            change()
    assert np.array_equal(read(shared), np.arange(6.0))


@pytest.mark.parametrize("values", [np.array([None]), np.array(["text"])], ids=["object", "text"])
def test_an_array_of_anything_but_numbers_is_refused(values):
    """The mistake of the spec is reported before anything is sent."""
    with pytest.raises(wire.WireError):
        share(values)


# What the learner's code gets

LAID_OUT = {
    "C": np.arange(6.0).reshape(2, 3),
    "Fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "transposed": np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1),
    "reversed": np.arange(12.0).reshape(3, 4)[::-1, ::-2],
    "broadcast": np.broadcast_to(np.arange(3.0), (2, 3)),
    "single": np.arange(4, dtype=np.float32),
    "big-endian": np.arange(4, dtype=">i2"),
    "boolean": np.array([True, False]),
    "complex": np.array([1j, 2.0]),
    "without axes": np.array(5.0),
    **{f"empty {shape}": np.zeros(shape) for shape in [(0,), (0, 3), (2, 0, 4)]},
}


def test_arrays_arrive_as_they_were(learner):
    """Values, shape and dtype arrive, whatever the memory layout, also without any elements."""
    for name, shared in [(name, learner.share(values)) for name, values in LAID_OUT.items()]:
        answer, values = learner.identity(shared), LAID_OUT[name]
        assert answer.dtype == values.dtype, name
        assert answer.shape == values.shape, name
        assert np.array_equal(answer, values), name


def test_an_array_may_be_larger_than_what_is_sent_at_once(learner, monkeypatch):
    """It arrives in parts where it cannot be mapped."""
    monkeypatch.setattr(launch, "_PART", 1000)
    values = np.arange(1001, dtype=np.uint16)
    assert np.array_equal(learner.identity(learner.share(values)), values)


def test_a_shared_array_exists_as_long_as_the_spec_may_need_it(learner):
    """The spec itself need not keep the array, such as the labels of the real digits."""
    labels = learner.share(np.ones(3))
    assert learner.total(labels) == 3.0


@pytest.mark.parametrize("spoil", ["make_writable", "make_base_writable"])
def test_a_shared_array_cannot_be_made_writable(learner, spoil):
    """Neither the array nor what it is made from."""
    shared = learner.share(np.arange(3.0))
    with pytest.raises(StudentError):
        getattr(learner, spoil)(shared)


def test_an_array_is_shared_before_the_first_call(learner):
    """A worker gets its arrays when it starts, so a later one would cost the spec its objects."""
    values = np.arange(3.0)
    learner.share(values)
    assert learner.identity(1) == 1
    with pytest.raises(RuntimeError, match="before it calls the learner's code"):
        learner.share(values)


def test_the_same_array_costs_no_other_worker(transport):
    """Two specs with the same training images use one worker, others get a new one."""
    values, pids = np.arange(3.0), []
    for shared in (values, values, np.arange(3.0)):
        learner = Student(transport, "layers", 0)
        reference = learner.share(shared)
        assert learner.total(reference) == 3.0
        pids.append(learner.pid()[...])
    assert pids[0] == pids[1]
    if isinstance(transport, Judged):
        assert pids[1] != pids[2]


def test_a_worker_that_replaces_another_has_its_arrays(transport):
    """A spec may go on after a crash."""
    learner = Student(transport, "layers", 0)
    shared = learner.share(np.arange(3.0))
    if isinstance(transport, Judged):
        transport.close()
    assert learner.total(shared) == 3.0


# What a submission can do with it


@needs_sandbox
def test_a_worker_changes_only_its_own_copy():
    """The memory is not shared for writing: neither the file nor another worker sees a change."""
    values = np.arange(1.0, 4.0)
    with Judged(SOURCES) as one, Judged(SOURCES) as other:
        first, second = (Student(judged, "layers", 0) for judged in (one, other))
        shared = first.share(values)
        assert second.share(values) == shared
        assert first.write_to_its_memory(shared).tolist() == [0.0, 2.0, 3.0]
        assert second.identity(shared).tolist() == [1.0, 2.0, 3.0]
    assert read(share(values)).tolist() == [1.0, 2.0, 3.0]


@linux_only
@pytest.mark.parametrize("is_confined", [pytest.param(True, marks=needs_sandbox), False])
@pytest.mark.parametrize("is_shared", [True, False])
def test_a_worker_holds_no_descriptor_of_a_shared_array(is_confined, is_shared):
    """It has the standard streams and its connection, whether an array is shared or not."""
    character_device, connection = 0o02, 0o14
    shared = share(np.arange(3.0))
    assert shared.descriptor in files()
    with Judged(SOURCES, confined=is_confined) as judged:
        learner = Student(judged, "layers", 0)
        if is_shared:
            learner.share(shared.values)
        found = learner.descriptors()[...]
    assert [found.pop(str(stream)) for stream in range(3)] == [character_device] * 3
    rules = [number for number, kind in found.items() if kind == 0]  # anonymous inodes
    assert len(rules) == (0 if is_confined or not can_confine() else 1)
    assert [kind for number, kind in found.items() if number not in rules] == [connection]


@linux_only
def test_two_workers_map_the_same_file_and_a_third_maps_none():
    """The training images are in memory once, and only in the workers of their exercise."""
    values = np.arange(100_000.0)
    inode = os.fstat(share(values).descriptor).st_ino
    with ExitStack() as stack:
        workers = [stack.enter_context(Judged(SOURCES, confined=False)) for _ in range(3)]
        learners = [Student(judged, "layers", 0) for judged in workers]
        pids = [learner.keep(learner.share(values))[...] for learner in learners[:2]]
        pids.append(learners[2].pid()[...])
        mapped = [Path(f"/proc/{pid}/maps").read_text().splitlines() for pid in pids]
    assert len(set(pids)) == 3
    for lines in mapped[:2]:
        (line,) = [line for line in lines if "memfd:kata" in line]
        assert " r--p " in line
        assert int(line.split()[4]) == inode
    assert not [line for line in mapped[2] if "memfd" in line]
