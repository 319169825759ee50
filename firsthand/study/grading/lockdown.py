"""Give up what graded code does not need, from inside the process that will run it.

Bounds on memory, files and processor time; an audit hook that explains what is not allowed; and, on
Linux, a filter of system calls that even C code cannot pass: no new process or thread, no
network, no signal, no writing to any file. What cannot be given up is only missed, not fatal:
the judge's time limit and the sandbox around the process do not depend on it.

This file is loaded by the player: the standard library only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

MEMORY = 1 << 30  # address space, of which the interpreter and NumPy take about a fifth
PROCESSOR_SECONDS = 20  # a backstop: the judge's own limit is shorter

_X86_64 = (
    *(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 23, 24, 25, 28),
    *(32, 33, 35, 39, 60, 63, 72, 79, 89, 96, 97, 98, 99, 100, 102, 104, 107, 108, 110, 131, 186),
    *(202, 204, 217, 219, 228, 229, 230, 231, 257, 262, 267, 269, 270, 271, 273, 302, 318, 324),
    *(332, 334, 439),
)
_AARCH64 = (
    *(17, 23, 24, 25, 29, 48, 56, 57, 61, 62, 63, 64, 65, 66, 67, 72, 73, 78, 79, 80, 93, 94, 98),
    *(99, 101, 113, 114, 115, 123, 124, 128, 132, 134, 135, 139, 153, 160, 163, 165, 169, 172, 173),
    *(174, 175, 176, 177, 178, 179, 214, 215, 216, 222, 226, 233, 261, 278, 283, 291, 293, 439),
)
# machine: (its name in the kernel's audit, allowed calls, {open call: which argument is its flags})
_MACHINES = {
    "x86_64": (0xC000003E, _X86_64, {2: 1, 257: 2}),
    "aarch64": (0xC00000B7, _AARCH64, {56: 2}),
}
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _KILL, _DENY = 0x7FFF0000, 0x80000000, 0x00050000 | 1  # EPERM
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_REFUSED = (
    *("subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.kill"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"),
    *("os.chmod", "os.chown", "os.utime", "os.putenv", "shutil.", "socket.", "ctypes.", "pty."),
    *("ftplib.", "http.", "smtplib.", "urllib.", "webbrowser.", "signal.pthread_kill", "mmap."),
)


def limit(processor_seconds: int | None = PROCESSOR_SECONDS) -> None:
    """Bound memory, files and processor time, where the system knows such limits."""
    try:
        import resource
    except ImportError:
        return
    bounds = {
        "RLIMIT_AS": MEMORY,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NOFILE": 64,
    }
    if processor_seconds is not None:
        bounds["RLIMIT_CPU"] = processor_seconds
    for name, bound in bounds.items():
        try:
            resource.setrlimit(getattr(resource, name), (bound, bound))
        except (AttributeError, ValueError, OSError):
            continue


def filter_system_calls() -> bool:
    """Allow only the system calls that computing needs; return whether that worked."""
    if not sys.platform.startswith("linux") or platform.machine() not in _MACHINES:
        return False
    if struct.calcsize("P") != 8:
        return False
    program = _program(*_MACHINES[platform.machine()])
    code = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    argument = Program(len(program) // 8, ctypes.cast(code, ctypes.c_void_p).value)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(38, 1, 0, 0, 0):  # PR_SET_NO_NEW_PRIVS
        return False
    return prctl(22, 2, ctypes.byref(argument), 0, 0) == 0  # PR_SET_SECCOMP, a filter


def watch(readable: tuple[str, ...]) -> None:
    """Refuse, with a sentence, what the system would refuse anyway or should have."""

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event == "open":
            path, flags = args[0], args[2]
            if isinstance(flags, int) and flags & _WRITING:
                raise PermissionError(f"files cannot be written while grading: {path!r}")
            where = os.fsdecode(path) if isinstance(path, str | bytes) else ""
            if where and not os.path.abspath(where).startswith(readable):
                raise PermissionError(f"files cannot be read while grading: {path!r}")
        elif event.startswith(_REFUSED):
            raise PermissionError(f"not while grading: {event}")

    sys.addaudithook(hook)


def _program(machine: int, allowed: tuple[int, ...], opens: dict[int, int]) -> bytes:
    """Return the filter as the kernel's little machine reads it: eight bytes an instruction."""
    code = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    for call, position in opens.items():
        flags = 16 + 8 * position
        code += [(_EQUAL, 0, 4, call), (_LOAD, 0, 0, flags), (_ANY_BIT, 0, 1, _WRITING)]
        code += [(_RETURN, 0, 0, _DENY), (_RETURN, 0, 0, _ALLOW)]
    for call in allowed:
        code += [(_EQUAL, 0, 1, call), (_RETURN, 0, 0, _ALLOW)]
    code.append((_RETURN, 0, 0, _DENY))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in code)
