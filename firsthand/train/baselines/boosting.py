"""LightGBM within a budget of seconds, for classes and for numbers."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.library.support import require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.baselines.contract import Budget, Predict

ROUNDS = 300
LEARNING_RATE = 0.05
HELD_OUT = 0.15  # of the rows, to stop at the right number of trees


def boost(X: Any, y: NDArray[Any], budget: Budget, settings: dict[str, Any]) -> Predict:
    """Return the predictions of trees that were added until they no longer helped, or time was up.

    Parameters
    ----------
    X : matrix of shape (n, d), dense or sparse
    y : ndarray of shape (n,)
    budget : Budget
    settings : dict
        LightGBM's, the objective above all.
    """
    import lightgbm

    require("lightgbm")
    n = X.shape[0]
    order = np.random.default_rng(budget.seed).permutation(n)
    held = max(1, int(HELD_OUT * n))
    chosen = {
        "learning_rate": LEARNING_RATE,
        "min_child_samples": min(20, max(1, n // 20)),
        "verbosity": -1,
        "seed": budget.seed,
        "num_threads": 1,
        "deterministic": True,
        **settings,
    }
    fit, watch = (lightgbm.Dataset(X[rows], y[rows]) for rows in (order[held:], order[:held]))
    end = budget.clock() + budget.seconds

    def out_of_time(state: Any) -> None:
        if budget.clock() > end:
            raise lightgbm.callback.EarlyStopException(
                state.iteration, state.evaluation_result_list
            )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names of columns, which there are none
        model = lightgbm.train(
            chosen,
            fit,
            ROUNDS,
            valid_sets=[watch],
            callbacks=[lightgbm.early_stopping(20, verbose=False), out_of_time],
        )
    return lambda new: np.asarray(model.predict(new))
