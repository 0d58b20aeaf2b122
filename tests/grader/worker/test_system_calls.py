"""The seccomp filter of the sandbox, run by an interpreter of its instructions for each machine."""

import errno
import struct
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

if sys.platform != "linux":
    pytest.skip("Linux only", allow_module_level=True)

from grader.worker import sandbox

ARCHITECTURES = {name: number for name, (_, number) in sandbox._MACHINES.items()}
MACHINES = st.sampled_from(sorted(ARCHITECTURES))
ALLOW, KILL = 0x7FFF0000, 0x80000000
MSG_OOB, HIGH = 1, 1 << 32
MAP_PRIVATE, MAP_ANONYMOUS, MAP_HUGETLB, MAP_LOCKED = 2, 0x20, 0x40000, 0x2000


def error(code):
    """The answer of a filter that denies a system call with this error."""
    return 0x50000 | code


def run(instructions, number, arguments, architecture):
    """Run a filter on a system call, as the kernel does, and return its answer."""
    data = struct.pack("<iIQ6Q", number, architecture, 0, *arguments)
    place, value = 0, 0
    while True:
        code, if_true, if_false, k = struct.unpack_from("=HBBI", instructions, 8 * place)
        place += 1
        match code:
            case 0x20:
                (value,) = struct.unpack_from("<I", data, k)
            case 0x54:
                value &= k
            case 0x15:
                place += if_true if value == k else if_false
            case 0x35:
                place += if_true if value >= k else if_false
            case 0x06:
                return k
            case _:
                raise ValueError(code)


def ask(name, *arguments, machine="x86_64"):
    """The answer of a machine's filter to a system call, by its name."""
    column, architecture = sandbox._MACHINES[machine]
    calls = {name: numbers for name, (numbers, _) in sandbox._CHECKED.items()}
    number = {**calls, **sandbox._ALLOWED, **sandbox._ANSWERED}[name][column]
    instructions = b"".join(sandbox._instructions(column, architecture))
    padded = [argument % 2**64 for argument in (*arguments, *[0] * 6)][:6]
    return run(instructions, number, padded, architecture)


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize(
    ("name", "allowed", "denied"),
    [
        # descriptor, buffer, length, flags, address, length of the address
        *(
            (name, [(3, HIGH, 5, 0, 0, 0), (3, HIGH, 5, HIGH, 0, 0)], denied)
            for name, denied in {
                "sendto": [(3, HIGH, 5, MSG_OOB), (3, 0, 5, 0, 0x1000), (3, 0, 5, 0, HIGH)],
                "recvfrom": [(3, HIGH, 5, MSG_OOB), (3, 0, 5, 2), (3, 0, 5, 0, HIGH)],
            }.items()
        ),
        ("futex", [(1, 0), (1, 128 | 1), (1, 128 | 256 | 9)], [(1, 6), (1, 128 | 13), (1, 512)]),
        (
            "mmap",
            [(0, 1, 3, MAP_PRIVATE | MAP_ANONYMOUS), (0, 1, 5, MAP_PRIVATE | 0x810)],
            [(0, 1, 3, MAP_PRIVATE | extra) for extra in (MAP_HUGETLB, MAP_LOCKED, 0x100)],
        ),
        ("madvise", [(0, 1, 4), (0, 1, 14)], [(0, 1, 100), (0, 1, 12), (0, 1, 21), (0, 1, -1)]),
        ("clock_gettime", [(0,), (1,), (2,), (3,)], [((~1234 << 3) | 2,), (16,)]),
        ("clock_nanosleep", [(1, 0)], [((~1234 << 3) | 2, 0)]),
        ("fcntl", [(0, 3), (0, 1030)], [(0, 4), (0, 6), (0, 1024), (0, 1033)]),
        ("getpgid", [(0,)], [(1,), (-1,)]),
        ("getsid", [(0,)], [(1,)]),
        ("sched_getaffinity", [(0,)], [(1,)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_argument_has_one_of_its_values(machine, name, allowed, denied):
    """The kernel reads half of most arguments, and all of an address."""
    assert {ask(name, *one, machine=machine) for one in allowed} == {ALLOW}
    assert {ask(name, *one, machine=machine) for one in denied} == {error(errno.EPERM)}


@given(MACHINES, st.sampled_from(sorted(sandbox._CHECKED)), st.data())
def test_a_checked_argument_has_no_other_value(machine, name, data):
    """Whatever the others are."""
    arguments = data.draw(st.lists(st.integers(0, 2**64 - 1), min_size=6, max_size=6))
    is_allowed = all(
        arguments[one.position] & one.mask in one.values
        and not (one.is_wide and arguments[one.position] >> 32)
        for one in sandbox._CHECKED[name][1]
    )
    wanted = ALLOW if is_allowed else error(errno.EPERM)
    assert ask(name, *arguments, machine=machine) == wanted


@given(MACHINES, st.integers(0, 2**31 - 1), st.lists(st.integers(0, 2**64 - 1), min_size=6))
def test_other_system_calls_are_denied(machine, number, arguments):
    """Only what is listed is allowed."""
    column, architecture = sandbox._MACHINES[machine]
    calls = [numbers for numbers, _ in sandbox._CHECKED.values()]
    calls += [*sandbox._ALLOWED.values(), *sandbox._ANSWERED.values()]
    if number not in {call[column] for call in calls}:
        instructions = b"".join(sandbox._instructions(column, architecture))
        answer = run(instructions, number, arguments[:6], architecture)
        assert answer == error(errno.EPERM)


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_system_calls_of_another_kind_end_the_process(machine):
    """A program of 32 bits numbers them otherwise."""
    column, architecture = sandbox._MACHINES[machine]
    instructions = b"".join(sandbox._instructions(column, architecture))
    assert run(instructions, 0, [0] * 6, 0x40000003) == KILL
    assert run(instructions, 0x40000000, [0] * 6, architecture) == error(errno.EPERM)


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_some_are_denied_with_the_error_that_their_callers_expect(machine):
    """Python then takes a file for no terminal, and the C library falls back."""
    assert ask("ioctl", machine=machine) == error(errno.ENOTTY)
    assert ask("clone3", machine=machine) == error(errno.ENOSYS)


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_each_number_is_listed_once(machine):
    """A checked call that was also allowed would not be checked on one day."""
    column = sandbox._MACHINES[machine][0]
    calls = [numbers for numbers, _ in sandbox._CHECKED.values()]
    calls += [*sandbox._ALLOWED.values(), *sandbox._ANSWERED.values()]
    numbers = [call[column] for call in calls if call[column] is not None]
    assert len(set(numbers)) == len(numbers)


def test_a_machine_without_a_list_has_no_filter(monkeypatch):
    """The error names it."""
    monkeypatch.setattr("platform.machine", lambda: "unheard-of")
    with pytest.raises(ValueError, match="no list of system calls for unheard-of"):
        sandbox._make_filter()
