"""The same command in several processes computes what one computes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml

from firsthand.train import Run, load_config, train
from tests.train.projects import write_project

MODEL = '''
from torch import nn

class Model(nn.Sequential):
    """Without dropout and batch norm, which would differ."""

    def __init__(self, facts):
        n, m = facts.input_shape[0], facts.output_size
        super().__init__(nn.Linear(n, 9), nn.Tanh(), nn.Linear(9, m))
'''
CLOSE = {"rtol": 1e-5, "atol": 1e-5}  # float32, summed in another order


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose last batch is uneven: 84 examples, 15 a batch, so that 9 are left."""
    config = write_project(tmp_path, epochs=2, batch_size=15, class_weights="balanced")
    raw = yaml.safe_load(config.read_text())
    raw["model"] = {"name": "own", "file": "models/model.py", "class": "Model"}
    config.write_text(yaml.safe_dump(raw))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.py").write_text(MODEL)
    return tmp_path


TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
AS_TORCHRUN = str(Path(__file__).with_name("forked.py"))  # with less to load


def run(project: Path, *command: str) -> str:
    """Run Python with a command, and return what it printed."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_same(project: Path, one: Run, **tolerance: float) -> None:
    """See that the latest run has learnt what ``one`` has, and judged it so in every epoch."""
    config = load_config(project / "configs" / "config.yaml")
    a, _ = one.checkpoints.latest()
    b, _ = Run.all(config, project)[-1].checkpoints.latest()
    assert a
    assert b
    torch.testing.assert_close(a["model"], b["model"], **tolerance)
    for before, after in zip(a["state"]["history"], b["state"]["history"], strict=True):
        for name in before.keys() - {"seconds"}:
            assert after[name] == pytest.approx(before[name], rel=1e-5, abs=1e-5), name


@pytest.mark.slow
@pytest.mark.parametrize("parallel", ["ddp", "fsdp"])
def test_two_processes_train_as_one(project: Path, parallel: str) -> None:
    one, _ = train(load_config(project / "configs" / "config.yaml"), project)
    said = run(
        project, AS_TORCHRUN, "2", "train", f"train.parallel={parallel}", "train.accumulate=2"
    )
    assert said.count("Records:") == 1
    check_same(project, one, **CLOSE)


@pytest.mark.slow
def test_a_run_goes_on_with_another_number_of_processes(project: Path) -> None:
    constant = "train.schedule={name: constant}"
    one, _ = train(load_config(project / "configs" / "config.yaml", [constant]), project)
    run(project, *TORCHRUN, "-m", "firsthand", "train", "train.epochs=1", constant)
    run(project, AS_TORCHRUN, "3", "train", "--resume", "latest", "train.epochs=2")
    check_same(project, one, **CLOSE)
