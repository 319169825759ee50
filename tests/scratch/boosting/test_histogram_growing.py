"""The fast histograms and trees, against those on one page."""

import numpy as np
import pytest

from firsthand.scratch.boosting import histogram_growing
from firsthand.scratch.boosting.bins import Bins
from firsthand.scratch.boosting.histogram_growing import Limits, grow_tree
from firsthand.scratch.boosting.histogram_tree import grow, histogram
from firsthand.scratch.boosting.histograms import Columns, Summands

# the curvature is kept in units of 2^-35 of its sum at worst here
ROUNDED = {"rtol": 1e-8, "atol": 1e-7}


def problem(n=3000, n_features=5, max_bins=12, missing=False, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, n_features))
    X[:, 1] = np.round(X[:, 1])
    X[:, 3] = X[:, 3] > 0
    if missing:
        X[rng.random(X.shape) < 0.15] = np.nan
    bins = Bins.of(X, max_bins)
    y = np.sin(2 * np.nan_to_num(X[:, 0], nan=2.0)) + np.nan_to_num(X[:, 1]) * X[:, 4].clip(0, 1)
    residual = np.nan_to_num(y) + 0.3 * rng.normal(size=n)
    return X, bins, Columns(bins.codes(X), bins.sizes), residual, rng.uniform(0.01, 0.25, n)


def flat(node):
    """Return (feature, code, number of samples) of every node in preorder."""
    here = [(node.feature, node.code, node.n_samples)]
    return here + (flat(node.left) + flat(node.right) if node.left else [])


def asked(tree, bins):
    """Return the same of a flat tree."""
    told = []
    for feature, threshold, n in zip(
        tree.feature, tree.threshold, tree.n_node_samples, strict=True
    ):
        code = -1
        if feature >= 0:
            edges = bins.edges[feature]
            code = 0 if threshold == -np.inf else 1 + int(np.searchsorted(edges, threshold))
        told.append((max(int(feature), -1), code, int(n)))
    return told


@pytest.mark.parametrize("max_bins", [3, 12, 64, 200])  # joint of many, of two, of none
@pytest.mark.parametrize("constant", [False, True])
def test_packed_joint_histograms_unpack_to_the_plain_ones(max_bins, constant):
    _, _, columns, r, h = problem(max_bins=max_bins, missing=True)
    h = np.ones_like(h) if constant else h
    summands = Summands.of(r, None if constant else h)
    rng = np.random.default_rng(1)
    for n_nodes, share in ((1, 1.0), (3, 0.9), (4, 0.05)):
        drawn = np.flatnonzero(rng.random(len(r)) < share)
        members = np.array_split(rng.permutation(drawn), n_nodes)
        out = np.empty((n_nodes, columns.n_features, columns.n_bins), complex)
        columns.histograms(summands, members, out)
        for packed, rows in zip(out, members, strict=True):
            plain = histogram(columns.codes[:, rows], r[rows], h[rows], columns.n_bins)
            found = summands.unpack(packed)
            np.testing.assert_allclose(found, plain, **ROUNDED)
            np.testing.assert_array_equal(found[2], plain[2])  # counts are exact


def test_all_samples_are_counted_without_their_numbers():
    _, _, columns, r, h = problem()
    summands = Summands.of(r, h)
    out = np.empty((2, 1, columns.n_features, columns.n_bins), complex)
    columns.histograms(summands, [None], out[0])
    columns.histograms(summands, [np.arange(len(r))], out[1])
    np.testing.assert_allclose(out[0], out[1], rtol=1e-12, atol=1e-9)


def test_curvatures_that_are_all_but_zero_make_no_overflow():
    summands = Summands.of(np.ones(3), np.full(3, 1e-310))
    np.testing.assert_array_equal(summands.unpack(summands.packed)[2], 1.0)
    assert np.isfinite(summands.packed).all()


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("max_depth", [1, 4, np.inf])
def test_level_by_level_grows_the_tree_of_one_page(max_depth, missing):
    _, bins, columns, r, h = problem(missing=missing)
    tree, leaf = grow_tree(columns, bins, r, h, Limits(max_depth, min_samples_leaf=20, l2=0.5))
    plain = grow(columns.codes, r, h, columns.n_bins, max_depth, 20, 0.5)
    assert asked(tree, bins) == flat(plain)
    np.testing.assert_array_equal(
        np.bincount(leaf, minlength=tree.node_count) > 0, tree.feature < 0
    )


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("limits", [Limits(5), Limits(max_leaf_nodes=12), Limits()])
def test_every_sample_is_in_the_leaf_that_its_values_lead_to(limits, missing):
    X, bins, columns, r, h = problem(missing=missing)
    tree, leaf = grow_tree(columns, bins, r, h, limits)
    np.testing.assert_array_equal(leaf, tree.apply(X))


def best_first(codes, r, h, n_bins, max_leaf_nodes, least):
    """Split one leaf at a time, always the one that gains most; return the leaves' samples."""
    leaves = [np.arange(len(r))]

    def cut(rows):
        node = grow(codes[:, rows], r[rows], h[rows], n_bins, 1, least)
        if node.left is None:
            return -1.0, None
        left = codes[node.feature, rows] <= node.code
        G, H = [[a[rows][part].sum() for part in (left, ~left)] for a in (r, h)]
        gain = sum(g * g / k for g, k in zip(G, H, strict=True)) - sum(G) ** 2 / sum(H)
        return gain, (rows[left], rows[~left])

    while len(leaves) < max_leaf_nodes:
        gains = [cut(rows) for rows in leaves]
        best = max(range(len(leaves)), key=lambda i: gains[i][0])
        if gains[best][0] <= 0:
            break
        leaves[best : best + 1] = gains[best][1]
    return sorted(tuple(rows) for rows in leaves)


@pytest.mark.parametrize("max_leaf_nodes", [2, 7, 20])
def test_best_first_splits_what_one_at_a_time_would_split(max_leaf_nodes):
    _, bins, columns, r, h = problem(n=1000)
    tree, leaf = grow_tree(
        columns, bins, r, h, Limits(max_leaf_nodes=max_leaf_nodes, min_samples_leaf=10)
    )
    found = sorted(tuple(np.flatnonzero(leaf == i)) for i in np.unique(leaf))
    assert found == best_first(columns.codes, r, h, columns.n_bins, max_leaf_nodes, 10)
    assert tree.n_leaves == max_leaf_nodes


def test_small_batches_grow_the_same_tree(monkeypatch):
    _, bins, columns, r, h = problem()
    whole, _ = grow_tree(columns, bins, r, h, Limits())
    monkeypatch.setattr(histogram_growing, "ROOM", 1)  # one node at a time
    single, _ = grow_tree(columns, bins, r, h, Limits())
    assert asked(single, bins) == asked(whole, bins)


def test_impurities_fall_by_the_gains():
    _, bins, columns, r, h = problem()
    tree, leaf = grow_tree(columns, bins, r, h, Limits(4, l2=0.5))
    score = sum(r[leaf == i].sum() ** 2 / (h[leaf == i].sum() + 0.5) for i in np.unique(leaf))
    total = tree.impurity * tree.n_node_samples
    np.testing.assert_allclose(total[tree.feature < 0].sum(), -score, rtol=1e-6)


def test_each_node_may_ask_only_for_the_features_drawn():
    _, bins, columns, r, h = problem()
    limits = Limits(6, max_features=1)
    asked_for = [
        grow_tree(columns, bins, r, h, limits, np.random.default_rng(seed))[0].feature[0]
        for seed in range(30)
    ]
    assert len(set(map(int, asked_for))) == 5
