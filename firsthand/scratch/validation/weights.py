"""How much each sample counts: weights of samples, and of their classes."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.validation.arrays import LARGEST, as_numbers, finite
from firsthand.scratch.validation.parameters import check_number

Array = NDArray[np.float64]


def check_sample_weight(sample_weight: ArrayLike | None, n_samples: int) -> Array:
    """Return one weight for each sample, all 1 where none are given.

    Raises
    ------
    DataError
        If they are not ``n_samples`` finite numbers, if one is negative, or if all are zero or
        next to it.
    """
    if sample_weight is None:
        return np.ones(n_samples)
    weights = finite(as_numbers(np.asarray(sample_weight), "sample_weight"), "sample_weight")
    if weights.shape != (n_samples,):
        raise DataError(
            f"sample_weight has shape {weights.shape}, but X has {n_samples} samples; "
            "pass one weight for each."
        )
    if (weights < 0).any():
        raise DataError(
            f"A sample weight is negative ({weights.min():.4g}); use 0 to leave it out."
        )
    if not weights.any():
        raise DataError("All sample weights are zero; at least one sample has to count.")
    if weights.max() < 1 / LARGEST:
        raise DataError(
            f"The largest sample weight is {weights.max():.3g}; below {1 / LARGEST:g} products of "
            "weights are zero. Multiply all of them by the same number."
        )
    return weights


def check_class_weight(
    class_weight: Any, classes: NDArray[Any], codes: NDArray[np.intp]
) -> Array | None:
    """Return the weight that each sample has by its class, or None if all count alike.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        Weights by label, 1 for those it leaves out; or n_samples / (n_classes n_k), with
        which the n_k samples of every class weigh the same together.
    classes : ndarray of shape (n_classes,)
    codes : ndarray of shape (n_samples,)
        ``classes[codes]`` is ``y``.

    Raises
    ------
    ParameterError
        If it is neither, if it names an unknown label, or if a weight is not positive.
    """
    if class_weight is None:
        return None
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(codes, minlength=len(classes))
        return (len(codes) / (len(classes) * counts))[codes]
    if not isinstance(class_weight, dict):
        raise ParameterError(
            f"class_weight is {class_weight!r}; pass 'balanced', None, or a weight for each label."
        )
    given = cast("dict[Any, Any]", class_weight)
    labels = classes.tolist()
    unknown = [label for label in given if label not in labels]
    if unknown:
        raise ParameterError(f"class_weight names {unknown[0]!r}, which is no class of y.")
    for label, weight in given.items():
        check_number(f"class_weight[{label!r}]", weight, above=0)
    return np.array([float(given.get(label, 1.0)) for label in labels])[codes]
