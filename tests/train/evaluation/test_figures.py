"""Figures under any weights, against scikit-learn's with the same sample weights."""

import numpy as np
import pytest
from sklearn import metrics

from firsthand.train.evaluation.of_classes import Classes, of_each_class
from firsthand.train.evaluation.of_numbers import Numbers
from firsthand.train.evaluation.of_pixels import Pixels
from firsthand.train.evaluation.resampling import measure

EXACT = 1e-10


def some_classes(seed: int, n_classes: int, n: int = 80) -> Classes:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, n)
    P = rng.dirichlet(np.ones(n_classes), n).round(2) + 0.01  # ties
    P[np.arange(n), y] += 0.3
    return Classes(y, P / P.sum(1, keepdims=True))


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("seed", range(4))
def test_classes_under_weights_are_scikit_learns(seed: int, n_classes: int) -> None:
    classes = some_classes(seed, n_classes)
    y, P, z = classes.y, classes.probabilities, classes.predicted
    w = np.random.default_rng(seed + 100).integers(0, 4, len(y)).astype(float)
    found = {k: v[0] for k, v in classes(w[None]).items()}
    macro = {"average": "macro", "sample_weight": w, "zero_division": 0}
    each = [1] if n_classes == 2 else range(n_classes)
    expected = {
        "accuracy": metrics.accuracy_score(y, z, sample_weight=w),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, z, sample_weight=w),
        "precision": metrics.precision_score(y, z, **macro),
        "recall": metrics.recall_score(y, z, **macro),
        "f1": metrics.f1_score(y, z, **macro),
        "auc": np.mean([metrics.roc_auc_score(y == c, P[:, c], sample_weight=w) for c in each]),
        "average_precision": np.mean(
            [metrics.average_precision_score(y == c, P[:, c], sample_weight=w) for c in each]
        ),
        "log_loss": metrics.log_loss(y, P, sample_weight=w),
        "brier": np.average(((P - np.eye(n_classes)[y]) ** 2).sum(1), weights=w),
    }
    assert found == pytest.approx(expected, abs=EXACT)


def test_each_class_is_scikit_learns() -> None:
    classes = some_classes(0, 3)
    each = of_each_class(*classes.counts(np.ones((1, 80))))
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(classes.y, classes.predicted)
    assert np.allclose(each["precision"][0], precision)
    assert np.allclose(each["recall"][0], recall)
    assert np.allclose(each["f1"][0], f1)


def test_a_class_that_is_missing_in_the_test_part_costs_nothing_unless_it_is_predicted() -> None:
    P = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1]])
    found = measure(Classes(np.array([0, 1]), P), 2)
    assert found["balanced_accuracy"] == found["f1"] == 1
    P[1] = [0.1, 0.2, 0.7]
    found = measure(Classes(np.array([0, 1]), P), 2)
    assert found["balanced_accuracy"] == 0.5
    assert found["f1"] == pytest.approx(1 / 3)


def test_one_example_has_an_accuracy_and_no_area() -> None:
    found = measure(Classes(np.array([1]), np.array([[0.3, 0.7]])), 1)
    assert found["accuracy"] == 1
    assert np.isnan(found["auc"])
    assert found["log_loss"] == pytest.approx(-np.log(0.7))


@pytest.mark.parametrize("seed", range(3))
def test_numbers_under_weights_are_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = 1e6 + rng.gamma(2, 30, (60, 2))  # far from 0, where differences of squares are lost
    p = y + rng.normal(0, 10, y.shape)
    w = rng.integers(0, 3, 60).astype(float)
    found = {k: v[0] for k, v in Numbers(y, p)(w[None]).items()}
    assert found == pytest.approx(
        {
            "mae": metrics.mean_absolute_error(y, p, sample_weight=w),
            "rmse": metrics.mean_squared_error(y, p, sample_weight=w) ** 0.5,
            "r2": metrics.r2_score(y, p, sample_weight=w),
            "mape": metrics.mean_absolute_percentage_error(y, p, sample_weight=w),
        },
        rel=1e-8,
    )


def test_scaled_and_symmetric_errors_by_hand() -> None:
    y, p = np.array([[10.0], [20.0]]), np.array([[12.0], [16.0]])
    found = measure(Numbers(y, p, naive_error=np.array([1.5])), 2)
    assert found["mase"] == pytest.approx(3 / 1.5)
    assert found["smape"] == pytest.approx((2 * 2 / 22 + 2 * 4 / 36) / 2)


def test_percentages_of_numbers_around_zero_are_left_out() -> None:
    y = np.array([[0.0], [1.0]])
    assert "mape" not in measure(Numbers(y, y + 1), 2)


def test_a_constant_truth_has_no_r2() -> None:
    assert np.isnan(measure(Numbers(np.full((5, 1), 3.1), np.ones((5, 1))), 5)["r2"])


@pytest.mark.parametrize("seed", range(3))
def test_pixels_under_weights_are_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, 3, (2, 6, 50))
    counts = np.stack(
        [metrics.confusion_matrix(a, b, labels=range(3)) for a, b in zip(y, p, strict=True)]
    )
    w = np.array([0, 1, 2, 1, 0, 3])
    found = {k: v[0] for k, v in Pixels(counts.astype(float))(w[None].astype(float)).items()}
    a, b = np.repeat(y, w, 0).ravel(), np.repeat(p, w, 0).ravel()
    assert found == pytest.approx(
        {
            "iou": metrics.jaccard_score(a, b, average="macro"),
            "accuracy": metrics.accuracy_score(a, b),
            "balanced_accuracy": metrics.balanced_accuracy_score(a, b),
            "dice": metrics.f1_score(a, b, average="macro"),
        },
        abs=EXACT,
    )
