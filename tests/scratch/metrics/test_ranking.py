"""Curves and areas, against scikit-learn's, and against the chance that they are."""

from itertools import product

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch import metrics
from firsthand.scratch.errors import DataError, ParameterError, UndefinedMetricWarning
from tests.scratch.metrics.inputs import agree, label_columns, weight_columns

MANY = settings(deadline=None, max_examples=30)
SIGNS = [np.array([0, 1]), np.array([-1, 1])]


@st.composite
def scored(draw, n_classes=2, kinds=SIGNS):
    """Draw labels, scores with ties (or rows of probabilities), and weights."""
    y, weights = draw(label_columns(n_classes, n_columns=1, kinds=kinds, min_size=3))
    n = len(y)
    if n_classes == 2:
        score = draw(st.lists(st.integers(-3, 3), min_size=n, max_size=n))
        return y, np.array(score) / 4, weights
    rows = st.lists(st.integers(1, 3), min_size=n_classes, max_size=n_classes)
    P = np.array(draw(st.lists(rows, min_size=n, max_size=n)), float)
    return y, P / P.sum(axis=1, keepdims=True), weights


@MANY
@given(scored(), st.booleans())
def test_curves_are_sklearns(data, drop):
    y, score, weights = data
    for name in ("roc_curve", "precision_recall_curve"):
        ours, theirs = getattr(metrics, name), getattr(sklearn.metrics, name)
        agree(ours, theirs, y, score, sample_weight=weights, drop_intermediate=drop)
    agree(
        metrics.confusion_matrix_at_thresholds,
        sklearn.metrics.confusion_matrix_at_thresholds,
        y,
        score,
        sample_weight=weights,
    )


@MANY
@given(scored())
def test_areas_of_two_classes_are_sklearns(data):
    y, score, weights = data
    agree(metrics.roc_auc_score, sklearn.metrics.roc_auc_score, y, score, sample_weight=weights)
    ours, theirs = metrics.average_precision_score, sklearn.metrics.average_precision_score
    for pos_label in np.unique(y):
        agree(ours, theirs, y, score, pos_label=pos_label, sample_weight=weights)


@MANY
@given(
    scored(3, [np.array([0, 1, 2]), np.array(["ant", "bee", "cow"])]),
    st.sampled_from(["macro", "weighted", "micro", None]),
)
def test_areas_of_three_classes_are_sklearns(data, average):
    y, P, weights = data
    if average is not None:
        how = {"multi_class": "ovo", "average": average}
        agree(metrics.roc_auc_score, sklearn.metrics.roc_auc_score, y, P, **how)
    if len(np.unique(y)) < 3:
        return
    how = {"average": average, "sample_weight": weights}
    theirs = sklearn.metrics.roc_auc_score
    agree(metrics.roc_auc_score, theirs, y, P, multi_class="ovr", **how)
    ours, theirs = metrics.average_precision_score, sklearn.metrics.average_precision_score
    agree(ours, theirs, y, P, **how)


@MANY
@given(scored(3, [np.array([0, 1, 2])]), st.sampled_from(["ovr", "ovo"]))
def test_labels_name_the_classes_that_are_missing(data, multi_class):
    y, P, _ = data
    if multi_class == "ovo" and len(np.unique(y)) == 1:
        return  # scikit-learn divides by zero; ours is tested below
    how = {"multi_class": multi_class, "labels": [0, 1, 2], "average": "weighted"}
    agree(metrics.roc_auc_score, sklearn.metrics.roc_auc_score, y, P, **how)


@MANY
@given(scored())
def test_the_area_is_the_chance_that_a_positive_scores_higher(data):
    y, score, _ = data
    pairs = list(product(score[y == y.max()], score[y < y.max()]))
    if pairs:
        chance = np.mean([(p > n) + (p == n) / 2 for p, n in pairs])
        assert metrics.roc_auc_score(y, score) == pytest.approx(chance)


@MANY
@given(scored(3, [np.array([0, 1, 2])]), st.integers(1, 4), st.booleans())
def test_top_k_accuracy_is_sklearns(data, k, normalize):
    y, P, weights = data
    how = {"k": k, "normalize": normalize, "sample_weight": weights, "labels": [0, 1, 2]}
    agree(metrics.top_k_accuracy_score, sklearn.metrics.top_k_accuracy_score, y, P, **how)


@MANY
@given(scored(), st.data())
def test_top_1_of_two_classes_is_sklearns(data, draw):
    y, score, _ = data
    if len(np.unique(y)) == 2:
        weights = draw.draw(weight_columns(len(y)))
        how = {"k": 1, "sample_weight": weights}
        agree(metrics.top_k_accuracy_score, sklearn.metrics.top_k_accuracy_score, y, score, **how)


def test_many_scores_without_ties():
    rng = np.random.default_rng(0)
    score = rng.normal(size=3000)
    y = rng.random(3000) < 1 / (1 + np.exp(-score))
    for drop in (False, True):
        ours = metrics.roc_curve(y, score, drop_intermediate=drop)
        theirs = sklearn.metrics.roc_curve(y, score, drop_intermediate=drop)
        for mine, library in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(mine, library)


def test_many_weighted_scores_with_ties():
    rng = np.random.default_rng(1)
    score, weights = rng.normal(size=3000).round(2), rng.random(3000)
    y = rng.random(3000) < 1 / (1 + np.exp(-score))
    ours = metrics.roc_curve(y, score, sample_weight=weights)
    theirs = sklearn.metrics.roc_curve(y, score, sample_weight=weights)
    for mine, library in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, library)


def test_a_curve_down_has_the_same_area():
    x, y = np.array([0.0, 0.2, 1.0]), np.array([1.0, 3.0, 2.0])
    assert metrics.auc(x, y) == metrics.auc(x[::-1], y[::-1]) == pytest.approx(2.4)


def test_what_is_refused():
    with pytest.warns(UndefinedMetricWarning, match="only one class"):
        assert np.isnan(metrics.roc_auc_score([1, 1], [0.2, 0.3]))
    how = {"multi_class": "ovo", "labels": [0, 1, 2]}
    with pytest.warns(UndefinedMetricWarning, match="only one class"):
        assert np.isnan(metrics.roc_auc_score([1, 1], np.full((2, 3), 1 / 3), **how))
    with pytest.raises(ParameterError, match="say 'ovr' or 'ovo'"):
        metrics.roc_auc_score([0, 1, 2], np.eye(3))
    with pytest.raises(DataError, match="do not sum to one"):
        metrics.roc_auc_score([0, 1, 2], 2 * np.eye(3), multi_class="ovr")
    with pytest.raises(DataError, match="all classes by labels"):
        metrics.roc_auc_score([0, 1, 1], np.eye(3), multi_class="ovr")
    with pytest.raises(DataError, match="pass pos_label"):
        metrics.roc_curve(["a", "b"], [0.1, 0.2])
    with pytest.raises(DataError, match="NaN"):
        metrics.roc_curve([0, 1], [0.1, np.nan])
    with pytest.raises(DataError, match="x goes up and down"):
        metrics.auc([0, 1, 0], [0, 1, 1])
