"""Convolution and pooling against PyTorch, on shapes and settings drawn at random."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.gradcheck import check_gradients
from firsthand.scratch.nn.layers import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Flatten,
    GlobalAvgPool2d,
    Linear,
    MaxPool2d,
    ReLU,
)
from firsthand.scratch.nn.layers.windows import Geometry, columns, image
from tests.scratch.nn.layers.twins import agree, side_by_side

torch.set_num_threads(1)
few, small = st.integers(1, 3), st.integers(1, 4)
pairs = st.tuples(few, few)
seeds = st.integers(0, 2**32 - 1)
many = settings(max_examples=50, deadline=None)


def images(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


@many
@given(
    few,
    small,
    small,
    pairs,
    pairs,
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
    pairs,
    few,
    seeds,
)
def test_conv2d(n_samples, n_in, n_out, kernel, stride, padding, dilation, groups, seed):
    n_in, n_out = n_in * groups, n_out * groups
    geometry = Geometry.of(kernel, stride, padding, dilation)
    X = images(seed, n_samples, n_in, 6, 7)
    assume(min(geometry.output(6, 7)) >= 1)
    how = (n_in, n_out, kernel, stride, padding, dilation, groups)
    agree(Conv2d(*how), torch.nn.Conv2d(*how), X, seed=seed)


@many
@given(few, small, small, few, few, st.integers(0, 2), few, few, st.booleans(), seeds)
def test_conv1d(n_samples, n_in, n_out, kernel, stride, padding, dilation, groups, bias, seed):
    n_in, n_out = n_in * groups, n_out * groups
    X = images(seed, n_samples, n_in, 9)
    how = (n_in, n_out, kernel, stride, padding, dilation, groups)
    agree(Conv1d(*how, bias=bias), torch.nn.Conv1d(*how, bias=bias), X, seed=seed)


@many
@given(few, small, small, pairs, pairs, st.integers(0, 1), st.booleans(), seeds)
def test_transposed(n_samples, n_in, n_out, kernel, stride, padding, bias, seed):
    X = images(seed, n_samples, n_in, 3, 4)
    how = (n_in, n_out, kernel, stride, padding)
    agree(ConvTranspose2d(*how, bias=bias), torch.nn.ConvTranspose2d(*how, bias=bias), X, seed=seed)


@many
@given(few, small, pairs, st.none() | pairs, st.booleans(), seeds)
def test_pooling(n_samples, channels, kernel, stride, padded, seed):
    padding = tuple(size // 2 for size in kernel) if padded else 0
    X = images(seed, n_samples, channels, 6, 7)
    how = (kernel, stride, padding)
    agree(MaxPool2d(*how), torch.nn.MaxPool2d(*how), X, seed=seed)
    agree(AvgPool2d(*how), torch.nn.AvgPool2d(*how), X, seed=seed)
    twin = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    agree(GlobalAvgPool2d(), twin, X, seed=seed)


def test_of_equal_entries_the_first_is_the_largest():
    agree(MaxPool2d(2), torch.nn.MaxPool2d(2), np.zeros((2, 3, 4, 4)))


@many
@given(pairs, pairs, st.integers(0, 2), pairs, seeds)
def test_columns_and_image_are_each_others_transpose(kernel, stride, padding, dilation, seed):
    geometry = Geometry.of(kernel, stride, padding, dilation)
    assume(min(geometry.output(6, 5)) >= 1)
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(2, 3, 6, 5))
    C = columns(X, geometry)
    D = rng.normal(size=C.shape)
    assert np.sum(C * D) == pytest.approx(np.sum(X * image(D, X.shape, geometry)))


def model() -> Sequential:
    parts = Conv2d(2, 4, 3, padding=1), ReLU(), MaxPool2d(2), Conv2d(4, 4, 3, groups=2)
    return Sequential(*parts, ConvTranspose2d(4, 2, 2, 2), AvgPool2d(2), Flatten(), Linear(2, 3))


def test_trials_are_networks_side_by_side():
    side_by_side(model, images(0, 3, 2, 6, 6))
    side_by_side(lambda: Sequential(Conv1d(2, 3, 3), ReLU(), GlobalMean()), images(1, 4, 2, 6))


class GlobalMean(Flatten):
    """Take the numbers of a sample as they are: (n_samples, channels, length) flattened."""

    def __init__(self) -> None:
        super().__init__(2)


def test_gradients_by_central_differences():
    assert check_gradients(Network(model()), images(0, 2, 2, 6, 6), most=40).rung == "right"


def test_float32_stays_float32():
    network = Network(model(), dtype=np.float32)
    Z = network.forward(images(0, 3, 2, 6, 6).astype(np.float32))
    assert Z.dtype == np.float32
    assert network.backward(Z).dtype == np.float32


def test_what_does_not_fit_is_told():
    with pytest.raises(DataError, match=r"Conv2d 2 -> 3, 3 x 3 got X of shape \(4, 1, 8, 8\)"):
        Network(Conv2d(2, 3, 3)).forward(np.ones((4, 1, 8, 8)))
    with pytest.raises(DataError, match="smaller than the kernel"):
        Network(Conv2d(2, 3, 3)).forward(np.ones((4, 2, 2, 8)))
    with pytest.raises(DataError, match="shorter than the kernel"):
        Network(Conv1d(2, 3, 3)).forward(np.ones((4, 2, 2)))
    with pytest.raises(ParameterError, match="groups is 2"):
        Conv2d(3, 4, 3, groups=2)
    with pytest.raises(ParameterError, match="stride"):
        MaxPool2d(2, 0)
    with pytest.raises(DataError, match=r"MaxPool2d 3 x 3 got images of \(2, 4\), smaller than"):
        Network(MaxPool2d(3)).forward(np.ones((1, 1, 2, 4)))
    with pytest.raises(DataError, match=r"AvgPool2d 3 x 3 got images of \(2, 4\), smaller than"):
        Network(AvgPool2d(3)).forward(np.ones((1, 1, 2, 4)))
    with pytest.raises(DataError, match=r"ConvTranspose2d.* of which its padding leaves nothing"):
        Network(ConvTranspose2d(1, 1, 2, 1, 1)).forward(np.ones((1, 1, 1, 4)))
    for make in (MaxPool2d, AvgPool2d):
        with pytest.raises(ParameterError, match="padding is 3; half the kernel, 1, is the most"):
            make(2, 2, 3)


def test_what_is_no_number_or_below_all_gets_the_gradient_as_in_torch():
    X = images(0, 2, 3, 6, 6)
    X[0, 0, 1, 1] = X[1, 2, 3, 4] = np.nan
    X[1, 1] = -np.inf
    for how in ((2,), (3, 2, 1)):
        agree(MaxPool2d(*how), torch.nn.MaxPool2d(*how), X)


def test_sizes_are_whole_numbers_of_any_kind():
    kernel = np.int64(3)
    assert (
        Conv2d(1, 2, kernel).shapes
        == Conv2d(1, 2, (kernel, 3)).shapes
        == {
            "W": (2, 1, 3, 3),
            "b": (2,),
        }
    )
    for wrong in (0, 2.5, (3, 3, 3), "3", None):
        with pytest.raises(ParameterError, match="kernel is"):
            Conv2d(1, 2, wrong)
