"""Training that was stopped anywhere goes on to the same bits; damage is found and passed over."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from firsthand.train import Run
from firsthand.train.checkpoints import Checkpoints, read
from firsthand.train.errors import CheckpointError, RunError, TrainError
from firsthand.train.listeners import Figures, Listener
from firsthand.train.loop import State, fit
from tests.train.small import classes, config_with, network, run_in, same

EVERYTHING = {
    "ema": 0.9,
    "accumulate": 2,
    "checkpoints": {"every_steps": 1},
    "schedule": {"name": "cosine", "warmup": 1},
}


class BrokenOffError(Exception):
    pass


def final(run: Run) -> dict[str, Any]:
    """All that a run ended with, but for the time that it took."""
    state, _ = run.checkpoints.latest()
    assert state
    state["state"].pop("seconds")
    for figures in state["state"]["history"]:
        figures.pop("seconds")
    return state | {"best": run.checkpoints.best()["model"]}


def train(folder: Path, *, resume: Run | None = None, stop: int = 0, **settings: Any) -> Run:
    """Train; with ``stop``, break off in the middle of the work after that many checkpoints."""
    config = config_with(augment={"mixup": 0.2}, **(EVERYTHING | settings))
    run = resume or run_in(folder, config)
    model = network(dropout=0.3, norm=True)
    if not stop:
        fit(model, classes(), config, run, resume=resume is not None)
        return run
    saved, save = 0, Checkpoints.save

    def counting(self: Checkpoints, state: dict[str, Any], step: int) -> Path:
        nonlocal saved
        saved += 1
        if saved > stop:
            raise BrokenOffError
        return save(self, state, step)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Checkpoints, "save", counting)
        with pytest.raises(BrokenOffError):
            fit(model, classes(), config, run, resume=resume is not None)
    return run


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What training without a stop ends with."""
    return final(train(tmp_path_factory.mktemp("whole")))


@pytest.mark.parametrize("stop", [1, 5, 6, 7, 12, 17])
def test_stopped_and_resumed_is_as_never_stopped(
    tmp_path: Path, whole: dict[str, Any], stop: int
) -> None:
    run = train(tmp_path, stop=stop)
    assert same(final(train(tmp_path, resume=run)), whole)


def test_stopped_again_and_again_is_as_never_stopped(tmp_path: Path, whole: dict[str, Any]) -> None:
    run = train(tmp_path, stop=2)
    for _ in range(5):
        train(tmp_path, resume=run, stop=2)
    assert same(final(train(tmp_path, resume=run)), whole)


def damage(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "cut":
        del content[len(content) // 2 :]
    elif how == "empty":
        content.clear()
    elif how == "flipped":
        content[len(content) // 3] ^= 16
    path.write_bytes(bytes(content))
    if how == "missing":
        path.unlink()


@pytest.mark.parametrize("how", ["cut", "empty", "flipped", "missing"])
def test_a_damaged_checkpoint_is_passed_over(
    tmp_path: Path, whole: dict[str, Any], how: str
) -> None:
    said: list[str] = []

    class Hears(Listener):
        def says(self, text: str) -> None:
            said.append(text)

    run = train(tmp_path, stop=9)
    latest = run.checkpoints.steps()[0]
    damage(latest, how)
    config = config_with(augment={"mixup": 0.2}, **EVERYTHING)
    model = network(dropout=0.3, norm=True)
    fit(model, classes(), config, run, resume=True, listener=Hears())
    assert same(final(run), whole)
    assert [latest.name in text for text in said] == ([] if how == "missing" else [True])


def test_a_damaged_best_falls_back_to_the_best_before(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path)
    for value in (1, 2):
        checkpoints.save_best({"model": {"W": torch.full((1000,), value)}})
    assert checkpoints.best()["model"]["W"].unique() == 2
    damage(tmp_path / "best.pt", "flipped")
    assert checkpoints.best()["model"]["W"].unique() == 1
    damage(tmp_path / "best-before.pt", "cut")
    with pytest.raises(CheckpointError, match=r"best.pt, best-before.pt"):
        checkpoints.best()


def test_no_flipped_bit_goes_unseen(tmp_path: Path) -> None:
    state = {"model": {"W": torch.arange(40.0)}, "state": {"epoch": 3, "history": [{"loss": 0.5}]}}
    path = Checkpoints(tmp_path).save(state, 1)
    sound = path.read_bytes()
    draw = random.Random(0)
    for _ in range(300):
        content = bytearray(sound)
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        path.write_bytes(bytes(content))
        try:
            assert same(read(path), state)  # padding may be anything
        except CheckpointError:
            continue


def test_all_damaged_is_told_and_nothing_is_overwritten(tmp_path: Path) -> None:
    run = train(tmp_path, stop=4)
    before = {}
    for path in run.checkpoints.steps():
        damage(path, "cut")
        before[path] = path.read_bytes()
    with pytest.raises(CheckpointError, match="Start again without --resume"):
        train(tmp_path, resume=run)
    assert before == {path: path.read_bytes() for path in run.checkpoints.steps()}


def test_other_settings_are_refused_by_name(tmp_path: Path) -> None:
    run = train(tmp_path, stop=4)
    with pytest.raises(CheckpointError, match=r"train.lr was 0.01, is 0.02"):
        train(tmp_path, resume=run, lr=0.02)


def test_other_data_are_refused(tmp_path: Path) -> None:
    run = train(tmp_path, stop=4)
    config = config_with(augment={"mixup": 0.2}, **EVERYTHING)
    model = network(dropout=0.3, norm=True)
    with pytest.raises(CheckpointError, match="the data are others"):
        fit(model, classes(seed=1), config, run, resume=True)


def test_another_network_is_refused(tmp_path: Path) -> None:
    run = train(tmp_path, stop=4)
    config = config_with(augment={"mixup": 0.2}, **EVERYTHING)
    with pytest.raises(CheckpointError, match="belong to another network"):
        fit(torch.nn.Linear(4, 3), classes(), config, run, resume=True)


def test_more_epochs_may_be_asked_for(tmp_path: Path) -> None:
    run = train(tmp_path, schedule={"name": "constant"})
    more = train(tmp_path, resume=run, schedule={"name": "constant"}, epochs=5)
    other = train(tmp_path / "at_once", schedule={"name": "constant"}, epochs=5)
    assert same(final(more)["model"], final(other)["model"])


def test_two_trainings_of_one_run_are_refused(tmp_path: Path) -> None:
    run = train(tmp_path, stop=2)
    with (
        run.checkpoints.locked(),
        pytest.raises(RunError, match=f"Process {os.getpid()} is training this run"),
    ):
        train(tmp_path, resume=run)


class FullAfter(Listener):
    """Fills the disk after the first epoch."""

    def __init__(self, folder: Path):
        self.folder = folder

    def finished_epoch(self, figures: Figures, state: State) -> None:
        with (self.folder / "ballast").open("wb", buffering=0) as file:
            while True:
                try:
                    file.write(bytes(4096))
                except OSError:
                    return


def test_a_full_disk_is_told_and_the_last_checkpoint_stays(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.system(f"mount -t tmpfs -o size=300k tmpfs {disk} 2> {os.devnull}"):
        pytest.skip("a small disk cannot be mounted without rights of the administrator")
    try:
        config = config_with(augment={"mixup": 0.2}, **EVERYTHING)
        run = run_in(disk, config)
        model = network(dropout=0.3, norm=True)
        with pytest.raises(TrainError, match="No space left on device"):
            fit(model, classes(), config, run, listener=FullAfter(disk))
        (disk / "ballast").unlink()
        state, damaged = run.checkpoints.latest()
        assert state
        assert not damaged
        fit(network(dropout=0.3, norm=True), classes(), config, run, resume=True)
        shutil.copytree(disk, tmp_path / "kept")
    finally:
        os.system(f"umount {disk}")
    kept = Run.open(tmp_path / "kept" / "outputs" / "runs" / run.id)
    assert same(final(kept)["model"], final(train(tmp_path / "other"))["model"])


@pytest.mark.slow
def test_a_process_that_is_killed_anywhere_is_resumed_to_the_same_bits() -> None:
    program = Path(__file__).parents[2] / "benchmarks" / "train" / "kills.py"
    command = [sys.executable, str(program), "--kills", "6", "--damage", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "same bits" in done.stdout
