"""Tries the system calls that have let programs out of sandboxes before.

The numbers are those of x86_64, or of all machines.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (which of them work depends on the kernel's settings)
"""

import ctypes
import errno

CALLS = {
    "io_uring_setup": (425, 8, ctypes.create_string_buffer(120)),
    "open_by_handle_at": (304, -100, ctypes.create_string_buffer(16), 0),
    "userfaultfd": (323, 0),
    "bpf": (321, 0, ctypes.create_string_buffer(128), 128),
    "perf_event_open": (298, ctypes.create_string_buffer(128), 0, -1, -1, 0),
    "keyctl": (250, 0, -3, 1),
    "unshare": (272, 0x10000000),
    "name_to_handle_at": (303, -100, b"/", ctypes.create_string_buffer(16), None, 0),
    "seccomp": (317, 0, 0, None),
    "prctl": (157, 1, 0, 0, 0, 0),
    "setrlimit": (160, 4, ctypes.create_string_buffer(16)),
    "process_madvise": (440, -1, None, 0, 20, 0),
    "fork of the 32-bit kind": (0x40000000 | 57,),
}
libc = ctypes.CDLL(None, use_errno=True)
refused = 0
for name, call in CALLS.items():
    ctypes.set_errno(0)
    result = libc.syscall(*call)
    if result == -1 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
        refused += 1
    else:
        print("LEAKED", name, result, ctypes.get_errno())
raise PermissionError(refused)
