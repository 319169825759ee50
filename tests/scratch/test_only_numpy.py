"""Importing scratch, and fitting with it, loads NumPy and no other package."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROGRAM = """
import importlib, inspect, json, pkgutil, sys
import numpy as np
import firsthand.scratch
from firsthand.scratch.base import Estimator
from tests.scratch.examples import example

names = [m.name for m in pkgutil.walk_packages(firsthand.scratch.__path__, "firsthand.scratch.")]
modules = [importlib.import_module(name) for name in names]
X = np.linspace(0, 5, 40)[:, None] + [0.1, -0.1] * np.resize([0, 1, 2], 40)[:, None]
y = np.repeat([0, 1], 20)
fitted = []
for module in modules:
    for value in vars(module).values():
        if inspect.isclass(value) and issubclass(value, Estimator) and value is not Estimator:
            model = example(value)
            assert model.__sklearn_is_fitted__() != model.requires_fit
            model.fit(X, y)
            [getattr(model, name)(X) for name in ("predict", "transform") if hasattr(model, name)]
            fitted.append(repr(model))
# what has no spec was made by running code, as Cython's runtime is, and not imported
loaded = {name.partition(".")[0] for name, m in sys.modules.items() if getattr(m, "__spec__", None)}
print(json.dumps([sorted(loaded - set(sys.stdlib_module_names)), fitted, names]))
"""


def test_loads_no_package_but_numpy():
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert run.returncode == 0, run.stderr
    packages, fitted, modules = json.loads(run.stdout)
    # a leading underscore or `sitecustomize` is how an environment starts, not what we import;
    # `cython_runtime` is a name that numpy.random leaves behind
    ignored = ("_", "site", "cython_runtime")
    assert [p for p in packages if not p.startswith(ignored)] == ["firsthand", "numpy", "tests"]
    assert "firsthand.scratch.validation" in modules
    assert fitted or not any("linear." in module for module in modules)
