"""A data set: the numbers, what they are called, where they come from and who may use them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Dataset:
    """Features and target, ready for a model.

    Attributes
    ----------
    name : str
        Short name, as given to :func:`firsthand.data.load`.
    X : ndarray of shape (n_samples, n_features)
        Features, float64.
    y : ndarray of shape (n_samples,)
        Target: float64 for regression, int64 class numbers 0, 1, ... for classification.
    feature_names : tuple of str
        One name for each column of ``X``.
    target_names : tuple of str
        The classes in the order of their numbers; for regression the target's name alone.
    task : str
        ``"regression"`` or ``"classification"``.
    description, source, licence : str
        One sentence each, for people.
    notes : tuple of str
        What was done to the data on the way in, such as rows dropped or columns coded.
    """

    name: str
    X: Array
    y: NDArray[np.float64] | NDArray[np.int64]
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    task: str
    description: str = ""
    source: str = ""
    licence: str = ""
    notes: tuple[str, ...] = ()

    @property
    def n_samples(self) -> int:
        """Number of rows."""
        return self.X.shape[0]

    @property
    def n_features(self) -> int:
        """Number of columns of ``X``."""
        return self.X.shape[1]

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for regression."""
        return len(self.target_names) if self.task == "classification" else 0

    def standardised(self) -> Dataset:
        """Return the same data with every feature at mean 0 and standard deviation 1.

        A constant feature becomes 0. The standard deviation divides by n_samples, as
        scikit-learn's StandardScaler does.
        """
        scale = self.X.std(axis=0)
        scale[scale == 0] = 1.0
        note = "features standardised: mean 0, standard deviation 1"
        return replace(self, X=(self.X - self.X.mean(axis=0)) / scale, notes=(*self.notes, note))

    def only(self, *features: str) -> Dataset:
        """Return the same data with these features alone, in this order.

        Raises
        ------
        KeyError
            If no feature is called that.
        """
        missing = [f for f in features if f not in self.feature_names]
        if missing:
            raise KeyError(f"{self.name} has no feature {', '.join(missing)}.")
        columns = [self.feature_names.index(f) for f in features]
        return replace(self, X=self.X[:, columns], feature_names=features)
