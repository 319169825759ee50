"""Figures of one pass over a part: the loss, and what the problem is judged by.

    accuracy   share of examples, or pixels, whose class is right
    recall_c   right_c / true_c,  precision_c = right_c / predicted_c
    f1_c       2 right_c / (true_c + predicted_c), which in a segmentation is called Dice
    iou_c      right_c / (true_c + predicted_c - right_c)
    auc_c      (sum of ranks of c - n_c (n_c + 1) / 2) / (n_c n_other), ties at their middle

Each is the plain mean over the classes that occur. Fast enough for every epoch: one confusion
matrix holds all but the area. `firsthand.train.evaluation` has the full account.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from firsthand.train.data.batches import Batches
from firsthand.train.figures import higher_is_better
from firsthand.train.verification import figures as of_pairs

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.data.contract import Examples, Facts
    from firsthand.train.losses import Loss

__all__ = ["confusion", "higher_is_better", "predict", "prediction_batch_size", "score"]

NUMBERS_A_BATCH = 2**21  # 16 pictures of 240 x 180, 512 small ones: a network's inside stays small


@torch.inference_mode()
def predict(
    model: nn.Module,
    examples: Examples,
    *,
    batch_size: int | None = None,
    device: torch.device | str = "cpu",
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (outputs, targets) of all examples, in their order, on the CPU.

    The batch is as large as the examples allow where ``batch_size`` is None, 512 at most.
    """
    was_training = model.training
    model.eval()
    outputs: list[torch.Tensor] = []
    targets: list[torch.Tensor] = []
    for x, y in Batches(examples, batch_size or prediction_batch_size(examples)).epoch(0):
        outputs.append(model(x.to(device)).float().cpu())
        targets.append(y)
    model.train(was_training)
    return torch.cat(outputs), torch.cat(targets)


def score(
    loss: Loss, facts: Facts, outputs: torch.Tensor, targets: torch.Tensor
) -> dict[str, float]:
    """Return the figures of a pass, those that `figures.FIGURES` names for the problem.

    Parameters
    ----------
    loss : function of (outputs, targets)
    facts : Facts
    outputs : Tensor of shape (n, n_classes, ...) or (n, n_targets)
    targets : Tensor of shape (n, ...) or (n, n_targets)
        Numbers are standardised, as `Examples.batch` gives them; mae, rmse and mse are told in the
        target's own unit, the loss in what was minimised.
    """
    figures = {"loss": float(loss(outputs, targets))}
    if facts.problem == "classification":
        figures |= _of_classes(outputs, targets, facts.ignore_index)
    elif facts.problem == "verification":
        figures |= of_pairs(outputs, targets)
    elif facts.problem == "segmentation":
        figures |= _of_pixels(outputs, targets, facts.ignore_index)
    else:
        figures |= _of_numbers(outputs, targets, facts)
    return figures


def confusion(
    predicted: torch.Tensor, targets: torch.Tensor, n_classes: int, ignore: int = -100
) -> torch.Tensor:
    """Return how often class i was taken for class j, float64 of shape (n_classes, n_classes)."""
    counted = targets != ignore
    pairs = targets[counted] * n_classes + predicted[counted]
    counts = torch.bincount(pairs, minlength=n_classes**2)
    return counts.reshape(n_classes, n_classes).double()


def prediction_batch_size(examples: Examples) -> int:
    """Return how many examples a network is asked about at once."""
    import numpy as np

    if len(examples) == 0:
        return 1
    x, _ = examples.batch(np.zeros(1, np.int64))
    return min(max(NUMBERS_A_BATCH // max(x.numel(), 1), 1), 512)


def _of_classes(outputs: torch.Tensor, targets: torch.Tensor, ignore: int) -> dict[str, float]:
    counts = confusion(outputs.argmax(1), targets, outputs.shape[1], ignore)
    right, true, predicted = counts.diag(), counts.sum(1), counts.sum(0)
    occurs, met = true > 0, true + predicted > 0  # a class that is only predicted costs F1, too
    recall = (right / true)[occurs].mean()
    return {
        "accuracy": float(right.sum() / counts.sum()),
        "balanced_accuracy": float(recall),
        "precision": float((right / predicted.clamp(min=1))[met].mean()),
        "recall": float((right / true.clamp(min=1))[met].mean()),
        "f1": float((2 * right / (true + predicted))[met].mean()),
        "auc": _area(outputs, targets, ignore),
    }


def _of_pixels(outputs: torch.Tensor, targets: torch.Tensor, ignore: int) -> dict[str, float]:
    counts = confusion(outputs.argmax(1), targets, outputs.shape[1], ignore)
    right, both = counts.diag(), counts.sum(1) + counts.sum(0)
    met = both > 0
    return {
        "accuracy": float(right.sum() / counts.sum()),
        "iou": float((right / (both - right))[met].mean()),
        "dice": float((2 * right / both)[met].mean()),
    }


def _of_numbers(outputs: torch.Tensor, targets: torch.Tensor, facts: Facts) -> dict[str, float]:
    unit = torch.tensor(facts.target_std, dtype=torch.float64)
    error = (outputs.double() - targets.double()) * unit
    spread = ((targets - targets.double().mean(0)) * unit).square().sum(0)
    mse = float(error.square().mean())
    return {
        "mse": mse,
        "rmse": math.sqrt(mse) if mse >= 0 else math.nan,
        "mae": float(error.abs().mean()),
        "r2": float((1 - error.square().sum(0) / spread).mean()),
    }


def _area(outputs: torch.Tensor, targets: torch.Tensor, ignore: int) -> float:
    """Return the mean area under the ROC curves of the classes that occur, each against the rest.

    A class is ranked by its log-odds against all others, the order of its probability. NaN where
    there are fewer than two classes.
    """
    counted = targets != ignore
    scores, targets = outputs[counted].double(), targets[counted]
    n, n_classes = scores.shape
    is_it = torch.nn.functional.one_hot(targets, n_classes).double()  # (n, C)
    n_it = is_it.sum(0)
    occurs = (n_it > 0) & (n_it < n)
    if n_classes == 2:  # both have the same area
        occurs[0] = False
    if not bool(occurs.any()):
        return math.nan
    scores = torch.log_softmax(scores, 1)[:, occurs]
    is_it, n_it = is_it[:, occurs], n_it[occurs]
    ordered, order = scores.sort(0)
    ordered = ordered.T.contiguous()
    first = torch.searchsorted(ordered, ordered)
    behind = torch.searchsorted(ordered, ordered, right=True)
    ranks = (first + behind + 1).T / 2  # (n, C): the middle of those that tie
    sums = (ranks * is_it.gather(0, order)).sum(0)
    return float(((sums - n_it * (n_it + 1) / 2) / (n_it * (n - n_it))).mean())
