"""What a family's ``__init__`` says it exports is what its modules define for others."""

import importlib
import inspect
import pkgutil

import pytest

import firsthand.scratch

WALK = list(pkgutil.walk_packages(firsthand.scratch.__path__, "firsthand.scratch."))
FAMILIES = [m.name for m in WALK if m.ispkg]


@pytest.mark.parametrize("family", FAMILIES)
def test_all_is_what_is_there(family):
    package = importlib.import_module(family)
    paths = [m.name.rpartition(".") for m in WALK if not m.ispkg]
    members = [f"{home}.{name}" for home, _, name in paths if home == family and name[0] != "_"]
    defined = {
        name
        for module in map(importlib.import_module, members)
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__ and name[0] != "_"
    }
    exported = getattr(package, "__all__", [])
    assert defined <= set(exported), f"{family} does not export {defined - set(exported)}"
    for name in exported:
        assert hasattr(package, name)


@pytest.mark.parametrize("module", [m.name for m in WALK])
def test_a_module_has_all_that_it_lists(module):
    loaded = importlib.import_module(module)
    for name in getattr(loaded, "__all__", []):
        assert hasattr(loaded, name)
