"""An LSTM that forecasts two series at once, under Adam and the mean squared error."""

from __future__ import annotations

import numpy as np

from firsthand.compare.twins import Batch, Twin, mean_squared, supervised
from firsthand.library.networks.forecaster import forecaster
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.losses import MeanSquaredError
from firsthand.scratch.nn.models import Forecaster
from firsthand.scratch.nn.optimizers import Adam

N_SERIES, N_HIDDEN, N_LAYERS = 2, 10, 2


def waves(rng: np.random.Generator) -> Batch:
    """Return 8 windows of 12 steps of noisy waves, and what came next."""
    start = rng.uniform(0, 12, size=(8, 1, N_SERIES))
    series = np.sin(2 * np.pi * (start + np.arange(13)[:, None]) / 12)
    series += rng.normal(scale=0.1, size=series.shape)
    return series[:, :-1], series[:, -1]


TWIN = Twin(
    "forecaster",
    "Forecaster of series",
    scratch=lambda: Network(
        Forecaster(N_SERIES, n_hidden=N_HIDDEN, n_layers=N_LAYERS), random_state=0
    ),
    library=lambda: forecaster(N_SERIES, n_hidden=N_HIDDEN, n_layers=N_LAYERS),
    batch=waves,
    training=supervised(
        (MeanSquaredError, mean_squared),
        (lambda: Adam(1e-2), lambda torch, theta: torch.optim.Adam(theta, lr=1e-2)),
    ),
    data="windows of noisy waves",
)
