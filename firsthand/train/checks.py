"""A look at data and network before training: what would go wrong, and what to do.

What cannot be trained on is refused, by name: numbers that are not finite, labels out of range.
What looks wrong is said: a loss that does not start where guessing does (log C for C classes, the
variance of numbers), parameters that no gradient reaches, outputs that do not depend on the input,
inputs that are all the same, a learning rate at which the loss explodes, a batch that cannot be
learnt by heart. All on a copy: the network stays as it is.

After A. Karpathy, A Recipe for Training Neural Networks (2019).
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

from firsthand.train.data.batches import Batches
from firsthand.train.data.contract import Examples, Finding
from firsthand.train.errors import DataError
from firsthand.train.losses import Loss, build_loss
from firsthand.train.optimizers import build_optimizer

if TYPE_CHECKING:
    from firsthand.train.config import Config
    from firsthand.train.data import Data

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
EXAMPLES = 64  # that are looked at
FEW, STEPS = 8, 50  # examples to learn by heart, and steps to do it in
LEARNT = 0.7  # share of the first loss that is left at most, if they can be
SECONDS = 1.5  # after which a slow network is asked no more
FAR = 2.0  # times the loss of guessing; a good start is at 1
EXPLODED = 20.0  # times the first loss


def has_batch_norm(model: nn.Module) -> bool:
    """Return whether a network normalises over the examples of a batch."""
    return any(isinstance(module, BATCH_NORMS) for module in model.modules())


def check(
    model: nn.Module, data: Data, config: Config, clock: Callable[[], float] = time.monotonic
) -> list[Finding]:
    """Return what looks wrong, the surest first.

    Parameters
    ----------
    model : nn.Module
        It is not changed.
    data : Data
    config : Config
    clock : function
        Seconds; a slow network is asked fewer questions.

    Raises
    ------
    DataError
        If a batch holds numbers that are not finite, or labels out of range.
    """
    started = clock()
    batches = Batches(data.train, min(EXAMPLES, config.train.batch_size), seed=config.seed)
    x, y = next(batches.epoch(0))
    index = batches.index(batches.order(0), 0).tolist()
    _refuse_bad(x, y, data, index)
    findings = [*_batches(model, data, config), *_inputs(x)]
    if len(x) < 2:
        return findings
    loss_of = build_loss(config.train, data.facts)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        findings += _start(copy.deepcopy(model), x, y, data, loss_of)
        if clock() - started < SECONDS / 5:  # each step of what follows takes about as long
            late = started + SECONDS
            findings += _steps(model, x, y, config, loss_of, lambda: clock() > late)
    return findings


def _refuse_bad(x: torch.Tensor, y: torch.Tensor, data: Data, index: list[int]) -> None:
    """Name the first example that no network can learn from."""
    facts, source = data.facts, data.train.source
    if x.is_floating_point() and not x.isfinite().all():
        worst = int((~x.flatten(1).isfinite()).any(1).nonzero()[0])
        raise DataError(
            f"{source(index[worst])}: its inputs hold NaN or infinity. Mend or leave out the "
            "example, or let missing values be filled in."
        )
    if y.is_floating_point():
        if not y.isfinite().all():
            worst = int((~y.flatten(1).isfinite()).any(1).nonzero()[0])
            raise DataError(f"{source(index[worst])}: its target is NaN or infinite.")
        return
    wrong = ((y < 0) | (y >= facts.output_size)) & (y != facts.ignore_index)
    if wrong.any():
        worst = int(wrong.flatten(1).any(1).nonzero()[0] if y.ndim > 1 else wrong.nonzero()[0])
        label = int(y[worst][wrong[worst]].flatten()[0] if y.ndim > 1 else y[worst])
        raise DataError(
            f"{source(index[worst])}: label {label} is out of range; {facts.output_size} classes "
            f"have the numbers 0 to {facts.output_size - 1}."
        )


def _batches(model: nn.Module, data: Data, config: Config) -> Iterator[Finding]:
    size, n = config.train.batch_size, len(data.train)
    if has_batch_norm(model) and size == 1:
        yield Finding(
            "batch_norm",
            "Batch normalisation needs more than one example a batch; train.batch_size is 1. Set "
            "it to 16 or more.",
        )
    elif has_batch_norm(model) and n % size == 1 and n > size:
        yield Finding(
            "batch_norm",
            "The last batch of an epoch has one example, too few for batch normalisation; it is "
            "left out, another one each epoch.",
            "note",
        )
    if size > n:
        yield Finding(
            "batch_size",
            f"train.batch_size={size} is more than the {n} training examples: a step an epoch.",
        )


def _inputs(x: torch.Tensor) -> Iterator[Finding]:
    if len(x) > 1 and (x == x[:1]).all():
        yield Finding(
            "constant_inputs",
            f"All inputs of a batch of {len(x)} are the same. Look at what is read, and at how it "
            "is prepared.",
        )
    elif x.is_floating_point() and x.std() > 100:
        yield Finding(
            "scale",
            f"Inputs spread by {x.std().item():.3g}; networks learn best from about 1. Scale them.",
        )


def _start(
    model: nn.Module, x: torch.Tensor, y: torch.Tensor, data: Data, loss_of: Loss
) -> Iterator[Finding]:
    """Look at the first forward and backward pass."""
    model.train()
    outputs = model(x).float()
    loss = loss_of(outputs, y)
    if not loss.isfinite():
        yield Finding(
            "loss",
            f"The loss is {loss.item()} before the first step. train.detect_anomaly=true names "
            "the layer.",
        )
        return
    loss.backward()
    without = [
        name
        for name, p in model.named_parameters()
        if p.requires_grad and (p.grad is None or not p.grad.any())
    ]
    if without:
        shown = ", ".join(without[:4]) + (", ..." if len(without) > 4 else "")
        yield Finding(
            "no_gradient",
            f"No gradient reaches {len(without)} of the network's parameters ({shown}): they are "
            "not used in forward(), cut off by detach(), or dead from the start.",
        )
    model.eval()
    with torch.no_grad():
        outputs = model(x).float()
    if (x != x[:1]).any() and torch.allclose(outputs, outputs[:1].expand_as(outputs), atol=1e-7):
        yield Finding(
            "ignores_input",
            "The network answers the same to different inputs. Look for an activation that is "
            "dead, weights that are 0, or a forward() that does not use its input.",
        )
    yield from _first_loss(loss.item(), y, data)


def _first_loss(loss: float, y: torch.Tensor, data: Data) -> Iterator[Finding]:
    facts = data.facts
    if facts.problem in ("classification", "segmentation"):
        guessing, name = math.log(max(facts.output_size, 2)), f"log {facts.output_size}"
    else:
        guessing, name = max(float(y.square().mean()), 1e-3), "the variance of the targets"
    if loss > FAR * guessing + 0.5:
        yield Finding(
            "first_loss",
            f"The loss starts at {loss:.3g}; guessing gives {guessing:.3g} ({name}). The last "
            "layer starts too large, or inputs or targets are not scaled.",
        )


def _steps(
    model: nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    config: Config,
    loss_of: Loss,
    late: Callable[[], bool],
) -> Iterator[Finding]:
    """Take steps on one small batch: at the configured rate, then as fast as Adam learns it."""
    x, y = x[:FEW], y[:FEW]
    losses = list(_losses(copy.deepcopy(model), x, y, config, loss_of, late, 5))
    if losses and (not math.isfinite(losses[-1]) or losses[-1] > EXPLODED * (losses[0] + 0.1)):
        yield Finding(
            "learning_rate",
            f"At train.lr={config.train.lr:g} the loss of one batch goes from {losses[0]:.3g} to "
            f"{losses[-1]:.3g} in {len(losses) - 1} steps. Try a tenth of it, or --find-lr.",
        )
        return
    easy = config.model_copy(
        update={
            "train": config.train.model_copy(
                update={"optimizer": "adam", "lr": 1e-2, "weight_decay": 0.0, "clip_norm": 1.0}
            )
        }
    )
    losses = list(_losses(copy.deepcopy(model), x, y, easy, loss_of, late, STEPS))
    if len(losses) > STEPS and min(losses[-5:]) > LEARNT * losses[0]:
        yield Finding(
            "cannot_overfit",
            f"{len(x)} examples cannot be learnt by heart: their loss goes from {losses[0]:.3g} to "
            f"{losses[-1]:.3g} in {STEPS} steps. If `firsthand train --overfit-one-batch` cannot "
            "either, the network is too small, or the labels do not follow from the inputs.",
        )


def _losses(
    model: nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    config: Config,
    loss_of: Loss,
    late: Callable[[], bool],
    steps: int,
) -> Iterator[float]:
    """Yield the loss before each step on one batch, and after the last; ends when it is late."""
    without_dropout(model)
    optimizer = build_optimizer(model, config.train)
    model.train()
    for _ in range(steps + 1):
        loss = loss_of(model(x).float(), y)
        yield loss.item()
        if late() or not loss.isfinite():
            return
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        if config.train.clip_norm is not None:
            clip_grad_norm_(model.parameters(), config.train.clip_norm)
        optimizer.step()


def without_dropout(model: nn.Module) -> None:
    """Switch dropout off for good: to learn by heart, every activation is needed."""
    for module in model.modules():
        if isinstance(module, nn.Dropout | nn.Dropout1d | nn.Dropout2d | nn.Dropout3d):
            module.p = 0.0


def few(examples: Examples, n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the first batch of ``n`` examples that training would see."""
    return next(Batches(examples, n, seed=seed).epoch(0))
