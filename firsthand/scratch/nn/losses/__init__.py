"""Losses: a function, its gradient and a class that calls them, one kind a file.

Plain cross-entropy, as it is first written, stands in :mod:`firsthand.scratch.nn.mlp`.
"""

from firsthand.scratch.nn.losses.binary_cross_entropy import (
    BinaryCrossEntropy,
    binary_cross_entropy,
    binary_cross_entropy_backward,
)
from firsthand.scratch.nn.losses.cross_entropy import (
    CrossEntropy,
    cross_entropy_and_gradient,
)
from firsthand.scratch.nn.losses.divergence import (
    KLDivergence,
    kl_divergence,
    kl_divergence_backward,
)
from firsthand.scratch.nn.losses.embedding import (
    BatchHardTriplet,
    contrastive,
    contrastive_backward,
    distance,
    distance_backward,
    hardest,
    triplet,
    triplet_backward,
)
from firsthand.scratch.nn.losses.hinge import Hinge, hinge, hinge_backward
from firsthand.scratch.nn.losses.huber import Huber, huber, huber_backward
from firsthand.scratch.nn.losses.loss import Loss
from firsthand.scratch.nn.losses.mean_absolute import (
    MeanAbsoluteError,
    mean_absolute_error,
    mean_absolute_error_backward,
)
from firsthand.scratch.nn.losses.mean_squared import (
    MeanSquaredError,
    mean_squared_error,
    mean_squared_error_backward,
)

__all__ = [
    "BatchHardTriplet",
    "BinaryCrossEntropy",
    "CrossEntropy",
    "Hinge",
    "Huber",
    "KLDivergence",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "binary_cross_entropy",
    "binary_cross_entropy_backward",
    "contrastive",
    "contrastive_backward",
    "cross_entropy_and_gradient",
    "distance",
    "distance_backward",
    "hardest",
    "hinge",
    "hinge_backward",
    "huber",
    "huber_backward",
    "kl_divergence",
    "kl_divergence_backward",
    "mean_absolute_error",
    "mean_absolute_error_backward",
    "mean_squared_error",
    "mean_squared_error_backward",
    "triplet",
    "triplet_backward",
]
