"""``firsthand train`` as a person uses it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.train.projects import write_project


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "firsthand", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_trains_and_says_where_the_results_are(tmp_path: Path) -> None:
    write_project(tmp_path)
    done = run("train", "train.epochs=2", "train.report=true", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "outputs" / "runs").iterdir()
    assert f"Report:   outputs/runs/{folder.name}/report.html" in done.stdout
    assert (folder / "report.json").is_file()
    assert "\x1b" not in done.stdout
    assert (folder / "curves.png").read_bytes().startswith(b"\x89PNG")
    epochs = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    assert [figures["epoch"] for figures in epochs] == [1, 2]

    more = run("train", "--resume", "train.epochs=3", cwd=tmp_path)
    assert "Going on in epoch 3, step 1." in more.stdout
    assert len((folder / "history.jsonl").read_text().splitlines()) == 3

    other = run("train", "--resume", folder.name, "train.lr=0.5", cwd=tmp_path)
    assert other.returncode == 2
    assert "train.lr was 0.01, is 0.5" in other.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("train", "There is no configs/config.yaml here"),
        ("train a.yaml b.yaml", "One configuration at a time"),
        ("train missing.yaml", "missing.yaml cannot be read"),
    ],
)
def test_wrong_usage_is_told_in_a_line(words: str, said: str, tmp_path: Path) -> None:
    done = run(*words.split(), cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path: Path) -> None:
    write_project(tmp_path, epochs=100_000, patience=None)
    with subprocess.Popen(
        [sys.executable, "-m", "firsthand", "train"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not list(tmp_path.glob("outputs/runs/*/history.jsonl")):
            assert process.poll() is None
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    (folder,) = (tmp_path / "outputs" / "runs").iterdir()
    assert f"firsthand train --resume {folder.name}" in said
    assert "Traceback" not in said
