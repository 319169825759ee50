"""Packages that may be absent, and what to say then."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from firsthand.train.errors import SupportError

INSTALL = {"torch": "torch==2.13.0", "PIL": "pillow", "sklearn": "scikit-learn"}


def need(package: str) -> ModuleType:
    """Return ``package``, imported.

    Raises
    ------
    SupportError
        If it is not installed; says what to install.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        top = package.split(".")[0]
        if error.name is None or error.name.split(".")[0] != top:
            raise  # it is installed, but something that it needs is not
        raise SupportError(
            f"{top} is not installed. Install it: pip install {INSTALL.get(top, top)}"
        ) from None
