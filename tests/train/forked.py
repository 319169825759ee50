"""Processes of ``firsthand`` as ``torchrun`` starts them, forked from one that has loaded all.

    python tests/train/forked.py 2 train configs/config.yaml

Loading PyTorch takes a second; a fork of what has loaded it takes a hundredth of one.
"""

import os
import socket
import sys

import torch

from firsthand.cli.main import main


def fork(rank: int, world_size: int, port: int) -> int:
    """Return the id of a new process that runs the command line."""
    process = os.fork()
    if process:
        return process
    os.environ |= {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(world_size),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }
    torch.set_num_threads(1)
    try:
        main()
    except SystemExit as ending:
        os._exit(int(ending.code or 0))
    os._exit(1)


if __name__ == "__main__":
    n = int(sys.argv.pop(1))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes = [fork(rank, n, port) for rank in range(n)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]
    sys.exit(max(codes, key=abs))
