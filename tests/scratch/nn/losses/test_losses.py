"""Every loss against PyTorch and central differences, in float64, on shapes drawn at random."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn import losses, mlp

EXACT = {"rtol": 1e-10, "atol": 1e-10}  # float64, a few thousand additions in another order
sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32 - 1)
trial_axes = st.sampled_from([(), (1,), (3,)])
many = settings(max_examples=50, deadline=None)


def of_every_trial(loss, Z, y, trials):
    """Return PyTorch's J and dZ where every trial has a loss of its own."""
    z = torch.tensor(Z, requires_grad=True)
    J = np.zeros(trials)
    for trial in np.ndindex(trials):
        value = loss(z[trial], torch.tensor(y[trial]))
        value.backward()
        J[trial] = value.item()
    return J, z.grad.numpy()


def agrees(ours, theirs, Z, y, trials):
    J, dZ = of_every_trial(theirs, Z, y, trials)
    ours.trials = trials
    np.testing.assert_allclose(ours.forward(Z, y), J, **EXACT)
    np.testing.assert_allclose(ours.backward(), dZ, **EXACT)


ELEMENTWISE = {
    "squared": (losses.MeanSquaredError(), functional.mse_loss),
    "absolute": (losses.MeanAbsoluteError(), functional.l1_loss),
    "huber": (losses.Huber(0.7), lambda z, y: functional.huber_loss(z, y, delta=0.7)),
}


@pytest.mark.parametrize("name", ELEMENTWISE)
@many
@given(trial_axes, sizes, sizes, sizes, seeds)
def test_elementwise(name, trials, n_samples, n_steps, n_outputs, seed):
    rng = np.random.default_rng(seed)
    shape = (*trials, n_samples, n_steps, n_outputs)
    agrees(*ELEMENTWISE[name], rng.normal(size=shape), rng.normal(size=shape), trials)


@many
@given(trial_axes, sizes, sizes, st.sampled_from([1.0, 0.3, 4.0]), seeds)
def test_binary_cross_entropy(trials, n_samples, n_outputs, positive, seed):
    rng = np.random.default_rng(seed)
    shape = (*trials, n_samples, n_outputs)
    Z, y = rng.normal(scale=30, size=shape), rng.choice([0.0, 0.25, 1.0], size=shape)

    def theirs(z, y):
        weight = torch.tensor(positive, dtype=torch.float64)
        return functional.binary_cross_entropy_with_logits(z, y, pos_weight=weight)

    agrees(losses.BinaryCrossEntropy(positive), theirs, Z, y, trials)


@many
@given(
    trial_axes,
    sizes,
    st.integers(2, 6),
    st.sampled_from([0.0, 0.1, 0.9]),
    st.booleans(),
    st.booleans(),
    seeds,
)
def test_cross_entropy(trials, n_samples, n_classes, smoothing, weighted, ignoring, seed):
    rng = np.random.default_rng(seed)
    Z = rng.normal(scale=10, size=(*trials, n_samples, n_classes))
    y = rng.integers(n_classes, size=(*trials, n_samples))
    if ignoring:
        y[..., 1:] = np.where(rng.random(y[..., 1:].shape) < 0.5, -100, y[..., 1:])
    weight = rng.uniform(0.1, 2, n_classes) if weighted else None

    def theirs(z, y):
        w = None if weight is None else torch.tensor(weight)
        return functional.cross_entropy(z, y, w, label_smoothing=smoothing)

    ours = losses.CrossEntropy(smoothing, weight, ignore_index=-100 if ignoring else None)
    agrees(ours, theirs, Z, y, trials)
    if not (smoothing or weighted or ignoring):
        np.testing.assert_allclose(ours.forward(Z, y), mlp.cross_entropy(Z, y), **EXACT)
        np.testing.assert_allclose(ours.backward(), mlp.cross_entropy_backward(Z, y), **EXACT)


@many
@given(trial_axes, sizes, st.integers(2, 6), st.sampled_from([1.0, 0.5]), seeds)
def test_hinge(trials, n_samples, n_classes, margin, seed):
    rng = np.random.default_rng(seed)
    Z = rng.normal(size=(*trials, n_samples, n_classes))
    y = rng.integers(n_classes, size=(*trials, n_samples))
    theirs = lambda z, y: functional.multi_margin_loss(z, y, margin=margin)  # noqa: E731 - a table's entry
    agrees(losses.Hinge(margin), theirs, Z, y, trials)


@many
@given(trial_axes, sizes, st.integers(2, 6), st.booleans(), seeds)
def test_divergence(trials, n_samples, n_classes, one_hot, seed):
    rng = np.random.default_rng(seed)
    Z = rng.normal(scale=5, size=(*trials, n_samples, n_classes))
    y = rng.dirichlet(np.ones(n_classes), (*trials, n_samples))
    if one_hot:
        y = (y == y.max(axis=-1, keepdims=True)).astype(float)

    def theirs(z, y):
        return functional.kl_div(z.log_softmax(-1), y, reduction="batchmean")

    agrees(losses.KLDivergence(), theirs, Z, y, trials)


@many
@given(trial_axes, sizes, sizes, seeds)
def test_contrastive_and_triplet(trials, n_samples, n_features, seed):
    rng = np.random.default_rng(seed)
    A, P, N = rng.normal(size=(3, *trials, n_samples, n_features))
    same = rng.integers(2, size=(*trials, n_samples)).astype(float)
    parts = [torch.tensor(part, requires_grad=True) for part in (A, P, N)]
    a, p, n = parts
    far, near = (((a - part) ** 2).sum(-1).add(1e-12).sqrt() for part in (n, p))
    s = torch.tensor(same)

    pairs = (s * near**2 + (1 - s) * (1.5 - near).clamp(min=0) ** 2).mean(-1) / 2
    dA, dP = torch.autograd.grad(pairs.sum(), parts[:2], retain_graph=True)
    np.testing.assert_allclose(losses.contrastive(A, P, same, 1.5), pairs.detach(), **EXACT)
    for ours, theirs in zip(losses.contrastive_backward(A, P, same, 1.5), (dA, dP), strict=True):
        np.testing.assert_allclose(ours, theirs, **EXACT)

    threes = (near - far + 0.5).clamp(min=0).mean(-1)
    expected = torch.autograd.grad(threes.sum(), parts)
    np.testing.assert_allclose(losses.triplet(A, P, N, 0.5), threes.detach(), **EXACT)
    for ours, theirs in zip(losses.triplet_backward(A, P, N, 0.5), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, **EXACT)


def test_equal_pairs_have_a_finite_slope():
    U = np.ones((3, 4))
    for gradient in losses.contrastive_backward(U, U, np.zeros(3)):
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize(
    "loss",
    [*(ours for ours, _ in ELEMENTWISE.values()), losses.BinaryCrossEntropy(2.0)],
    ids=repr,
)
def test_central_differences(loss):
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(4, 3)), rng.integers(2, size=(4, 3)).astype(float)
    loss.trials = ()

    def at(theta):
        return loss.forward(theta.reshape(Z.shape), y)

    expected = mlp.numerical_gradient(at, Z.ravel()).reshape(Z.shape)
    loss.forward(Z, y)
    np.testing.assert_allclose(loss.backward(), expected, atol=1e-8)


def test_float32_stays_float32():
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(4, 3)).astype(np.float32), rng.integers(3, size=4)
    for loss in (losses.CrossEntropy(0.1, np.ones(3), -1), losses.Hinge()):
        loss.forward(Z, y)
        assert loss.backward().dtype == np.float32
    Y = np.eye(3, dtype=np.float32)[y]
    for loss in (losses.MeanSquaredError(), losses.Huber(), losses.KLDivergence()):
        assert loss.forward(Z, Y).dtype == np.float32
        assert loss.backward().dtype == np.float32
    assert losses.BinaryCrossEntropy().forward(Z, Y).dtype == np.float32


def test_what_cannot_be_a_target_is_told():
    Z = np.zeros((4, 3))
    with pytest.raises(DataError, match=r"the label 3, but there are 3 outputs"):
        losses.CrossEntropy().forward(Z, np.array([0, 1, 2, 3]))
    with pytest.raises(DataTypeError, match="whole numbers"):
        losses.CrossEntropy().forward(Z, np.array([0.0, 1, 2, 2]))
    with pytest.raises(DataError, match=r"shape \(3,\), needs \(4,\)"):
        losses.CrossEntropy().forward(Z, np.array([0, 1, 2]))
    with pytest.raises(DataError, match="nothing to average"):
        losses.CrossEntropy(ignore_index=0).forward(Z, np.zeros(4, int))
    with pytest.raises(DataError, match=r"targets of shape \(4,\), needs \(4, 3\)"):
        losses.MeanSquaredError().forward(Z, np.zeros(4))
    with pytest.raises(DataError, match="nothing to average"):
        losses.MeanSquaredError().forward(np.zeros((0, 3)), np.zeros((0, 3)))
    with pytest.raises(ParameterError, match="delta"):
        losses.Huber(0)
    with pytest.raises(RuntimeError, match="forward pass first"):
        losses.Huber().backward()


@pytest.mark.parametrize("weight", [[1.0, -1.0], [[1.0, 2.0]], [np.nan, 1.0], [], "a"])
def test_weights_that_no_class_can_have(weight) -> None:
    with pytest.raises(ParameterError, match="weight"):
        losses.CrossEntropy(weight=weight)


def test_one_weight_for_each_class() -> None:
    Z, y = np.random.default_rng(0).normal(size=(4, 2)), np.array([0, 1, 1, 0])
    listed, array = (losses.CrossEntropy(weight=w) for w in ([1, 3], np.array([1.0, 3.0])))
    assert listed.forward(Z, y) == array.forward(Z, y)
    with pytest.raises(DataError, match="has 2 weights, but there are 3 outputs"):
        listed.forward(np.zeros((4, 3)), y)


@pytest.mark.parametrize("wrong", [-1.0, 2.0, np.nan])
def test_targets_that_are_no_probabilities(wrong: float) -> None:
    Z, Y = np.zeros((2, 2)), np.array([[0.0, 1.0], [0.5, wrong]])
    with pytest.raises(DataError, match=r"BinaryCrossEntropy.* got targets from"):
        losses.BinaryCrossEntropy().forward(Z, Y)
    if wrong != 2.0:
        with pytest.raises(DataError, match=rf"KLDivergence.* got {wrong} among its targets"):
            losses.KLDivergence().forward(Z, Y)
