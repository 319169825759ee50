"""What a room says it exports is there and its own, and nothing is left out."""

from importlib import import_module
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "firsthand"
PACKAGES = [
    ".".join(path.parent.relative_to(HOUSE.parent).parts)
    for path in sorted(HOUSE.rglob("__init__.py"))
]
OPEN = ("firsthand.data", "firsthand.library", "firsthand.compare", "firsthand.scratch.linear")


@pytest.mark.parametrize("package", PACKAGES)
def test_all_is_there_and_its_own(package):
    loaded = import_module(package)
    for name in getattr(loaded, "__all__", ()):
        home = getattr(getattr(loaded, name), "__module__", package)
        assert home.startswith(package), f"{package}.{name} is at home in {home}"


@pytest.mark.parametrize("package", OPEN)
def test_everything_imported_for_others_is_listed(package):
    loaded = import_module(package)
    here = {
        name
        for name, value in vars(loaded).items()
        if name[0] != "_" and getattr(value, "__module__", "").startswith(package)
    }
    assert here <= set(loaded.__all__)
