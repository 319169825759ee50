"""``firsthand check``: once, for everything, at every save."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firsthand.study.content import load_curriculum
from firsthand.study.journey import Journey
from firsthand.study.skeleton import replace_function

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "study" / "grading" / "fixture"
SIGMOID = """def sigmoid(z):
    shrink = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, shrink) / (1.0 + shrink)
"""
OVERFLOWS = "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    more = {
        "FIRSTHAND_CURRICULUM": str(FIXTURE),
        "FIRSTHAND_JOURNEY": str(tmp_path / "journey"),
        "PYTHONPATH": f"{ROOT}:{FIXTURE}",
        "COLUMNS": "88",
    }
    return {**os.environ, **more}


@pytest.fixture
def run(tmp_path: Path, environment: dict[str, str]) -> Run:
    def command(*words: str) -> subprocess.CompletedProcess[str]:
        words = (sys.executable, "-m", "firsthand", *words)
        return subprocess.run(words, env=environment, cwd=tmp_path, capture_output=True, text=True)

    return command


@pytest.fixture
def file(tmp_path: Path, run: Run) -> Path:
    assert run("start", str(tmp_path / "journey")).returncode == 0
    (found,) = (tmp_path / "journey").glob("06_logistic/from_scratch/*.py")
    return found


def write(file: Path, target: str, function: str) -> None:
    file.write_text(replace_function(file.read_text("utf-8"), target, function), "utf-8")


def test_from_blank_to_passed(run: Run, file: Path) -> None:
    blank = run("check")
    assert blank.returncode == 1
    assert "logistic.sigmoid   Not written yet" in blank.stdout
    write(file, "sigmoid", OVERFLOWS)
    known = run("check", "sigmoid")
    assert known.returncode == 1
    assert "Wrong, and we know this one" in known.stdout
    assert "exp(-z) overflows" in known.stdout
    assert "firsthand hint logistic.sigmoid" in known.stdout
    write(file, "sigmoid", SIGMOID)
    passed = run("check", "logistic.sigmoid")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "Passed" in passed.stdout
    assert "logistic.gradient" in run("check").stdout  # the next one to write


def test_wrong_shows_yours_and_expected_side_by_side(run: Run, file: Path) -> None:
    write(file, "sigmoid", "def sigmoid(z):\n    return z * 0 + 0.75\n")
    said = run("check", "sigmoid").stdout
    assert "yours     [0.75 0.75 0.75]" in said
    assert "expected  [0.5 0.75 0.25]" in said
    assert "published values: does not agree" in said


def test_json_and_all(run: Run, file: Path) -> None:
    write(file, "sigmoid", SIGMOID)
    one = json.loads(run("check", "sigmoid", "--json").stdout)
    assert one["kind"] == "passed"
    everything = run("check", "--all", "--json")
    assert everything.returncode == 0  # blanks are no failure
    kinds = {v["exercise"]: v["kind"] for v in json.loads(everything.stdout)}
    assert kinds["logistic.sigmoid"] == "passed"
    assert kinds["logistic.gradient"] == "not_attempted"
    write(file, "slope", "def slope(function, x, h):\n    return 0.0\n")
    failed = run("check", "--all")
    assert failed.returncode == 1
    assert "logistic.slope" in failed.stdout


def test_an_exercise_that_does_not_exist(run: Run, file: Path) -> None:
    said = run("check", "sigmiod")
    assert said.returncode == 2
    assert "sigmoid" in said.stderr
    assert "Traceback" not in said.stderr


def test_without_a_journey(run: Run) -> None:
    assert run("check").returncode == 3


@pytest.fixture
def watching(
    tmp_path: Path, environment: dict[str, str], file: Path
) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "firsthand", "check", "--watch", "--json"]
    with subprocess.Popen(
        command,
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        # a program in a shell's background is deaf to Ctrl-C, and so are those it starts
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        yield process
        if process.poll() is None:
            process.kill()


def test_watch_grades_what_was_changed_at_every_save(
    watching: subprocess.Popen[str], file: Path
) -> None:
    def verdict() -> tuple[str, str]:
        assert watching.stdout
        row = json.loads(watching.stdout.readline())
        return row["exercise"], row["kind"]

    assert verdict() == ("logistic.sigmoid", "not_attempted")
    write(file, "sigmoid", OVERFLOWS)
    assert verdict() == ("logistic.sigmoid", "misconception")
    write(file, "slope", "def slope(function, x, h):\n    return 0.0\n")
    assert verdict() == ("logistic.slope", "wrong")
    write(file, "sigmoid", SIGMOID)
    assert verdict() == ("logistic.sigmoid", "passed")
    right = file.read_text("utf-8")
    file.write_text(right + "def broken(:\n", "utf-8")
    last = verdict()
    assert last[1] == "raised"
    file.write_text(right, "utf-8")
    assert verdict()[0] == last[0]  # mended: that one again, and none of the others
    write(file, "slope", "def slope(function, x, h):\n    return 1.0\n")
    assert verdict() == ("logistic.slope", "wrong")
    watching.send_signal(signal.SIGINT)
    assert watching.wait(30) == 0


def test_all_goes_on_past_a_missing_file_and_records_no_blank(
    run: Run, file: Path, tmp_path: Path
) -> None:
    said = run("check", "--all")
    assert said.returncode == 0
    assert re.search(r"^0 passed, 0 not passed, \d not written yet.$", said.stdout, re.M)
    with Journey.find(tmp_path / "journey", load_curriculum(FIXTURE)) as journey:
        assert not journey.begun()
    file.unlink()
    said = run("check", "--all")
    assert (said.returncode, "is missing" in said.stderr) == (1, True)


def test_a_practice_copy_is_named(run: Run, file: Path, tmp_path: Path) -> None:
    write(file, "sigmoid", SIGMOID)
    assert "practice" not in run("check", "sigmoid").stdout
    run("review", "--exercise", "logistic.sigmoid")
    said = run("check", "sigmoid")
    assert "Your practice copy, practice/logistic.sigmoid.py:" in said.stdout
    assert "Not written yet" in said.stdout
