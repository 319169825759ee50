"""Fit all baselines of a problem on some of the training part, within the time training took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.library.support import MissingPackageError, require
from firsthand.train.baselines import classes, forecasts, numbers, pixels
from firsthand.train.baselines.contract import Baseline, Budget
from firsthand.train.evaluation.of_classes import Classes
from firsthand.train.evaluation.of_numbers import Numbers
from firsthand.train.evaluation.of_pixels import Pixels
from firsthand.train.evaluation.outcomes import naive_error, own_unit
from firsthand.train.evaluation.subset import Subset, spread_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.contract import Data, Examples

ROWS = 50_000
PICTURES = 48  # of the training part, for baselines of pixels
OUTPUTS = 12  # targets, or steps ahead, beyond which trees are not fitted for each


@dataclass(frozen=True)
class Rival:
    """A baseline that was fitted, or why it was not.

    Attributes
    ----------
    name, what : str
    figures : Classes, Numbers, Pixels or None
        Its predictions of the test examples; None where it failed.
    n : int
        Training examples it learnt from.
    seconds : float
    failed : str
    """

    name: str
    what: str
    figures: Classes | Numbers | Pixels | None = None
    n: int = 0
    seconds: float = 0.0
    failed: str = ""


def fit_baselines(
    data: Data,
    index: NDArray[np.int64],
    *,
    seconds: float,
    seed: int = 0,
    clock: Callable[[], float] = time.monotonic,
) -> list[Rival]:
    """Return all baselines of a problem with their predictions of the test examples at ``index``.

    Parameters
    ----------
    data : Data
    index : ndarray of int64
    seconds : float
        For all together.
    seed : int
    clock : function
        Seconds.
    """
    kind = {
        "classification": _of_classes,
        "regression": _of_numbers,
        "forecasting": _of_forecasts,
        "segmentation": _of_pixels,
    }[data.facts.problem]
    return list(kind(data, index, Budget(seconds / 4, seed, clock)))


def _of_classes(data: Data, index: NDArray[np.int64], budget: Budget) -> Iterator[Rival]:
    y = _targets(data.test, index).astype(np.int64)
    for baseline in classes.baselines(data.facts.output_size):
        yield _tried(baseline, data, index, budget, lambda P: Classes(y, np.asarray(P, float)))


def _of_numbers(data: Data, index: NDArray[np.int64], budget: Budget) -> Iterator[Rival]:
    some = Subset(data.test, index)
    y = own_unit(data, some, _targets(data.test, index).astype(float))
    for baseline in _affordable(data):
        yield _tried(baseline, data, index, budget, lambda Z: Numbers(y, own_unit(data, some, Z)))


def _of_forecasts(data: Data, index: NDArray[np.int64], budget: Budget) -> Iterator[Rival]:
    some = Subset(data.test, index)
    past_of: Any = getattr(data.test, "past", None)
    truth: Any = getattr(data.test, "truth", None)
    scale = naive_error(data)
    y = (
        own_unit(data, some, _targets(data.test, index).astype(float))
        if truth is None
        else np.asarray(truth(index), float)
    )
    n_targets = max(len(data.facts.target_names), 1)
    horizon = data.facts.output_size // n_targets

    def rival(name: str, what: str, told: NDArray[np.float64]) -> Rival:
        return Rival(name, what, Numbers(y, told.reshape(len(y), -1), scale))

    if past_of is not None:
        period = int(data.preparation.get("period") or 0)
        past = past_of(index, 1)
        yield rival("last value", "nothing changes", forecasts.last_value(past, horizon))
        if period > 1:
            said = f"as {period} steps before"
            season = forecasts.seasonal_naive(past_of(index, period), horizon, period)
            yield rival("seasonal naive", said, season)
    for baseline in _affordable(data):
        if baseline.name != "mean" or past_of is None:
            yield _tried(
                baseline, data, index, budget, lambda Z: Numbers(y, own_unit(data, some, Z), scale)
            )


def _affordable(data: Data) -> tuple[Baseline, ...]:
    """Return the baselines of numbers; boosted trees only where there are few outputs."""
    every = numbers.baselines()
    return tuple(b for b in every if b.name != "LightGBM" or data.facts.output_size <= OUTPUTS)


def _tried(
    baseline: Baseline,
    data: Data,
    index: NDArray[np.int64],
    budget: Budget,
    judged: Callable[[NDArray[Any]], Classes | Numbers],
) -> Rival:
    """Return a fitted baseline, or why there is none: it is a measure, and stops nothing."""
    start = budget.clock()
    try:
        require(baseline.needs)
        n = len(data.train)
        width = max(int(data.train.features(np.array([0])).shape[1]), 1)
        dense = not hasattr(data.train.features(np.array([0])), "tocsr")
        rows = spread_out(n, min(ROWS, max(baseline.most // width, 500)) if dense else ROWS)
        X, y = data.train.features(rows), _targets(data.train, rows)
        told = baseline.fit(X, y, budget)(data.test.features(index))
        figures = judged(np.asarray(told))
    except MissingPackageError as error:
        return Rival(baseline.name, baseline.what, failed=str(error))
    except Exception as error:  # whatever a library raises on odd data
        return Rival(baseline.name, baseline.what, failed=f"{type(error).__name__}: {error}")
    return Rival(baseline.name, baseline.what, figures, len(rows), budget.clock() - start)


def _targets(examples: Examples, index: NDArray[np.int64]) -> NDArray[Any]:
    """Return the targets at ``index``, a thousand at a time: inputs come with them."""
    chunks = [index[i : i + 1000] for i in range(0, len(index), 1000)]
    return np.concatenate([examples.batch(chunk)[1].numpy() for chunk in chunks])


def _of_pixels(data: Data, index: NDArray[np.int64], budget: Budget) -> Iterator[Rival]:
    facts = data.facts
    rows = spread_out(len(data.train), PICTURES)
    x, t = data.train.batch(rows)
    pictures, masks = x.float().numpy(), t.numpy()
    start = budget.clock()
    place = pixels.most_frequent(masks, facts.output_size)
    what = "at every place the class that is most frequent there"
    yield Rival(
        "most frequent at its place",
        what,
        _judged(data, index, lambda picture: place),
        len(rows),
        budget.clock() - start,
    )
    start = budget.clock()
    name, what = "random forest of colours", "a pixel's colour, those around it, and its place"
    try:
        forest = pixels.ColourForest(budget).fit(pictures, masks, facts.ignore_index)
        figures = _judged(data, index, forest.predict)
    except Exception as error:  # whatever a library raises on odd data
        yield Rival(name, what, failed=f"{type(error).__name__}: {error}")
        return
    yield Rival(name, what, figures, len(rows), budget.clock() - start)


def _judged(
    data: Data,
    index: NDArray[np.int64],
    predict: Callable[[NDArray[np.float32]], NDArray[np.int64]],
) -> Pixels:
    import torch

    from firsthand.train.scores import confusion

    counts: list[NDArray[np.float64]] = []
    for i in index.tolist():
        x, t = data.test.batch(np.array([i]))
        told = torch.from_numpy(predict(x[0].float().numpy()).astype(np.int64))
        counts.append(
            confusion(told, t[0], data.facts.output_size, data.facts.ignore_index).numpy()
        )
    return Pixels(np.stack(counts))
