r"""Verification: whether two examples show the same person, by where a network puts them.

    u_i = z_i / |z_i|,   s_ij = u_i . u_j                              how alike two examples are
    L_i = -mean over p of log( exp(s_ip / t) / sum_{a != i} exp(s_ia / t) )
          p: the others of the batch that show the same; t: the temperature

    area    how often a pair of the same is more alike than a pair of two
    eer     the share of wrong answers at the threshold where both kinds are wrong as often

The network's output is no class, so people that nobody learnt from are compared as any others.
Khosla et al., Supervised contrastive learning (2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEMPERATURE = 0.1
MOST = 4096  # examples whose pairs are all compared


def contrastive(
    outputs: torch.Tensor, targets: torch.Tensor, temperature: float = TEMPERATURE
) -> torch.Tensor:
    """Return the mean of L over the examples that have another of their kind in the batch.

    Parameters
    ----------
    outputs : Tensor of shape (n, d)
    targets : Tensor of shape (n,)
        Who is shown.
    temperature : float

    Returns
    -------
    Tensor, a scalar; 0 where no two examples show the same.
    """
    u = functional.normalize(outputs, dim=1)
    itself = torch.eye(len(u), dtype=torch.bool, device=u.device)
    alike = (u @ u.T / temperature).masked_fill(itself, -torch.inf)  # (n, n)
    log_share = alike - alike.logsumexp(1, keepdim=True)
    same = (targets[:, None] == targets) & ~itself
    n_same = same.sum(1)
    sums = torch.where(same, log_share, 0).sum(1)
    counted = n_same > 0
    return -(sums / n_same.clamp(min=1)).sum() / counted.sum().clamp(min=1)


@dataclass(frozen=True)
class Pairs:
    """All pairs of some examples.

    Attributes
    ----------
    alikeness : ndarray of shape (n_pairs,)
        From -1 to 1.
    same : ndarray of shape (n_pairs,) of bool
    first, second : ndarray of shape (n_pairs,)
        Which examples.
    """

    alikeness: NDArray[np.float64]
    same: NDArray[np.bool_]
    first: NDArray[np.int64]
    second: NDArray[np.int64]


def pairs_of(outputs: torch.Tensor, targets: torch.Tensor) -> Pairs:
    """Return how alike any two examples are, of at most MOST, evenly taken."""
    if len(outputs) > MOST:
        chosen = torch.linspace(0, len(outputs) - 1, MOST).long()
        outputs, targets = outputs[chosen], targets[chosen]
    u = functional.normalize(outputs.double(), dim=1)
    first, second = np.triu_indices(len(u), 1)
    truth = targets.numpy()
    return Pairs((u @ u.T).numpy()[first, second], truth[first] == truth[second], first, second)


def area(alikeness: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve; ties count half. NaN without both kinds of pairs."""
    n_same, n_other = int(same.sum()), int((~same).sum())
    if n_same == 0 or n_other == 0:
        return float("nan")
    others = np.sort(alikeness[~same])
    below = np.searchsorted(others, alikeness[same], "left").sum(dtype=np.int64)
    up_to = np.searchsorted(others, alikeness[same], "right").sum(dtype=np.int64)
    return float((below + up_to) / 2 / (n_same * n_other))


def equal_error(alikeness: NDArray[np.float64], same: NDArray[np.bool_]) -> tuple[float, float]:
    """Return (the equal error rate, its threshold): as many of the same refused as others taken.

    Pairs from the threshold on are said to show the same. The rate is the mean of both at the
    threshold where they are closest. NaN without both kinds of pairs.
    """
    if same.all() or not same.any():
        return float("nan"), float("nan")
    thresholds = np.unique(alikeness)
    refused = np.searchsorted(np.sort(alikeness[same]), thresholds, "left") / same.sum()
    others = np.sort(alikeness[~same])
    taken = 1 - np.searchsorted(others, thresholds, "left") / len(others)
    at = int(np.argmin(np.abs(refused - taken)))
    return float((refused[at] + taken[at]) / 2), float(thresholds[at])


def figures(outputs: torch.Tensor, targets: torch.Tensor) -> dict[str, float]:
    """Return the area and the equal error rate over all pairs of some examples."""
    pairs = pairs_of(outputs, targets)
    rate, _ = equal_error(pairs.alikeness, pairs.same)
    return {"auc": area(pairs.alikeness, pairs.same), "eer": rate}
