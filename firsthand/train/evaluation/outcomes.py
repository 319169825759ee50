"""What a network says about the examples of a part, beside what is true, in their own unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation.of_classes import Classes
from firsthand.train.evaluation.of_numbers import Numbers
from firsthand.train.evaluation.of_pixels import Pixels
from firsthand.train.evaluation.subset import Subset

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import nn

    from firsthand.train.data.contract import Data, Examples, Facts

PIXELS_KEPT = 200_000  # of which probabilities are kept, for calibration
TINY = 1e-9


@dataclass(frozen=True)
class Outcome:
    """Predictions of some examples.

    Attributes
    ----------
    examples : Examples
    figures : Classes, Numbers or Pixels
        Functions of weights; see `resampling`.
    scores : ndarray of shape (n, n_classes)
        Before the softmax: of a classification's examples, or of some of a segmentation's pixels.
    labels : ndarray of int64, shape (n,)
        The class of each row of ``scores``.
    masks : ndarray of shape (n, height, width), optional
        Predicted classes of pixels.
    broken : int
        Examples for which the network gave what is no finite number. Their class counts as
        wrong; of a number, the training mean is taken.
    """

    examples: Examples
    figures: Classes | Numbers | Pixels
    scores: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    labels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    masks: NDArray[np.uint16] | None = None
    broken: int = 0

    def __len__(self) -> int:
        return len(self.examples)

    def sizes(self) -> NDArray[np.float64]:
        """Return how bad each example's prediction is: a log-loss, an error, a share of pixels."""
        figures = self.figures
        if isinstance(figures, Classes):
            true = figures.probabilities[np.arange(len(self)), figures.y]
            return -np.log(np.maximum(true, TINY))
        if isinstance(figures, Numbers):
            return np.abs(figures.predicted - figures.y).mean(1)
        right = np.diagonal(figures.counts, axis1=1, axis2=2).sum(1)
        return 1 - right / np.maximum(figures.counts.sum((1, 2)), 1)


def softmax(scores: NDArray[np.float64], temperature: float = 1.0) -> NDArray[np.float64]:
    """Return probabilities of scores (n, n_classes), made less sure by a higher temperature."""
    Z = scores / temperature
    A = np.exp(Z - Z.max(1, keepdims=True))  # exp never overflows
    return A / A.sum(1, keepdims=True)


def observe(
    model: nn.Module,
    data: Data,
    examples: Examples,
    *,
    device: torch.device | str = "cpu",
    keep: bool = True,
) -> Outcome:
    """Return what a network says about examples.

    Parameters
    ----------
    model : nn.Module
    data : Data
    examples : Examples
        A part, or a `Subset` of one.
    device : torch.device or str
    keep : bool
        Of a segmentation, keep the predicted masks.
    """
    from firsthand.train.scores import predict

    if data.facts.problem == "segmentation":
        return _pixels(model, data.facts, examples, device, keep)
    outputs, targets = predict(model, examples, device=device)
    Z, T = outputs.double().numpy(), targets.numpy()
    bad = np.asarray(~np.isfinite(Z).all(1))
    if data.facts.problem == "classification":
        return _classes(examples, Z, T.astype(np.int64), bad)
    Z[bad] = 0  # the training mean
    return _numbers(data, examples, Z, T.astype(np.float64), int(bad.sum()))


def own_unit(data: Data, examples: Examples, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return numbers that a model gave for all of ``examples`` in the target's own unit."""
    whole, index = _whole(examples)
    undo: Any = getattr(whole, "undo", None)
    if undo is not None:
        return np.asarray(undo(outputs, index), float)
    return outputs * np.array(data.facts.target_std) + np.array(data.facts.target_mean)


def naive_error(data: Data) -> NDArray[np.float64] | None:
    """Return the error of the seasonal naive forecast over the training part, per target number."""
    if data.facts.problem != "forecasting":
        return None
    known = data.preparation.get("seasonal_naive_error")
    if known is None:
        return None
    each = np.atleast_1d(np.asarray(known, float))
    return np.tile(each, data.facts.output_size // len(each))


def _classes(
    examples: Examples, Z: NDArray[np.float64], y: NDArray[np.int64], bad: NDArray[np.bool_]
) -> Outcome:
    Z[bad] = 0
    Z[bad, (y[bad] + 1) % Z.shape[1]] = TINY  # counts as wrong, and as knowing nothing
    return Outcome(examples, Classes(y, softmax(Z)), Z, y, broken=int(bad.sum()))


def _numbers(
    data: Data,
    examples: Examples,
    Z: NDArray[np.float64],
    T: NDArray[np.float64],
    broken: int,
) -> Outcome:
    whole, index = _whole(examples)
    truth: Any = getattr(whole, "truth", None)
    y = own_unit(data, examples, T) if truth is None else np.asarray(truth(index), float)
    predicted = own_unit(data, examples, Z)
    return Outcome(examples, Numbers(y, predicted, naive_error(data)), broken=broken)


def _pixels(
    model: nn.Module, facts: Facts, examples: Examples, device: torch.device | str, keep: bool
) -> Outcome:
    """Go through pictures batch by batch; their scores do not fit in memory together."""
    import torch

    from firsthand.train.data.batches import Batches
    from firsthand.train.scores import confusion, prediction_batch_size

    model.eval()
    n_classes, n = facts.output_size, len(examples)
    each = max(1, PIXELS_KEPT // max(n, 1))
    counts: list[NDArray[np.float64]] = []
    masks: list[NDArray[np.uint16]] = []
    scores: list[NDArray[np.float64]] = []
    labels: list[NDArray[np.int64]] = []
    broken = 0
    with torch.inference_mode():
        for x, y in Batches(examples, prediction_batch_size(examples)).epoch(0):
            Z = model(x.to(device)).float().cpu()
            whole = torch.isfinite(Z).flatten(1).all(1)
            broken += int((~whole).sum())
            Z = Z.nan_to_num(0.0)
            predicted = Z.argmax(1)
            for z, p, t in zip(Z, predicted, y, strict=True):
                counts.append(confusion(p, t, n_classes, facts.ignore_index).numpy())
                flat = t.flatten()
                (counted,) = torch.nonzero(flat != facts.ignore_index, as_tuple=True)
                chosen = (
                    counted[torch.linspace(0, max(len(counted) - 1, 0), each).long()]
                    if len(counted)
                    else counted
                )
                scores.append(z.flatten(1).T[chosen].double().numpy())
                labels.append(flat[chosen].numpy())
            if keep:
                masks += list(predicted.numpy().astype(np.uint16))
    return Outcome(
        examples,
        Pixels(np.stack(counts)),
        np.concatenate(scores),
        np.concatenate(labels),
        np.stack(masks) if keep else None,
        broken,
    )


def _whole(examples: Examples) -> tuple[Any, NDArray[np.int64]]:
    """Return the part that examples are of, and which of its numbers they are."""
    if isinstance(examples, Subset):
        return examples.whole, examples.index
    return examples, np.arange(len(examples))
