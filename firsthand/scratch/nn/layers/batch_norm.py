r"""Batch normalisation: each feature is brought to one scale, over the samples of its batch.

    learning     x = (X - mean) / sqrt(var + epsilon)      over samples (and places)
                 A = x gamma + beta
                 dX = (dx - mean(dx) - x mean(dx x)) / sqrt(var + epsilon),   dx = dA gamma
                 running <- (1 - momentum) running + momentum of the batch's mean and variance
    predicting   the running mean and variance stand in for the batch's, and are constants

The batch's variance divides by n, and the one that is kept by n - 1, as in PyTorch. Ioffe &
Szegedy, Batch normalization (2015); ``torch.nn.BatchNorm1d``, ``torch.nn.BatchNorm2d``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.layers._planes import samples_first, samples_last
from firsthand.scratch.nn.layers._standardizing import standardize_rows, standardize_rows_backward
from firsthand.scratch.nn.module import Module
from firsthand.scratch.validation import check_number, check_sizes

Array = NDArray[np.floating[Any]]
Axes = tuple[int, ...]


def batch_norm(X: Array, axes: Axes, epsilon: float = 1e-5) -> tuple[Array, Array, Array, Array]:
    """Return (x, root, mean, var): standardised over ``axes``, and by what.

    ``root`` is sqrt(var + epsilon); it, the mean and the variance keep ``axes`` at size 1.
    """
    mean = X.mean(axis=axes, keepdims=True)
    x = X - mean
    var = np.mean(x * x, axis=axes, keepdims=True)
    root = np.sqrt(var + epsilon)
    x /= root
    return x, root, mean, var


def batch_norm_backward(dx: Array, x: Array, root: Array, axes: Axes) -> Array:
    """Return dX, given dJ/dx: the mean and the variance depend on X, too."""
    dX = dx - dx.mean(axis=axes, keepdims=True)
    dX -= x * np.mean(dx * x, axis=axes, keepdims=True)
    dX /= root
    return dX


class BatchNorm1d(Module):
    """Every feature at mean 0 and variance 1 over its batch, then scaled and moved.

    Parameters
    ----------
    n_features : int
        ``X`` has shape (..., n_samples, n_features).
    momentum : float, default 0.1
        How much of each batch goes into the running mean and variance.
    epsilon : float, default 1e-5

    Attributes
    ----------
    running_mean, running_var : ndarray of shape (*trials, n_features)
    n_batches : ndarray of shape trials
        How many batches it has learnt from.
    """

    n_places: ClassVar[int] = 0  # axes behind the features'
    gamma: Array
    beta: Array
    dgamma: Array
    dbeta: Array
    running_mean: Array
    running_var: Array
    n_batches: Array
    in_torch: ClassVar[Mapping[str, tuple[str, bool]]] = {
        "gamma": ("weight", False),
        "beta": ("bias", False),
        "running_mean": ("running_mean", False),
        "running_var": ("running_var", False),
        "n_batches": ("num_batches_tracked", False),
    }

    def __init__(self, n_features: int, momentum: float = 0.1, epsilon: float = 1e-5) -> None:
        check_sizes(n_features=n_features)
        check_number("momentum", momentum, at_least=0, at_most=1)
        self.n_features, self.momentum, self.epsilon = n_features, momentum, epsilon
        self.shapes = {"gamma": (n_features,), "beta": (n_features,)}
        self.buffers = {
            "running_mean": ((n_features,), 0.0),
            "running_var": ((n_features,), 1.0),
            "n_batches": ((), 0.0),
        }

    def initialize(self, rng: np.random.Generator) -> None:
        self.gamma[...] = 1

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", self.n_features, *("places",) * self.n_places)
        self.learnt = self.training  # backward belongs to this forward, whatever comes between
        self.axes = self._axes(X)
        if self.learnt:
            self.x, self.root, mean, var = batch_norm(X, self.axes, self.epsilon)
            self._remember(mean, var, X.size // mean.size)
        else:
            self.root = self._wide(np.sqrt(self.running_var + self.epsilon))
            self.x = (X - self._wide(self.running_mean)) / self.root
        return self.x * self._wide(self.gamma) + self._wide(self.beta)

    def backward(self, dZ: Array) -> Array:
        axes = self._axes(dZ)
        np.sum(dZ * self.x, axis=axes, out=self.dgamma)
        np.sum(dZ, axis=axes, out=self.dbeta)
        dx = dZ * self._wide(self.gamma)
        return batch_norm_backward(dx, self.x, self.root, axes) if self.learnt else dx / self.root

    def to_torch(self) -> dict[str, Any]:
        return {**super().to_torch(), "num_batches_tracked": self.n_batches.astype(np.int64)}

    def describe(self) -> str:
        return f"{type(self).__name__} {self.n_features}"

    def _axes(self, X: Array) -> Axes:
        """Return the axes of samples and places."""
        features = X.ndim - 1 - self.n_places
        return (features - 1, *range(features + 1, X.ndim))

    def _wide(self, parameter: Array) -> Array:
        """Return (*trials, n_features) with axes of size 1 for samples and places."""
        return parameter[..., None, :].reshape(
            *self.trials, 1, self.n_features, *(1,) * self.n_places
        )

    def _remember(self, mean: Array, var: Array, count: int) -> None:
        if count < 2:
            raise DataError(
                f"{self} got a batch of 1 value a feature, which has no variance; use more."
            )
        self.n_batches += 1
        unbiased = var * (count / (count - 1))
        for running, batch in ((self.running_mean, mean), (self.running_var, unbiased)):
            running *= 1 - self.momentum
            # an input that trials share has one mean for all of them
            own = self.trials if batch.size == running.size else ()
            running += self.momentum * batch.reshape(*own, self.n_features)


class BatchNorm2d(BatchNorm1d):
    """The same over images: every channel over its samples and places.

    ``X`` has shape (..., n_samples, n_features, height, width); the parameters are those of
    :class:`BatchNorm1d`.
    """

    n_places: ClassVar[int] = 2

    def forward(self, X: Array) -> Array:
        self.check(X, "n_samples", self.n_features, "height", "width")
        self.by_rows = self.training and X.ndim == 4 + len(self.trials)
        if not self.by_rows:
            return super().forward(X)
        A = samples_last(X)
        Z, self.x, self.root, mean, var = standardize_rows(
            A.reshape(self.gamma.size, -1), self.gamma.ravel(), self.beta.ravel(), self.epsilon
        )
        self._remember(mean, var, self.x.shape[-1])
        return samples_first(Z.reshape(A.shape))

    def backward(self, dZ: Array) -> Array:
        if not self.by_rows:
            return super().backward(dZ)
        D = samples_last(dZ)
        dA, dgamma, dbeta = standardize_rows_backward(
            D.reshape(self.x.shape), self.x, self.root, self.gamma.ravel()
        )
        self.dgamma[...] = dgamma.reshape(self.dgamma.shape)
        self.dbeta[...] = dbeta.reshape(self.dbeta.shape)
        return samples_first(dA.reshape(D.shape))
