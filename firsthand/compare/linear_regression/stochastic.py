"""One sample a step against ``SGDRegressor``, in the same order; then larger batches drawn."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.agreement import agree, agree_exactly
from firsthand.compare.bench import Bench, said
from firsthand.compare.comparison import Pair, Picture, Score
from firsthand.compare.drawing import draw
from firsthand.data import Dataset
from firsthand.library import sgd_epochs

Array = NDArray[np.float64]
SEED, N_EPOCHS, L2 = 7, 5, 0.01
WHY = "rounding, gathered over {} steps that each use the last"


def compare_stochastic(bench: Bench, data: Dataset) -> Pair:
    """Return the pair: a batch of one is the library's step."""
    from firsthand.scratch.linear import linear_regression as scratch

    X, y = data.X[:2000], np.asarray(data.y, np.float64)[:2000]
    n = len(y)
    rate = 0.1 / float((X**2).sum(axis=1).max() + 1)  # a step stays short of the largest sample

    def ours() -> tuple[Array, float, Array]:
        rng = np.random.default_rng(SEED)
        return scratch.minibatch_gradient_descent(X, y, rate, N_EPOCHS, 1, L2, rng)

    rng = np.random.default_rng(SEED)
    orders = [np.concatenate(scratch.minibatches(n, 1, rng)) for _ in range(N_EPOCHS)]
    w, b, losses = ours()
    coef, free = sgd_epochs(X, y, orders, learning_rate=rate, l2=L2)
    near = partial(agree, tolerance=1e-9, why=WHY.format(n * N_EPOCHS))
    sizes = [len(batch) for batch in scratch.minibatches(n, 32, np.random.default_rng(SEED))]
    cut = [32] * (n // 32) + [n % 32] * (n % 32 > 0)
    whole, every = np.sort(np.array(orders), axis=1), np.tile(np.arange(n), (N_EPOCHS, 1))
    return Pair(
        "Mini-batches of one and SGDRegressor",
        f"minibatch_gradient_descent(..., batch_size=1, n_epochs={N_EPOCHS}, l2={L2:g})",
        f"sklearn.linear_model.SGDRegressor(eta0={rate:.3g}, alpha={L2:g}), the same order",
        said(data, "standardised", f"first {n} rows" if n < data.n_samples else "every row"),
        (
            near("coefficients", w, coef),
            near("intercept", b, free),
            near("loss after the last epoch", losses[-1], _loss(X, y, coef, free)),
            agree_exactly("each epoch sees each sample once", whole, every, why="a permutation"),
            agree_exactly("sizes of batches of 32", sizes, cut, why="the last one holds the rest"),
        ),
        score=Score("R²", _r2(y, X @ w + b), _r2(y, X @ coef + free)),
        timing=bench.time(ours, lambda: sgd_epochs(X, y, orders, learning_rate=rate, l2=L2)),
        targets=("minibatch_gradient_descent", "minibatches", "gradient", "loss"),
        notes=("l2 is SGDRegressor's alpha as it is: both weigh the penalty against a mean",),
        pictures=(_batches(bench, X, y),),
    )  # fmt: skip


def _loss(X: Array, y: Array, w: Array, b: float) -> float:
    residual = X @ w + b - y
    return float(residual @ residual / (2 * len(y)) + L2 / 2 * w @ w)


def _r2(y: Array, prediction: Array) -> float:
    from sklearn.metrics import r2_score

    return float(r2_score(y, prediction))


def _batches(bench: Bench, X: Array, y: Array) -> Picture:
    """Draw the loss of three batch sizes against the number of samples that were looked at."""
    from firsthand.scratch.linear import linear_regression as scratch

    rate = 0.2 / float(np.linalg.eigvalsh(X.T @ X / len(y))[-1])
    sizes = {"1": 1, "32": 32, "all": len(y)}
    curves = {
        name: scratch.minibatch_gradient_descent(
            X, y, rate / (4 if size == 1 else 1), 15, size, L2, np.random.default_rng(SEED)
        )[2]
        for name, size in sizes.items()
    }

    def paint(axes: Any) -> None:
        dashes = ("-", (0, (5, 2)), (0, (1, 1.5)))
        for (name, losses), dash in zip(curves.items(), dashes, strict=True):
            axes.plot(losses, color=bench.colour, linestyle=dash, label=f"batches of {name}")
        axes.set(xlabel="epoch", ylabel="J on all samples")
        axes.legend(loc="upper right")

    return draw(
        "Small steps, many steps",
        "For the same number of samples looked at, small batches have come further; their last "
        "steps tremble about the minimum.",
        paint,
    )  # fmt: skip
