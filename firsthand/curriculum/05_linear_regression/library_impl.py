"""Linear regression as a professional writes it: scaled in a pipeline, judged on held-out data.

The penalty is chosen by cross-validation on the training part alone; the test part is
looked at once, at the end.
"""

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.metrics import r2_score, root_mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler


def models() -> dict[str, Pipeline]:
    """Return the models to compare; scaling belongs to each, so that no test data leak."""
    alphas = np.geomspace(0.01, 1000, 31)
    return {
        "least squares": make_pipeline(StandardScaler(), LinearRegression()),
        "ridge": make_pipeline(StandardScaler(), RidgeCV(alphas)),
    }


def main() -> dict[str, tuple[float, float]]:
    """Return the test error and R^2 of every model, and of always predicting the mean."""
    X, y = load_diabetes(return_X_y=True, scaled=False)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
    predictions = {"the mean": np.full(len(y_test), y_train.mean())}
    for name, model in models().items():
        predictions[name] = model.fit(X_train, y_train).predict(X_test)
    return {
        name: (root_mean_squared_error(y_test, f), r2_score(y_test, f))
        for name, f in predictions.items()
    }


if __name__ == "__main__":
    for name, (error, score) in main().items():
        print(f"{name:14} error {error:6.2f}   R^2 {score:6.3f}")
