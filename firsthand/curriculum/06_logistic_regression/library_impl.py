"""Logistic regression as a professional writes it: scaled, tuned by log loss, given a threshold.

Accuracy is not what is tuned. The penalty is chosen by the cross-validated log loss, because
probabilities are wanted. The threshold follows from the costs where the probabilities are
calibrated; tuning it instead needs no calibration, but many samples of the rarer mistake.
"""

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import brier_score_loss, confusion_matrix, log_loss, make_scorer
from sklearn.model_selection import TunedThresholdClassifierCV, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

MISSED, ALARM = 9.0, 1.0  # what a missed tumour costs, in false alarms


def model() -> Pipeline:
    """Return the classifier; scaling belongs to it, so that no test data leak into it."""
    search = LogisticRegressionCV(
        Cs=np.logspace(-3, 3, 13),
        cv=5,
        scoring="neg_log_loss",
        max_iter=1000,
        l1_ratios=(0.0,),
        use_legacy_attributes=False,
    )
    return make_pipeline(StandardScaler(), search)


def cost(y: np.ndarray, said: np.ndarray) -> float:
    """Return the mean cost of decisions; class 1 is the tumour."""
    return float(np.mean(MISSED * (y > said) + ALARM * (y < said)))


def main() -> dict[str, float]:
    """Return what the model achieves on data it has not seen."""
    X, benign = load_breast_cancer(return_X_y=True)
    y = 1 - benign  # 1 is malignant: the class that matters is the one named positive
    parts = train_test_split(X, y, test_size=0.3, stratify=y, random_state=0)
    X_train, X_test, y_train, y_test = parts
    fitted = model().fit(X_train, y_train)
    p = fitted.predict_proba(X_test)[:, 1]
    tuned = TunedThresholdClassifierCV(
        model(), scoring=make_scorer(cost, greater_is_better=False), cv=5, random_state=0
    ).fit(X_train, y_train)
    share, mean_p = calibration_curve(y_test, p, n_bins=5, strategy="quantile")
    theory = ALARM / (ALARM + MISSED)
    return {
        "C chosen": float(fitted[-1].C_),
        "log loss": log_loss(y_test, p),
        "Brier score": brier_score_loss(y_test, p),
        "largest calibration gap": float(np.max(np.abs(share - mean_p))),
        "cost at 0.5": cost(y_test, p > 0.5),
        f"cost at {theory:.2f}, from the costs": cost(y_test, p > theory),
        f"cost at {tuned.best_threshold_:.2f}, tuned": cost(y_test, tuned.predict(X_test)),
        "tumours missed at 0.5": float(confusion_matrix(y_test, p > 0.5)[1, 0]),
    }


if __name__ == "__main__":
    for name, value in main().items():
        print(f"{name:32} {value:8.4f}")
