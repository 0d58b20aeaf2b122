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
from signal import SIGKILL

from grader.worker.system_calls import make_filter

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
            self._filter = make_filter()

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


# Seccomp

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _ALL_THREADS = 1, 1


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _filter_system_calls(instructions: bytes) -> None:
    program = _Program(len(instructions) // 8, instructions)
    number = _SECCOMP[platform.machine()]
    _call(_LIBC.syscall, number, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program))
