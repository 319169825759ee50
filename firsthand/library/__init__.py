"""The same models as professionals build them: scikit-learn and PyTorch.

Both are imported when a function is called, never before.
"""

from __future__ import annotations

from firsthand.library.linear_regression import linear_regression
from firsthand.library.logistic_regression import (
    logistic_regression,
    logistic_with_penalised_intercept,
)
from firsthand.library.margin import widest_margin
from firsthand.library.mlp import TorchMLP, one_thread
from firsthand.library.ridge import ridge, ridge_with_penalised_intercept
from firsthand.library.ridge_by_group import ridge_by_group
from firsthand.library.sgd_regressor import sgd_epochs
from firsthand.library.support import MissingPackageError, installed, named, require

__all__ = [
    "MissingPackageError",
    "TorchMLP",
    "installed",
    "linear_regression",
    "logistic_regression",
    "logistic_with_penalised_intercept",
    "named",
    "one_thread",
    "require",
    "ridge",
    "ridge_by_group",
    "ridge_with_penalised_intercept",
    "sgd_epochs",
    "widest_margin",
]
