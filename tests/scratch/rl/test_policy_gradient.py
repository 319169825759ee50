"""Loss, gradient, returns and advantages against PyTorch, differences, and their definitions."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError
from firsthand.scratch.nn.mlp import numerical_gradient
from firsthand.scratch.rl import (
    discounted_returns,
    generalised_advantages,
    policy_gradient_loss,
    policy_gradient_loss_backward,
    sample_action,
)

EXACT = {"rtol": 1e-10, "atol": 1e-10}  # float64, sums in another order
many = settings(max_examples=50, deadline=None)
seeds, sizes = st.integers(0, 2**32 - 1), st.integers(1, 6)


def drawn(seed, shape):
    rng = np.random.default_rng(seed)
    Z = rng.normal(scale=5, size=shape)
    return Z, rng.integers(shape[-1], size=shape[:-1]), rng.normal(size=shape[:-1])


@many
@given(seeds, st.sampled_from([(), (3,)]), sizes, sizes, st.sampled_from([0.0, 0.01, 1.5]))
def test_against_torch(seed, trials, n_samples, n_actions, entropy):
    Z, actions, A = drawn(seed, (*trials, n_samples, n_actions))
    z = torch.tensor(Z, requires_grad=True)
    policy = torch.distributions.Categorical(logits=z)
    gained = torch.tensor(A) * policy.log_prob(torch.tensor(actions)) + entropy * policy.entropy()
    J = -gained.mean(dim=-1)
    J.sum().backward()
    np.testing.assert_allclose(
        policy_gradient_loss(Z, actions, A, entropy), J.detach().numpy(), **EXACT
    )
    dZ = policy_gradient_loss_backward(Z, actions, A, entropy)
    np.testing.assert_allclose(dZ, z.grad.numpy(), **EXACT)


@many
@given(seeds, sizes, sizes)
def test_against_central_differences(seed, n_samples, n_actions):
    Z, actions, A = drawn(seed, (n_samples, n_actions))

    def loss(flat):
        return policy_gradient_loss(flat.reshape(Z.shape), actions, A, 0.3)

    slope = numerical_gradient(loss, Z.ravel()).reshape(Z.shape)
    dZ = policy_gradient_loss_backward(Z, actions, A, 0.3)
    np.testing.assert_allclose(dZ, slope, atol=1e-7)


def test_numbers_stay_what_they_are():
    Z, actions, A = drawn(0, (4, 3))
    assert policy_gradient_loss_backward(Z.astype(np.float32), actions, A).dtype == np.float32
    far = np.array([[1e4, -1e4], [0.0, 800.0]])
    assert np.isfinite(policy_gradient_loss(far, np.array([1, 0]), np.ones(2), 0.1))
    assert np.isfinite(policy_gradient_loss_backward(far, np.array([1, 0]), np.ones(2), 0.1)).all()


class Highest(np.random.Generator):
    """Always draws the largest number below 1."""

    def random(self):
        return float(np.nextafter(1, 0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_actions", [2, 3, 7])
def test_every_draw_is_an_action(dtype, n_actions):
    z = np.linspace(-1, 1, n_actions).astype(dtype)
    assert sample_action(z, Highest(np.random.PCG64())) == n_actions - 1


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_are_no_numbers_are_refused(bad):
    with pytest.raises(DataError, match="no choice"):
        sample_action(np.array([0.0, bad]), np.random.default_rng(0))
    assert sample_action(np.array([0.0, -np.inf]), np.random.default_rng(0)) == 0


def test_actions_are_drawn_as_often_as_the_policy_says():
    rng, z = np.random.default_rng(0), np.log([0.1, 0.6, 0.3]) + 900
    drawn = np.bincount([sample_action(z, rng) for _ in range(5000)], minlength=3) / 5000
    np.testing.assert_allclose(drawn, [0.1, 0.6, 0.3], atol=0.03)  # 4 deviations


@many
@given(seeds, sizes, st.floats(0, 1))
def test_returns_are_their_sums(seed, n, discount):
    rewards = np.random.default_rng(seed).normal(size=n)
    G = discounted_returns(rewards, discount, last=2.0)
    for t in range(n):
        follows = sum(discount**k * rewards[t + k] for k in range(n - t))
        np.testing.assert_allclose(G[t], follows + discount ** (n - t) * 2.0, **EXACT)


@many
@given(seeds, st.integers(1, 8), st.floats(0, 1), st.floats(0, 1))
def test_advantages_are_their_sums_and_stop_at_an_end(seed, n, discount, trace):
    rng = np.random.default_rng(seed)
    rewards, V, after = rng.normal(size=(3, n))
    ended = rng.random(n) < 0.3
    A = generalised_advantages(rewards, V, after, ended, discount, trace)
    delta = rewards + discount * after - V
    for t in range(n):
        until = next((k for k in range(t, n) if ended[k]), n - 1)
        sums = sum((discount * trace) ** (k - t) * delta[k] for k in range(t, until + 1))
        np.testing.assert_allclose(A[t], sums, **EXACT)


def test_with_a_trace_of_one_the_advantage_is_the_return_less_the_value():
    rng = np.random.default_rng(0)
    rewards, V = rng.normal(size=(2, 6))
    after = np.append(V[1:], 0.0)
    ended = np.arange(6) == 5
    A = generalised_advantages(rewards, V, after, ended, 0.9, 1.0)
    np.testing.assert_allclose(A, discounted_returns(rewards, 0.9) - V, **EXACT)
