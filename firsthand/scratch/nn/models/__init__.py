"""Whole models, put together from layers."""

from firsthand.scratch.nn.models.char_rnn import CharRNN, train_on_stream
from firsthand.scratch.nn.models.forecaster import (
    Forecaster,
    Scale,
    fit_scale,
    forecast,
    series_windows,
)
from firsthand.scratch.nn.models.gpt import GPT
from firsthand.scratch.nn.models.mlp import MLP

__all__ = [
    "GPT",
    "MLP",
    "CharRNN",
    "Forecaster",
    "Scale",
    "fit_scale",
    "forecast",
    "series_windows",
    "train_on_stream",
]
