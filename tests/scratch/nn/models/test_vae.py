"""A variational autoencoder: PyTorch's autograd and central differences find its slopes."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.library.networks import vae as vae_twins
from firsthand.scratch.errors import DataError
from firsthand.scratch.nn import Network, check_gradients
from firsthand.scratch.nn.models import (
    VAE,
    decode,
    encode,
    sample_vae,
    vae,
)
from firsthand.scratch.nn.models.vae import (
    NegativeELBO,
    gaussian_kl,
    gaussian_kl_backward,
    parted,
    reparameterise,
    reparameterise_backward,
)
from tests.scratch.nn.layers.twins import EXACT

torch.set_num_threads(1)
seeds = st.integers(0, 2**32 - 1)


ROWS = st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 4))


@given(ROWS, seeds)
@settings(max_examples=50, deadline=None)
def test_the_divergence_is_torchs_and_so_is_its_slope(shape, seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean, log_var = rng.normal(size=shape), rng.normal(scale=2, size=shape)
    m, v = (torch.from_numpy(part).requires_grad_() for part in (mean, log_var))
    cloud, standard = torch.distributions.Normal(m, (v / 2).exp()), torch.distributions.Normal(0, 1)
    J = torch.distributions.kl_divergence(cloud, standard).sum(-1).mean(-1)
    J.sum().backward()
    np.testing.assert_allclose(gaussian_kl(mean, log_var), J.detach().numpy(), **EXACT)
    for ours, theirs in zip(gaussian_kl_backward(mean, log_var), (m.grad, v.grad), strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), **EXACT)


@given(ROWS, seeds)
@settings(max_examples=50, deadline=None)
def test_the_slope_goes_through_mean_and_variance(shape, seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean, log_var, noise, dh = rng.normal(size=(4, *shape))
    m, v = (torch.from_numpy(part).requires_grad_() for part in (mean, log_var))
    h = m + (v / 2).exp() * torch.from_numpy(noise)
    h.backward(torch.from_numpy(dh))
    np.testing.assert_allclose(reparameterise(mean, log_var, noise), h.detach(), **EXACT)
    ours = reparameterise_backward(dh, log_var, noise)
    for gradient, theirs in zip(ours, (m.grad, v.grad), strict=True):
        np.testing.assert_allclose(gradient, theirs.numpy(), **EXACT)


def test_draws_have_the_mean_and_the_variance_they_should() -> None:
    rng = np.random.default_rng(0)
    mean, log_var = np.array([1.0, -2.0]), np.array([0.5, -1.0])
    h = reparameterise(mean, log_var, rng.normal(size=(200_000, 2)))
    np.testing.assert_allclose(h.mean(axis=0), mean, atol=0.01)
    np.testing.assert_allclose(h.var(axis=0), np.exp(log_var), rtol=0.02)


@pytest.mark.parametrize("beta", [1.0, 0.3])
def test_the_evidence_bound_is_torchs_with_all_its_slopes(beta: float) -> None:
    how = {"n_features": 7, "hidden": (6,), "n_latent": 3}
    rng = np.random.default_rng(0)
    X = rng.random((5, 7))
    network, twin = Network(vae(**how), random_state=2), vae_twins.vae(**how).double()
    twin.load_state_dict({k: torch.from_numpy(v) for k, v in network.to_torch().items()})
    loss = NegativeELBO(3, beta)
    Z = network.forward(X)
    J = loss.forward(Z, X)
    network.backward(loss.backward())
    made = twin(torch.from_numpy(X), torch.from_numpy(network.module.noise))
    expected = vae_twins.negative_elbo(*made, torch.from_numpy(X), beta)
    expected.backward()
    assert expected.item() == pytest.approx(J, rel=1e-10)
    for part, theirs in zip(parted(Z, 3), made, strict=True):
        np.testing.assert_allclose(part, theirs.detach().numpy(), **EXACT)
    ours = copy.deepcopy(network)
    ours.parameters.flat[...] = network.gradients.flat
    theirs = {name: p.grad.numpy() for name, p in twin.named_parameters()}
    for name, gradient in ours.to_torch().items():
        np.testing.assert_allclose(gradient, theirs[name], err_msg=name, **EXACT)


@pytest.mark.parametrize("learning", [True, False])
def test_the_bound_by_central_differences(learning: bool) -> None:
    network = Network(vae(n_features=7, hidden=(6,), n_latent=3), random_state=2)
    network = network.train() if learning else network.eval()
    X = np.random.default_rng(0).random((5, 7))
    assert check_gradients(network, X).rung == "right"  # random slopes for all outputs
    # with a fixed target, since X is both input and target
    seen = check_gradients(network, X, loss=NegativeELBO(3), y=X.copy())
    assert seen.rung == "right"


def test_a_vae_with_trials_is_each_alone() -> None:
    how = {"n_features": 5, "hidden": (4,), "n_latent": 2}
    many, loss = Network(vae(**how), trials=(3,)), NegativeELBO(2)
    loss.trials = (3,)
    X = np.random.default_rng(0).random((6, 5))
    Z = many.forward(X)
    J = loss.forward(Z, X)
    assert J.shape == (3,)
    many.backward(loss.backward())
    noise = many.module.noise
    assert not np.allclose(noise[0], noise[1])
    for trial in range(3):
        one, alone = Network(vae(**how)), NegativeELBO(2)
        one.parameters.flat[...] = many.parameters.flat[trial]
        one.module.rng = _Fixed(noise[trial])
        assert alone.forward(one.forward(X), X) == pytest.approx(J[trial], rel=1e-12)
        one.backward(alone.backward())
        np.testing.assert_allclose(one.gradients.flat, many.gradients.flat[trial], **EXACT)


class _Fixed:
    """A generator whose next draw is known."""

    def __init__(self, noise: np.ndarray) -> None:
        self.noise = noise

    def standard_normal(self, shape: tuple[int, ...]) -> np.ndarray:
        assert shape == self.noise.shape
        return self.noise


def test_predicting_draws_nothing_and_samples_repeat() -> None:
    network = Network(vae(n_features=7, hidden=(6,), n_latent=3)).eval()
    X = np.random.default_rng(0).random((5, 7))
    np.testing.assert_array_equal(network.forward(X), network.forward(X))
    assert isinstance(network.module, VAE)
    first, again = (sample_vae(network, 4, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (4, 7)
    assert ((first > 0) & (first < 1)).all()
    Z = network.forward(X)
    mean, log_var = encode(network, X)
    scores, *clouds = parted(Z, 3)
    np.testing.assert_array_equal((mean, log_var), clouds)
    np.testing.assert_allclose(decode(network, mean), 1 / (1 + np.exp(-scores)))
    with pytest.raises(DataError, match=r"targets of shape \(5, 6\), needs \(5, 7\)"):
        NegativeELBO(3).forward(network.forward(X), X[:, 1:])
