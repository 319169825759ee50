"""Inputs made worse on purpose: noise, blur, what is missing, words left out.

Every change is drawn from (seed, number of the example), so that a figure under noise is the same
whenever it is computed. Hendrycks & Dietterich, Benchmarking Neural Network Robustness to Common
Corruptions and Perturbations (2019).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    Change = Callable[[torch.Tensor, NDArray[np.int64]], torch.Tensor]


@dataclass(frozen=True)
class Corruption:
    """A way in which inputs get worse.

    Attributes
    ----------
    name, what : str
        For a person.
    sizes : tuple of float
        From a little to much.
    make : function of (inputs, size, one generator an example)
    unit : str
        Of the sizes.
    """

    name: str
    what: str
    sizes: tuple[float, ...]
    make: Callable[[torch.Tensor, float, list[np.random.Generator]], torch.Tensor]
    unit: str = ""

    def at(self, size: float, seed: int) -> Change:
        """Return the change of a size, a function of inputs and the numbers of their examples."""

        def change(x: torch.Tensor, index: NDArray[np.int64]) -> torch.Tensor:
            return self.make(x, size, [np.random.default_rng((seed, int(i))) for i in index])

        return change


def corruptions(task: str) -> tuple[Corruption, ...]:
    """Return the corruptions that fit a task."""
    if task == "text":
        return (_DROPOUT, _SHUFFLE)
    if task in ("image", "segmentation"):
        return (_NOISE, _BLUR)
    if task == "timeseries":
        return (_NOISE, _GAPS)
    return (_NOISE, _MISSING)


def _noise(x: torch.Tensor, size: float, rngs: list[np.random.Generator]) -> torch.Tensor:
    import torch

    drawn = np.stack([rng.standard_normal(x.shape[1:], np.float32) for rng in rngs])
    return x + size * torch.from_numpy(drawn)


def _missing(x: torch.Tensor, size: float, rngs: list[np.random.Generator]) -> torch.Tensor:
    import torch

    gone = np.stack([rng.random(x.shape[1:]) < size for rng in rngs])
    return x.masked_fill(torch.from_numpy(gone), 0.0)  # 0 is the training mean of a scaled input


def _gaps(x: torch.Tensor, size: float, rngs: list[np.random.Generator]) -> torch.Tensor:
    x = x.clone()
    for example, rng in zip(x, rngs, strict=True):
        gone = rng.random(len(example)) < size
        gone[0] = False
        last = np.maximum.accumulate(np.where(gone, 0, np.arange(len(example))))
        example[:] = example[last]
    return x


def _blur(x: torch.Tensor, size: float, rngs: list[np.random.Generator]) -> torch.Tensor:
    import torch
    from torch.nn import functional

    del rngs
    reach = min(int(np.ceil(3 * size)), x.shape[-1] - 1, x.shape[-2] - 1)
    weights = torch.exp(-(torch.arange(-reach, reach + 1) ** 2) / (2 * size**2))
    weights = (weights / weights.sum()).to(x.dtype)
    n_channels = x.shape[1]
    for shape, pad in (((-1, 1), (0, 0, reach, reach)), ((1, -1), (reach, reach, 0, 0))):
        kernel = weights.view(1, 1, *shape).repeat(n_channels, 1, 1, 1)
        x = functional.conv2d(functional.pad(x, pad, "reflect"), kernel, groups=n_channels)
    return x


def _dropout(x: torch.Tensor, size: float, rngs: list[np.random.Generator]) -> torch.Tensor:
    def kept(tokens: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        stays = rng.random(len(tokens)) >= size
        return tokens[stays] if stays.any() else tokens[:1]

    return _retold(x, rngs, kept)


def _shuffle(x: torch.Tensor, size: float, rngs: list[np.random.Generator]) -> torch.Tensor:
    def mixed(tokens: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        places = np.flatnonzero(rng.random(len(tokens)) < size)
        tokens = tokens.copy()
        tokens[places] = tokens[rng.permutation(places)]
        return tokens

    return _retold(x, rngs, mixed)


def _retold(
    x: torch.Tensor,
    rngs: list[np.random.Generator],
    tell: Callable[[NDArray[np.int64], np.random.Generator], NDArray[np.int64]],
) -> torch.Tensor:
    """Return texts with other tokens, padded with 0 at their end as before."""
    import torch

    told = torch.zeros_like(x)
    for i, (row, rng) in enumerate(zip(x.numpy(), rngs, strict=True)):
        tokens = row[row != 0]
        if len(tokens):
            tokens = tell(tokens, rng)
        told[i, : len(tokens)] = torch.from_numpy(tokens)
    return told


_NOISE = Corruption(
    "noise",
    "normal noise is added to every input, its deviation in deviations of the input",
    (0.1, 0.25, 0.5, 1.0),
    _noise,
    " σ",
)
_MISSING = Corruption(
    "missing values",
    "this share of the inputs is replaced by their training mean",
    (0.05, 0.1, 0.25, 0.5),
    _missing,
)
_GAPS = Corruption(
    "gaps",
    "this share of the steps repeats the one before",
    (0.05, 0.1, 0.25, 0.5),
    _gaps,
)
_BLUR = Corruption(
    "blur",
    "pictures are blurred by a Gaussian of this deviation",
    (0.5, 1.0, 1.5, 2.0),
    _blur,
    " px",
)
_DROPOUT = Corruption(
    "words left out", "this share of the tokens is dropped", (0.1, 0.2, 0.4, 0.6), _dropout
)
_SHUFFLE = Corruption(
    "words moved", "this share of the tokens changes places", (0.1, 0.25, 0.5, 1.0), _shuffle
)
