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


def seed_devices(seed: int) -> None:
    """Seed the generators that dropout draws from; much cheaper than ``torch.manual_seed``."""
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.manual_seed(seed)
    if torch.backends.mps.is_available():
        torch.mps.manual_seed(seed)
