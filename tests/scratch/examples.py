"""One small model of every class of scratch: what the tests over all of them fit.

A class that stands in neither table is made with its defaults; one that draws gets a seed.
"""

from collections.abc import Callable
from typing import Any

from firsthand.scratch import compose, linear, model_selection, preprocessing
from firsthand.scratch.clusters import KMeans

# Class name: how to make one, where the defaults need an argument or are too slow to test.
EXAMPLES: dict[str, Callable[[], Any]] = {
    "KMeans": lambda: KMeans(n_clusters=2, n_init=2, max_iter=5),
    "Pipeline": lambda: compose.Pipeline(
        [("scale", preprocessing.StandardScaler()), ("model", linear.LogisticRegression())]
    ),
    "ColumnTransformer": lambda: compose.ColumnTransformer(
        [("scale", preprocessing.StandardScaler(), [0, 1])]
    ),
    "FeatureUnion": lambda: compose.FeatureUnion([("scale", preprocessing.StandardScaler())]),
    "GridSearchCV": lambda: model_selection.GridSearchCV(
        linear.LogisticRegression(), {"l2": [0.1, 1.0]}, cv=2, error_score="raise"
    ),
    "RandomizedSearchCV": lambda: model_selection.RandomizedSearchCV(
        linear.LogisticRegression(), {"l2": [0.1, 1.0]}, n_iter=2, cv=2, error_score="raise"
    ),
    "OneHotEncoder": lambda: preprocessing.OneHotEncoder(handle_unknown="ignore"),
    "OrdinalEncoder": lambda: preprocessing.OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=-1
    ),
}

FITS_WHAT_IT_WAS_GIVEN = "the models in its list are fitted themselves, as scikit-learn's are"

# Class name: {check: reason}. Only what scikit-learn also lists for its counterpart.
EXPECTED_FAILURES: dict[str, dict[str, str]] = {
    "FeatureUnion": {"check_estimators_overwrite_params": FITS_WHAT_IT_WAS_GIVEN},
    "Pipeline": {"check_estimators_overwrite_params": FITS_WHAT_IT_WAS_GIVEN},
    "KMeans": {
        "check_sample_weight_equivalence_on_dense_data": (
            "the start is drawn, and a sample of weight 2 draws otherwise than two samples"
        ),
    },
}


def example(model: type[Any]) -> Any:
    """Return an unfitted model of the class, with a seed where it has one."""
    made = EXAMPLES[model.__name__]() if model.__name__ in EXAMPLES else model()
    if made.get_params().get("random_state", 0) is None:
        made.set_params(random_state=0)
    return made
