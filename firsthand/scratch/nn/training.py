"""The training loop: shuffle, cut into batches, and for each forward, loss, backward, step.

    for each epoch, for each batch
        Z  = network.forward(X)
        dZ = slope of the loss at Z
        network.backward(dZ)
        optimizer.step(parameters, gradients)

Everything else serves it: the history, early stopping on held-out data with the best weights
kept, a schedule for the rate, clipping, and calls back for a progress bar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.errors import DivergenceError
from firsthand.scratch.nn.losses.loss import Loss
from firsthand.scratch.nn.network import Network
from firsthand.scratch.nn.optimizers.clipping import clip_by_norm
from firsthand.scratch.nn.optimizers.optimizer import Optimizer
from firsthand.scratch.validation import check_number, check_random_state

Array = NDArray[Any]
Data = tuple[Array, Array]


@dataclass(frozen=True)
class Progress:
    """Where training is: after a batch, or, where ``batch`` equals ``n_batches``, an epoch.

    Attributes
    ----------
    epoch, n_epochs, batch, n_batches : int
        Counted from 1.
    loss : float or array of the trials' shape
        Of this batch; after an epoch, the mean over its batches.
    held_out : float, array or None
        Loss on the held-out data, after an epoch.
    """

    epoch: int
    n_epochs: int
    batch: int
    n_batches: int
    loss: Any
    held_out: Any = None


@dataclass
class History:
    """What training saw, epoch by epoch; with trials every entry has their shape.

    Attributes
    ----------
    loss, held_out, learning_rate : list
        Mean loss over the batches, each before its step; loss on the held-out data at the end
        of the epoch; the rate of its last step.
    best_epoch : int, or array of the trials' shape
        The epoch, from 1, whose weights were the best on the held-out data; 0 without such.
    stopped_early : bool
        Whether patience ran out, or a callback asked to stop.
    """

    loss: list[Any] = field(default_factory=list)
    held_out: list[Any] = field(default_factory=list)
    learning_rate: list[Any] = field(default_factory=list)
    best_epoch: Any = 0
    stopped_early: bool = False


def batches(n_samples: int, batch_size: int, rng: np.random.Generator) -> Iterator[NDArray[Any]]:
    """Yield the rows of each batch of one epoch: every sample once, in a new order."""
    order = rng.permutation(n_samples)
    for start in range(0, n_samples, batch_size):
        yield order[start : start + batch_size]


def evaluate(network: Network, loss: Loss, X: Array, y: Array, batch_size: int = 512) -> Any:
    """Return the mean loss over all samples in the mode that predicts; the mode is put back.

    Trials share X and y, as in :func:`train`.

    Raises
    ------
    DataError
        If there are no samples, or not as many targets.
    """
    _check_data(X, y)
    training, loss.trials = network.training, network.trials
    network.eval()
    total: Any = 0.0
    for start in range(0, len(X), batch_size):
        rows = slice(start, start + batch_size)
        Z = network.forward(_for_all(network.trials, X[rows]))
        total = total + loss.forward(Z, y[rows]) * len(X[rows])
    if training:
        network.train()
    return total / len(X)


def train(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    X: Array,
    y: Array,
    *,
    n_epochs: int,
    batch_size: int = 32,
    held_out: Data | None = None,
    patience: int | None = None,
    schedule: Callable[[int], float] | None = None,
    clip_norm: float | None = None,
    augment: Callable[[Array, np.random.Generator], Array] | None = None,
    callbacks: Sequence[Callable[[Progress], object]] = (),
    random_state: int | np.random.Generator | None = 0,
) -> History:
    """Train a network, and leave it with its best weights where held-out data can tell.

    Parameters
    ----------
    network : Network
    loss : Loss
    optimizer : Optimizer
    X, y : arrays of shape (n_samples, ...)
        What goes in, and what should come out; trials share them.
    n_epochs, batch_size : int
    held_out : (X, y), optional
        Samples that are not learnt from; their loss decides which weights are the best.
    patience : int, optional
        Stop after this many epochs without a better held-out loss, in every trial.
    schedule : function of the step t = 0, 1, ... that returns the learning rate, optional
    clip_norm : float, optional
        The longest a gradient may be.
    augment : function of (X, rng), optional
        What the inputs of a batch become before they are learnt from, anew in every epoch; see
        :mod:`firsthand.scratch.nn.augmentation`.
    callbacks : sequence of functions of a Progress
        Called after every batch and every epoch; one that returns True stops training, as does
        one that says so for every trial.
    random_state : int, numpy.random.Generator or None
        Draws the order of the samples, and what ``augment`` draws.

    Returns
    -------
    History

    Raises
    ------
    DataError
        If there are no samples, or not as many targets.
    DivergenceError
        If the loss, or that of the held-out data, is no longer a number; the message names the
        trial and the first module whose output is none.
    """
    check_number("n_epochs", n_epochs, at_least=1, whole=True)
    check_number("batch_size", batch_size, at_least=1, whole=True)
    if clip_norm is not None:
        check_number("clip_norm", clip_norm, above=0)
    if patience is not None:
        check_number("patience", patience, at_least=1, whole=True)
        if held_out is None:
            raise DataError("patience needs held_out samples by which to tell what is better.")
    _check_data(X, y)
    rng = check_random_state(random_state)
    loss.trials = network.trials
    history, best = History(), _Best(network)
    n_batches = -(-len(X) // batch_size)
    for epoch in range(1, n_epochs + 1):
        network.train()
        total: Any = 0.0
        n_seen = 0
        for batch, rows in enumerate(batches(len(X), batch_size, rng), start=1):
            if schedule is not None:
                optimizer.learning_rate = schedule(optimizer.t)
            inputs = X[rows] if augment is None else augment(X[rows], rng)
            inputs = _for_all(network.trials, inputs)
            J = loss.forward(network.forward(inputs), y[rows])
            if not np.all(np.isfinite(J)):
                raise DivergenceError(_told(network, inputs, J, f"in epoch {epoch}, batch {batch}"))
            network.backward(loss.backward(), inputs=False)
            if clip_norm is not None:
                clip_by_norm(network.gradients.flat, clip_norm)
            optimizer.step(network.parameters.flat, network.gradients.flat)
            total = total + J * len(rows)
            n_seen += len(rows)
            seen = Progress(epoch, n_epochs, batch, n_batches, J)
            if batch < n_batches and _asked_to_stop(callbacks, seen):
                history.stopped_early = True
                break
        history.loss.append(total / n_seen)  # fewer than all where a callback stopped it
        history.learning_rate.append(copy(optimizer.learning_rate))
        if held_out is not None:
            J = evaluate(network, loss, *held_out)
            if not np.all(np.isfinite(J)):
                inputs = _for_all(network.trials, held_out[0])
                where = f"on the held-out data after epoch {epoch}"
                raise DivergenceError(_told(network.eval(), inputs, J, where))
            history.held_out.append(J)
            best.see(J, epoch)
            history.best_epoch = best.epoch if network.trials else int(best.epoch)
        told = history.held_out[-1] if held_out is not None else None
        seen = Progress(epoch, n_epochs, n_batches, n_batches, history.loss[-1], told)
        tired = patience is not None and bool(np.all(epoch - best.epoch >= patience))
        if history.stopped_early or tired or _asked_to_stop(callbacks, seen):
            history.stopped_early = True
            break
    if held_out is not None:
        best.restore()
    network.eval()
    return history


class _Best:
    """The best weights so far, of each trial by itself, and the epoch they are from."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.loss = np.full(network.trials, np.inf)
        self.epoch = np.zeros(network.trials, int)
        self.state = network.state_dict()

    def see(self, loss: Any, epoch: int) -> None:
        better = np.asarray(loss) < self.loss
        if not better.any():
            return
        self.loss = np.where(better, loss, self.loss)
        self.epoch = np.where(better, epoch, self.epoch)
        for name, now in self.network.state_dict().items():
            self.state[name][better] = now[better]

    def restore(self) -> None:
        self.network.load_state_dict(self.state)


def _asked_to_stop(callbacks: Sequence[Callable[[Progress], object]], seen: Progress) -> bool:
    return any([_says_stop(callback(seen)) for callback in callbacks])  # noqa: C419 - all are called


def _says_stop(answer: object) -> bool:
    """Return whether it is True: Python's, NumPy's, or an array's of one for each trial."""
    if not isinstance(answer, bool | np.bool_ | np.ndarray):
        return False
    each = np.asarray(answer)
    return each.dtype == bool and bool(each.all())


def _for_all(trials: tuple[int, ...], X: Array) -> Array:
    """Return samples that trials share with the trials' axes in front, as a view.

    So that no module takes the samples for trials where there are as many of them. Matrices
    stay: all take those as shared, and work on them once.
    """
    return X if X.ndim <= 2 else np.broadcast_to(X, (*trials, *X.shape))


def _check_data(X: Array, y: Array) -> None:
    if len(X) == 0:
        raise DataError("There are no samples to learn or judge from.")
    if len(X) != len(y):
        raise DataError(f"X has {len(X)} samples, but y has {len(y)}; pass one target for each.")


def _told(network: Network, X: Array, J: Any, place: str) -> str:
    """Say in which trial and module the numbers stopped being finite."""
    trial = tuple(int(i) for i in np.argwhere(~np.isfinite(J))[0])
    whose = f" of trial {', '.join(map(str, trial))}" if trial else ""
    where = f"The loss{whose} is {np.asarray(J)[trial]} {place}"
    for name, theta in network.parameters.items():
        if not np.isfinite(theta[trial]).all():
            return (
                f"{where}: the weights have grown beyond all bounds, {name} first. "
                "Lower learning_rate, or clip."
            )
    with np.errstate(all="ignore"):
        guilty = network.first_not_finite(X, trial)
    if guilty == "X":
        return f"{where}: X itself is not finite; look at the data."
    if guilty is None:
        return (
            f"{where}, though every output is finite: look at the targets, "
            "or the outputs are too large for a loss; then lower learning_rate."
        )
    return f"{where}: {guilty} is the first whose output is not finite."
