"""Shared arrays: one file each, mapped read-only by every worker, deleted after use."""

import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.shared_arrays import share, shared_folder
from grader.transport.student import Student, StudentError
from grader.transport.worker_process import can_confine
from grader.worker import wire
from grader.worker.module_loader import importable
from grader.worker.source import Source

needs_sandbox = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")

LAYERS = """
import os

kept = []

def keep(x):
    kept.append(x)
    return os.getpid()
def identity(x): return x
def total(x): return float(x.sum())
def make_writable(x): x.flags.writeable = True
def overwrite(path): open(path, "wb").write(b"0" * 8)
def delete(path): os.unlink(path)
"""
SOURCES = {"layers": Source("/submission/layers.py", LAYERS)}


@pytest.fixture(scope="module", params=["in process", "judged"])
def learner(request):
    """The module over both transports."""
    with ExitStack() as stack:
        if request.param == "judged":
            yield Student(stack.enter_context(Judged(SOURCES, confined=can_confine())), "layers", 0)
        else:
            stack.enter_context(importable(SOURCES))
            yield Student(InProcess(SOURCES), "layers", 0)


def read(mapping):
    """Return the array as the file holds it."""
    return np.fromfile(mapping.path, mapping.dtype).reshape(mapping.shape)


def files():
    """Return the files in the shared folder."""
    return set(shared_folder().iterdir())


def test_the_same_array_is_written_once():
    """The number of calls and submissions does not matter."""
    before = files()
    values = np.arange(6.0)
    assert share(values) == share(values)
    assert len(files() - before) == 1


def test_equal_arrays_are_two():
    """Each has its own file, because the arrays may be deleted at different times."""
    one, other = np.arange(6.0), np.arange(6.0)
    assert share(one).path != share(other).path


def test_the_file_goes_with_the_array():
    """The file is deleted as soon as the array is garbage."""
    before = files()
    values = np.arange(6.0)
    path = Path(share(values).path)
    assert path.exists()
    del values
    assert not path.exists()
    assert files() == before


def test_an_array_with_the_id_of_a_deleted_one_is_not_taken_for_it():
    """Python reuses the ids of deleted objects."""
    for number in range(200):
        values = np.full(3, float(number))
        assert read(share(values)).tolist() == [number] * 3
        del values


def test_a_shared_array_is_read_only_from_then_on():
    """A later change would reach some workers and not others."""
    values = np.arange(6.0)
    assert share(values).shape == (6,)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1.0


def test_the_folder_is_for_this_user_alone():
    """Other users of the machine can neither read nor replace the data."""
    assert shared_folder().is_dir()
    if sys.platform != "win32":
        assert shared_folder().stat().st_mode & 0o077 == 0


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
}


@pytest.mark.parametrize("values", LAID_OUT.values(), ids=LAID_OUT)
def test_an_array_arrives_as_it_was(learner, values):
    """Values, shape and dtype arrive, whatever the memory layout."""
    answer = learner.identity(share(values))
    assert answer.dtype == values.dtype
    assert answer.shape == values.shape
    assert np.array_equal(answer, values)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0, 4)])
def test_an_array_without_any_elements_arrives_too(learner, shape):
    """An empty array has a shape and dtype too."""
    values = np.zeros(shape)
    assert learner.identity(share(values)).shape == shape


def test_a_shared_array_exists_as_long_as_the_spec_may_need_it(learner):
    """The spec itself need not keep the array, such as the labels of the real digits."""
    labels = learner.share(np.ones(3))
    assert learner.total(labels) == 3.0


@pytest.mark.parametrize("values", [np.array([None]), np.array(["text"])], ids=["object", "text"])
def test_an_array_of_anything_but_numbers_is_refused(values):
    """The mistake of the spec is reported before anything is sent."""
    with pytest.raises(wire.WireError):
        share(values)


@needs_sandbox
def test_a_worker_cannot_change_what_all_of_them_read():
    """It can change neither the array nor the file."""
    values = np.arange(3.0)
    mapping = share(values)
    with Judged(SOURCES) as judged:
        learner = Student(judged, "layers", 0)
        for spoil, argument in (
            (learner.make_writable, mapping),
            (learner.overwrite, mapping.path),
            (learner.delete, mapping.path),
        ):
            with pytest.raises(StudentError):
                spoil(argument)
        assert np.array_equal(learner.identity(mapping), values)
    assert np.array_equal(read(mapping), values)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_two_workers_map_the_same_file():
    """The training images are in memory once, not once for each submission."""
    values = np.arange(100_000.0)
    mapping = share(values)
    with Judged(SOURCES, confined=False) as one, Judged(SOURCES, confined=False) as other:
        pids = [Student(judged, "layers", 0).keep(mapping) for judged in (one, other)]
        assert pids[0] != pids[1]
        mapped = [Path(f"/proc/{pid}/maps").read_text().splitlines() for pid in pids]
    for lines in mapped:
        (line,) = [line for line in lines if mapping.path in line]
        assert " r--" in line
