"""200 kills at random moments: no acknowledged review or verdict lost, no database damaged."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

KILLING = Path(__file__).with_name("killing.py")


def kill(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(KILLING), *options],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing() -> None:
    done = kill("--kills", "200")
    assert done.returncode == 0, done.stdout + done.stderr
    acknowledged = re.search(r"(\d+) acknowledged", done.stdout)
    assert acknowledged
    assert int(acknowledged[1]) > 100  # or the writers never got to write


@pytest.mark.slow
def test_acknowledging_before_the_commit_would_be_found() -> None:
    done = kill("--kills", "60", "--acknowledge-early")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "lost: " in done.stdout
