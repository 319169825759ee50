"""A loss that does not fit what is predicted is refused, with those that do."""

import pytest
import torch

from firsthand.train.config.training import TrainSection
from firsthand.train.data.contract import Facts
from firsthand.train.errors import ConfigError, ModelError
from firsthand.train.losses import build_loss

CLASSES = Facts("tabular", "classification", (4,), 3)
NUMBERS = Facts("tabular", "regression", (4,), 2)

UNFIT = {
    "squares of classes": (CLASSES, {"loss": "mse"}, ["train.loss=mse", "classes", "focal"]),
    "quantiles of classes": (CLASSES, {"loss": "quantile"}, ["train.loss=quantile", "classes"]),
    "cross-entropy of numbers": (NUMBERS, {"loss": "cross_entropy"}, ["numbers", "huber"]),
    "hinge of numbers": (NUMBERS, {"loss": "hinge"}, ["train.loss=hinge", "regression"]),
    "areas of a table": (CLASSES, {"loss": "dice"}, ["train.loss=dice", "masks"]),
    "smoothed hinge": (
        CLASSES,
        {"loss": "hinge", "label_smoothing": 0.1},
        ["train.label_smoothing=0.1", "hinge", "0"],
    ),
    "smoothed numbers": (NUMBERS, {"label_smoothing": 0.1}, ["train.label_smoothing", "mse"]),
}


@pytest.mark.parametrize(("facts", "keys", "words"), UNFIT.values(), ids=UNFIT)
def test_a_loss_that_does_not_fit_is_refused(facts, keys, words):
    with pytest.raises(ConfigError) as error:
        build_loss(TrainSection.model_validate(keys), facts)
    for word in words:
        assert word in str(error.value)


def test_numbers_that_would_be_broadcast_are_refused():
    loss = build_loss(TrainSection(), NUMBERS)
    with pytest.raises(ModelError, match=r"\(4, 1\).*\(4,\)"):
        loss(torch.zeros(4, 1), torch.zeros(4))
