"""Whole models, put together from layers."""

from firsthand.scratch.nn.models.autoencoder import Autoencoder, autoencoder
from firsthand.scratch.nn.models.char_rnn import CharRNN, train_on_stream
from firsthand.scratch.nn.models.forecaster import (
    Forecaster,
    Scale,
    fit_scale,
    forecast,
    series_windows,
)
from firsthand.scratch.nn.models.gan import (
    discriminator,
    discriminator_step,
    draw_noise,
    gan_step,
    generator,
    generator_step,
    sample_gan,
    start_small,
)
from firsthand.scratch.nn.models.gpt import GPT
from firsthand.scratch.nn.models.lenet import lenet
from firsthand.scratch.nn.models.mlp import MLP
from firsthand.scratch.nn.models.resnet import PaddedShortcut, ResidualBlock, ResNet
from firsthand.scratch.nn.models.siamese import (
    UnitLength,
    embedder,
    nearest,
    pair_distances,
    unit_length,
    unit_length_backward,
)
from firsthand.scratch.nn.models.vae import VAE, NegativeELBO, decode, encode, sample_vae, vae

__all__ = [
    "GPT",
    "MLP",
    "VAE",
    "Autoencoder",
    "CharRNN",
    "Forecaster",
    "NegativeELBO",
    "PaddedShortcut",
    "ResNet",
    "ResidualBlock",
    "Scale",
    "UnitLength",
    "autoencoder",
    "decode",
    "discriminator",
    "discriminator_step",
    "draw_noise",
    "embedder",
    "encode",
    "fit_scale",
    "forecast",
    "gan_step",
    "generator",
    "generator_step",
    "lenet",
    "nearest",
    "pair_distances",
    "sample_gan",
    "sample_vae",
    "series_windows",
    "start_small",
    "train_on_stream",
    "unit_length",
    "unit_length_backward",
    "vae",
]
