"""The fast kernels of images against the functions that say what they compute."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.layers import (
    BatchNorm2d,
    Conv1d,
    Conv2d,
    Linear,
    MaxPool2d,
    _blocks,
    _planes,
    _pooling,
    _winograd,
)
from firsthand.scratch.nn.layers._planes import samples_first, samples_last
from firsthand.scratch.nn.layers._standardizing import standardize_rows, standardize_rows_backward
from firsthand.scratch.nn.layers.batch_norm import batch_norm, batch_norm_backward
from firsthand.scratch.nn.layers.convolution import (
    conv2d,
    conv2d_backward_input,
    conv2d_backward_weights,
)
from firsthand.scratch.nn.layers.pooling import (
    average_pool,
    average_pool_backward,
    max_pool,
    max_pool_backward,
)
from firsthand.scratch.nn.layers.windows import Geometry

# float64: the same sums in another order
EXACT = {"rtol": 1e-10, "atol": 1e-10}
# float32: sums of at most 9 x 24 products of normal numbers, and transforms that add four of them
SINGLE = {"rtol": 1e-4, "atol": 1e-4}
few, small = st.integers(1, 3), st.integers(1, 4)
pairs = st.tuples(few, few)
seeds = st.integers(0, 2**32 - 1)
many = settings(max_examples=50, deadline=None)


@pytest.fixture(params=[1, 2, 3], ids="{} threads".format)
def threads(request, monkeypatch, openblas):
    """As if BLAS had so many threads, and products so small were cut up."""
    openblas[1](request.param)
    monkeypatch.setattr(_blocks, "ONE_THREAD", 1500)
    monkeypatch.setattr(_blocks, "NARROW", 1)
    monkeypatch.setattr(_planes, "BLOCK", 2**8)
    monkeypatch.setattr(_winograd, "BLOCK", 2**12)
    monkeypatch.setattr(_winograd, "IMAGES", 2**10)
    monkeypatch.setattr(_winograd, "FEWEST", 1)


def numbers(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


@many
@given(
    *(small, few, few, pairs, pairs),
    *(st.tuples(st.integers(0, 2), st.integers(0, 2)), pairs, few, st.sampled_from([(), (2,)])),
    *(st.sampled_from([1, 60, 2**18]), seeds),
)
def test_planes(
    n_samples, n_in, n_out, kernel, stride, padding, dilation, groups, trials, block, seed
):
    geometry = Geometry.of(kernel, stride, padding, dilation)
    assume(min(geometry.output(6, 7)) >= 1)
    X = numbers(seed, *trials, n_samples, n_in * groups, 6, 7)
    W, b = numbers(seed, *trials, n_out * groups, n_in, *kernel), numbers(seed, n_out * groups)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_planes, "BLOCK", block)
        compare_planes(X, W, b, geometry, groups)


def compare_planes(X, W, b, geometry, groups):
    A = samples_last(X)
    Z = samples_first(_planes.convolve(A, W, b, geometry, groups))
    np.testing.assert_allclose(Z, conv2d(X, W, geometry, groups) + b[:, None, None], **EXACT)
    dZ = numbers(1, *Z.shape)
    D = samples_last(dZ)
    dW = _planes.convolve_backward_weights(D, A, W, geometry, groups)
    np.testing.assert_allclose(dW, conv2d_backward_weights(dZ, X, geometry, groups), **EXACT)
    size = X.shape[-2], X.shape[-1]
    dX = samples_first(_planes.convolve_backward_input(D, W, size, geometry, groups))
    np.testing.assert_allclose(dX, conv2d_backward_input(dZ, W, size, geometry, groups), **EXACT)


@many
@given(
    *(small, small, small, st.integers(3, 8), st.integers(3, 8)),
    *(st.tuples(st.integers(0, 2), st.integers(0, 2)), st.sampled_from([1, 2**19]), seeds),
)
def test_winograd(n_samples, n_in, n_out, height, width, padding, block, seed):
    X, W = numbers(seed, n_samples, n_in, height, width), numbers(seed + 1, n_out, n_in, 3, 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_winograd, "BLOCK", block)
        compare_winograd(X, W, padding, EXACT)


@pytest.mark.parametrize(("shape", "padding"), [((5, 24, 9, 8), (1, 1)), ((3, 24, 8, 11), (0, 2))])
def test_winograd_in_single_precision(shape, padding):
    X, W = numbers(0, *shape).astype(np.float32), numbers(1, 24, 24, 3, 3).astype(np.float32)
    compare_winograd(X, W, padding, SINGLE)


def compare_winograd(X, W, padding, close):
    geometry, A, b = Geometry.of(3, 1, padding), samples_last(X), W[:, 0, 0, 0]
    Z = samples_first(_winograd.convolve(A, W, b, padding))
    assert Z.dtype == X.dtype
    np.testing.assert_allclose(Z, conv2d(X, W, geometry) + b[:, None, None], **close)
    dZ = numbers(2, *Z.shape).astype(X.dtype)
    dW, db, dA = _winograd.convolve_backward(samples_last(dZ), A, W, padding)
    assert dW.dtype == db.dtype == dA.dtype == X.dtype
    np.testing.assert_allclose(db, dZ.sum(axis=(0, 2, 3)), **close)
    np.testing.assert_allclose(dW, conv2d_backward_weights(dZ, X, geometry), **close)
    expected = conv2d_backward_input(dZ, W, X.shape[-2:], geometry)
    np.testing.assert_allclose(samples_first(dA), expected, **close)
    alone = _winograd.convolve_backward(samples_last(dZ), A, W, padding, bias=False, inputs=False)
    np.testing.assert_array_equal(alone[0], dW)
    assert alone[1] is alone[2] is None


def test_blocks_and_threads_change_nothing(threads):
    X, b = numbers(0, 5, 6, 8, 9), numbers(1, 4)
    compare_planes(X, numbers(2, 4, 6, 3, 3), b, Geometry.of(3, 1, 1), 1)
    compare_planes(X, numbers(2, 4, 3, 2, 3), b, Geometry.of((2, 3), (2, 1), 0), 2)
    compare_winograd(numbers(0, 5, 9, 8, 9), numbers(2, 8, 9, 3, 3), (1, 1), EXACT)


def test_what_fails_on_another_thread_is_told(monkeypatch, openblas):
    openblas[1](2)
    with pytest.raises(ZeroDivisionError):
        _blocks.share(lambda hand: 1 // hand[0], [1, 0])


def test_winograd_is_for_plain_kernels_with_many_channels():
    A, W = np.ones((16, 8, 8, 2)), np.ones((16, 16, 3, 3))
    plain = Geometry.of(3, 1, 1)
    assert _winograd.applies(A, W, plain, 1)
    assert not _winograd.applies(A, W[:8], plain, 1)
    assert not _winograd.applies(A, W[:, :8], plain, 2)
    assert not _winograd.applies(A, W[..., :1], Geometry.of((3, 1), 1, 1), 1)
    assert not _winograd.applies(A, W, Geometry.of(3, 2, 1), 1)
    assert not _winograd.applies(A, W, Geometry.of(3, 1, 1, 2), 1)
    assert not _winograd.applies(A, np.stack([W, W]), plain, 1)


@many
@given(small, small, pairs, pairs, st.booleans(), seeds)
def test_pooling(n_samples, channels, kernel, stride, padded, seed):
    geometry = Geometry.of(kernel, stride, tuple(size // 2 for size in kernel) if padded else 0)
    X = np.random.default_rng(seed).integers(0, 4, (n_samples, channels, 6, 7)).astype(float)
    A, place = max_pool(X, geometry)
    P = _planes.padded(samples_last(X), geometry.padding, -np.inf)
    pooled = _pooling.largest(P, geometry)
    np.testing.assert_array_equal(samples_first(pooled), A)
    dA = numbers(seed, *A.shape)
    dP = _pooling.largest_backward(samples_last(dA), P, pooled, geometry)
    dX = samples_first(_planes.inside(dP, geometry.padding, (6, 7)))
    np.testing.assert_allclose(dX, max_pool_backward(dA, place, (6, 7), geometry), **EXACT)

    P = _planes.padded(samples_last(X), geometry.padding)
    np.testing.assert_allclose(
        samples_first(_pooling.mean(P, geometry)), average_pool(X, geometry), **EXACT
    )
    dP = _pooling.mean_backward(samples_last(dA), P.shape, geometry)
    dX = samples_first(_planes.inside(dP, geometry.padding, (6, 7)))
    np.testing.assert_allclose(dX, average_pool_backward(dA, (6, 7), geometry), **EXACT)


@many
@given(st.integers(1, 9), st.integers(2, 30), st.sampled_from([1, 20, 2**17]), seeds)
def test_standardizing_rows(n, n_places, block, seed):
    A, gamma, beta = numbers(seed, n, n_places), numbers(1, n), numbers(2, n)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("firsthand.scratch.nn.layers._standardizing.BLOCK", block)
        Z, x, root, mean, var = standardize_rows(A, gamma, beta, 1e-5)
        dZ = numbers(3, n, n_places)
        dA, dgamma, dbeta = standardize_rows_backward(dZ, x, root, gamma)
    expected = batch_norm(A, (1,))
    for ours, theirs in zip((x, root, mean, var), expected, strict=True):
        np.testing.assert_allclose(ours, theirs.reshape(ours.shape), **EXACT)
    np.testing.assert_allclose(Z, x * gamma[:, None] + beta[:, None], **EXACT)
    np.testing.assert_allclose(dgamma, (dZ * x).sum(axis=1), **EXACT)
    np.testing.assert_allclose(dbeta, dZ.sum(axis=1), **EXACT)
    dX = batch_norm_backward(dZ * gamma[:, None], x, expected[1], (1,))
    np.testing.assert_allclose(dA, dX, **EXACT)


def test_images_lie_with_their_samples_last_from_layer_to_layer():
    network = Network(Sequential(Conv2d(2, 4, 3), BatchNorm2d(4), MaxPool2d(2)))
    Z = network.forward(numbers(0, 5, 2, 6, 6))
    assert np.moveaxis(Z, 0, -1).flags.c_contiguous


@pytest.mark.parametrize(
    ("module", "shape"),
    [(Conv2d(2, 3, 3), (4, 2, 5, 5)), (Conv1d(2, 3, 2), (4, 2, 5)), (Linear(2, 3), (4, 2))],
    ids=str,
)
def test_the_gradient_of_the_input_is_left_out_where_nobody_needs_it(module, shape):
    network = Network(Sequential(module))
    X = numbers(0, *shape)
    dZ = np.ones(network.forward(X).shape)
    assert network.backward(dZ).shape == shape
    gradients = network.gradients.flat.copy()
    network.gradients.flat[...] = 0
    assert network.backward(dZ, inputs=False).size == 0
    np.testing.assert_array_equal(network.gradients.flat, gradients)
    assert network.backward(dZ).shape == shape


@pytest.mark.parametrize("rows", [4, 70, 1001])
def test_short_products_are_products(rows):
    A, B, out = numbers(0, rows, 90), numbers(1, 90, 83), np.empty((rows, 83))
    np.testing.assert_allclose(_blocks.short_product(A, B), A @ B, **EXACT)
    back = np.ascontiguousarray(A.T).T  # as the transpose of a layer's input lies in memory
    assert _blocks.short_product(back, B, out=out) is out
    np.testing.assert_allclose(out, A @ B, **EXACT)
