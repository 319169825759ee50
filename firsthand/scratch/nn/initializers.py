r"""Where weights start: so that a signal keeps its size through the layers, both ways.

    zeros, constant     every unit computes the same, and learns the same for ever
    normal              W ~ N(0, std^2)
    Xavier              std = gain sqrt(2 / (n_in + n_out))          for tanh, sigmoid
    He                  std = sqrt(gain / n_in), gain 2 for relu     which drops half the signal
    orthogonal          W' W = gain^2 I: lengths are kept exactly

Each function returns a new array of ``shape`` = (..., n_in, n_out). For a convolution n_in and
n_out are its channels times the kernel's entries: pass ``fan``. Glorot & Bengio (2010); He et al.
(2015); Saxe, McClelland & Ganguli (2014); ``torch.nn.init``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.errors import ParameterError

Array = NDArray[np.floating[Any]]
Shape = tuple[int, ...]
Fan = tuple[int, int]


def zeros(shape: Shape) -> Array:
    """Return zeros: right for biases, and the end of learning for weights."""
    return np.zeros(shape)


def constant(shape: Shape, value: float) -> Array:
    """Return ``value`` everywhere."""
    return np.full(shape, float(value))


def normal(shape: Shape, rng: np.random.Generator, std: float = 0.01) -> Array:
    """Return independent normal draws of mean 0 and deviation ``std``."""
    return rng.normal(scale=std, size=shape)


def xavier(
    shape: Shape,
    rng: np.random.Generator,
    gain: float = 1.0,
    *,
    uniform: bool = False,
    fan: Fan | None = None,
) -> Array:
    """Return draws of variance 2 gain^2 / (n_in + n_out), normal or uniform.

    Parameters
    ----------
    shape : tuple of int
        (..., n_in, n_out).
    rng : numpy.random.Generator
    gain : float
        5/3 is usual before tanh.
    uniform : bool
        Whether to draw from an interval about 0 instead of a normal distribution.
    fan : (n_in, n_out), optional
        By default the last two sizes of ``shape``.
    """
    n_in, n_out = fan or _fan(shape)
    return _drawn(shape, rng, gain * np.sqrt(2 / (n_in + n_out)), uniform)


def he(
    shape: Shape,
    rng: np.random.Generator,
    gain: float = 2.0,
    *,
    uniform: bool = False,
    fan: Fan | None = None,
) -> Array:
    """Return draws of variance gain / n_in, normal or uniform; arguments as for :func:`xavier`."""
    n_in, _ = fan or _fan(shape)
    return _drawn(shape, rng, np.sqrt(gain / n_in), uniform)


def orthogonal(shape: Shape, rng: np.random.Generator, gain: float = 1.0) -> Array:
    """Return matrices with orthonormal rows or columns, whichever are fewer, times ``gain``.

    ``shape`` is (..., n_in, n_out), with a matrix for each index in front. Each is the Q of a
    random normal matrix, its signs such that every rotation is equally likely (Mezzadri, 2007).
    """
    n_in, n_out = _fan(shape)
    draws = rng.normal(size=(*shape[:-2], max(n_in, n_out), min(n_in, n_out)))
    Q, R = np.linalg.qr(draws)
    Q *= np.sign(np.diagonal(R, axis1=-2, axis2=-1))[..., None, :]
    return gain * (Q if n_in >= n_out else Q.mT)


def _fan(shape: Shape) -> Fan:
    if len(shape) < 2:
        raise ParameterError(f"shape is {shape}; weights have at least two axes, or pass fan.")
    return shape[-2], shape[-1]


def _drawn(shape: Shape, rng: np.random.Generator, std: float, uniform: bool) -> Array:
    if uniform:
        reach = np.sqrt(3) * std  # the deviation of a uniform draw is its reach / sqrt(3)
        return rng.uniform(-reach, reach, size=shape)
    return rng.normal(scale=std, size=shape)
