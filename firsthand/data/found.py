"""Real data on this machine: files in the folder that ``FIRSTHAND_DATA`` names.

Nothing is downloaded and nothing is copied; a data set is there when its file is.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from firsthand.data.dataset import Dataset
from firsthand.data.errors import FileError
from firsthand.data.own import load_csv

SETTING = "FIRSTHAND_DATA"


@dataclass(frozen=True)
class _File:
    """How to read a file whose columns do not explain themselves."""

    path: str
    target: str
    task: Literal["regression", "classification"]
    description: str
    source: str
    licence: str = "none stated"
    names: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    zero_is_missing: tuple[str, ...] = ()


_WINE = (
    "fixed acidity", "volatile acidity", "citric acid", "residual sugar", "chlorides",
    "free sulfur dioxide", "total sulfur dioxide", "density", "pH", "sulphates", "alcohol",
    "quality",
)  # fmt: skip
_ADULT = (
    "age", "workclass", "fnlwgt", "education", "education_num", "marital_status", "occupation",
    "relationship", "race", "sex", "capital_gain", "capital_loss", "hours_per_week",
    "native_country", "income",
)  # fmt: skip
_CORTEZ = "Cortez, Cerdeira, Almeida, Matos & Reis, Modeling wine preferences (2009)"

FILES = {
    "california_housing": _File(
        "tabular/california_housing.csv",
        "median_house_value",
        "regression",
        "20640 districts of California in 1990 and the median value of their houses.",
        "Pace & Barry, Sparse Spatial Autoregressions (1997)",
        "Apache-2.0 (as distributed with Hands-On Machine Learning)",
    ),
    "penguins": _File(
        "tabular/penguins.csv",
        "species",
        "classification",
        "344 penguins of three species near Palmer Station, Antarctica.",
        "Gorman, Williams & Fraser, Ecological sexual dimorphism (2014)",
        "CC0",
    ),
    "mpg": _File(
        "tabular/mpg.csv",
        "mpg",
        "regression",
        "398 cars of 1970 to 1982 and how far they go on a gallon.",
        "Quinlan, Combining instance-based and model-based learning (1993)",
        leave_out=("name",),
    ),
    "titanic": _File(
        "tabular/titanic.csv",
        "Survived",
        "classification",
        "891 passengers of the Titanic and whether they survived.",
        "Encyclopedia Titanica, as on Kaggle",
        leave_out=("PassengerId", "Name", "Ticket", "Cabin"),
    ),
    "pima": _File(
        "tabular/pima-indians-diabetes.csv",
        "diabetes",
        "classification",
        "768 women of Pima descent and whether they fell ill with diabetes.",
        "Smith et al., Using the ADAP learning algorithm (1988)",
        names=("pregnancies", "glucose", "pressure", "skin", "insulin", "bmi", "pedigree", "age",
               "diabetes"),
        zero_is_missing=("glucose", "pressure", "skin", "insulin", "bmi"),
    ),
    "wine_red": _File(
        "tabular/winequality-red.csv", "quality", "regression",
        "1599 red wines, measured and tasted.", _CORTEZ, "CC BY 4.0 (UCI)", names=_WINE,
    ),
    "wine_white": _File(
        "tabular/winequality-white.csv", "quality", "regression",
        "4898 white wines, measured and tasted.", _CORTEZ, "CC BY 4.0 (UCI)", names=_WINE,
    ),
    "breast_cancer_original": _File(
        "tabular/breast-cancer-wisconsin.csv",
        "class",
        "classification",
        "699 tumours graded from 1 to 10 in nine ways; 2 is benign, 4 malignant.",
        "Wolberg, Breast Cancer Wisconsin (Original) (1992)",
        "CC BY 4.0 (UCI)",
        names=("thickness", "size", "shape", "adhesion", "epithelial", "nuclei", "chromatin",
               "nucleoli", "mitoses", "class"),
    ),
    "adult": _File(
        "tabular/adult-train.csv",
        "income",
        "classification",
        "32561 adults of the census of 1994 and whether they earned more than $50,000.",
        "Becker & Kohavi, Adult (1996)",
        "CC BY 4.0 (UCI)",
        names=_ADULT,
        leave_out=("fnlwgt", "education"),
    ),
}  # fmt: skip


def data_folder(setting: str | Path | None = None) -> Path | None:
    """Return the folder of real data: ``setting``, else ``FIRSTHAND_DATA``, else None.

    Raises
    ------
    FileError
        If one is named but is no folder.
    """
    named = setting or os.environ.get(SETTING)
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise FileError(f"{SETTING} names {folder}, which is no folder.")
    return folder


def find_file(names: tuple[str, ...], folder: str | Path | None) -> Path:
    """Return the first of ``names`` that is a file in the folder of real data.

    Raises
    ------
    FileError
        If no folder is set, or none of them is in it.
    """
    home = data_folder(folder)
    if home is None:
        raise FileError(f"Set {SETTING} to a folder that holds {names[0]}.")
    for name in names:
        if (home / name).is_file():
            return home / name
    raise FileError(f"There is no {' and no '.join(names)} in {home}.")


def found(setting: str | Path | None = None) -> tuple[str, ...]:
    """Return the names of the data sets whose files are there."""
    folder = data_folder(setting)
    return tuple(n for n, f in FILES.items() if folder and (folder / f.path).is_file())


def load_found(name: str, setting: str | Path | None = None) -> Dataset:
    """Return a data set from the folder of real data.

    Raises
    ------
    FileError
        If no folder is set, or the file is not in it.
    """
    recipe, folder = FILES[name], data_folder(setting)
    if folder is None:
        raise FileError(
            f"{name} is not bundled. Set {SETTING} to a folder that holds {recipe.path}."
        )
    data = load_csv(
        folder / recipe.path,
        recipe.target,
        task=recipe.task,
        names=recipe.names,
        leave_out=recipe.leave_out,
    )
    return _described(name, recipe, data)


def _described(name: str, recipe: _File, data: Dataset) -> Dataset:
    """Return the data with its own description, and zeros that mean "not measured" filled."""
    X, notes = data.X.copy(), list(data.notes)
    for feature in recipe.zero_is_missing:
        column = X[:, data.feature_names.index(feature)]
        zero = column == 0
        middle = float(np.median(column[~zero]))
        column[zero] = middle
        notes.append(f"{feature}: {zero.sum()} zeros mean missing, filled with {middle:g}")
    facts = (recipe.task, recipe.description, recipe.source, recipe.licence, tuple(notes))
    return Dataset(name, X, data.y, data.feature_names, data.target_names, *facts)
