"""Baselines of a segmentation: the most frequent class at a place, and a forest of colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.baselines.forest import grow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.baselines.contract import Budget

PIXELS = 40_000  # that the forest learns from
DEPTH = 14
NEAR, FAR = 3, 15  # sides of the squares over which colours are averaged


def most_frequent(masks: NDArray[np.int64], n_classes: int) -> NDArray[np.int64]:
    """Return the most frequent class at every place of masks (n, height, width)."""
    counts = np.stack([(masks == c).sum(0) for c in range(n_classes)])
    everywhere = counts.reshape(n_classes, -1).sum(1)
    counts = np.where(counts.sum(0) > 0, counts, everywhere[:, None, None])
    return counts.argmax(0)


class ColourForest:
    """A forest that knows a pixel's colour, those around it, and its place."""

    def __init__(self, budget: Budget):
        from sklearn.ensemble import RandomForestClassifier

        self._budget = budget
        self._model: Any = RandomForestClassifier(
            warm_start=True, n_jobs=1, max_depth=DEPTH, random_state=budget.seed, max_samples=0.5
        )

    def fit(
        self, pictures: NDArray[np.float32], masks: NDArray[np.int64], ignore: int
    ) -> ColourForest:
        """Learn from some pixels of pictures (n, channels, height, width)."""
        rng = np.random.default_rng(self._budget.seed)
        each = max(1, PIXELS // len(pictures))
        X: list[NDArray[np.float32]] = []
        y: list[NDArray[np.int64]] = []
        for picture, mask in zip(pictures, masks, strict=True):
            (counted,) = np.nonzero(mask.ravel() != ignore)
            chosen = rng.choice(counted, min(each, len(counted)), replace=False)
            X.append(describe(picture)[chosen])
            y.append(mask.ravel()[chosen])
        grow(self._model, np.concatenate(X), np.concatenate(y), self._budget)
        return self

    def predict(self, picture: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the classes of a picture's pixels, (height, width)."""
        return self._model.predict(describe(picture)).reshape(picture.shape[1:])


def describe(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what is known of each pixel: (height * width, 3 * channels + 2)."""
    from scipy.ndimage import uniform_filter

    channels, height, width = picture.shape
    near, far = (np.stack([uniform_filter(p, side) for p in picture]) for side in (NEAR, FAR))
    place = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    return (
        np.concatenate([picture, near, far, place])
        .reshape(3 * channels + 2, -1)
        .T.astype(np.float32)
    )
