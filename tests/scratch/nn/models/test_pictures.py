"""Models of pictures: PyTorch computes the same, differences agree, and trials stand alone."""

import os
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from firsthand.data import SETTING, load_cifar10
from firsthand.library.networks import autoencoder as ae_twins
from firsthand.library.networks import gan as gan_twins
from firsthand.library.networks import siamese as siamese_twins
from firsthand.library.networks.lenet import lenet as lenet_twin
from firsthand.library.networks.resnet import resnet as resnet_twin
from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn import Network, check_gradients
from firsthand.scratch.nn.models import (
    ResidualBlock,
    ResNet,
    autoencoder,
    discriminator,
    embedder,
    generator,
    lenet,
    vae,
)
from tests.scratch.nn.layers.twins import agree, side_by_side

torch.set_num_threads(1)
HOME = Path(os.environ.get(SETTING, "/nowhere"))
DEEP = {"rtol": 1e-8, "atol": 1e-8}  # batch norm over few samples enlarges the last digits

SMALL = {
    "lenet": (
        lenet,
        lenet_twin,
        {"size": (8, 12), "channels": (3, 4), "hidden": (6, 5)},
        (2, 1, 8, 12),
    ),
    "lenet, normalised": (
        lenet,
        lenet_twin,
        {"size": (9, 7), "in_channels": 2, "channels": (3, 4), "hidden": (), "kernel": 3,
         "batch_norm": True},
        (5, 2, 9, 7),
    ),
    "resnet": (ResNet, resnet_twin, {"n_blocks": 2, "channels": (3, 4, 6)}, (8, 3, 8, 8)),
    "resnet, padded": (
        ResNet,
        resnet_twin,
        {"n_blocks": 1, "channels": (2, 5, 6), "shortcut": "pad", "in_channels": 1, "n_classes": 3},
        (4, 1, 8, 7),
    ),
    "autoencoder": (
        autoencoder,
        ae_twins.autoencoder,
        {"n_features": 9, "hidden": (7, 5), "n_latent": 2},
        (6, 9),
    ),
    "generator": (
        generator,
        gan_twins.generator,
        {"n_latent": 5, "n_hidden": 6, "channels": (4, 3), "out_channels": 2, "size": (8, 12)},
        (6, 5),
    ),
    "discriminator": (
        discriminator,
        gan_twins.discriminator,
        {"channels": (3, 4), "n_hidden": 6, "in_channels": 2, "size": (8, 12)},
        (6, 2, 8, 12),
    ),
    "embedder": (
        embedder,
        siamese_twins.embedder,
        {"size": (9, 7), "channels": (3, 4), "n_features": 5},
        (6, 1, 9, 7),
    ),
}  # fmt: skip


def inputs(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("seed", range(3))
def test_torch_computes_the_same(name: str, seed: int) -> None:
    ours, theirs, how, shape = SMALL[name]
    agree(ours(**how), theirs(**how), inputs(shape, seed), seed=seed, exact=DEEP)


@pytest.mark.parametrize("name", SMALL)
def test_backward_is_the_slope_of_forward(name: str) -> None:
    make, _, how, shape = SMALL[name]
    network = Network(make(**how), random_state=1)
    assert check_gradients(network, inputs(shape), most=12).rung == "right"


@pytest.mark.parametrize("name", SMALL)
def test_trials_are_networks_side_by_side(name: str) -> None:
    make, _, how, shape = SMALL[name]
    side_by_side(partial(make, **how), inputs(shape))


@pytest.mark.parametrize("name", [*SMALL, "vae"])
def test_float32_stays(name: str) -> None:
    make, _, how, shape = SMALL.get(name, (vae, None, {"n_features": 9}, (6, 9)))
    network = Network(make(**how), dtype=np.float32)
    Z = network.forward(inputs(shape).astype(np.float32))
    dX = network.backward(np.ones_like(Z))
    assert Z.dtype == dX.dtype == np.float32
    assert dX.shape == shape


def test_what_cannot_be_made_is_told() -> None:
    for make, told in (
        (lambda: lenet(kernel=4), "kernel is 4; an odd one"),
        (lambda: lenet(size=(3, 9)), "halved twice"),
        (lambda: ResNet(n_blocks=0), "at least one"),
        (lambda: ResNet(shortcut="none"), "'project' or 'pad', not 'none'"),
        (lambda: ResidualBlock(4, 2, 2, "pad"), "4 channels cannot be padded to 2"),
        (lambda: generator(size=(28, 30)), "multiples of 4"),
        (lambda: discriminator(size=(2, 4)), "multiples of 4"),
        (lambda: embedder(channels=()), "channels is empty"),
    ):
        with pytest.raises(ParameterError, match=told):
            make()
    with pytest.raises(DataError, match=r"0 \(Conv2d 1 -> 6, 5 x 5\) got X of shape \(2, 3, 28"):
        Network(lenet()).forward(np.zeros((2, 3, 28, 28)))


@pytest.mark.skipif(
    not (HOME / "pretrained").is_dir(), reason=f"set {SETTING} to a folder with pretrained weights"
)
def test_published_weights_see_what_they_were_published_to_see() -> None:
    state = torch.load(HOME / "pretrained/resnet20-12fca82f.th", map_location="cpu")["state_dict"]
    state = {name.removeprefix("module."): value for name, value in state.items()}
    network = Network(ResNet(n_blocks=3, shortcut="pad"), dtype=np.float32).eval()
    # published before PyTorch counted batches
    tracked = {k: torch.tensor(0) for k in network.to_torch() if k.endswith("num_batches_tracked")}
    network.from_torch(tracked | state)
    pictures = load_cifar10("test")
    mean = np.array([0.485, 0.456, 0.406], np.float32)[:, None, None]
    deviation = np.array([0.229, 0.224, 0.225], np.float32)[:, None, None]
    X = ((pictures.X[:500] / np.float32(255)) - mean) / deviation
    right = network.forward(X).argmax(axis=1) == pictures.y[:500]
    assert right.mean() > 0.89  # 91.7 % of all 10,000
