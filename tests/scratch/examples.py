"""One small model of every class of scratch: what the tests over all of them fit.

A class that stands in neither table is made with its defaults; one that draws gets a seed.
"""

from collections.abc import Callable
from typing import Any

from firsthand.scratch import boosting

# Class name: how to make one, where the defaults need an argument or are too slow to test.
EXAMPLES: dict[str, Callable[[], Any]] = {
    "GradientBoostingClassifier": lambda: boosting.GradientBoostingClassifier(n_estimators=5),
    "GradientBoostingRegressor": lambda: boosting.GradientBoostingRegressor(
        n_estimators=30, learning_rate=0.3
    ),
    "HistGradientBoostingClassifier": lambda: boosting.HistGradientBoostingClassifier(
        max_iter=5, min_samples_leaf=5
    ),
    "HistGradientBoostingRegressor": lambda: boosting.HistGradientBoostingRegressor(
        max_iter=30, learning_rate=0.3, min_samples_leaf=2
    ),
}

# Class name: {check: reason}. Only what scikit-learn also lists for its counterpart.
EXPECTED_FAILURES: dict[str, dict[str, str]] = {
    "GradientBoostingClassifier": {
        "check_sample_weight_equivalence_on_dense_data": (
            "of equally good splits rounding decides, and weighted sums are rounded otherwise"
        ),
    },
    "HistGradientBoostingClassifier": {
        "check_sample_weight_equivalence_on_dense_data": (
            "min_samples_leaf counts samples, whatever they weigh"
        ),
    },
    "HistGradientBoostingRegressor": {
        "check_sample_weight_equivalence_on_dense_data": (
            "min_samples_leaf counts samples, whatever they weigh"
        ),
    },
}


def example(model: type[Any]) -> Any:
    """Return an unfitted model of the class, with a seed where it has one."""
    made = EXAMPLES[model.__name__]() if model.__name__ in EXAMPLES else model()
    if made.get_params().get("random_state", 0) is None:
        made.set_params(random_state=0)
    return made
