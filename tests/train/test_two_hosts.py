"""Two hosts, as two network namespaces with a cable between them, train as one process."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from firsthand.train import Run, load_config, train
from tests.train.projects import write_project

HOSTS = {"firsthand-a": "10.199.7.1", "firsthand-b": "10.199.7.2"}


def ip(*words: str, check: bool = True) -> bool:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if check and done.returncode:
        pytest.skip(f"network namespaces are not permitted here: {done.stderr.strip()}")
    return done.returncode == 0


@pytest.fixture
def hosts() -> Iterator[dict[str, str]]:
    """Two namespaces that reach each other, and nothing else."""
    if shutil.which("ip") is None:
        pytest.skip("network namespaces need iproute2")
    try:
        for name in HOSTS:
            ip("netns", "add", name)
        first, second = HOSTS
        ip("link", "add", "fh-a", "netns", first, "type", "veth", "peer", "fh-b", "netns", second)
        for (name, address), end in zip(HOSTS.items(), ("fh-a", "fh-b"), strict=True):
            ip("-n", name, "address", "add", f"{address}/24", "dev", end)
            ip("-n", name, "link", "set", end, "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield HOSTS
    finally:
        for name in HOSTS:
            ip("netns", "delete", name, check=False)


@pytest.mark.slow
def test_two_hosts_train_as_one(hosts: dict[str, str], tmp_path: Path) -> None:
    config_file = write_project(tmp_path, epochs=2, batch_size=15)
    linear = ["model.hidden=[]", "model.dropout=0"]
    config = load_config(config_file, linear)
    one, _ = train(config, tmp_path)
    processes: list[subprocess.Popen[str]] = []
    for rank, (name, end) in enumerate(zip(hosts, ("fh-a", "fh-b"), strict=True)):
        processes.append(
            subprocess.Popen(
                [
                    *("ip", "netns", "exec", name, sys.executable),
                    *("-m", "torch.distributed.run", "--nnodes", "2", "--node-rank", str(rank)),
                    *("--master-addr", hosts["firsthand-a"], "--master-port", "29511"),
                    *("-m", "firsthand", "train", *linear),
                ],
                cwd=tmp_path,
                env=os.environ | {"GLOO_SOCKET_IFNAME": end, "OMP_NUM_THREADS": "1"},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    for process in processes:
        _, said = process.communicate(timeout=180)
        assert process.returncode == 0, said
    a, _ = one.checkpoints.latest()
    b, _ = Run.all(config, tmp_path)[-1].checkpoints.latest()
    assert a
    assert b
    torch.testing.assert_close(a["model"], b["model"], rtol=1e-5, atol=1e-5)
