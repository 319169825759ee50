"""Augmented pictures are the pictures, moved, turned or hidden; nothing else changes."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.nn.augmentation import (
    bilinear,
    cut_out,
    random_flip,
    random_shift,
    random_warp,
)

SIZES = st.tuples(*(st.integers(1, n) for n in (5, 3, 6, 6)))


@given(SIZES, st.integers(0, 3), st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_a_shift_moves_each_picture_by_itself(shape, most: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=shape).astype(np.float32)
    moved = random_shift(X, most, rng)
    assert moved.shape == X.shape
    assert moved.dtype == X.dtype
    h, w = shape[2:]
    for before, after in zip(X, moved, strict=True):
        wide = np.pad(before, ((0, 0), (most, most), (most, most)))
        steps = range(2 * most + 1)
        places = [wide[:, i : i + h, j : j + w] for i in steps for j in steps]
        assert any(np.array_equal(after, place) for place in places)


def test_every_shift_comes_up() -> None:
    X = np.zeros((2000, 1, 5, 5))
    X[:, :, 2, 2] = 1
    seen = random_shift(X, 1, np.random.default_rng(0)).sum(axis=(0, 1))
    assert (seen[1:4, 1:4] > 150).all()
    assert seen[1:4, 1:4].sum() == 2000


@given(SIZES, st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_a_flip_turns_some_pictures(shape, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=shape)
    turned = random_flip(X, rng)
    same = (turned == X).all(axis=(1, 2, 3))
    other = (turned == X[..., ::-1]).all(axis=(1, 2, 3))
    assert (same | other).all()


def test_about_half_are_flipped() -> None:
    X = np.broadcast_to([0.0, 1.0], (1000, 1, 1, 2))
    turned = random_flip(X, np.random.default_rng(0))
    assert 400 < (turned[:, 0, 0, 0] == 1).sum() < 600


@given(SIZES, st.integers(1, 4), st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_a_square_is_cut_out_and_the_rest_is_kept(shape, size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.uniform(1, 2, size=shape).astype(np.float32)
    left = cut_out(X, size, rng)
    assert left.dtype == X.dtype
    hidden = left == 0
    np.testing.assert_array_equal(left[~hidden], X[~hidden])
    for picture in hidden:
        assert (picture == picture[0]).all()
        rows, columns = np.nonzero(picture[0])
        assert len(rows) == len(set(rows)) * len(set(columns))  # a rectangle
        assert 1 <= len(set(rows)) <= size
        assert 1 <= len(set(columns)) <= size


@given(SIZES, SIZES, st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_places_between_pixels_are_torchs(shape, other, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, (h, w) = rng.normal(size=shape), shape[2:]
    rows, columns = (rng.uniform(-2, n + 1, (shape[0], *other[2:])) for n in (h, w))
    # PyTorch counts from -1 to 1, from the first pixel's outer edge to the last one's
    grid = np.stack([(2 * columns + 1) / w - 1, (2 * rows + 1) / h - 1], axis=-1)
    expected = torch.nn.functional.grid_sample(
        *map(torch.from_numpy, (X, grid)), padding_mode="border", align_corners=False
    )
    np.testing.assert_allclose(bilinear(X, rows, columns), expected, rtol=0, atol=1e-10)


def test_a_warp_turns_and_stretches_about_the_middle() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3, 2, 5, 7)).astype(np.float32)
    still = random_warp(X, 0.0, 0.0, rng)
    assert still.dtype == np.float32
    np.testing.assert_allclose(still, X, atol=1e-6)
    X = np.zeros((400, 1, 11, 11))
    X[:, :, 5, 5] = 1
    X[:, :, 5, 8] = 2
    warped = random_warp(X, 0.5, 0.2, rng)
    np.testing.assert_allclose(warped[:, 0, 5, 5], 1, atol=1e-12)  # the middle stays
    spread = (warped > 0.3).any(axis=(0, 1))
    assert spread[:, 7:9].any(axis=1).sum() >= 4  # the other point goes up and down
    assert spread[:, 9].any()  # and outwards
