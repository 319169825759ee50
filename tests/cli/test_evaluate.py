"""``firsthand evaluate`` as a person uses it."""

import json
import subprocess
import sys
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


@pytest.mark.slow
def test_a_run_is_judged_and_two_are_compared(tmp_path: Path) -> None:
    write_project(tmp_path)
    for rate in ("0.01", "0.011"):
        done = run("train", "train.epochs=1", f"train.lr={rate}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    done = run("evaluate", "--no-baselines", "--html", "mine.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    first, last = sorted((tmp_path / "outputs" / "runs").iterdir())
    assert f"outputs/runs/{last.name}/report.html" in done.stdout
    assert "Figures: The model is right in" in done.stdout
    said = " ".join(done.stdout.split())  # lines are wrapped
    assert "classical models were not asked for (--no-baselines)" in said
    assert "could not be made" not in done.stdout
    assert (tmp_path / "mine.html").read_bytes() == (last / "report.html").read_bytes()
    done = run("evaluate", first.name, last.name, "--json", cwd=tmp_path)
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    assert found["ranked"] == (done.returncode == 0)
    assert {name for c in found["contenders"] for name in c["runs"]} == {first.name, last.name}
    done = run("evaluate", first.name, last.name, cwd=tmp_path)
    assert "better by" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("evaluate", "no configs/config.yaml"),
        ("evaluate nowhere", "There is no run 'nowhere' here"),
        ("evaluate --data missing.csv", "missing.csv"),
    ],
)
def test_wrong_usage_is_told_in_a_line(words: str, said: str, tmp_path: Path) -> None:
    done = run(*words.split(), cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
