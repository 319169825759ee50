r"""Gradient clipping: a cliff in the loss must not throw the parameters across the valley.

    gradient <- gradient min(1, most / |gradient|)        by norm: the direction stays
    gradient <- clip(gradient, -most, most)               by value: each entry for itself

Pascanu, Mikolov & Bengio, On the difficulty of training recurrent networks (2013);
``torch.nn.utils.clip_grad_norm_``, ``clip_grad_value_``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def clip_by_norm(gradient: Array, most: float) -> Any:
    """Shorten ``gradient`` (..., n_parameters) in place to norm ``most``; return the norm it had.

    The result has shape (...): every network is clipped by itself.
    """
    norm = np.sqrt(np.sum(gradient * gradient, axis=-1))
    gradient *= np.minimum(1, most / (norm + 1e-6)).astype(gradient.dtype)[..., None]
    return norm


def clip_by_value(gradient: Array, most: float) -> None:
    """Bring every entry of ``gradient`` into [-most, most], in place."""
    np.clip(gradient, -most, most, out=gradient)
