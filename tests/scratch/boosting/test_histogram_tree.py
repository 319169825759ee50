"""The tree from histograms, against brute force over all cuts."""

from itertools import product

import numpy as np
import pytest

from firsthand.scratch.boosting.histogram_tree import best_splits, grow, histogram, split_gain, step


def problem(seed=0, n=60, missing=False):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0 if missing else 1, 6, (3, n)).astype(np.uint8)
    return codes, rng.normal(size=n), rng.uniform(0.5, 1.5, n)


def best_by_trying(codes, r, h, least, l2):
    """Return the largest gain over every feature, cut, and side for the missing."""
    best = -np.inf
    for x, cut, side in product(codes, range(6), (False, True)):
        left = (x <= cut) & (side | (x != 0))
        if least <= left.sum() <= len(r) - least:
            sides = [(r[part].sum(), h[part].sum()) for part in (left, ~left)]
            whole = r.sum() ** 2 / (h.sum() + l2)
            best = max(best, sum(G * G / (H + l2) for G, H in sides) - whole)
    return best


def test_a_histogram_adds_up_what_is_in_each_bin():
    codes, r, h = problem()
    sums = histogram(codes, r, h, 6)
    for j, b in product(range(3), range(6)):
        inside = codes[j] == b
        expected = [r[inside].sum(), h[inside].sum(), inside.sum()]
        np.testing.assert_allclose(sums[:, j, b], expected, atol=1e-12)


def test_siblings_add_up_to_their_parent():
    codes, r, h = problem()
    left = codes[0] <= 2
    parts = [histogram(codes[:, side], r[side], h[side], 6) for side in (left, ~left)]
    np.testing.assert_allclose(sum(parts), histogram(codes, r, h, 6), atol=1e-12)


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_no_cut_gains_more_than_the_best(seed, missing):
    codes, r, h = problem(seed, missing=missing)
    least, l2 = seed + 1, 0.3 * seed
    found = best_splits(histogram(codes, r, h, 6)[:, None], least, l2)
    np.testing.assert_allclose(found.gain[0], best_by_trying(codes, r, h, least, l2), rtol=1e-10)
    x, side = codes[found.feature[0]], found.missing_left[0]
    left = (x <= found.code[0]) & (side | (x != 0))
    np.testing.assert_allclose(found.left[:, 0], [r[left].sum(), h[left].sum(), left.sum()])


def test_many_nodes_at_once_find_what_each_finds_alone():
    sums = np.stack([histogram(*problem(seed), 6) for seed in range(5)], axis=1)
    together = best_splits(sums, 3, 0.1)
    for k in range(5):
        alone = best_splits(sums[:, [k]], 3, 0.1)
        for name in ("gain", "feature", "code", "missing_left"):
            assert getattr(together, name)[k] == getattr(alone, name)[0]


def test_twice_the_loss_taken_off_is_the_gain():
    codes, r, h = problem()
    left = codes[1] <= 3

    def least(part):  # of -r v + h v^2 / 2 over one v for all
        v = step(r[part].sum(), h[part].sum())
        return np.sum(-r[part] * v + h[part] * v**2 / 2)

    taken = least(np.full(len(r), True)) - least(left) - least(~left)
    sides = [np.array([r[part].sum(), h[part].sum()]) for part in (left, ~left)]
    np.testing.assert_allclose(split_gain(*sides), 2 * taken)


def test_a_feature_that_is_not_allowed_is_not_asked():
    codes, r, h = problem()
    sums = histogram(codes, r, h, 6)[:, None]
    first = best_splits(sums).feature[0]
    allowed = np.arange(3)[None] != first
    assert best_splits(sums, allowed=allowed).feature[0] != first


def test_where_nothing_is_gained_no_cut_is_made():
    codes, _, h = problem()
    assert best_splits(histogram(codes, 0.1 * h, h, 6)[:, None]).gain[0] == 0.0
    assert grow(codes, 0.1 * h, h, 6).left is None


def test_a_child_that_hardly_bends_is_not_made():
    codes = np.array([[1, 2, 2, 2]], np.uint8)
    r = np.array([1.0, -1.0, -1.0, -1.0])
    assert grow(codes, r, np.array([2e-3, 1.0, 1.0, 1.0]), 3).left is not None
    assert grow(codes, r, np.array([5e-4, 1.0, 1.0, 1.0]), 3).left is None


def test_a_missing_value_goes_with_the_majority_if_none_was_seen():
    codes = np.array([[1, 2, 2, 2]], np.uint8)
    r = np.array([1.0, -1.0, -1.0, -1.0])
    assert not grow(codes, r, np.ones(4), 3).missing_left
    assert grow(3 - codes, r, np.ones(4), 3).missing_left


def test_missing_values_alone_can_be_cut_off():
    codes = np.array([[0, 0, 1, 2]], np.uint8)
    tree = grow(codes, np.array([1.0, 1.0, -1.0, -1.0]), np.ones(4), 3)
    assert (tree.left.value, tree.right.value) in {(1.0, -1.0), (-1.0, 1.0)}
    assert tree.left.left is None
    assert tree.right.left is None
