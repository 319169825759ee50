"""Where a network is computed: a processor or a graphics card, by name."""

from __future__ import annotations

import torch

from firsthand.train.errors import ConfigError


def choose_device(name: str, local_rank: int = 0) -> torch.device:
    """Return the device of that name; ``auto`` takes CUDA, else Apple's MPS, else the processor.

    Of several graphics cards, each process of a machine takes its own.

    Raises
    ------
    ConfigError
        If there is no such device here.
    """
    here = ["cpu"]
    if torch.cuda.is_available():
        here = ["cuda", *(f"cuda:{i}" for i in range(torch.cuda.device_count())), *here]
    if torch.backends.mps.is_available():
        here = ["mps", *here]
    name = here[0] if name == "auto" else name
    if name == "cuda" and torch.cuda.is_available():
        return torch.device("cuda", local_rank % torch.cuda.device_count())
    if name not in here:
        raise ConfigError(
            f"device: {name} is not here; there is {', '.join(here)}. Set device=auto to take "
            "what there is."
        )
    return torch.device(name)


def seed_devices(seed: int, device: torch.device) -> None:
    """Seed what dropout on a device draws from; ``torch.manual_seed`` takes 90 times as long."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)
