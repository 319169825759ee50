"""How far a process's peak of memory rises while it works, each side in a process of its own.

    before = resident()
    ...                        the work
    told = risen(before)       megabytes

A program prints ``told`` when it is asked to do one side's work, and asks itself by
:func:`in_a_process`. Linux keeps the peak; a new one can be begun there.
"""

from __future__ import annotations

import subprocess
import sys


def resident() -> float:
    """Return this process's memory now, in megabytes, and begin a new peak."""
    with open("/proc/self/clear_refs", "w") as reset:
        reset.write("5")
    return _status("VmRSS")


def risen(before: float) -> float:
    """Return by how many megabytes the peak is above ``before``."""
    # not getrusage's: that one is at least what the process that started this one had
    return max(0.0, _status("VmHWM") - before)


def _status(name: str) -> float:
    with open("/proc/self/status") as status:
        return float(next(line for line in status if line.startswith(name)).split()[1]) / 1024


def in_a_process(program: str, *arguments: str) -> float:
    """Return the number on the last line that a Python program prints.

    Raises
    ------
    subprocess.CalledProcessError
        If it fails.
    """
    command = [sys.executable, program, *arguments]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(told.stdout.splitlines()[-1])
