"""Folds: index by index those of scikit-learn, and what every rule promises."""

import warnings

import numpy as np
import pytest
import sklearn.model_selection
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from firsthand.scratch import model_selection
from firsthand.scratch.errors import DataError, ParameterError

MANY = settings(deadline=None, max_examples=40)
SHUFFLING = ["KFold", "StratifiedKFold", "GroupKFold", "StratifiedGroupKFold"]


@st.composite
def samples(draw):
    """Draw labels and groups of 4 to 30 samples."""
    n = draw(st.integers(4, 30))
    kinds = st.sampled_from([np.array([2, 0, 1]), np.array(["bee", "ant", "cow"])])
    codes = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    groups = draw(st.lists(st.integers(0, 7), min_size=n, max_size=n))
    return draw(kinds)[codes], np.array(groups) * 10 - 3


def splits(splitter, y, groups):
    """Return the splits as lists, or ValueError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of rare classes, on both sides
        try:
            return [(a.tolist(), list(b)) for a, b in splitter.split(y[:, None], y, groups)]
        except ValueError:
            return ValueError


@MANY
@given(samples(), st.integers(2, 6), st.sampled_from(SHUFFLING))
def test_folds_are_sklearns(data, n_splits, name):
    y, groups = data
    groups = groups if "Group" in name else None
    ours, theirs = (
        getattr(family, name)(n_splits) for family in (model_selection, sklearn.model_selection)
    )
    assert splits(ours, y, groups) == splits(theirs, y, groups)


def test_the_class_that_comes_first_is_dealt_first():
    y = np.array(["bee", "ant", "ant", "ant"])
    with pytest.warns(UserWarning, match="'bee'"):
        tests = [test.tolist() for _, test in model_selection.StratifiedKFold(2).split(y, y)]
    assert tests == [[0, 1], [2, 3]]


@MANY
@given(samples(), st.integers(2, 6), st.integers(0, 99), st.sampled_from(SHUFFLING))
def test_shuffled_folds_keep_their_promise_and_their_seed(data, n_splits, seed, name):
    y, groups = data
    by_group = "Group" in name
    cv = getattr(model_selection, name)(n_splits, shuffle=True, random_state=seed)
    found = splits(cv, y, groups if by_group else None)
    assert found == splits(cv, y, groups if by_group else None)
    if found is ValueError:
        return
    tested = [i for _, test in found for i in test]
    assert sorted(tested) == list(range(len(y)))
    for train, test in found:
        assert sorted([*train, *test]) == list(range(len(y)))
        if by_group:
            assert not set(groups[train]) & set(groups[test])
    sizes = [len(test) for _, test in found]
    if not by_group:
        assert max(sizes) - min(sizes) <= 1
    if name == "StratifiedKFold":
        for label in np.unique(y):
            held = [np.sum(y[test] == label) for _, test in found]
            assert max(held) - min(held) <= 1


@MANY
@given(
    st.integers(3, 20),
    st.integers(2, 4),
    st.sampled_from([None, 1, 3]),
    st.sampled_from([None, 1, 2]),
    st.integers(0, 2),
)
def test_time_splits_are_sklearns(n, n_splits, max_train_size, test_size, gap):
    how = {"max_train_size": max_train_size, "test_size": test_size, "gap": gap}
    y = np.arange(n)
    ours, theirs = (
        splits(family.TimeSeriesSplit(n_splits, **how), y, None)
        for family in (model_selection, sklearn.model_selection)
    )
    assert ours == theirs


@MANY
@given(samples())
def test_leaving_one_out_is_sklearns(data):
    y, groups = data
    for name in ("LeaveOneOut", "LeaveOneGroupOut"):
        ours, theirs = (
            getattr(family, name)() for family in (model_selection, sklearn.model_selection)
        )
        used = groups if name == "LeaveOneGroupOut" else None
        found = splits(ours, y, used)
        assert found == splits(theirs, y, used)
        if found is not ValueError:
            assert ours.get_n_splits(y, y, groups) == len(found)


@pytest.mark.parametrize("name", ["RepeatedKFold", "RepeatedStratifiedKFold"])
def test_repetitions_differ_and_are_repeated_by_their_seed(name):
    y = np.array([0, 1] * 10)
    cv = getattr(model_selection, name)(n_splits=2, n_repeats=3, random_state=1)
    found = splits(cv, y, None)
    assert len(found) == cv.get_n_splits() == 6
    assert found == splits(cv, y, None)
    assert len({tuple(test) for _, test in found}) == 6
    tested = np.bincount([i for _, test in found for i in test])
    assert (tested == 3).all()


def test_check_cv_chooses_as_sklearn_does():
    columns = {
        "classes": [0, 1, 0, 1],
        "text": ["a", "b", "a", "b"],
        "numbers": [0.5, 1.5, 2.5, 3.5],
        "whole floats": [0.0, 1.0, 1.0, 0.0],
        "table": [[0, 1], [1, 0], [1, 1], [0, 0]],
        "nothing": None,
    }
    for y in columns.values():
        for classifier in (False, True):
            ours = model_selection.check_cv(2, y, classifier=classifier)
            theirs = sklearn.model_selection.check_cv(2, y, classifier=classifier)
            assert type(ours).__name__ == type(theirs).__name__
    assert model_selection.check_cv(None).n_splits == 5
    pairs = [([0, 1], [2]), ([1, 2], [0])]
    assert splits(model_selection.check_cv(iter(pairs)), np.arange(3), None) == pairs
    theirs = sklearn.model_selection.KFold(3)
    assert model_selection.check_cv(theirs) is theirs


def test_sklearn_takes_our_splitters():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 2)), np.repeat([0, 1], 30)
    cross = sklearn.model_selection.cross_val_score
    for name in ("KFold", "StratifiedKFold"):
        ours, theirs = (
            getattr(family, name)(3) for family in (model_selection, sklearn.model_selection)
        )
        np.testing.assert_array_equal(
            cross(LogisticRegression(), X, y, cv=ours), cross(LogisticRegression(), X, y, cv=theirs)
        )
    search = sklearn.model_selection.GridSearchCV(
        LogisticRegression(), {"C": [1, 2]}, cv=model_selection.StratifiedShuffleSplit(2)
    )
    assert search.fit(X, y).n_splits_ == 2


def test_a_splitter_shows_how_it_was_made():
    assert repr(model_selection.KFold(3)) == "KFold(n_splits=3, shuffle=False, random_state=None)"


def test_what_is_refused():
    y = np.array(["a"] * 5 + ["b"] * 2)
    with pytest.warns(UserWarning, match=r"'b', has only 2 members.*n_splits=3"):
        list(model_selection.StratifiedKFold(3).split(y, y))
    with pytest.raises(DataError, match=r"the largest class has 5"):
        list(model_selection.StratifiedKFold(6).split(y, y))
    with pytest.raises(DataError, match="greater than the number of samples: n_samples=7"):
        list(model_selection.KFold(8).split(y))
    with pytest.raises(DataError, match="y is continuous"):
        list(model_selection.StratifiedKFold(2).split(y, np.linspace(0, 1, 7)))
    with pytest.raises(DataError, match="keeps groups together, but groups is None"):
        list(model_selection.GroupKFold(2).split(y, y))
    with pytest.raises(DataError, match="greater than the number of groups: 2"):
        list(model_selection.GroupKFold(3).split(y, y, y))
    with pytest.warns(UserWarning, match="use GroupKFold"):
        list(model_selection.KFold(2).split(y, y, y))
    with pytest.raises(DataError, match="X has 7, y has 6"):
        list(model_selection.KFold(2).split(y, y[:6]))
    with pytest.raises(DataError, match="leave nothing to train on"):
        list(model_selection.TimeSeriesSplit(6, gap=1).split(y))
    with pytest.raises(ParameterError, match="n_splits is 1"):
        model_selection.KFold(1)
    with pytest.raises(ParameterError, match="set shuffle=True"):
        model_selection.KFold(2, random_state=0)
    with pytest.raises(ParameterError, match="cv is 'five'"):
        model_selection.check_cv("five")
