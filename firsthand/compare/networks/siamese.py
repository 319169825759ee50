"""A network that puts pictures on a sphere, taught by the hardest triplets of each batch."""

from __future__ import annotations

from typing import Any

from firsthand.compare.networks.lenet import digits
from firsthand.compare.twins import Twin, supervised
from firsthand.library.networks.siamese import batch_hard_triplet
from firsthand.library.networks.siamese import embedder as theirs
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.losses import BatchHardTriplet
from firsthand.scratch.nn.models import embedder
from firsthand.scratch.nn.optimizers import Adam

SIZE, CHANNELS, N_FEATURES = (8, 8), (4, 8), 5


def hardest_triplets(torch: Any, Z: Any, y: Any) -> Any:
    """Return their loss; PyTorch itself has none that looks for the hardest."""
    del torch
    return batch_hard_triplet(Z, y)


TWIN = Twin(
    "siamese",
    "Siamese network",
    scratch=lambda: Network(
        embedder(size=SIZE, channels=CHANNELS, n_features=N_FEATURES), random_state=0
    ),
    library=lambda: theirs(size=SIZE, channels=CHANNELS, n_features=N_FEATURES),
    batch=digits,
    training=supervised(
        (BatchHardTriplet, hardest_triplets),
        (lambda: Adam(1e-3), lambda torch, theta: torch.optim.Adam(theta, lr=1e-3)),
    ),
    data="digits of 8 x 8",
)
