"""Random splits: the sizes and shares that scikit-learn gives, whatever is drawn."""

import numpy as np
import pandas as pd
import pytest
import sklearn.model_selection
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch import model_selection
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.model_selection import apportion, train_test_split

MANY = settings(deadline=None, max_examples=40)
SIZES = st.one_of(st.none(), st.integers(1, 20), st.sampled_from([0.1, 0.25, 0.5, 0.77]))


def sizes(split, *args, **kwargs):
    """Return the lengths of what a split gives, or ValueError."""
    try:
        return [len(part) for part in split(*args, **kwargs)]
    except ValueError:
        return ValueError


@MANY
@given(st.integers(2, 25), SIZES, SIZES, st.booleans())
def test_sizes_are_sklearns(n, test_size, train_size, shuffle):
    how = {"test_size": test_size, "train_size": train_size, "shuffle": shuffle}
    X = np.arange(n)
    ours = sizes(train_test_split, X, X, **how)
    assert ours == sizes(sklearn.model_selection.train_test_split, X, X, **how)


@MANY
@given(st.lists(st.integers(2, 20), min_size=2, max_size=4), SIZES, st.integers(0, 99))
def test_shares_of_classes_are_sklearns(counts, test_size, seed):
    y = np.repeat(np.array(["bee", "ant", "cow", "dog"])[: len(counts)], counts)
    how = {"test_size": test_size, "stratify": y}
    ours = sizes(train_test_split, y, random_state=seed, **how)
    assert ours == sizes(sklearn.model_selection.train_test_split, y, **how)
    if ours is ValueError:
        return
    train, test = train_test_split(y, random_state=seed, **how)
    for label, count in zip(np.unique(y), np.unique(y, return_counts=True)[1], strict=True):
        exact = count * len(train) / len(y)
        assert abs(np.sum(train == label) - exact) < 1
        assert abs(np.sum(test == label) - (count - exact)) < 2


@MANY
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.data())
def test_apportioned_draws_add_up_and_are_near_their_share(counts, data):
    counts = np.array(counts)
    n = data.draw(st.integers(0, int(counts.sum())))
    drawn = apportion(counts, n, np.random.default_rng(data.draw(st.integers(0, 9))))
    assert drawn.sum() == n
    assert (drawn <= counts).all()
    assert (np.abs(drawn - n * counts / counts.sum()) < 1).all()


def test_equal_fractions_are_drawn_for():
    drawn = sum(apportion(np.array([5, 5]), 1, np.random.default_rng(i)) for i in range(200))
    assert 60 < drawn[0] < 140


def test_every_array_is_split_alike_and_keeps_its_kind():
    X = np.arange(40).reshape(20, 2)
    table = pd.DataFrame(X, columns=["a", "b"], index=np.arange(100, 120))
    names = [f"row {i}" for i in range(20)]
    parts = train_test_split(X, table, names, X[:, 0], test_size=0.3, random_state=5)
    X_train, X_test, table_train, table_test, names_train, names_test, y_train, _ = parts
    assert (len(X_train), len(X_test)) == (14, 6)
    np.testing.assert_array_equal(table_train.to_numpy(), X_train)
    np.testing.assert_array_equal(table_test.index - 100, X_test[:, 0] // 2)
    assert names_train == [f"row {i // 2}" for i in y_train]
    assert isinstance(names_test, list)
    assert sorted([*names_train, *names_test]) == sorted(names)
    again = train_test_split(X, test_size=0.3, random_state=5)
    np.testing.assert_array_equal(again[0], X_train)
    other = train_test_split(X, test_size=0.3, random_state=6)
    assert not np.array_equal(other[0], X_train)


@pytest.mark.parametrize("name", ["ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit"])
def test_draws_have_sklearns_sizes_and_repeat_by_their_seed(name):
    y, groups = np.repeat([0, 1, 2], [30, 20, 10]), np.arange(60) // 3
    ours, theirs = (getattr(family, name) for family in (model_selection, sklearn.model_selection))
    for how in ({}, {"test_size": 6}, {"test_size": 0.2, "train_size": 0.5}):
        used = groups if name == "GroupShuffleSplit" else None
        cv = ours(4, random_state=0, **how)
        found = list(cv.split(y, y, used))
        expected = theirs(4, random_state=0, **how).split(y, y, used)
        assert [(len(a), len(b)) for a, b in found] == [(len(a), len(b)) for a, b in expected]
        for (train, test), (train_2, test_2) in zip(found, cv.split(y, y, used), strict=True):
            np.testing.assert_array_equal(train, train_2)
            np.testing.assert_array_equal(test, test_2)
            assert not set(train) & set(test)
            if used is not None:
                assert not set(groups[train]) & set(groups[test])
            if name == "StratifiedShuffleSplit":
                shares = np.bincount(y[train]) / len(train)
                np.testing.assert_allclose(shares, [1 / 2, 1 / 3, 1 / 6], atol=0.04)
    assert len({tuple(test) for _, test in found}) == 4


def test_what_is_refused():
    X = np.arange(10)
    with pytest.raises(ParameterError, match=r"test_size is 1\.5"):
        train_test_split(X, test_size=1.5)
    with pytest.raises(ParameterError, match="test_size is 10"):
        train_test_split(X, test_size=10)
    with pytest.raises(ParameterError, match="test_size=8 and train_size=5 together"):
        train_test_split(X, test_size=8, train_size=5)
    with pytest.raises(DataError, match="nothing is left to train on"):
        train_test_split([1], shuffle=False)
    with pytest.raises(ParameterError, match="nothing to split"):
        train_test_split()
    with pytest.raises(ParameterError, match="set shuffle=True"):
        train_test_split(X, stratify=X, shuffle=False)
    with pytest.raises(DataError, match=r"cannot be on both sides: \[9\]"):
        train_test_split(X, stratify=np.repeat([0, 9], [9, 1]))
    with pytest.raises(DataError, match="test_size = 1 should be greater or equal to the number"):
        train_test_split(X, test_size=1, stratify=X % 2)
    with pytest.raises(DataError, match="array 1 has 10, array 2 has 9"):
        train_test_split(X, X[:9])
