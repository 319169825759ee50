"""A random forest that grows ten trees at a time, as long as there are seconds left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.baselines.contract import Budget

TREES, STEP = 100, 10


def grow(model: Any, X: Any, y: NDArray[Any], budget: Budget) -> None:
    """Fit a forest of scikit-learn's that was made with ``warm_start``."""
    end = budget.clock() + budget.seconds
    for n_trees in range(STEP, TREES + 1, STEP):
        model.set_params(n_estimators=n_trees)
        model.fit(X, y)
        if budget.clock() > end:
            break
