r"""Losses by name: what is minimised, averaged over the examples (or pixels) of a batch.

Of classes, with scores z, probabilities p = softmax(z) and the true class y:

    cross_entropy         -log p_y
    focal                 -(1 - p_y)^gamma log p_y
    binary_cross_entropy  each class against the rest: mean over classes of -log sigmoid(+-z)
    hinge                 mean over classes j other than y of max(0, 1 - z_y + z_j)
    dice                  1 - mean over classes of (2 sum p t + 1) / (sum p + sum t + 1), t one-hot
    cross_entropy_dice    the sum of both

Of numbers, with e = target - output, averaged over targets, too:

    mse e^2     mae |e|     huber e^2 / 2 where |e| < delta, else delta (|e| - delta / 2)
    quantile    max(q e, (q - 1) e), least where a share q of the targets lies below the output

Lin et al., Focal loss (2017); Weston & Watkins (1999); Milletari et al., V-Net (2016);
Koenker & Bassett, Regression quantiles (1978).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from firsthand.train.errors import ConfigError, ModelError
from firsthand.train.verification import contrastive

if TYPE_CHECKING:
    from firsthand.train.config.training import TrainSection
    from firsthand.train.data.contract import Facts

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

OF_NUMBERS = ("mse", "mae", "huber", "quantile")
OF_AREAS = ("dice", "cross_entropy_dice")
SMOOTHED = ("cross_entropy", "cross_entropy_dice", "binary_cross_entropy")


def build_loss(settings: TrainSection, facts: Facts) -> Loss:
    """Return the loss of (outputs, targets), a scalar; targets are as `Examples.batch` gives them.

    Classes may also come as probabilities of shape (n, n_classes), as mixup makes them, where the
    loss is a cross-entropy.

    Raises
    ------
    ConfigError
        If the loss is not for what is predicted.
    """
    if facts.problem == "verification":
        return of_verification(settings)
    predicts_numbers = facts.problem in ("regression", "forecasting")
    name = settings.loss
    if name == "auto":
        name = "mse" if predicts_numbers else "cross_entropy"
    _refuse_unfit(name, settings, facts, predicts_numbers)
    if predicts_numbers:
        return _of_numbers(name, settings)
    weight = balanced(facts) if settings.class_weights == "balanced" else None
    smoothing, ignore = settings.label_smoothing, facts.ignore_index
    match name:
        case "cross_entropy":
            known = (
                ignore if facts.problem == "segmentation" else None
            )  # counting takes 2 % of a step
            return lambda z, y: cross_entropy(z, y, weight, smoothing, known)
        case "focal":
            return lambda z, y: focal(*_rows(z, y, ignore), settings.focal_gamma, weight)
        case "binary_cross_entropy":
            return lambda z, y: one_against_rest(*_rows(z, y, ignore), weight, smoothing)
        case "hinge":
            return lambda z, y: hinge(*_rows(z, y, ignore), weight)
        case "dice":
            return lambda z, y: dice(*_rows(z, y, ignore))
        case _:
            return lambda z, y: (
                cross_entropy(z, y, weight, smoothing, ignore) + dice(*_rows(z, y, ignore))
            )


def of_verification(settings: TrainSection) -> Loss:
    """Return the one loss of verification.

    Raises
    ------
    ConfigError
        If another is asked for.
    """
    if settings.loss != "auto":
        raise ConfigError(
            f"train.loss={settings.loss} does not fit: verification compares pictures in pairs. "
            "Remove it."
        )
    return contrastive


def balanced(facts: Facts) -> torch.Tensor:
    """Return a weight a class, such that all weigh the same together and an example 1 on average.

    A class without training examples weighs nothing.
    """
    counts = torch.tensor(facts.class_counts, dtype=torch.float32)
    return torch.where(counts > 0, counts.sum() / (len(counts) * counts.clamp(min=1)), 0.0)


def cross_entropy(
    z: torch.Tensor,
    y: torch.Tensor,
    weight: torch.Tensor | None = None,
    smoothing: float = 0.0,
    ignore: int | None = -100,
) -> torch.Tensor:
    """Return the mean over what counts; 0 where nothing does. With ``ignore`` None, all count."""
    weight = None if weight is None else weight.to(z)
    if y.is_floating_point() or (ignore is None and weight is None):
        return functional.cross_entropy(z, y, weight, label_smoothing=smoothing)
    ignore = -100 if ignore is None else ignore
    total = functional.cross_entropy(
        z, y, weight, ignore_index=ignore, label_smoothing=smoothing, reduction="sum"
    )
    counted = y != ignore
    if weight is None:
        return total / counted.sum().clamp(min=1)
    return total / (weight[y.where(counted, 0)] * counted).sum().clamp(min=1e-12)


def focal(
    z: torch.Tensor, y: torch.Tensor, gamma: float, weight: torch.Tensor | None = None
) -> torch.Tensor:
    """Return the focal loss of scores (n, n_classes): examples that are right count for little."""
    log_p = functional.log_softmax(z, 1).gather(1, y[:, None])[:, 0]
    return _mean(-((1 - log_p.exp()) ** gamma) * log_p, y, weight)


def one_against_rest(
    z: torch.Tensor, y: torch.Tensor, weight: torch.Tensor | None = None, smoothing: float = 0.0
) -> torch.Tensor:
    """Return the binary cross-entropy of scores (n, n_classes), each class a yes or a no."""
    t = y if y.is_floating_point() else functional.one_hot(y, z.shape[1]).to(z)
    t = t * (1 - smoothing) + smoothing / z.shape[1]
    each = functional.binary_cross_entropy_with_logits(z, t, reduction="none").mean(1)
    if y.is_floating_point():  # a mixture weighs what its classes do, by their shares
        return (each if weight is None else each * (y @ weight.to(y))).mean()
    return _mean(each, y, weight)


def hinge(z: torch.Tensor, y: torch.Tensor, weight: torch.Tensor | None = None) -> torch.Tensor:
    """Return the hinge loss of scores (n, n_classes): each other class stays 1 below the true."""
    margins = (1 - z.gather(1, y[:, None]) + z).clamp(min=0)
    others = margins.scatter(1, y[:, None], 0.0)
    return _mean(others.sum(1) / (z.shape[1] - 1), y, weight)


def dice(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Return 1 less the overlap of areas, over scores (n, n_classes) of pixels."""
    p = functional.softmax(z, 1)
    t = functional.one_hot(y, z.shape[1]).to(p)
    return 1 - ((2 * (p * t).sum(0) + 1) / (p.sum(0) + t.sum(0) + 1)).mean()


def _refuse_unfit(name: str, settings: TrainSection, facts: Facts, predicts_numbers: bool) -> None:
    if predicts_numbers != (name in OF_NUMBERS):
        kind = "numbers" if predicts_numbers else "classes"
        fitting = ", ".join(OF_NUMBERS) if predicts_numbers else "cross_entropy, focal or hinge"
        raise ConfigError(
            f"train.loss={name} does not fit: {kind} are predicted ({facts.problem}). "
            f"Choose auto, {fitting}."
        )
    if name in OF_AREAS and facts.problem != "segmentation":
        raise ConfigError(
            f"train.loss={name} compares areas of pixels, and no masks are predicted "
            f"({facts.problem}). Choose cross_entropy."
        )
    if settings.label_smoothing and name not in SMOOTHED:
        raise ConfigError(
            f"train.label_smoothing={settings.label_smoothing:g} is for {', '.join(SMOOTHED)}; "
            f"train.loss is {name}. Set it to 0."
        )


def _of_numbers(name: str, settings: TrainSection) -> Loss:
    delta, q = settings.huber_delta, settings.quantile

    def loss(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        if outputs.shape != targets.shape:  # they would be broadcast, to a wrong number
            raise ModelError(
                f"The network gives {tuple(outputs.shape)} numbers for targets of shape "
                f"{tuple(targets.shape)}."
            )
        match name:
            case "mse":
                return functional.mse_loss(outputs, targets)
            case "mae":
                return functional.l1_loss(outputs, targets)
            case "huber":
                return functional.huber_loss(outputs, targets, delta=delta)
            case _:
                e = targets - outputs
                return torch.maximum(q * e, (q - 1) * e).mean()

    return loss


def _rows(z: torch.Tensor, y: torch.Tensor, ignore: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return scores (n, n_classes) and classes (n,) of what counts, pixels as examples."""
    if y.is_floating_point():
        return z, y
    if z.ndim > 2:
        z, y = z.movedim(1, -1).flatten(0, -2), y.flatten()
    counted = y != ignore
    return z[counted], y[counted]


def _mean(each: torch.Tensor, y: torch.Tensor, weight: torch.Tensor | None) -> torch.Tensor:
    """The mean, weighted by class; 0 of nothing."""
    if weight is None:
        return each.sum() / max(len(each), 1)
    w = weight.to(each)[y]
    return (w * each).sum() / w.sum().clamp(min=1e-12)
