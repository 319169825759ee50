"""Runs that cannot go on, or not as they are: told in a text that helps, and nothing is lost."""

import json
import math
import os
import shutil
from collections.abc import Callable, Generator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from firsthand.train import CheckpointError, Run, RunError, TrainError, load_config, train
from firsthand.train.evaluation.opening import open_run
from firsthand.train.evaluation.report import evaluate
from firsthand.train.listeners import Listener
from firsthand.train.loop import State, fit
from tests.train.projects import config_of, write_project
from tests.train.small import classes, config_with, data_of, network, run_in

NOW = datetime(2026, 1, 2, 3, 4, 5)


def files(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"}


@pytest.fixture
def trained(tmp_path: Path) -> Run:
    """A run of a project, one epoch long."""
    run, _ = train(config_of(tmp_path, curves=False, epochs=1), tmp_path, now=NOW)
    return run


def test_a_refused_resume_changes_no_file(trained: Run, tmp_path: Path) -> None:
    table = tmp_path / "data" / "raw" / "points.csv"
    table.write_text(table.read_text().replace("1.", "91."))
    before = files(tmp_path)
    with pytest.raises(CheckpointError, match="the data are others"):
        train(config_of(tmp_path, "train.epochs=2"), tmp_path, resume=trained)
    assert files(tmp_path) == before


def test_a_resume_while_another_process_trains_changes_no_file(
    trained: Run, tmp_path: Path
) -> None:
    before = files(tmp_path)
    with trained.checkpoints.locked(), pytest.raises(RunError, match=f"Process {os.getpid()}"):
        train(config_of(tmp_path, "train.epochs=2"), tmp_path, resume=trained)
    assert files(tmp_path) == before


def test_the_preparation_is_not_written_anew_on_resume(trained: Run, tmp_path: Path) -> None:
    record = trained.folder / "preparation.json"
    record.write_text(record.read_text() + " ")
    before = record.read_bytes()
    train(config_of(tmp_path, "train.epochs=2"), tmp_path, resume=trained)
    assert record.read_bytes() == before


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "no config": (lambda c: c.pop("config"), "it holds no 'config'"),
    "no fingerprint": (lambda c: c.pop("fingerprint"), "it holds no 'fingerprint'"),
    "config": (lambda c: c.update(config=[1]), "'config' is a list, not a dict"),
    "optimizer": (lambda c: c.update(optimizer=5), "'optimizer' is an int, not a dict"),
    "in the optimizer": (lambda c: c["optimizer"].update(state=5), "belong to another network"),
    "groups": (lambda c: c["optimizer"].update(param_groups=[5]), "belong to another network"),
    "state": (lambda c: c.update(state="x"), "'state' is a str, not a dict"),
    "no step": (lambda c: c["state"].pop("step"), "of its 'state', it holds no 'step'"),
    "epoch": (lambda c: c["state"].update(epoch="zz"), "'epoch' is a str, not an int"),
    "other": (lambda c: c["state"].update(other=1), "holds 'other', which is unknown"),
    "history": (lambda c: c["state"].update(history="x"), "'history' is a str, not a list"),
    "figures": (lambda c: c["state"].update(history=[5]), "no figures of an epoch"),
    "lost": (lambda c: c["state"].update(history=[]), "contradicts itself: 0 epochs"),
    "best epoch": (lambda c: c["state"].update(best_epoch=7), "the best epoch 7"),
    "model": (lambda c: c.update(model=5), "'model' is an int, not a dict"),
    "weights": (lambda c: c.update(model={5: 5}), "weights without a name"),
    "other weights": (lambda c: c.update(model={"x": 5}), "belong to another network"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_whole_checkpoints_with_wrong_content_are_told(name: str, tmp_path: Path) -> None:
    change, said = CHANGES[name]
    config = config_with(epochs=1)
    run = run_in(tmp_path, config)
    fit(network(), classes(), config, run)
    (path,) = run.checkpoints.steps()
    content = torch.load(path)
    change(content)
    torch.save(content, path)
    before = files(tmp_path)
    more = config_with(epochs=2)
    with pytest.raises(CheckpointError, match=said) as caught:
        fit(network(), classes(), more, run, resume=True)
    assert "new run" in str(caught.value) or "Start again without --resume" in str(caught.value)
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"model": 5, "epoch": 0}, "'model' is an int, not a dict"),
        ({"epoch": 0}, "it holds no 'model'"),
        ({"model": {}, "epoch": "zz"}, "'epoch' is 'zz', not a number of epochs"),
        ({"model": {"x": 5}, "epoch": 0}, "does not fit the network"),
    ],
)
def test_a_best_with_wrong_content_is_told(
    content: dict[str, Any], said: str, trained: Run
) -> None:
    for path in trained.checkpoints.steps():
        path.unlink()
    trained.checkpoints.save_best(content)
    (trained.checkpoints.folder / "best-before.pt").unlink()
    with pytest.raises(CheckpointError, match=said) as caught:
        evaluate(trained, baselines=False)
    assert "train again" in str(caught.value)


def test_a_best_with_wrong_content_is_told_when_training_ends(trained: Run, tmp_path: Path) -> None:
    trained.checkpoints.save_best({"model": 5})
    (trained.checkpoints.folder / "best-before.pt").unlink()
    with pytest.raises(CheckpointError, match="'model' is an int, not a dict"):
        train(config_of(tmp_path), tmp_path, resume=trained)


@pytest.mark.parametrize("text", ["[]", "5", '{"resumed": 5, "project": 5}', "{", '"x"', "\xff"])
def test_a_record_of_the_environment_that_is_none(text: str, trained: Run, tmp_path: Path) -> None:
    record = trained.folder / "environment.json"
    record.write_bytes(text.encode("latin-1"))
    config = config_of(tmp_path, "train.epochs=2")
    train(config, tmp_path, resume=Run.find("latest", config, tmp_path))
    assert len(json.loads(record.read_text())["resumed"]) == 1
    assert open_run(Run.open(trained.folder)).epoch


class Hears(Listener):
    def __init__(self) -> None:
        self.said: list[str] = []

    def says(self, text: str) -> None:
        self.said.append(text)


def fitted(tmp_path: Path, y: torch.Tensor, monitor: str, **keys: Any) -> tuple[Run, State, Hears]:
    """Train on 40 rows of 60; the next 20 validate, the last 20 test (their part is the same)."""
    X = torch.randn(60, 4, generator=torch.Generator().manual_seed(0))
    n_outputs = y.shape[1] if y.is_floating_point() else 2
    config = config_with(monitor=monitor, **keys)
    run, hears = run_in(tmp_path, config), Hears()
    data = data_of(X, y, 20, n_outputs)
    return run, fit(network(n_outputs), data, config, run, listener=hears), hears


@pytest.mark.parametrize("monitor", ["auc", "r2"])
def test_a_monitored_figure_that_is_no_number_is_told_once_and_weights_are_kept(
    monitor: str, tmp_path: Path
) -> None:
    y = torch.arange(60) % 2
    y[20:40] = 1
    y = y if monitor == "auc" else y[:, None].float()
    run, state, hears = fitted(tmp_path, y, monitor)
    (said,) = hears.said
    assert said.startswith(f"warning: the validation {monitor} is ")
    assert "after epoch 1" in said
    assert "in the validation part. Until it is a number, the latest epoch's weights" in said
    assert "train.monitor=loss" in said
    assert state.best_epoch == 2  # the latest: each is better trained than the one before
    assert math.isinf(state.best)
    latest, _ = run.checkpoints.latest()
    assert latest
    assert run.checkpoints.best()["epoch"] == 2
    assert all(
        torch.equal(weight, latest["model"][name])
        for name, weight in run.checkpoints.best()["model"].items()
    )


def test_an_infinite_error_is_told_and_the_finite_epochs_stay(tmp_path: Path) -> None:
    from firsthand.train.figures import undefined

    state = State()
    for epoch, monitored in enumerate([math.inf, 3.0, math.nan, 2.0, -math.inf, 4.0]):
        state.epoch = epoch
        kept = state.close({"epoch": epoch + 1, "monitored": monitored})
        assert kept == (epoch in (0, 1, 3))
    assert (state.best, state.best_epoch) == (2.0, 3)
    said = undefined("mse", {"epoch": 3.0, "validation_mse": math.inf}, 2)
    assert "mse is inf after epoch 3" in said
    assert "those of epoch 2 stay" in said


def test_patience_counts_from_the_last_figure_that_was_a_number(tmp_path: Path) -> None:
    y = torch.arange(60) % 2
    y[20:40] = 1
    _, state, _ = fitted(tmp_path, y, "auc", patience=1, epochs=4)
    assert state.epoch == 4


def goes_on_and_is_judged(run: Run, *, by: Path | str, config: Path) -> Run:
    """Resume a run that is found by a word, then judge it."""
    project = config.parents[1]
    found = Run.find(by, load_config(config), project)
    longer = load_config(found.folder / "config.yaml", ["train.epochs=2"])
    again, state = train(longer, found.project, resume=found)
    assert state.epoch == 2
    judged = Run.open(again.folder)
    assert judged.project.samefile(run.project)
    assert open_run(judged).epoch
    return judged


@pytest.mark.parametrize("name", ["outputs", "elsewhere"])
def test_outputs_that_are_a_link_to_another_disk(name: str, tmp_path: Path) -> None:
    project, disk = tmp_path / "project", tmp_path / "disk" / name
    project.mkdir()
    disk.mkdir(parents=True)
    (project / "outputs").symlink_to(disk)
    config = write_project(project, curves=False, epochs=1)
    run, _ = train(load_config(config), project, now=NOW)
    for word in (run.folder, disk / "runs" / run.id, run.id, "latest"):
        judged = goes_on_and_is_judged(run, by=word, config=config)
        assert judged.checkpoints.folder.samefile(disk / "checkpoints" / run.id)
    assert evaluate(Run.open(disk / "runs" / run.id), baselines=False).html.is_file()


def test_outputs_at_an_absolute_path(tmp_path: Path) -> None:
    project, disk = tmp_path / "project", tmp_path / "disk"
    project.mkdir()
    config = write_project(project, curves=False, epochs=1)
    settings = load_config(config, [f"folders.outputs={disk}"])
    run, _ = train(settings, project, now=NOW)
    assert run.folder.is_relative_to(disk)
    for word in (run.folder, str(run.folder)):
        goes_on_and_is_judged(run, by=word, config=config)
    assert Run.find("latest", settings, project).project == project
    assert evaluate(Run.open(run.folder), baselines=False).html.is_file()


def test_a_project_that_has_moved(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    config = write_project(project, curves=False, epochs=1)
    run, _ = train(load_config(config), project, now=NOW)
    moved = project.rename(tmp_path / "moved")
    folder = moved / run.folder.relative_to(project)
    assert Run.open(folder).project == moved
    assert open_run(Run.open(folder)).epoch
    copied = Path(shutil.copytree(moved, tmp_path / "copied"))
    assert Run.open(copied / run.folder.relative_to(project)).project == copied


def test_a_run_whose_project_cannot_be_found(tmp_path: Path) -> None:
    project, disk = tmp_path / "project", tmp_path / "disk"
    project.mkdir()
    config = write_project(project, curves=False, epochs=1)
    settings = load_config(config, [f"folders.outputs={disk}"])
    run, _ = train(settings, project, now=NOW)
    moved = project.rename(tmp_path / "moved")
    with pytest.raises(RunError, match=r"project of .* is unknown.*name the run by its id"):
        Run.open(run.folder)
    assert Run.find(run.id, settings, moved).project == moved
    away = Path(shutil.copytree(run.folder, tmp_path / "away"))
    with pytest.raises(RunError, match=r"is unknown.*Put it back"):
        Run.open(away)


def test_outputs_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    config = config_of(tmp_path, "folders.outputs=taken/here")
    before = files(tmp_path)
    with pytest.raises(RunError, match=r"cannot be made: Not a directory.*folders.outputs=PATH"):
        train(config, tmp_path, now=NOW)
    assert files(tmp_path) == before


@pytest.fixture
def read_only(trained: Run, tmp_path: Path) -> Generator[Run]:
    """A run whose outputs are on a disk that cannot be written."""
    outputs = tmp_path / "outputs"
    if os.system(f"mount --bind -o ro {outputs} {outputs} 2> {os.devnull}"):
        pytest.skip("a read-only disk cannot be mounted without rights of the administrator")
    try:
        yield trained
    finally:
        os.system(f"umount {outputs}")


def test_outputs_that_cannot_be_written(read_only: Run, tmp_path: Path) -> None:
    before = files(tmp_path)
    try:
        (tmp_path / "outputs" / "probe").write_text("")
    except OSError:
        pass
    else:
        pytest.skip("this system mounts no folder read-only")
    config = config_of(tmp_path, "train.epochs=2")
    for resume in (None, read_only):
        with pytest.raises(TrainError, match="Read-only file system") as caught:
            train(config, tmp_path, resume=resume)
        assert "folders.outputs" in str(caught.value)
    with pytest.raises(TrainError, match="Read-only file system"):
        evaluate(read_only, baselines=False)
    assert files(tmp_path) == before
    assert np.isfinite(read_only.checkpoints.best()["figures"]["monitored"])
