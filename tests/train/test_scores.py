"""Figures of a pass, against scikit-learn's."""

import math
import warnings

import numpy as np
import pytest
import torch
from sklearn import metrics
from torch.nn import functional

from firsthand.train import ConfigError
from firsthand.train.data import Facts
from firsthand.train.figures import FIGURES, higher_is_better
from firsthand.train.scores import score

EXACT = 1e-6  # outputs are float32


@pytest.mark.parametrize("n_classes", [2, 3, 12])
@pytest.mark.parametrize("seed", range(3))
def test_figures_of_classes_are_scikit_learns(n_classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, 90)
    outputs = rng.normal(size=(90, n_classes)).round(1).astype(np.float32)  # ties, too
    outputs[np.arange(90), y] += 0.8
    facts = Facts("tabular", "classification", (1,), n_classes)
    found = score(functional.cross_entropy, facts, torch.tensor(outputs), torch.tensor(y))
    probabilities = torch.softmax(torch.tensor(outputs).double(), 1).numpy()
    predicted = outputs.argmax(1)
    area = metrics.roc_auc_score(
        y, probabilities[:, 1] if n_classes == 2 else probabilities, multi_class="ovr"
    )
    assert found == pytest.approx(
        {
            "loss": metrics.log_loss(y, probabilities),
            "accuracy": metrics.accuracy_score(y, predicted),
            "balanced_accuracy": metrics.balanced_accuracy_score(y, predicted),
            "precision": metrics.precision_score(y, predicted, average="macro"),
            "recall": metrics.recall_score(y, predicted, average="macro"),
            "f1": metrics.f1_score(y, predicted, average="macro"),
            "auc": area,
        },
        abs=EXACT,
    )
    assert set(found) == set(FIGURES["classification"])


def test_a_class_that_only_occurs_among_the_predictions_counts() -> None:
    y, predicted = [0, 0, 1, 1], [0, 2, 1, 1]
    facts = Facts("tabular", "classification", (1,), 4)
    outputs = functional.one_hot(torch.tensor(predicted), 4).float()
    found = score(functional.cross_entropy, facts, outputs, torch.tensor(y))
    with warnings.catch_warnings(action="ignore"):
        assert found["f1"] == pytest.approx(metrics.f1_score(y, predicted, average="macro"))
        assert found["recall"] == pytest.approx(metrics.recall_score(y, predicted, average="macro"))
    assert found["balanced_accuracy"] == pytest.approx(0.75)


def test_one_class_alone_has_no_area_and_all_else() -> None:
    facts = Facts("tabular", "classification", (1,), 2)
    found = score(functional.cross_entropy, facts, torch.eye(2), torch.tensor([1, 1]))
    assert math.isnan(found["auc"])
    assert found["accuracy"] == 0.5


def test_pixels_that_do_not_count_are_left_out() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, (4, 5, 6))
    outputs = rng.normal(size=(4, 3, 5, 6)).astype(np.float32)
    predicted = outputs.argmax(1)
    masked = np.where(rng.random(y.shape) < 0.3, 255, y)
    facts = Facts("segmentation", "segmentation", (3, 5, 6), 3, ignore_index=255)

    def loss(outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(outputs, y, ignore_index=255)

    found = score(loss, facts, torch.tensor(outputs), torch.tensor(masked))
    a, b = masked[masked != 255], predicted[masked != 255]
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(a, b))
    assert found["iou"] == pytest.approx(metrics.jaccard_score(a, b, average="macro"))
    assert found["dice"] == pytest.approx(metrics.f1_score(a, b, average="macro"))
    assert set(found) == set(FIGURES["segmentation"])


def test_errors_of_numbers_are_in_their_own_unit() -> None:
    rng = np.random.default_rng(1)
    mean, std = (10.0, -3.0), (4.0, 0.5)
    y = rng.normal(size=(50, 2)).astype(np.float32)
    outputs = (y + rng.normal(scale=0.3, size=y.shape)).astype(np.float32)
    facts = Facts("tabular", "regression", (1,), 2, target_mean=mean, target_std=std)
    found = score(functional.mse_loss, facts, torch.tensor(outputs), torch.tensor(y))
    own, predicted = y * std + mean, outputs * std + mean
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(own, predicted), rel=EXACT)
    assert found["rmse"] == pytest.approx(
        metrics.mean_squared_error(own, predicted) ** 0.5, rel=EXACT
    )
    assert found["r2"] == pytest.approx(metrics.r2_score(own, predicted), rel=EXACT)
    assert set(found) == set(FIGURES["regression"])


def test_which_way_is_better_and_the_nearest_name() -> None:
    assert higher_is_better("auc")
    assert not higher_is_better("rmse")
    with pytest.raises(ConfigError, match=r"'acuracy'\. Did you mean 'accuracy'\?"):
        higher_is_better("acuracy")
    with pytest.raises(ConfigError, match="of regression"):
        higher_is_better("accuracy", "regression")
