"""Splits: shares, classes, groups, times, and what cannot be split."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.train.data.splits import (
    Shares,
    grouped_split,
    random_split,
    stratified_split,
    time_split,
)
from firsthand.train.errors import DataError

BOTH = Shares(0.15, 0.2)


def rows_of(parts: dict) -> list[int]:
    return sorted(np.concatenate(list(parts.values())).tolist())


@given(st.integers(10, 500), st.integers(0, 9))
def test_a_random_split_has_every_row_once_and_the_shares_asked_for(n: int, seed: int) -> None:
    parts = random_split(n, BOTH, seed)
    assert rows_of(parts) == list(range(n))
    assert len(parts["test"]) == round(0.2 * n)
    assert len(parts["validation"]) == round(0.15 * n)


def test_the_seed_decides_alone() -> None:
    first, again, other = (random_split(100, BOTH, seed) for seed in (3, 3, 4))
    assert all((first[name] == again[name]).all() for name in first)
    assert set(first["test"]) != set(other["test"])


@settings(max_examples=50)
@given(st.lists(st.integers(3, 200), min_size=2, max_size=8), st.integers(0, 9))
def test_every_class_has_its_share_in_every_part(sizes: list[int], seed: int) -> None:
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(len(sizes)), sizes))
    parts = stratified_split(labels, [f"c{i}" for i in range(len(sizes))], BOTH, seed)
    assert rows_of(parts) == list(range(len(labels)))
    for name, share in (("test", 0.2), ("validation", 0.15)):
        counts = np.bincount(labels[parts[name]], minlength=len(sizes))
        assert (np.abs(counts - share * np.array(sizes)) <= 1).all()
        assert (counts >= 1).all()


def test_a_class_too_small_is_named_or_learnt_from() -> None:
    labels = np.array([0] * 50 + [1] * 50 + [2] * 2)
    with pytest.raises(DataError, match=r"at least 3 examples of each class.*'rare' has 2"):
        stratified_split(labels, ["a", "b", "rare"], BOTH, 0)
    parts = stratified_split(labels, ["a", "b", "rare"], BOTH, 0, rare="train")
    assert set(np.flatnonzero(labels == 2)) <= set(parts["train"])


@settings(max_examples=50)
@given(st.lists(st.integers(1, 30), min_size=3, max_size=60), st.integers(0, 9))
def test_no_group_is_in_two_parts(sizes: list[int], seed: int) -> None:
    groups = np.random.default_rng(1).permutation(np.repeat(np.arange(len(sizes)), sizes))
    parts = grouped_split(groups, BOTH, seed)
    assert rows_of(parts) == list(range(len(groups)))
    of_part = [set(groups[rows]) for rows in parts.values()]
    assert not of_part[0] & of_part[1]
    assert not (of_part[0] | of_part[1]) & of_part[2]


def test_groups_too_few_are_told() -> None:
    with pytest.raises(DataError, match=r"at least 3 groups.*there are 2"):
        grouped_split(np.array([0, 1] * 10), BOTH, 0)


@given(st.lists(st.integers(0, 1000), min_size=30, max_size=200, unique=True))
def test_what_is_tested_on_comes_last(times: list[int]) -> None:
    t = np.array(times)
    parts = time_split(t, BOTH)
    assert rows_of(parts) == list(range(len(t)))
    assert t[parts["train"]].max() < t[parts["validation"]].min()
    assert t[parts["validation"]].max() < t[parts["test"]].min()


def test_a_moment_is_in_one_part() -> None:
    times = np.repeat(np.arange(10), 10)
    parts = time_split(times, Shares(0.15, 0.15))
    assert [set(times[rows]) for rows in parts.values()] == [set(range(7)), {7}, {8, 9}]


def test_a_part_given_elsewhere_is_not_held_out() -> None:
    parts = random_split(100, Shares(0.1, 0), 0)
    assert (len(parts["train"]), len(parts["validation"]), len(parts["test"])) == (90, 10, 0)


@pytest.mark.parametrize(
    ("split", "words"),
    [
        (lambda: random_split(2, BOTH, 0), "train part would be empty"),
        (lambda: time_split(np.zeros(50), BOTH), "train part would be empty.*different times"),
        (lambda: random_split(0, BOTH, 0), "would be empty: there are only 0 rows"),
    ],
)
def test_an_empty_part_is_refused(split, words: str) -> None:
    with pytest.raises(DataError, match=words):
        split()
