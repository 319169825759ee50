"""The game of two networks: step by step it is PyTorch's, and each side learns in turn."""

import numpy as np
import torch

from firsthand.library.networks import gan as gan_twins
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.models import (
    discriminator,
    discriminator_step,
    draw_noise,
    gan_step,
    generator,
    generator_step,
    sample_gan,
    start_small,
)
from firsthand.scratch.nn.optimizers import SGD, Adam
from tests.scratch.nn.layers.twins import EXACT

torch.set_num_threads(1)
DEEP = {"rtol": 1e-8, "atol": 1e-8}  # batch norm over few samples enlarges the last digits


def game(seed: int = 0, **how):
    G = Network(
        generator(n_latent=3, n_hidden=8, channels=(4, 3), size=(8, 8)), random_state=seed, **how
    )
    D = Network(
        discriminator(n_hidden=8, channels=(3, 4), size=(8, 8)), random_state=seed + 1, **how
    )
    return G, D


def test_ten_steps_of_the_game_are_torchs() -> None:
    G, D = game()
    g = gan_twins.generator(n_latent=3, n_hidden=8, channels=(4, 3), size=(8, 8)).double()
    d = gan_twins.discriminator(n_hidden=8, channels=(3, 4), size=(8, 8)).double()
    for ours, theirs in ((G, g), (D, d)):
        theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.to_torch().items()})
    adams = Adam(1e-3, 0.5), Adam(2e-3, 0.5)
    torchs = (
        torch.optim.Adam(g.parameters(), 1e-3, (0.5, 0.999)),
        torch.optim.Adam(d.parameters(), 2e-3, (0.5, 0.999)),
    )
    rng = np.random.default_rng(5)
    for _ in range(10):
        real, noise = rng.uniform(-1, 1, (6, 1, 8, 8)), draw_noise(G, 6, rng)
        ours = gan_step(G, D, adams, real, noise, smoothing=0.1)
        there = torch.from_numpy(real), torch.from_numpy(noise)
        fake = g(there[1])
        theirs = (
            gan_twins.discriminator_step(d, torchs[1], there[0], fake, 0.1),
            gan_twins.generator_step(d, torchs[0], fake),
        )
        np.testing.assert_allclose(ours, [float(J) for J in theirs], rtol=1e-8)
    for mine, other in ((G, g), (D, d)):
        for name, value in mine.to_torch().items():
            np.testing.assert_allclose(value, other.state_dict()[name].numpy(), **DEEP)


def test_each_step_changes_one_side_alone_and_in_its_favour() -> None:
    G, D = game()
    rng = np.random.default_rng(0)
    real, noise = rng.uniform(-1, 1, (16, 1, 8, 8)), draw_noise(G, 16, rng)
    fake, of_G = G.forward(noise), G.parameters.flat.copy()
    first = discriminator_step(D, SGD(0.05), real, fake)
    of_D = D.parameters.flat.copy()
    assert generator_step(G, D, SGD(0.05), fake) > generator_step(G, D, SGD(0.05), G.forward(noise))
    np.testing.assert_array_equal(D.parameters.flat, of_D)
    assert not np.array_equal(G.parameters.flat, of_G)
    of_G = G.parameters.flat.copy()
    assert discriminator_step(D, SGD(0.05), real, fake) < first  # the fakes of before
    np.testing.assert_array_equal(G.parameters.flat, of_G)


def test_a_game_with_trials_is_each_alone() -> None:
    G, D = game(trials=(2,))
    rng = np.random.default_rng(0)
    real, noise = rng.uniform(-1, 1, (6, 1, 8, 8)), draw_noise(G, 6, rng)
    assert noise.shape == (2, 6, 3)
    alone = []
    for trial in range(2):
        g, d = game()
        g.parameters.flat[...], d.parameters.flat[...] = (
            G.parameters.flat[trial],
            D.parameters.flat[trial],
        )
        alone.append((g, d, gan_step(g, d, (SGD(0.1), SGD(0.1)), real, noise[trial])))
    J_D, J_G = gan_step(G, D, (SGD(0.1), SGD(0.1)), real, noise)
    for trial, (g, d, (j_d, j_g)) in enumerate(alone):
        np.testing.assert_allclose([J_D[trial], J_G[trial]], [j_d, j_g], **EXACT)
        np.testing.assert_allclose(G.parameters.flat[trial], g.parameters.flat, **DEEP)
        np.testing.assert_allclose(D.parameters.flat[trial], d.parameters.flat, **DEEP)
    assert sample_gan(G, 5, rng).shape == (2, 5, 1, 8, 8)


def test_weights_start_small_and_nothing_else_changes() -> None:
    G = Network(generator())
    before = G.state_dict()
    start_small(G, np.random.default_rng(0), std=0.02)
    for name, value in G.state_dict().items():
        if name.endswith(".W"):
            assert abs(value.std() / 0.02 - 1) < 0.15
            assert abs(value.mean()) < 0.003
        else:
            np.testing.assert_array_equal(value, before[name])
