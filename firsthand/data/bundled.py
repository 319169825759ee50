"""Real data that comes with scikit-learn, so that it is there without a network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from firsthand.data.dataset import Dataset

CC = "CC BY 4.0 (UCI Machine Learning Repository), as distributed with scikit-learn"


@dataclass(frozen=True)
class _Set:
    """What scikit-learn does not say in a form that a program can use."""

    loader: str
    task: str
    description: str
    source: str
    licence: str
    target: str = ""


SETS = {
    "diabetes": _Set(
        "load_diabetes",
        "regression",
        "442 patients: ten measurements, and how far diabetes had progressed a year later.",
        "Efron, Hastie, Johnstone & Tibshirani, Least Angle Regression (2004)",
        "published with the paper, as distributed with scikit-learn (BSD-3-Clause)",
        target="progression",
    ),
    "breast_cancer": _Set(
        "load_breast_cancer",
        "classification",
        "569 tumours: thirty measurements of cell nuclei; malignant or benign.",
        "Wolberg, Mangasarian, Street & Street, Breast Cancer Wisconsin (Diagnostic) (1995)",
        CC,
    ),
    "iris": _Set(
        "load_iris",
        "classification",
        "150 flowers of three species: length and width of sepals and petals.",
        "Fisher, The use of multiple measurements in taxonomic problems (1936)",
        CC,
    ),
    "wine": _Set(
        "load_wine",
        "classification",
        "178 wines of three growers: thirteen chemical measurements.",
        "Aeberhard & Forina, Wine (1991)",
        CC,
    ),
    "digits": _Set(
        "load_digits",
        "classification",
        "1797 handwritten digits as 8 x 8 grey values from 0 to 16.",
        "Alpaydin & Kaynak, Optical Recognition of Handwritten Digits (1998)",
        CC,
    ),
}


@cache
def load_bundled(name: str) -> Dataset:
    """Return one of scikit-learn's data sets; its arrays are read-only and shared.

    ``diabetes`` comes in its original units, not in scikit-learn's scaled ones: features that
    differ in size are the common case.
    """
    from sklearn import datasets

    known = SETS[name]
    options = {"scaled": False} if name == "diabetes" else {}
    bunch = getattr(datasets, known.loader)(**options)
    X = np.array(bunch.data, dtype=np.float64)
    numbers = known.task == "regression"
    y = np.array(bunch.target, np.float64) if numbers else np.array(bunch.target, np.int64)
    X.setflags(write=False)
    y.setflags(write=False)
    classes = (known.target,) if known.target else tuple(map(str, bunch.target_names))
    features = tuple(map(str, bunch.feature_names))
    return Dataset(
        name, X, y, features, classes, known.task, known.description, known.source, known.licence
    )
