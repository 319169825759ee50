"""Every data set by its name, wherever it comes from."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from firsthand.data.bundled import SETS, load_bundled
from firsthand.data.dataset import Dataset
from firsthand.data.errors import UnknownDataError
from firsthand.data.found import FILES, load_found
from firsthand.data.generators import GATES, GENERATORS, gate

NAMES = (*SETS, *GENERATORS, *(f"gate_{name}" for name in GATES), *FILES)


def load(name: str, *, folder: str | Path | None = None, **options: Any) -> Dataset:
    """Return the data set called ``name``.

    Parameters
    ----------
    name : str
        One of ``NAMES``: bundled with scikit-learn (``"diabetes"``), generated
        (``"moons"``, ``"gate_and"``), or found in the folder of real data (``"penguins"``).
    folder : path, optional
        The folder of real data; by default the one that ``FIRSTHAND_DATA`` names.
    **options
        Passed to a generator: ``n_samples``, ``noise``, ``seed``, ...

    Raises
    ------
    UnknownDataError
        If nothing is called that; suggests the nearest.
    FileError
        If the set is not bundled and its file is not found.
    TypeError
        If options are given for data that is not generated.

    Examples
    --------
    >>> load("gate_or").y
    array([0, 1, 1, 1])
    """
    if name in GENERATORS:
        return GENERATORS[name](**options)
    if options:
        raise TypeError(f"{name} is not generated, so it takes no {', '.join(options)}.")
    if name in SETS:
        return load_bundled(name)
    if name in FILES:
        return load_found(name, folder)
    if name.removeprefix("gate_") in GATES and name.startswith("gate_"):
        return gate(name.removeprefix("gate_"))
    near = get_close_matches(name, NAMES, n=1)
    known = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(NAMES)}."
    raise UnknownDataError(f"There is no data set called {name!r}. {known}")
