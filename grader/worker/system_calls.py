"""The seccomp filter of the sandbox: which system calls a worker may make, with which arguments.

An allow-list of what CPython and NumPy need, with the numbers of the system calls on x86_64 and
aarch64 (None: not available there). The filter compares them one by one, so frequent calls come
first.
"""

import platform
import struct
from collections.abc import Iterator
from errno import ENOSYS, ENOTTY, EPERM
from typing import NamedTuple


class _Argument(NamedTuple):
    """What an argument of a system call may be."""

    position: int  # from 0
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF  # the bits that are compared
    is_wide: bool = False  # whether the kernel reads 64 bits; the upper half must be 0


_NO_FLAGS, _NO_ADDRESS = _Argument(3, (0,)), _Argument(4, (0,), is_wide=True)
_OWN_PROCESS = _Argument(0, (0,))
_CLOCK = _Argument(0, (*range(10), 11))  # not those of other processes, whose numbers are negative

_CHECKED: dict[str, tuple[tuple[int, int], tuple[_Argument, ...]]] = {
    # No data out of band; `send` and `recv` of Python have no flags.
    "recvfrom": ((45, 207), (_NO_FLAGS, _NO_ADDRESS)),
    "sendto": ((44, 206), (_NO_FLAGS, _NO_ADDRESS)),
    # Wait and wake, with or without a bit set, PRIVATE or REALTIME: none that inherit priorities.
    "futex": ((202, 98), (_Argument(1, (0, 1, 9, 10), 0xFFFFFFFF & ~0x180),)),
    # Not HUGETLB, which takes from the machine's reserve, nor LOCKED or GROWSDOWN, but SHARED,
    # PRIVATE, FIXED, ANONYMOUS, 32BIT, DENYWRITE, EXECUTABLE, NORESERVE, POPULATE and STACK.
    "mmap": ((9, 222), (_Argument(3, (0,), 0xFFFFFFFF & ~0x12D873),)),
    # NORMAL, RANDOM, SEQUENTIAL, WILLNEED, DONTNEED, FREE, HUGEPAGE and NOHUGEPAGE. Others affect
    # pages that are shared with other processes.
    "madvise": ((28, 233), (_Argument(2, (0, 1, 2, 3, 4, 8, 14, 15)),)),
    "clock_gettime": ((228, 113), (_CLOCK,)),
    "clock_getres": ((229, 114), (_CLOCK,)),
    "clock_nanosleep": ((230, 115), (_CLOCK,)),
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL and F_DUPFD_CLOEXEC. Others take leases and locks that
    # block other processes, or send them signals.
    "fcntl": ((72, 25), (_Argument(1, (0, 1, 2, 3, 1030)),)),
    "getpgid": ((121, 155), (_OWN_PROCESS,)),
    "getsid": ((124, 156), (_OWN_PROCESS,)),
    "sched_getaffinity": ((204, 123), (_OWN_PROCESS,)),
}
_ALLOWED: dict[str, tuple[int, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "poll": (7, None),
    "ppoll": (271, 73),
    "munmap": (11, 215),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "brk": (12, 214),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "close": (3, 57),
    "open": (2, None),
    "openat": (257, 56),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "lseek": (8, 62),
    "dup": (32, 23),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getgroups": (115, 158),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getpgrp": (111, None),
    "getrandom": (318, 278),
    "sched_yield": (24, 124),
    "getrusage": (98, 165),
    "times": (100, 153),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "select": (23, None),
    "pselect6": (270, 72),
    "restart_syscall": (219, 128),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
# Denied with another error than EPERM.
_ANSWERED: dict[str, tuple[int, int, int]] = {
    "ioctl": (16, 29, ENOTTY),  # Python uses it to check whether a file is a terminal
    "clone3": (435, 435, ENOSYS),  # so that the C library falls back to clone, which is denied
}
# Column of the tables above, and the kernel's audit number of the architecture.
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD, _AND, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_DENY = 0x00050000 | EPERM
_KILL_PROCESS, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_X32 = 0x40000000  # on x86_64, the flag of the x32 ABI, which would bypass the list


def make_filter() -> bytes:
    """Return the filter for this machine, as instructions of BPF.

    Raises
    ------
    ValueError
        If there is no list of system calls for this machine.
    """
    machine = platform.machine()
    if machine not in _MACHINES:
        raise ValueError(f"no list of system calls for {machine}")
    return b"".join(_instructions(*_MACHINES[machine]))


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """Encode a BPF instruction; jumps count the instructions to skip."""
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _answer(number: int, value: int) -> Iterator[bytes]:
    """Return a value for the system call with this number."""
    yield _instruction(_JUMP_IF_EQUAL, number, 0, 1)
    yield _instruction(_RETURN, value)


def _check(argument: _Argument) -> Iterator[bytes]:
    """Deny the system call unless the argument has one of its values.

    Values of `_LOAD` are offsets in `struct seccomp_data`, on machines that are little-endian.
    """
    offset = 16 + 8 * argument.position
    halves = [(offset, argument.mask, argument.values)]
    if argument.is_wide:
        halves.append((offset + 4, 0xFFFFFFFF, (0,)))
    for place, mask, values in halves:
        yield _instruction(_LOAD, place)
        yield _instruction(_AND, mask)
        for left, value in zip(range(len(values) - 1, -1, -1), values, strict=True):
            yield _instruction(_JUMP_IF_EQUAL, value, left + 1, 0)
        yield _instruction(_RETURN, _DENY)


def _instructions(column: int, architecture: int) -> Iterator[bytes]:
    """Yield the BPF program of the filter."""
    yield _instruction(_LOAD, 4)  # the architecture
    yield _instruction(_JUMP_IF_EQUAL, architecture, 1, 0)
    yield _instruction(_RETURN, _KILL_PROCESS)
    yield _instruction(_LOAD, 0)  # the number of the system call
    yield _instruction(_JUMP_IF_AT_LEAST, _X32, 0, 1)
    yield _instruction(_RETURN, _DENY)
    for numbers, arguments in _CHECKED.values():
        checks = [part for argument in arguments for part in _check(argument)]
        yield _instruction(_JUMP_IF_EQUAL, numbers[column], 0, len(checks) + 1)
        yield from checks
        yield _instruction(_RETURN, _ALLOW)
    for call in _ALLOWED.values():
        if (number := call[column]) is not None:
            yield from _answer(number, _ALLOW)
    for x86_64, aarch64, error in _ANSWERED.values():
        yield from _answer((x86_64, aarch64)[column], _ERRNO | error)
    yield _instruction(_RETURN, _DENY)
