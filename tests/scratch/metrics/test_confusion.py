"""The confusion matrix and the scores read off it, against scikit-learn's and by hand."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch import metrics
from firsthand.scratch.errors import (
    DataError,
    DataTypeError,
    ParameterError,
    UndefinedMetricWarning,
)
from tests.scratch.metrics.inputs import agree, label_columns

NORMALIZE = st.sampled_from([None, "true", "pred", "all"])
MANY = settings(deadline=None, max_examples=30)


@MANY
@given(label_columns(), NORMALIZE, st.booleans())
def test_confusion_matrix_is_sklearns(data, normalize, some):
    y_true, y_pred, weights = data
    labels = np.unique(y_true)[::-1] if some else None
    agree(
        metrics.confusion_matrix,
        sklearn.metrics.confusion_matrix,
        y_true,
        y_pred,
        labels=labels,
        sample_weight=weights,
        normalize=normalize,
    )


@MANY
@given(label_columns(), st.booleans())
def test_scores_of_it_are_sklearns(data, flag):
    y_true, y_pred, weights = data
    for name, option in (
        ("accuracy_score", "normalize"),
        ("balanced_accuracy_score", "adjusted"),
        ("matthews_corrcoef", None),
    ):
        ours, theirs = getattr(metrics, name), getattr(sklearn.metrics, name)
        more = {option: flag} if option else {}
        counted = y_true if weights is None else y_true[weights > 0]
        if option == "adjusted" and len(np.unique(counted)) == 1:
            continue  # 0 / 0; ours is told below
        agree(ours, theirs, y_true, y_pred, sample_weight=weights, **more)


@MANY
@given(label_columns(), st.sampled_from([None, "linear", "quadratic"]))
def test_kappa_is_sklearns(data, weights):
    y_true, y_pred, sample_weight = data
    agree(
        metrics.cohen_kappa_score,
        sklearn.metrics.cohen_kappa_score,
        y_true,
        y_pred,
        weights=weights,
        sample_weight=sample_weight,
    )


def test_one_class_cannot_be_adjusted_for_chance():
    with pytest.warns(UndefinedMetricWarning, match="one class only"):
        assert np.isnan(metrics.balanced_accuracy_score([1, 1], [1, 1], adjusted=True))


def test_counts_stay_whole_numbers():
    y = [0, 1, 1]
    assert metrics.confusion_matrix(y, y).dtype.kind == "i"
    assert metrics.confusion_matrix(y, y, sample_weight=[1, 2, 3]).tolist() == [[1, 0], [0, 5]]
    assert metrics.confusion_matrix(y, y, sample_weight=[0.5, 1, 1]).dtype.kind == "f"


def test_labels_of_every_kind():
    for y_true, y_pred in (
        ([True, False], [True, True]),
        (np.array(["a", "b"], dtype=object), ["a", "a"]),
        ([[10**12], [0]], [10**12, 10**12]),  # a column, and no table of a trillion entries
        (np.array([3, 200], np.uint8), np.array([200, 200], np.int64)),
    ):
        assert metrics.accuracy_score(y_true, y_pred) == 0.5
        assert metrics.confusion_matrix(y_true, y_pred).sum() == 2


def test_what_is_refused():
    score = metrics.confusion_matrix
    with pytest.raises(DataError, match="y_true has 3 samples, but y_pred has 2"):
        score([1, 2, 3], [1, 2])
    with pytest.raises(DataError, match="no samples"):
        score([], [])
    with pytest.raises(DataError, match=r"y_pred is continuous, it holds 0\.3"):
        score([0, 1], [0.3, 1.0])
    with pytest.raises(DataError, match="y_true is continuous, it holds nan"):
        score([0, np.nan], [0, 1])
    with pytest.raises(DataTypeError, match="y_true holds text and y_pred holds numbers"):
        score(["a", "b"], [0, 1])
    with pytest.raises(DataTypeError, match="mixes text"):
        score(np.array(["a", 1], dtype=object), ["a", "b"])
    with pytest.raises(DataError, match="None of the labels"):
        score([0, 1], [0, 1], labels=[5])
    with pytest.raises(ParameterError, match="normalize is 'rows'"):
        score([0, 1], [0, 1], normalize="rows")
    with pytest.raises(DataError, match=r"sample_weight has shape \(3,\)"):
        score([0, 1], [0, 1], sample_weight=[1, 1, 1])
    with pytest.raises(DataError, match="zero"):
        score([0, 1], [0, 1], sample_weight=[0, 0])
