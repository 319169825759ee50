"""Anki as an oracle, in an environment of its own: it and we need different protobufs.

The ``anki`` package is AGPL: it is asked by the tests, in another process, and is no part of
firsthand. Where it cannot be installed the tests that need it are skipped, visibly.
"""

import fcntl
import json
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
HOME = ROOT / ".venv-anki"
VERSION = "anki==26.9.3"
ORACLE = Path(__file__).with_name("anki_oracle.py")


@pytest.fixture(scope="session")
def anki_python() -> Path:
    python = HOME / "bin" / "python"
    HOME.mkdir(exist_ok=True)
    with open(HOME / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test workers, one installation
        if not (HOME / VERSION).exists():
            venv.create(HOME, with_pip=True)
            install = [str(python), "-m", "pip", "install", "--quiet", VERSION]
            done = subprocess.run(install, capture_output=True, text=True, check=False)
            if done.returncode:
                last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                pytest.skip(f"{VERSION} cannot be installed here, so Anki is not asked: {last}")
            (HOME / VERSION).touch()
    return python


@pytest.fixture(scope="session")
def anki(anki_python: Path) -> Callable[..., Any]:
    """Ask Anki: ``anki("read", package)`` returns what it printed."""

    def ask(*words: object) -> Any:
        done = subprocess.run(
            [str(anki_python), str(ORACLE), *map(str, words)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    return ask


@pytest.fixture(scope="session")
def made_by_anki(anki: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with packages that Anki wrote, and the facts about them."""
    folder = tmp_path_factory.mktemp("anki")
    anki("make", folder)
    return folder
