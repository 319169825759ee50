"""Precision, recall, F and the report, against scikit-learn's and by hand."""

import warnings

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import UndefinedMetricWarning as TheirWarning

from firsthand.scratch import metrics
from firsthand.scratch.errors import DataError, ParameterError, UndefinedMetricWarning
from tests.scratch.metrics.inputs import agree, label_columns, quiet

AVERAGES = st.sampled_from([None, "binary", "micro", "macro", "weighted"])
ZERO = st.sampled_from(["warn", 0.0, 1.0, np.nan])
MANY = settings(deadline=None, max_examples=30)
SCORES = ["precision_score", "recall_score", "f1_score"]


@MANY
@given(label_columns(), AVERAGES, ZERO, st.sampled_from([0.0, 0.5, 1.0, 2.0, np.inf]))
def test_all_at_once_is_sklearns(data, average, zero_division, beta):
    y_true, y_pred, weights = data
    agree(
        metrics.precision_recall_fscore_support,
        sklearn.metrics.precision_recall_fscore_support,
        y_true,
        y_pred,
        beta=beta,
        average=average,
        pos_label=y_true[0],
        sample_weight=weights,
        zero_division=zero_division,
    )


@MANY
@given(label_columns(), AVERAGES, st.sampled_from(SCORES))
def test_each_is_sklearns(data, average, name):
    y_true, y_pred, weights = data
    labels = np.array(["bee", "ant", "dog"]) if y_true.dtype.kind == "U" else np.array([1, 0, 9])
    how = {"average": average, "sample_weight": weights, "labels": labels}
    agree(getattr(metrics, name), getattr(sklearn.metrics, name), y_true, y_pred, **how)
    how |= {"beta": 0.5, "labels": None}
    agree(metrics.fbeta_score, sklearn.metrics.fbeta_score, y_true, y_pred, **how)


@MANY
@given(label_columns(), ZERO, st.booleans(), st.integers(0, 5))
def test_the_report_is_sklearns_to_the_letter(data, zero_division, some, digits):
    y_true, y_pred, weights = data
    labels = np.unique(y_true) if some else None
    how = {"labels": labels, "sample_weight": weights, "zero_division": zero_division}
    ours, theirs = metrics.classification_report, sklearn.metrics.classification_report
    if (y_true == y_pred).any():  # scikit-learn writes whole supports as 2.0 if nothing is right
        assert quiet(ours, y_true, y_pred, digits=digits, **how) == quiet(
            theirs, y_true, y_pred, digits=digits, **how
        )
    got = quiet(ours, y_true, y_pred, output_dict=True, **how)
    expected = quiet(theirs, y_true, y_pred, output_dict=True, **how)
    assert list(got) == list(expected)
    for name, scores in expected.items():
        assert got[name] == pytest.approx(scores, rel=1e-12, nan_ok=True)


def test_the_report_with_names():
    y_true, y_pred = [0, 1, 1, 2], [0, 1, 2, 2]
    names = ["a class of a long name", "b", "c"]
    expected = sklearn.metrics.classification_report(y_true, y_pred, target_names=names)
    assert metrics.classification_report(y_true, y_pred, target_names=names) == expected
    with pytest.raises(DataError, match="3 classes, but 1 target_names"):
        metrics.classification_report(y_true, y_pred, target_names=["b"])


@pytest.mark.parametrize("name", SCORES)
def test_warns_of_its_own_zero_division_alone(name):
    y_true, y_pred = [0, 0], [0, 0]
    with pytest.warns(UndefinedMetricWarning, match="zero_division") as ours:
        assert getattr(metrics, name)(y_true, y_pred) == 0.0
    assert len(ours) == 1
    assert issubclass(ours[0].category, TheirWarning)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert getattr(metrics, name)(y_true, y_pred, zero_division=1.0) == 1.0


def test_counts_of_labels_leave_the_others_out():
    found, predicted, actual = metrics.label_counts([0, 1, 2, 2], [2, 1, 2, 1], labels=[2, 1])
    assert (found.tolist(), predicted.tolist(), actual.tolist()) == ([1, 1], [2, 2], [2, 1])


def test_what_is_refused():
    with pytest.raises(DataError, match="3 classes, but average='binary'"):
        metrics.f1_score([0, 1, 2], [0, 1, 1])
    with pytest.raises(DataError, match="pos_label=1 is not a label"):
        metrics.precision_score(["a", "b"], ["a", "a"])
    with pytest.raises(ParameterError, match="average is 'samples'"):
        metrics.recall_score([0, 1], [0, 1], average="samples")
    with pytest.raises(ParameterError, match=r"zero_division is 0\.5"):
        metrics.f1_score([0, 1], [0, 1], zero_division=0.5)
    with pytest.raises(ParameterError, match="beta is -1"):
        metrics.fbeta_score([0, 1], [0, 1], beta=-1)
