"""The search: stored, resumed, shared, honest about what it found."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from firsthand.train import ConfigError, RunError, load_config
from firsthand.train.config.tuning import Range
from firsthand.train.errors import DivergedError
from firsthand.train.files import locked
from firsthand.train.tuning import Finalist, Job, tune
from firsthand.train.tuning.finalists import are_apart, interval
from firsthand.train.tuning.pictures import importances
from firsthand.train.tuning.search import search, start_again
from firsthand.train.tuning.space import at_edges, configured
from firsthand.train.tuning.study import finished, open_study, values_of
from tests.train.small import data_of

CONFIG = """
name: moons
task: tabular
data: {path: moons.csv, target: y}
model: {name: mlp, hidden: [8]}
train: {epochs: 3, batch_size: 32}
tune:
  trials: 4
  finalists: 0
  pruner: none
  space:
    train.lr: {low: 1.0e-5, high: 0.1, log: true}
    model.hidden: [[4], [16, 8]]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    from sklearn.datasets import make_moons

    X, y = make_moons(200, noise=0.2, random_state=0)
    table = np.column_stack([X, y])
    np.savetxt(tmp_path / "moons.csv", table, delimiter=",", header="a,b,y", comments="", fmt="%g")
    (tmp_path / "config.yaml").write_text(CONFIG)
    return tmp_path


def job(project: Path, *overrides: str, name: str = "moons") -> Job:
    return Job(load_config(project / "config.yaml", overrides), project, name)


def test_the_best_settings_are_written_as_a_configuration_that_loads(project: Path) -> None:
    result = tune(job(project, "tune.finalists=2", "tune.seeds=2"))
    written = load_config(result.config)
    assert written.train.lr == result.values["train.lr"]
    assert list(written.model.hidden) == result.values["model.hidden"]
    plain = json.loads((result.folder / "result.json").read_text())
    assert [t["number"] for t in plain["trials"]] == [0, 1, 2, 3]
    assert len(plain["finalists"]) == 2
    assert len(plain["finalists"][0]["figures"]) == 2
    assert (result.folder / "slices.png").stat().st_size > 1000
    assert "<svg" in (result.folder / "report.html").read_text()


def test_a_search_goes_on_where_it_was(project: Path) -> None:
    before = [(t.params, t.value) for t in search(job(project)).trials]
    after = [(t.params, t.value) for t in search(job(project, "tune.trials=6")).trials]
    assert len(after) == 6
    assert after[:4] == before
    assert len({json.dumps(values) for values, _ in after}) == 6


def test_the_same_seed_proposes_the_same(project: Path) -> None:
    one, other = search(job(project, name="one")), search(job(project, name="other"))
    assert [t.params for t in one.trials] == [t.params for t in other.trials]
    assert [t.value for t in one.trials] == [t.value for t in other.trials]


def test_a_trial_that_lags_is_stopped(project: Path) -> None:
    study = search(job(project, "tune.trials=16", "tune.pruner=median", "tune.warmup_epochs=0"))
    states = [trial.state.name for trial in study.trials]
    assert states.count("PRUNED") >= 1
    assert states.count("PRUNED") + states.count("COMPLETE") == 16
    pruned = next(t for t in study.trials if t.state.name == "PRUNED")
    assert len(pruned.intermediate_values) < 3


@pytest.mark.slow
def test_processes_and_a_database_share_a_study(project: Path) -> None:
    storage = f"sqlite:///{project / 'studies.db'}"
    asked = job(project, "tune.processes=2", f"tune.storage={storage}", "tune.trials=5")
    study = search(asked)
    assert len(finished(study)) >= 5
    assert len({json.dumps(values_of(t)) for t in finished(study)}) == len(finished(study))


@pytest.mark.slow
def test_a_trial_whose_process_was_killed_is_tried_again(project: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from firsthand.train import load_config\n"
        "from firsthand.train.tuning import Job; from firsthand.train.tuning.search import search\n"
        f"p = Path({str(project)!r})\n"
        "c = load_config(p / 'config.yaml', ['train.epochs=1000', 'train.patience=null'])\n"
        "search(Job(c, p, 'killed'), say=print)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    asked = job(project, "train.epochs=1000", "train.patience=null", name="killed")
    journal = project / "outputs" / "tuning" / "killed" / "journal.log"
    while not (journal.exists() and "intermediate_value" in journal.read_text()):
        time.sleep(0.05)
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    (left,) = open_study(asked.config, project, "killed").trials
    assert left.state.name == "RUNNING"
    study = open_study(asked.config, project, "killed")
    start_again(study)
    assert [t.state.name for t in study.trials] == ["FAIL", "WAITING"]
    assert study.trials[1].system_attrs["fixed_params"] == left.params


@pytest.mark.slow
def test_ctrl_c_in_a_search_is_told_in_a_line_and_its_trial_is_tried_again(project: Path) -> None:
    words = ["tune", "config.yaml", "train.epochs=100000", "train.patience=null"]
    with subprocess.Popen(
        [sys.executable, "-m", "firsthand", *words],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        journal = project / "outputs" / "tuning" / "moons" / "journal.log"
        while not (journal.exists() and "intermediate_value" in journal.read_text()):
            time.sleep(0.05)
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert len(said.splitlines()) == 1
    assert "Stopped the search 'moons'" in said
    assert "firsthand tune" in said
    assert "--resume" not in said  # a trial's checkpoints are not kept
    asked = job(project, *words[2:])
    stopped, queued = open_study(asked.config, project, "moons").trials
    assert (stopped.state.name, queued.state.name) == ("FAIL", "WAITING")
    assert queued.system_attrs["fixed_params"] == stopped.params


def test_a_trial_whose_figure_is_never_a_number_fails(project: Path) -> None:
    from optuna.trial import FixedTrial

    from firsthand.train.tuning.search import _train

    y = torch.arange(60) % 2
    y[20:40] = 1  # the validation part has one class
    data = data_of(torch.randn(60, 4), y, 20, 2)
    trial: Any = FixedTrial({"train.lr": 0.01, "model.hidden": "[4]"}, 0)
    with pytest.raises(DivergedError, match="The validation auc was never a finite number"):
        _train(job(project, "train.monitor=auc"), data, trial)


def test_two_searches_in_one_study_are_refused(project: Path) -> None:
    with (
        locked(project / "outputs" / "tuning" / "moons", "is searching in this study"),
        pytest.raises(RunError, match=rf"Process {os.getpid()} is searching in this study"),
    ):
        search(job(project))


def test_the_key_that_matters_is_found(project: Path) -> None:
    shares = importances(search(job(project, "tune.trials=12", "tune.sampler=random")))
    assert shares.keys() == {"train.lr", "model.hidden"}
    assert shares["train.lr"] > 0.5


def test_the_end_of_a_range_is_told() -> None:
    space = {"train.lr": Range(low=1e-4, high=0.1, log=True), "model.hidden": ((4,), (8,))}
    assert at_edges({"train.lr": 1e-2, "model.hidden": [4]}, space) == []
    (low,) = at_edges({"train.lr": 1.1e-4}, space)
    assert "lower end" in low
    assert "extend the range down" in low


def test_finalists_are_told_apart_by_paired_differences() -> None:
    # the same luck in both: the difference is sure, though the two intervals overlap widely
    luck = [0.0, 1.0, 2.0]
    one = Finalist(0, {}, tuple(x for x in luck))
    other = Finalist(1, {}, tuple(x + d for x, d in zip(luck, (0.50, 0.51, 0.49), strict=True)))
    assert are_apart(one, other)
    assert not are_apart(one, Finalist(2, {}, (0.5, 0.9, 2.2)))


def test_the_interval_covers_the_mean_as_often_as_it_says() -> None:
    draws = np.random.default_rng(0).normal(size=(4000, 3))
    covered = np.mean([abs(row.mean()) <= interval(row.tolist()) for row in draws])
    assert abs(covered - 0.95) < 0.015  # four standard errors


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("tune.space={train.learning_rate: [1, 2]}", "train.learning_rate"),
        ("tune.space={train.lr: [1]}", "tune.space: train.lr"),
        ("tune.space={train.lr: {low: 1, high: 0.1}}", "low has to be below high"),
        ("tune.space={train.lr: {low: 0, high: 0.1, log: true}}", "low has to be above 0"),
        ("tune.space={train.epochs: {low: 1.5, high: 3, whole: true}}", "whole numbers"),
        ("tune.space={train.lr: {low: -1, high: 0.1}}", "train.lr"),
        ("tune.space={data.target: [a, y]}", "defines the problem"),
        ("tune.space={}", "tune.space is empty"),
        ("tune.space={model.layers: [1, 2]}", "layers"),
        ("tune.trials=0", "tune.trials"),
        ("tune.sampler=bayes", "tune.sampler"),
    ],
)
def test_a_space_that_does_not_fit_is_refused_before_any_trial(
    project: Path, override: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        tune(job(project, override))
    assert not (project / "outputs").exists()


def test_a_study_of_another_problem_is_refused_and_kept(project: Path) -> None:
    search(job(project))
    with pytest.raises(ConfigError, match=r"train.batch_size \(32 -> 64\).*--study"):
        search(job(project, "train.batch_size=64"))
    with pytest.raises(ConfigError, match="space"):
        search(job(project, "tune.space={train.lr: [0.1, 0.2]}"))
    assert len(search(job(project)).trials) == 4


def test_a_name_cannot_lead_elsewhere(project: Path) -> None:
    with pytest.raises(ConfigError, match="is no name of a study"):
        search(job(project, name="../../evil"))


def test_a_storage_that_is_none_is_told(project: Path) -> None:
    with pytest.raises(RunError, match=r"tune.storage: nonsense cannot be used"):
        search(job(project, "tune.storage=nonsense"))


def test_settings_make_a_configuration(project: Path) -> None:
    config = configured(load_config(project / "config.yaml"), {"model.hidden": [3, 2]})
    assert config.model.hidden == (3, 2)
