"""Scores: how good predictions are.

Start with ``confusion`` for labels, ``regression`` for numbers, ``ranking`` for scores and
thresholds, ``probabilities`` for probabilities; ``clustering`` and ``silhouette`` are for groups.
"""

from firsthand.scratch.metrics.areas import (
    average_precision_score,
    roc_auc_score,
    top_k_accuracy_score,
)
from firsthand.scratch.metrics.calibration import (
    calibration_curve,
    expected_calibration_error,
    into_bins,
)
from firsthand.scratch.metrics.clustering import (
    adjusted_rand_score,
    mutual_info_score,
    normalized_mutual_info_score,
    overlaps,
)
from firsthand.scratch.metrics.confusion import (
    accuracy_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    confusion_matrix,
    matthews_corrcoef,
)
from firsthand.scratch.metrics.precision_recall import (
    f1_score,
    fbeta_score,
    label_counts,
    precision_recall_fscore_support,
    precision_score,
    recall_score,
)
from firsthand.scratch.metrics.probabilities import brier_score_loss, log_loss
from firsthand.scratch.metrics.ranking import (
    auc,
    binary_average_precision,
    binary_roc_auc,
    confusion_matrix_at_thresholds,
    counts_at_thresholds,
    precision_recall_curve,
    roc_curve,
)
from firsthand.scratch.metrics.regression import (
    explained_variance_score,
    max_error,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_pinball_loss,
    mean_squared_error,
    median_absolute_error,
    r2_score,
    root_mean_squared_error,
)
from firsthand.scratch.metrics.report import classification_report
from firsthand.scratch.metrics.silhouette import (
    distance_sums,
    silhouette_samples,
    silhouette_score,
)

__all__ = [
    "accuracy_score",
    "adjusted_rand_score",
    "auc",
    "average_precision_score",
    "balanced_accuracy_score",
    "binary_average_precision",
    "binary_roc_auc",
    "brier_score_loss",
    "calibration_curve",
    "classification_report",
    "cohen_kappa_score",
    "confusion_matrix",
    "confusion_matrix_at_thresholds",
    "counts_at_thresholds",
    "distance_sums",
    "expected_calibration_error",
    "explained_variance_score",
    "f1_score",
    "fbeta_score",
    "into_bins",
    "label_counts",
    "log_loss",
    "matthews_corrcoef",
    "max_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_pinball_loss",
    "mean_squared_error",
    "median_absolute_error",
    "mutual_info_score",
    "normalized_mutual_info_score",
    "overlaps",
    "precision_recall_curve",
    "precision_recall_fscore_support",
    "precision_score",
    "r2_score",
    "recall_score",
    "roc_auc_score",
    "roc_curve",
    "root_mean_squared_error",
    "silhouette_samples",
    "silhouette_score",
    "top_k_accuracy_score",
]
