"""Pictures as examples: kept as bytes, made numbers batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.data.pictures.normalisation import Normalisation


@dataclass(frozen=True)
class Pictures:
    """Pictures in memory, a quarter of what they take as float32. See `contract.Examples`.

    Attributes
    ----------
    pixels : Tensor of shape (n_examples, channels, height, width)
        Bytes.
    targets : Tensor of shape (n_examples,), or (n_examples, height, width)
        Classes, of pictures or of pixels; of whole numbers of any width.
    sources : sequence of str
    normalise : Normalisation
    """

    pixels: torch.Tensor
    targets: torch.Tensor
    sources: Sequence[str]
    normalise: Normalisation
    in_memory: bool = True

    def __len__(self) -> int:
        return len(self.targets)

    def batch(self, index: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (inputs, targets) of the examples at ``index``."""
        chosen = torch.from_numpy(index)
        return self.normalise(self.pixels[chosen]), self.targets[chosen].long()

    def source(self, i: int) -> str:
        """Return where example ``i`` came from."""
        return self.sources[i]

    def features(self, index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the pixels from 0 to 1 as rows, for a classical baseline."""
        return rows(self.pixels[torch.from_numpy(index)])


@dataclass(frozen=True)
class StreamedPictures:
    """Pictures that are read whenever they are asked for. See `contract.Examples`.

    Attributes
    ----------
    read : function of an example's number
        Returns its bytes, of shape (channels, height, width), and its target.
    targets : ndarray of shape (n_examples,)
        Classes, where they are known without reading; else empty.
    sources : sequence of str
    normalise : Normalisation
    """

    read: Callable[[int], tuple[NDArray[np.uint8], NDArray[np.int64]]]
    sources: Sequence[str]
    normalise: Normalisation
    in_memory: bool = False

    def __len__(self) -> int:
        return len(self.sources)

    def batch(self, index: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (inputs, targets) of the examples at ``index``."""
        pixels, targets = zip(*map(self.read, index.tolist()), strict=True)
        return (
            self.normalise(torch.from_numpy(np.stack(pixels))),
            torch.from_numpy(np.stack(targets)),
        )

    def source(self, i: int) -> str:
        """Return where example ``i`` came from."""
        return self.sources[i]

    def features(self, index: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the pixels from 0 to 1 as rows, for a classical baseline."""
        return rows(torch.from_numpy(np.stack([self.read(i)[0] for i in index.tolist()])))


def rows(pixels: torch.Tensor) -> NDArray[np.float32]:
    """Return bytes of shape (n, ...) as numbers from 0 to 1, a row each."""
    return (pixels.flatten(1).float() / 255).numpy()
