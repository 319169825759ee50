"""One small model of every class of scratch: what the tests over all of them fit.

A class that stands in neither table is made with its defaults; one that draws gets a seed.
"""

from copy import deepcopy
from typing import Any

from firsthand.scratch.linear import LinearRegression, LogisticRegression
from firsthand.scratch.preprocessing import StandardScaler
from firsthand.scratch.trees import DecisionTreeClassifier, DecisionTreeRegressor

SEARCH = {"estimator": LogisticRegression(), "cv": 2, "error_score": "raise"}

# Class name: its settings, where the defaults need an argument or are too slow to test.
EXAMPLES: dict[str, dict[str, Any]] = {
    "AdaBoostClassifier": {"n_estimators": 5},
    "AdaBoostRegressor": {"n_estimators": 10},
    "BaggingClassifier": {"n_estimators": 5},
    "BaggingRegressor": {"n_estimators": 5},
    "ColumnTransformer": {"transformers": [("scale", StandardScaler(), slice(0, 2))]},
    "ElasticNet": {"alpha": 0.1},
    "ExtraTreesClassifier": {"n_estimators": 10},
    "ExtraTreesRegressor": {"n_estimators": 10},
    "FeatureUnion": {"transformer_list": [("scale", StandardScaler())]},
    "GaussianMixture": {"n_init": 2, "max_iter": 5},
    "GradientBoostingClassifier": {"n_estimators": 5},
    "GradientBoostingRegressor": {"n_estimators": 10, "learning_rate": 0.5},
    "GridSearchCV": {**SEARCH, "param_grid": {"l2": [0.1, 1.0]}},
    "HistGradientBoostingClassifier": {"max_iter": 5, "min_samples_leaf": 5},
    "HistGradientBoostingRegressor": {"max_iter": 10, "learning_rate": 0.5, "min_samples_leaf": 5},
    "KMeans": {"n_clusters": 2, "n_init": 2, "max_iter": 5},
    "KNeighborsClassifier": {"n_neighbors": 2},
    "KNeighborsRegressor": {"n_neighbors": 2},
    "MatrixFactorization": {"n_factors": 2, "max_iter": 5},
    "MiniBatchKMeans": {"n_clusters": 2, "max_iter": 5, "batch_size": 10},
    "OneHotEncoder": {"handle_unknown": "ignore"},
    "OrdinalEncoder": {"handle_unknown": "use_encoded_value", "unknown_value": -1},
    "Pipeline": {"steps": [("scale", StandardScaler()), ("model", LogisticRegression())]},
    "RandomForestClassifier": {"n_estimators": 10},
    "RandomForestRegressor": {"n_estimators": 10},
    "TSNE": {"perplexity": 2, "max_iter": 250},
    "RandomizedSearchCV": {**SEARCH, "param_distributions": {"l2": [0.1, 1.0]}, "n_iter": 2},
    "VotingClassifier": {
        "estimators": [("tree", DecisionTreeClassifier()), ("line", LogisticRegression())],
        "voting": "soft",
    },
    "VotingRegressor": {
        "estimators": [("tree", DecisionTreeRegressor()), ("line", LinearRegression())]
    },
}

FITS_WHAT_IT_WAS_GIVEN = "the models in its list are fitted themselves, as scikit-learn's are"
COUNTS_SAMPLES = "min_samples_leaf counts samples, whatever they weigh"
DRAWS_A_START = "the start is drawn, and a sample of weight 2 draws otherwise than two samples"
DRAWS_SAMPLES = "a bootstrap draws a sample of weight 2 otherwise than two samples"
STOPS_WITHIN = "gamma='scale' counts rows and not weights, and both fits stop within tol only"
WEIGHTS = "check_sample_weight_equivalence_on_dense_data"

# Class name: {check: reason}. Only what scikit-learn also lists for its counterpart.
EXPECTED_FAILURES: dict[str, dict[str, str]] = {
    "AdaBoostRegressor": {WEIGHTS: DRAWS_SAMPLES},
    "BaggingClassifier": {WEIGHTS: DRAWS_SAMPLES},
    "BaggingRegressor": {WEIGHTS: DRAWS_SAMPLES},
    "FeatureUnion": {"check_estimators_overwrite_params": FITS_WHAT_IT_WAS_GIVEN},
    "HistGradientBoostingClassifier": {WEIGHTS: COUNTS_SAMPLES},
    "HistGradientBoostingRegressor": {WEIGHTS: COUNTS_SAMPLES},
    "KMeans": {WEIGHTS: DRAWS_A_START},
    "MiniBatchKMeans": {WEIGHTS: DRAWS_A_START},
    "Pipeline": {"check_estimators_overwrite_params": FITS_WHAT_IT_WAS_GIVEN},
    "RandomForestClassifier": {WEIGHTS: DRAWS_SAMPLES},
    "RandomForestRegressor": {WEIGHTS: DRAWS_SAMPLES},
    "SVC": {WEIGHTS: STOPS_WITHIN},
}


def example(model: type[Any]) -> Any:
    """Return an unfitted model of the class, with a seed where it has one."""
    made = model(**deepcopy(EXAMPLES.get(model.__name__, {})))
    if made.get_params().get("random_state", 0) is None:
        made.set_params(random_state=0)
    return made
