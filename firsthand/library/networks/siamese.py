"""A network that puts pictures on the unit sphere, and the triplet loss that moves them there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from firsthand.library.support import require


def embedder(
    *,
    size: tuple[int, int] = (56, 46),
    in_channels: int = 1,
    channels: Sequence[int] = (16, 32, 64),
    n_features: int = 64,
    dropout: float = 0.0,
) -> Any:
    """Return convolutions with stride 2, a linear layer, and a division by the length."""
    nn = require("torch").nn

    class UnitLength(nn.Module):
        def forward(self, X: Any) -> Any:
            return nn.functional.normalize(X, dim=-1)

    layers: list[Any] = []
    (height, width), n_in = size, in_channels
    for n_out in channels:
        layers += [nn.Conv2d(n_in, n_out, 3, 2, 1, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()]
        height, width, n_in = -(-height // 2), -(-width // 2), n_out
    layers += [nn.Flatten(), nn.Dropout(dropout)] if dropout else [nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(n_in * height * width, n_features), UnitLength())


def batch_hard_triplet(Z: Any, y: Any, margin: float = 0.5) -> Any:
    """Return the mean triplet loss, every row against the farthest alike and nearest other."""
    torch = require("torch")
    same = y[:, None] == y
    with torch.no_grad():  # which they are is no matter of degree
        d = torch.cdist(Z, Z, compute_mode="donot_use_mm_for_euclid_dist")
        positive = d.masked_fill(~same, -1).argmax(dim=1)
        negative = d.masked_fill(same, torch.inf).argmin(dim=1)
    near, far = ((Z - Z[rows]).square().sum(dim=1) for rows in (positive, negative))
    return torch.relu((near + 1e-12).sqrt() - (far + 1e-12).sqrt() + margin).mean()
