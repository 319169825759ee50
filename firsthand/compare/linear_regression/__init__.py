"""Stage 05: linear regression against scikit-learn, in five pairs.

The closed form against ``LinearRegression``; the loss against ``mean_squared_error``; ridge
against ``Ridge``; where gradient descent arrives against where the curvature says it must;
and stochastic steps against ``SGDRegressor`` in the same order.
"""

from __future__ import annotations

from firsthand.compare.bench import Bench
from firsthand.compare.comparison import Pair
from firsthand.compare.linear_regression.closed_form import compare_closed_form
from firsthand.compare.linear_regression.descent import compare_descent
from firsthand.compare.linear_regression.loss import compare_loss
from firsthand.compare.linear_regression.ridge import compare_ridge
from firsthand.compare.linear_regression.stochastic import compare_stochastic
from firsthand.data import Dataset

__all__ = ["compare"]


def compare(bench: Bench) -> tuple[tuple[Dataset, ...], tuple[Pair, ...]]:
    """Return the data that was used and the pairs."""
    data = bench.data("diabetes")
    scaled = data.standardised()
    return (data,), (
        compare_closed_form(bench, data),
        compare_loss(scaled),
        compare_ridge(bench, scaled),
        compare_descent(bench, scaled),
        compare_stochastic(bench, scaled),
    )
