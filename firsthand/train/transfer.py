"""Transfer learning: start from another network's weights, and let parts of it learn later.

What fits by name and shape is taken over. The last layer is for other classes and stays new, unless
it fits, too. Frozen parts do not step, and their normalisations keep the statistics they have.
Yosinski et al., How transferable are features in deep neural networks? (2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from firsthand.train.config.spelling import nearest
from firsthand.train.errors import ModelError
from firsthand.train.models.registry import head_of, show
from firsthand.train.weights import read_weights

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.config.models import ModelSettings
    from firsthand.train.data.contract import Data

BACKBONE = "backbone"  # stands for all but the last layer
ENOUGH = 0.5  # of a network's own tensors, the last layer's apart
SHOWN = 3  # names in a text


@dataclass(frozen=True)
class Transfer:
    """What became of a file of weights.

    Attributes
    ----------
    loaded : tuple of str
        Names that were taken over.
    skipped : tuple of str
        Names in the file that were not, each with the reason.
    missing : tuple of str
        Names of the network that stay as they were.
    """

    loaded: tuple[str, ...]
    skipped: tuple[str, ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        parts = [f"{len(self.loaded)} tensors loaded"]
        for what, names in (("not used", self.skipped), ("new", self.missing)):
            if names:
                more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
                parts.append(f"{len(names)} {what} ({', '.join(names[:SHOWN])}{more})")
        return ", ".join(parts)


def make_ready(
    model: nn.Module, settings: ModelSettings, data: Data, project: Path, *, resumed: bool = False
) -> Transfer | None:
    """Give a new network what it has before the first step; return what was taken over.

    Training that is resumed has its weights from a checkpoint, and asks for no file.

    Raises
    ------
    ModelError
        If the file of weights or a name to freeze cannot be used.
    """
    check_freeze(model, settings)
    if resumed:
        return None
    show(model, data.train)
    if settings.pretrained is None:
        return None
    return load_pretrained(model, project / settings.pretrained, head_of(settings))


def load_pretrained(model: nn.Module, path: Path, head: str = "head") -> Transfer:
    """Take over what fits of a file of weights.

    Raises
    ------
    ModelError
        If the file cannot be used, or under half of the network is in it.
    """
    weights, own = read_weights(path), model.state_dict()
    loaded: list[str] = []
    skipped: list[str] = []
    for name, value in weights.items():
        if name not in own:
            skipped.append(f"{name}: unknown")
        elif own[name].shape != value.shape:
            came, wanted = (list(v.shape) for v in (value, own[name]))
            skipped.append(f"{name}: {came}, not {wanted}")
        else:
            loaded.append(name)
    missing = [n for n in own if n not in loaded and not n.endswith("num_batches_tracked")]
    body = [n for n in own if not _in(n, head) and not n.endswith("num_batches_tracked")]
    found = len(set(body) & set(loaded))
    if found < ENOUGH * max(len(body), 1):
        pairs = [f"{name} (nearest: {_nearest(name, weights)})" for name in missing[:SHOWN]]
        raise ModelError(
            f"{path} fits another network: {found} of {len(body)} tensors are in it by name and "
            f"shape. Not there: {', '.join(pairs)}. Choose the network it was trained as."
        )
    model.load_state_dict({name: weights[name] for name in loaded}, strict=False)
    return Transfer(tuple(loaded), tuple(skipped), tuple(missing))


def check_freeze(model: nn.Module, settings: ModelSettings) -> None:
    """See that every name in ``freeze`` is one, and that something is left to learn.

    Raises
    ------
    ModelError
        If not.
    """
    head = head_of(settings)
    names = [name for name, _ in model.named_parameters()]
    for start in settings.freeze:
        if not any(_frozen(name, (start,), head) for name in names):
            tops = sorted({name.split(".")[0] for name in names})
            near = nearest(start, [*tops, *names, BACKBONE])
            hint = f" Did you mean {near}?" if near else ""
            raise ModelError(
                f"model.freeze: no parameter begins with {start!r}.{hint} "
                f"There are {', '.join(tops)}, and {BACKBONE} for all but {head}."
            )
    if settings.thaw_epoch is None and all(_frozen(n, settings.freeze, head) for n in names):
        raise ModelError(
            "model.freeze leaves nothing to learn; name fewer parts, or set model.thaw_epoch."
        )


def set_training(model: nn.Module, settings: ModelSettings, epoch: int) -> None:
    """Put a network into training mode for an epoch, counted from 0, but for what is frozen then.

    It is a function of the epoch, so training that is resumed freezes the same parts.
    """
    model.train()
    if not settings.freeze:
        return
    head = head_of(settings)
    thawed = settings.thaw_epoch is not None and epoch + 1 >= settings.thaw_epoch
    for name, parameter in model.named_parameters():
        if _frozen(name, settings.freeze, head):
            parameter.requires_grad_(thawed)
    for name, module in model.named_modules():
        if name and not thawed and _frozen(name, settings.freeze, head):
            module.eval()  # running means stay, and nothing is dropped


def _frozen(name: str, starts: tuple[str, ...], head: str) -> bool:
    """Whether a parameter or module is in a part that ``freeze`` names."""
    if BACKBONE in starts and not _in(name, head) and not _in(head, name):
        return True
    return any(name.startswith(start) for start in starts)


def _in(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


def _nearest(name: str, weights: dict[str, torch.Tensor]) -> str:
    near = nearest(name, list(weights)) or next(iter(weights))
    return f"{near} {list(weights[near].shape)}"
