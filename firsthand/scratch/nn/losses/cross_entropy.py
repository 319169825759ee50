r"""Cross-entropy with what training adds: smoothed labels, class weights, ignored samples.

    P  = softmax(Z)
    q  = (1 - s) onehot(y) + s / n_classes                 smoothing s
    J  = sum_i sum_k w[k] q[i, k] (-log P[i, k]) / sum_i w[y_i]      over samples not ignored
    dZ = (P sum_k(w q) - w q) / sum_i w[y_i],  0 where ignored

With no smoothing, no weights and nothing ignored it is ``mlp.cross_entropy``. Szegedy et al.,
Rethinking the Inception architecture (2016), for the smoothing; ``torch.nn.CrossEntropyLoss``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn._softmax import exponentials
from firsthand.scratch.nn.losses.loss import Loss
from firsthand.scratch.validation import check_number, check_numbers

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.integer[Any]]


def cross_entropy_and_gradient(
    Z: Array,
    y: Labels,
    *,
    smoothing: float = 0.0,
    weight: Array | None = None,
    ignore_index: int | None = None,
) -> tuple[Any, Array]:
    """Return (J, dZ), which share the exponentials: the greater part of the work.

    Parameters
    ----------
    Z : array of shape (..., n_samples, n_classes)
        Scores.
    y : integer array of shape (..., n_samples)
        True classes, or ``ignore_index``.
    smoothing : float in [0, 1)
        The part of each label that is shared out over all classes.
    weight : array of shape (n_classes,), optional
        How much each class counts; the mean is over these weights.
    ignore_index : int, optional
        Samples of this label count nothing.

    Raises
    ------
    DataError
        If every sample is ignored, so that there is no mean.
    """
    counts = np.ones(y.shape, bool) if ignore_index is None else y != ignore_index
    true = np.where(counts, y, 0)[..., None]
    w = np.ones(Z.shape[-1], Z.dtype) if weight is None else weight.astype(Z.dtype)
    w_true = counts[..., None] * w[true]  # (..., n_samples, 1)
    whole = w_true.sum(axis=-2, keepdims=True)
    if not np.all(whole > 0):
        raise DataError("Every sample is ignored or weighs nothing: there is nothing to average.")

    own = (1 - smoothing) * w_true  # the weight of the true class in each sample's label
    each = smoothing / Z.shape[-1] * counts[..., None].astype(Z.dtype)  # and of every class
    P, top, total = exponentials(Z)  # not yet divided by their total
    log_total = np.log(total)  # of scores less their top, as all below: it stays small
    losses = own * (log_total - (np.take_along_axis(Z, true, axis=-1) - top))
    dZ = P
    dZ *= (own + each * w.sum()) / (total * whole)
    if smoothing:
        losses += each * (w.sum() * log_total - (Z - top) @ w[:, None])
        dZ -= each / whole * w
    at_true = np.take_along_axis(dZ, true, axis=-1) - own / whole
    np.put_along_axis(dZ, true, at_true, axis=-1)
    return (losses.sum(axis=-2) / whole[..., 0, :])[..., 0], dZ


def check_classes(loss: Loss, y: NDArray[Any], Z: Array, ignore: int | None = None) -> Labels:
    """Return labels with one row for each of Z, or say which of them is no class of Z."""
    if y.dtype.kind not in "iu":
        raise DataTypeError(f"{loss} got labels of dtype {y.dtype}, needs whole numbers.")
    if y.shape not in (Z.shape[:-1], Z.shape[len(loss.trials) : -1]):
        raise DataError(
            f"{loss} got labels of shape {y.shape}, needs {Z.shape[:-1]}: one for each row."
        )
    wrong = (y < 0) | (y >= Z.shape[-1])
    if ignore is not None:
        wrong &= y != ignore
    if wrong.any():
        raise DataError(
            f"{loss} got the label {y[wrong].flat[0]}, but there are {Z.shape[-1]} outputs; "
            f"classes go from 0 to {Z.shape[-1] - 1}."
        )
    return np.broadcast_to(y, Z.shape[:-1]).reshape(*loss.trials, -1)


class CrossEntropy(Loss):
    """The mean of -log P[y] over samples.

    Parameters
    ----------
    smoothing : float, default 0
        The part of each label that is shared out over all classes, below 1.
    weight : array of shape (n_classes,), optional
        How much each class counts.
    ignore_index : int, optional
        The label of samples that do not count, such as padding.

    Raises
    ------
    ParameterError
        If the smoothing is out of its range, or a weight is negative.
    """

    def __init__(
        self,
        smoothing: float = 0.0,
        weight: ArrayLike | None = None,
        ignore_index: int | None = None,
    ) -> None:
        check_number("smoothing", smoothing, at_least=0, at_most=1)
        if weight is not None:
            weight = check_numbers("weight", weight)
            if weight.ndim != 1 or not weight.size or weight.min() < 0:
                raise ParameterError(f"weight is {weight}; it has to be a row, none below 0.")
        self.smoothing, self.weight, self.ignore_index = smoothing, weight, ignore_index

    def value(self, Z: Array, y: Labels) -> Any:
        J, self._dZ = cross_entropy_and_gradient(
            *(Z, y),
            smoothing=self.smoothing,
            weight=self.weight,
            ignore_index=self.ignore_index,
        )
        return J

    def slope(self, Z: Array, y: Labels) -> Array:
        return self._dZ

    def targets(self, y: NDArray[Any], Z: Array) -> NDArray[Any]:
        if self.weight is not None and len(self.weight) != Z.shape[-1]:
            raise DataError(
                f"{self} has {len(self.weight)} weights, but there are {Z.shape[-1]} outputs."
            )
        return check_classes(self, y, Z, self.ignore_index)
