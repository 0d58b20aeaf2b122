"""The sandbox that a worker enters before it loads a submission.

Linux only. Every layer is required, since no single one is sufficient, and every layer is
irrevocable. If one is not available, `SandboxFailed` is raised, and nothing is run.

A sandboxed worker cannot start, signal or trace processes, open sockets, or write files. It can
read the standard library, NumPy and the paths that it is given, and nothing else.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from errno import ENOSYS, ENOTTY, EPERM
from signal import SIGKILL
from typing import NamedTuple

assert sys.platform == "linux"

_LIBC = ctypes.CDLL(None, use_errno=True)


class SandboxFailed(Exception):
    """A required layer is not available."""


class Sandbox:
    """All layers, prepared once in the zygote and applied in each worker.

    Parameters
    ----------
    readable : sequence of str
        Files and folders that a worker may read, in addition to the standard library.

    Raises
    ------
    SandboxFailed
        If a layer is not available. The message names it.
    """

    def __init__(self, readable: Sequence[str]) -> None:
        with _layer_errors("landlock"):
            self._ruleset = _make_ruleset(readable)
        with _layer_errors("seccomp"):
            self._filter = _make_filter()

    def enter(self, memory: int, cpu: int, parent: int) -> list[str]:
        """Apply all layers to this process and all of its threads, irrevocably.

        Parameters
        ----------
        memory : int
            Maximum address space in bytes.
        cpu : int
            Maximum processor time in seconds.
        parent : int
            Process number of the parent; this process is killed when the parent ends.

        Returns
        -------
        list of str
            Names of the layers in the order in which they were applied.

        Raises
        ------
        SandboxFailed
            If a layer is not available. The message names it.
        """
        layers: dict[str, Callable[[], None]] = {
            "resource limits": lambda: _limit_resources(memory, cpu),
            "no capabilities": _drop_capabilities,
            # After the last change of credentials, which would clear it.
            "death with the judge": lambda: die_with(parent),
            # Without root, the kernel accepts the next two layers only after this one.
            "no new privileges": _forbid_privileges,
            "landlock": lambda: _restrict_files(self._ruleset),
            # Last, because it denies the system calls that apply the other layers.
            "seccomp": lambda: _filter_system_calls(self._filter),
        }
        for name, apply in layers.items():
            with _layer_errors(name):
                apply()
        return list(layers)


@contextmanager
def _layer_errors(layer: str) -> Iterator[None]:
    """Turn errors in the block into `SandboxFailed`, with the name of the layer."""
    try:
        yield
    except (OSError, ValueError, KeyError) as error:
        raise SandboxFailed(f"{layer}: {error}") from None


def _call(function: Callable[..., int], *arguments: object) -> int:
    """Call a C function, and raise OSError with errno if the result is negative."""
    result = function(*arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


# Resource limits


def _limit_resources(memory: int, cpu: int) -> None:
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 1),  # 0 would still start a program that collects dumps
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_MEMLOCK, 0),
        # Not RLIMIT_NPROC, which does not bind root: seccomp denies new processes.
    ):
        resource.setrlimit(kind, (limit, limit))


# Privileges

_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 1, 24, 38, 47
_CAPABILITY_VERSION_3 = 0x20080522


def _drop_capabilities() -> None:
    # Dropping from the bounding set needs a capability; a process without any has nothing to drop.
    for capability in range(64):
        if _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            break  # this was the last capability of the kernel, or it is not permitted
    _LIBC.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)  # clear all
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    _call(_LIBC.capset, header, bytes(24))
    left = ctypes.create_string_buffer(24)
    _call(_LIBC.capget, ctypes.create_string_buffer(header, 8), left)
    if any(left.raw):
        raise ValueError("some are left")


def die_with(parent: int) -> None:
    """Let the kernel kill this process when its parent ends for any reason.

    Parameters
    ----------
    parent : int
        Process number of the parent.

    Raises
    ------
    ValueError
        If the parent has already ended.
    """
    _call(_LIBC.prctl, _PR_SET_PDEATHSIG, int(SIGKILL), 0, 0, 0)
    # The kernel sends no signal if the parent ended before the call above.
    if os.getppid() != parent:
        raise ValueError("the judge has gone already")


def _forbid_privileges() -> None:
    _call(_LIBC.prctl, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


# Namespaces: user, network, IPC and UTS. The zygote enters them once, and its workers inherit them.
# They are optional, since many systems forbid them to ordinary users.

_NEW_NAMESPACES = 0x10000000 | 0x40000000 | 0x08000000 | 0x04000000


def enter_namespaces() -> None:
    """Enter new namespaces, which separate the process from the network.

    Raises
    ------
    OSError
        If the system does not permit it.
    """
    _call(_LIBC.unshare, _NEW_NAMESPACES)


# Landlock: https://docs.kernel.org/userspace-api/landlock.html

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_PATH_BENEATH = 1


def _make_ruleset(readable: Sequence[str]) -> int:
    version = _call(_LIBC.syscall, _CREATE_RULESET, None, 0, 1)
    ruleset = _call(_LIBC.syscall, _CREATE_RULESET, *_handled(version), 0)
    for path in (*_standard_library(), *readable, "/dev/null", "/dev/urandom"):
        _allow_reading(ruleset, path)
    return ruleset


def _restrict_files(ruleset: int) -> None:
    _call(_LIBC.syscall, _RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _handled(version: int) -> tuple[bytes, int]:
    """Return the ruleset attributes for a version of Landlock, and their size.

    All rights that the kernel knows are handled: Landlock denies rights that are handled but not
    allowed by a rule, and ignores rights that are not handled.
    """
    bits = 13 + (version >= 2) + (version >= 3) + (version >= 5)  # + refer, truncate, ioctl
    words = [(1 << bits) - 1]
    if version >= 4:
        words.append(0b11)  # bind and connect TCP
    if version >= 6:
        words.append(0b11)  # abstract Unix sockets, signals
    return struct.pack(f"={len(words)}Q", *words), 8 * len(words)


def _allow_reading(ruleset: int, path: str) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    rights = _READ_FILE | (_READ_DIR if os.path.isdir(path) else 0)
    rule = struct.pack("=Qi", rights, descriptor)
    _call(_LIBC.syscall, _ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    os.close(descriptor)


def _standard_library() -> Iterator[str]:
    """Yield the paths of the standard library and of shared libraries, but no installed packages.

    The folders of the system contain installed packages too, perhaps the grader itself, so only
    what is a library is taken from there.
    """
    for folder in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}:
        for entry in os.scandir(folder):
            if entry.name not in ("site-packages", "dist-packages"):
                yield entry.path
    with_libraries = ("locale", sysconfig.get_config_var("MULTIARCH"))
    for folder in filter(os.path.isdir, ("/lib", "/lib64", "/usr/lib", "/usr/lib64")):
        for entry in os.scandir(folder):
            if ".so" in entry.name or entry.name in with_libraries:
                yield entry.path
    yield "/etc/ld.so.cache"


# Seccomp: an allow-list of the system calls that CPython and NumPy need, with their numbers on
# x86_64 and aarch64 (None: not available there). The filter compares them one by one, so frequent
# calls come first.


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

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _ALL_THREADS = 1, 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _make_filter() -> bytes:
    machine = platform.machine()
    if machine not in _MACHINES:
        raise ValueError(f"no list of system calls for {machine}")
    return b"".join(_instructions(*_MACHINES[machine]))


def _filter_system_calls(instructions: bytes) -> None:
    program = _Program(len(instructions) // 8, instructions)
    number = _SECCOMP[platform.machine()]
    _call(_LIBC.syscall, number, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program))


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
