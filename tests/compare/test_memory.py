"""Peaks of memory: what the work takes, and nothing of what was there before."""

import subprocess

import numpy as np
import pytest

from firsthand.compare.memory import in_a_process, resident, risen


def test_a_peak_is_seen_after_it_has_gone():
    np.ones(2 * 10**7)  # 160 MB that are no longer there
    before = resident()
    assert risen(before) < 20
    np.ones(10**7)
    assert 60 < risen(before) < 110


def test_a_program_tells_a_number(tmp_path):
    program = tmp_path / "told.py"
    program.write_text("import sys; print('first'); print(float(sys.argv[1]) / 2)")
    assert in_a_process(str(program), "5") == 2.5
    with pytest.raises(subprocess.CalledProcessError):
        in_a_process(str(program), "no number")
