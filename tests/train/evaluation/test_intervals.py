"""Intervals, against published numbers, scipy, and how often they hold what they should."""

import math

import numpy as np
import pytest
from scipy import stats

from firsthand.train.evaluation.intervals import (
    Interval,
    examples_needed,
    over_seeds,
    percentile,
    wilson,
)
from firsthand.train.evaluation.resampling import Resampling, bootstrap, numbered


def mean_of(values: np.ndarray):
    return lambda w: {"mean": w @ values / w.sum(1)}


@pytest.mark.parametrize(("right", "n"), [(0, 10), (1, 10), (81, 263), (15, 148), (56, 56)])
def test_wilson_is_scipys(right: int, n: int) -> None:
    expected = stats.binomtest(right, n).proportion_ci(method="wilson")
    found = wilson(right, n)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_is_newcombes() -> None:
    """Newcombe, Two-sided confidence intervals for the single proportion (1998), table I."""
    assert (round(wilson(81, 263).low, 4), round(wilson(81, 263).high, 4)) == (0.2553, 0.3662)
    assert (round(wilson(15, 148).low, 4), round(wilson(15, 148).high, 4)) == (0.0624, 0.1605)


def test_no_example_has_no_interval() -> None:
    assert not wilson(0, 0).known


def test_the_bootstrap_of_a_mean_has_the_standard_error() -> None:
    x = np.random.default_rng(0).normal(size=400)
    replicates = bootstrap(mean_of(x), Resampling(400, replicates=4000))["mean"]
    assert replicates.std() == pytest.approx(x.std() / 20, rel=0.05)
    found = percentile(x.mean(), replicates, "bootstrap")
    expected = stats.bootstrap((x,), np.mean, method="percentile", rng=1).confidence_interval
    assert (found.low, found.high) == pytest.approx(expected, abs=0.01)


def test_the_same_seed_draws_the_same() -> None:
    x = np.arange(30.0)
    a, b = (bootstrap(mean_of(x), Resampling(30, seed=4))["mean"] for _ in range(2))
    assert (a == b).all()


@pytest.mark.parametrize(
    "kind", [{}, {"strata": np.arange(50) % 3}, {"groups": np.arange(50) // 5}, {"block": 7}]
)
def test_every_replicate_is_as_large_as_the_set(kind: dict) -> None:
    for weights in Resampling(50, replicates=20, **kind).weights():
        assert (weights.sum(1) == 50).all()


def test_strata_keep_their_size_and_groups_stay_whole() -> None:
    strata = np.arange(60) % 3
    (weights,) = Resampling(60, strata=strata, replicates=9).weights()
    assert (weights[:, strata == 1].sum(1) == 20).all()
    groups = numbered([f"person {i // 4}" for i in range(60)])
    (weights,) = Resampling(60, groups=groups, replicates=9).weights()
    assert (weights.reshape(9, 15, 4).std(2) == 0).all()


def test_blocks_know_that_neighbours_depend_on_each_other() -> None:
    """The mean of an AR(1) with coefficient 0.9 varies (1 + 0.9) / (1 - 0.9) = 19 times as much."""
    rng = np.random.default_rng(0)
    x = np.zeros(4000)
    for t in range(1, 4000):
        x[t] = 0.9 * x[t - 1] + rng.normal()
    alone = bootstrap(mean_of(x), Resampling(4000, replicates=400))["mean"].var()
    blocks = bootstrap(mean_of(x), Resampling(4000, block=80, replicates=400))["mean"].var()
    assert 10 < blocks / alone < 25


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = 0
    for seed in range(200):
        x = np.random.default_rng(seed).exponential(size=60)
        replicates = bootstrap(mean_of(x), Resampling(60, replicates=300, seed=seed))["mean"]
        found = percentile(x.mean(), replicates, "")
        held += found.low <= 1 <= found.high
    assert 0.88 <= held / 200 <= 0.98  # known to hold a little less in small skewed samples


def test_a_figure_that_mostly_has_no_value_has_no_interval() -> None:
    found = percentile(0.5, np.array([0.5, np.nan, np.nan]), "bootstrap")
    assert not found.known
    assert not found.excludes_zero


def test_seeds_are_students_t() -> None:
    values = [0.91, 0.93, 0.92, 0.95]
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    found = over_seeds(values)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert math.isnan(over_seeds([0.9]).low)


def test_as_many_examples_as_are_needed_show_it_four_times_of_five() -> None:
    needed = round(examples_needed(0.1, 1 / math.sqrt(100), 100))  # a mean of 0.1, deviation 1
    assert needed == pytest.approx(785, abs=1)
    rng = np.random.default_rng(0)
    means = rng.normal(0.1, 1, (2000, needed)).mean(1)
    assert (means - 1.96 / math.sqrt(needed) > 0).mean() == pytest.approx(0.8, abs=0.03)


def test_intervals_are_plain_values() -> None:
    assert Interval(math.nan).plain()["value"] is None
