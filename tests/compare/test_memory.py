"""Peaks of memory: what the work takes, and nothing of what was there before."""

import subprocess

import pytest

from firsthand.compare.memory import in_a_process

PROGRAM = """
import sys
import numpy as np
from firsthand.compare.memory import resident, risen

np.ones(2 * 10**7)  # 160 MB that are no longer there
before = resident()
np.ones(int(sys.argv[1]))
print(risen(before))
"""


def test_a_peak_is_seen_after_it_has_gone(tmp_path):
    program = tmp_path / "peak.py"  # in a process of its own, which has no memory to use again
    program.write_text(PROGRAM)
    kept = bytearray(3 * 10**8)  # what this process has is not the other one's
    assert in_a_process(str(program), "1") < 20
    assert 60 < in_a_process(str(program), "10_000_000") < 110
    assert len(kept) == 3 * 10**8


def test_a_program_tells_a_number(tmp_path):
    program = tmp_path / "told.py"
    program.write_text("import sys; print('first'); print(float(sys.argv[1]) / 2)")
    assert in_a_process(str(program), "5") == 2.5
    with pytest.raises(subprocess.CalledProcessError):
        in_a_process(str(program), "no number")
