"""The processes that train one network together, as ``torchrun`` starts them; usually there is one.

Each takes its share of every batch, so that many compute what one would: gradients are averaged
(DDP, every process holds the whole network) or the network itself is dealt out (FSDP2). Figures are
computed from all examples, once each. Rank 0 writes and speaks.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import distributed

from firsthand.train.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn

    from firsthand.train.data.contract import Examples

STEPS_BETWEEN_AGREEMENTS = 10  # whether to save or stop; agreeing takes a tenth of a millisecond


@dataclass(frozen=True)
class Processes:
    """This process among those that train together.

    Attributes
    ----------
    rank, world_size : int
        Which of how many.
    local_rank : int
        Which of those on this machine; its graphics card.
    """

    rank: int = 0
    world_size: int = 1
    local_rank: int = 0

    @property
    def writes(self) -> bool:
        """Whether this is the one that writes files and speaks."""
        return self.rank == 0

    @property
    def many(self) -> bool:
        """Whether there are others."""
        return self.world_size > 1

    def sum(self, number: float) -> float:
        """Return the sum of all processes' numbers."""
        if not self.many:
            return number
        total = torch.tensor(number, dtype=torch.float64)
        distributed.all_reduce(total)
        return total.item()

    def any(self, flag: bool) -> bool:
        """Return whether any process says so."""
        return flag if not self.many else self.sum(float(flag)) > 0

    def from_first(self, value: Any) -> Any:
        """Return what rank 0 has."""
        if not self.many:
            return value
        box = [value]
        distributed.broadcast_object_list(box)
        return box[0]

    def gather(self, share: torch.Tensor, n: int) -> torch.Tensor:
        """Return the rows of all processes, dealt out one by one, as the ``n`` they were."""
        if not self.many:
            return share
        shares = [torch.empty_like(share) for _ in range(self.world_size)]
        distributed.all_gather(shares, share.contiguous())
        return torch.stack(shares, 1).flatten(0, 1)[:n]

    def share_buffers(self, model: nn.Module) -> None:
        """Have the running statistics of rank 0 everywhere."""
        if self.many:
            for buffer in model.buffers():
                distributed.broadcast(buffer, 0)


ALONE = Processes()


@contextmanager
def joined() -> Generator[Processes]:
    """Join the processes that ``torchrun`` started; alone where it did not."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or "RANK" not in os.environ:
        yield ALONE
        return
    distributed.init_process_group("cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo")
    try:
        yield Processes(
            distributed.get_rank(),
            distributed.get_world_size(),
            int(os.environ.get("LOCAL_RANK", "0")),
        )
    finally:
        distributed.destroy_process_group()


@dataclass(frozen=True)
class Share:
    """Every ``world_size``-th example of a part, as many for each process; see `gather`."""

    examples: Examples
    rank: int
    world_size: int

    @property
    def in_memory(self) -> bool:
        """As the part."""
        return self.examples.in_memory

    def __len__(self) -> int:
        return -(-len(self.examples) // self.world_size)

    def batch(self, index: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return those of the part; where it does not divide, the first ones fill up."""
        return self.examples.batch((index * self.world_size + self.rank) % len(self.examples))

    def source(self, i: int) -> str:
        """As the part."""
        return self.examples.source((i * self.world_size + self.rank) % len(self.examples))

    def features(self, index: NDArray[np.int64]) -> Any:
        """As the part."""
        return self.examples.features((index * self.world_size + self.rank) % len(self.examples))


def spread(
    model: nn.Module,
    how: str,
    processes: Processes,
    device: torch.device,
    *,
    partly: bool = False,
) -> nn.Module:
    """Return a network on one device as one that all processes train.

    Parameters
    ----------
    model : nn.Module
    how : str
        ddp: each process holds it whole. fsdp: each holds its part of every layer's parameters.
    processes : Processes
    device : torch.device
    partly : bool
        Whether some parts do not learn all the time; ddp then looks which do, in each step.

    Raises
    ------
    ConfigError
        If no such way is known.
    """
    if not processes.many:
        return model
    if how == "ddp":
        from torch.nn.parallel import DistributedDataParallel

        card = [device.index] if device.type == "cuda" else None
        return DistributedDataParallel(model, device_ids=card, find_unused_parameters=partly)
    if how != "fsdp":
        raise ConfigError(f"train.parallel: {how!r} is unknown; choose ddp or fsdp.")
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(device.type, (processes.world_size,))
    for child in model.children():
        if any(True for _ in child.parameters()):
            fully_shard(child, mesh=mesh)
    fully_shard(model, mesh=mesh)
    return model


def whole(tree: Any) -> Any:
    """Return a state with every tensor that was dealt out put together; all have to call it."""
    if isinstance(tree, dict):
        return {key: whole(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [whole(value) for value in tree]
    return tree.full_tensor() if hasattr(tree, "full_tensor") else tree


def dealt(value: Any, like: torch.Tensor) -> Any:
    """Return a whole tensor dealt out as ``like`` is, if it is."""
    if not hasattr(like, "full_tensor") or getattr(value, "shape", None) != like.shape:
        return value
    from torch.distributed.tensor import DTensor, distribute_tensor

    assert isinstance(like, DTensor)  # as its method says
    return distribute_tensor(value.to(like.device), like.device_mesh, like.placements)


def dealt_optimizer(state: dict[str, Any], parameters: Sequence[torch.Tensor]) -> dict[str, Any]:
    """Return an optimizer's whole state dealt out as its parameters are."""
    return {
        **state,
        "state": {
            i: {name: dealt(value, parameters[i]) for name, value in of_one.items()}
            for i, of_one in state["state"].items()
        },
    }
