"""What a run was made with is written down, and runs are found again."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from importlib.metadata import version
from pathlib import Path

import pytest

from firsthand import __version__
from firsthand.train import Config, Run, RunError, parse_config, train
from firsthand.train.environment import commit_of, environment
from firsthand.train.project import open_data

NOW = datetime(2026, 1, 2, 3, 4, 5)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    rows = [f"{i % 7},{i % 3},{'ab'[i % 2]}" for i in range(60)]
    (tmp_path / "table.csv").write_text("\n".join(["x,y,kind", *rows]) + "\n")
    return tmp_path


def config(**train_keys: object) -> Config:
    return parse_config(
        {
            "task": "tabular",
            "data": {"path": "table.csv", "target": "kind"},
            "model": {"name": "mlp", "hidden": [4]},
            "train": {"epochs": 1, "curves": False, "tensorboard": False, "check": False}
            | train_keys,
            "seed": 3,
        }
    )


def test_the_record_of_a_run(project: Path) -> None:
    run, _ = train(config(), project, now=NOW)
    record = json.loads((run.folder / "environment.json").read_text("utf-8"))
    assert record["firsthand"]["version"] == __version__
    assert record["packages"]["torch"] == version("torch")
    assert record["machine"]["python"] == platform.python_version()
    assert record["seed"] == 3
    assert record["command"] == sys.argv
    assert record["device"]["asked"] == "auto"
    assert record["data_fingerprint"] == open_data(config(), project).fingerprint
    assert sum(record["examples"].values()) == 60
    assert record["started"] == NOW.astimezone(UTC).isoformat(timespec="seconds")
    assert "resumed" not in record


def test_the_start_is_stated_in_universal_time(project: Path) -> None:
    there = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5)))
    record = environment(config(), open_data(config(), project), project, there)
    assert record["started"] == "2026-01-01T22:04:05+00:00"


def test_resuming_adds_to_the_record(project: Path) -> None:
    run, _ = train(config(), project, now=NOW)
    train(config(epochs=2), project, resume=run, now=NOW + timedelta(hours=1))
    record = json.loads((run.folder / "environment.json").read_text("utf-8"))
    (again,) = record["resumed"]
    assert again["started"] > record["started"]
    assert again["data_fingerprint"] == record["data_fingerprint"]


def test_a_damaged_record_does_not_stop_a_run(project: Path) -> None:
    run, _ = train(config(), project, now=NOW)
    (run.folder / "environment.json").write_text("{")
    train(config(epochs=2), project, resume=run)
    assert json.loads((run.folder / "environment.json").read_text("utf-8"))["resumed"]


def git(folder: Path, *words: str) -> str:
    whose = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
    done = subprocess.run(
        ["git", "-C", folder, *words],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | dict.fromkeys(whose, "a@b.c"),
    )
    return done.stdout.strip()


def test_the_commit_of_a_project_and_whether_it_was_changed(tmp_path: Path) -> None:
    assert commit_of(tmp_path / "nowhere") is None
    git(tmp_path, "init", "-q")
    (tmp_path / "main.py").write_text("")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "First")
    expected = git(tmp_path, "rev-parse", "HEAD")
    assert commit_of(tmp_path) == {"commit": expected, "changed": False}
    (tmp_path / "main.py").write_text("print()")
    assert commit_of(tmp_path) == {"commit": expected, "changed": True}


def test_no_git_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit_of(tmp_path) is None


def test_runs_are_found_by_folder_id_and_latest(project: Path) -> None:
    first, second = (Run.create(config(), project, NOW + timedelta(days=i)) for i in range(2))
    assert [run.id for run in Run.all(config(), project)] == [first.id, second.id]
    for word in (first.id, first.folder, first.folder.relative_to(project), str(first.folder)):
        assert Run.find(word, config(), project) == first
    assert Run.find("latest", config(), project) == second


def test_the_latest_has_something_to_show(project: Path) -> None:
    """A run that was killed before its first checkpoint is passed over."""
    run, _ = train(config(), project, now=NOW)
    Run.create(config(), project, NOW + timedelta(days=1))
    assert Run.find("latest", config(), project) == run


def test_runs_that_are_not_there(project: Path) -> None:
    with pytest.raises(RunError, match=r"no run 'x'.*none yet"):
        Run.find("x", config(), project)
    with pytest.raises(RunError, match=r"no run in .* yet. Start one"):
        Run.find("latest", config(), project)
    run = Run.create(config(), project, NOW)
    with pytest.raises(RunError, match=f"no run '20260102'.*{run.id}"):
        Run.find("20260102", config(), project)


def test_the_saved_configuration_makes_the_same_run(project: Path) -> None:
    run = Run.create(config(), project, NOW)
    assert Run.open(run.folder) == run
