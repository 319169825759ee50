"""A forecaster of a series: ``torch.nn.LSTM`` over a window, and a line from its last state."""

from __future__ import annotations

from typing import Any

from firsthand.library.support import require


def forecaster(n_features: int = 1, *, n_hidden: int = 32, n_layers: int = 1) -> Any:
    """Return a module: windows (n_samples, n_steps, n_features) in, the next values out.

    Raises
    ------
    MissingPackageError
        If PyTorch is not installed.
    """
    nn = require("torch").nn

    class Forecaster(nn.Module):
        """The last layer's state after the window, and a linear layer."""

        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(n_features, n_hidden, n_layers, batch_first=True)
            self.head = nn.Linear(n_hidden, n_features)

        def forward(self, X: Any) -> Any:
            _, (h, _) = self.lstm(X)
            return self.head(h[-1])

    return Forecaster()
