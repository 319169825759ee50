"""Packages that may be absent, and what to say then."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

INSTALL = {
    "torch": "PyTorch is not installed. Install it: pip install torch==2.13.0",
    "lightgbm": "LightGBM is not installed. Install it: pip install lightgbm",
    "xgboost": "XGBoost is not installed. Install it: pip install xgboost-cpu (macOS: xgboost)",
    "sklearn": "scikit-learn is not installed. Install it: pip install scikit-learn",
}


class MissingPackageError(ImportError):
    """A library that is needed is not installed; the text says how to get it."""


def installed(package: str) -> bool:
    """Return whether ``package`` can be imported, without importing it."""
    return find_spec(package) is not None


def require(package: str) -> ModuleType:
    """Return ``package``, imported.

    Raises
    ------
    MissingPackageError
        If it is not installed; the text says what to install.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        top = package.split(".")[0]
        if error.name is None or error.name.split(".")[0] != top:
            raise  # it is installed, but something that it needs is not
        said = INSTALL.get(top, f"{top} is not installed. Install it: pip install {top}")
        raise MissingPackageError(said) from None


def named(path: str) -> Any:
    """Return what a library calls ``path``, such as ``"sklearn.tree.DecisionTreeClassifier"``.

    Raises
    ------
    MissingPackageError
        If the library is not installed; the text says what to install.
    """
    module, _, name = path.rpartition(".")
    return getattr(require(module), name)
