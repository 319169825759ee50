"""Bundled, generated and found data are what their sources say."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import datasets

from firsthand.data import (
    NAMES,
    SETTING,
    DataError,
    FileError,
    UnknownDataError,
    clouds,
    data_folder,
    found,
    gate,
    load,
    moons,
    noisy_line,
    noisy_plane,
    polynomial,
    rings,
    spirals,
    xor,
)
from firsthand.data.bundled import SETS
from firsthand.data.found import FILES
from firsthand.data.generators import GENERATORS

REAL = os.environ.get(SETTING)
needs_real_data = pytest.mark.skipif(
    not REAL, reason=f"set {SETTING} to a folder of real data to run this"
)


@pytest.mark.parametrize("name", SETS)
def test_bundled_numbers_are_scikit_learns(name: str) -> None:
    options = {"scaled": False} if name == "diabetes" else {}
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True, **options)
    data = load(name)
    np.testing.assert_array_equal(data.X, X)
    np.testing.assert_array_equal(data.y, y)
    assert len(data.feature_names) == X.shape[1]
    assert data.n_classes == (0 if name == "diabetes" else len(np.unique(y)))
    assert data.description
    assert data.source
    assert data.licence


def test_shared_arrays_cannot_be_spoilt() -> None:
    with pytest.raises(ValueError, match="read-only"):
        load("iris").X[0, 0] = 1.0


@pytest.mark.parametrize("name", GENERATORS)
def test_the_same_seed_gives_the_same_data(name: str) -> None:
    first, again, other = load(name, seed=3), load(name, seed=3), load(name, seed=4)
    np.testing.assert_array_equal(first.X, again.X)
    np.testing.assert_array_equal(first.y, again.y)
    assert not np.array_equal(first.X, other.X)
    assert len(first.feature_names) == first.X.shape[1]
    assert np.isfinite(first.X).all()


@given(st.integers(2, 60), st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_noiseless_generators_keep_their_word(n: int, seed: int) -> None:
    line = noisy_line(n, slope=-1.5, intercept=4.0, noise=0.0, seed=seed)
    np.testing.assert_allclose(line.y, 4.0 - 1.5 * line.X[:, 0])
    square = xor(n, seed=seed)
    np.testing.assert_array_equal(square.y, (square.X[:, 0] * square.X[:, 1] < 0).astype(int))
    circle = rings(n, n_classes=3, noise=0.0, seed=seed)
    np.testing.assert_allclose(np.hypot(*circle.X.T), 1 + circle.y)
    half = moons(n, noise=0.0, seed=seed)
    upper, lower = half.X[half.y == 0], [1.0, 0.5] - half.X[half.y == 1]
    for moon in (upper, lower):
        np.testing.assert_allclose(np.hypot(*moon.T), 1.0)
        assert (moon[:, 1] >= -1e-12).all()
    turn = spirals(n, noise=0.0, seed=seed)
    assert np.hypot(*turn.X.T).max() <= 3 + 1e-12


def test_more_generators() -> None:
    apart = clouds(3000, n_classes=3, distance=6.0, seed=1)
    centres = np.array([apart.X[apart.y == k].mean(axis=0) for k in range(3)])
    for k in range(3):
        assert np.linalg.norm(centres[k] - centres[k - 1]) == pytest.approx(6.0, abs=0.2)
    plane = noisy_plane(500, 4, noise=0.0)
    assert np.linalg.matrix_rank(np.column_stack([plane.X, np.ones(500), plane.y])) == 5
    powers = polynomial(30, 4)
    np.testing.assert_allclose(powers.X[:, 2], powers.X[:, 0] ** 3)


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("and", lambda p, q: p and q),
        ("or", lambda p, q: p or q),
        ("nand", lambda p, q: not (p and q)),
        ("nor", lambda p, q: not (p or q)),
        ("xor", lambda p, q: p != q),
    ],
)
def test_gates_are_their_truth_tables(name: str, truth: Callable[[bool, bool], bool]) -> None:
    data = gate(name)
    assert [bool(label) for label in data.y] == [truth(bool(p), bool(q)) for p, q in data.X]


def test_names_are_known_or_the_nearest_is_said() -> None:
    with pytest.raises(UnknownDataError, match="Did you mean 'diabetes'"):
        load("diabetis")
    with pytest.raises(TypeError, match="takes no seed"):
        load("iris", seed=1)
    with pytest.raises(KeyError, match="no gate called"):
        gate("maybe")
    with pytest.raises(KeyError, match="no feature height"):
        load("iris").only("height")
    assert load("iris").only("petal width (cm)").X.shape == (150, 1)
    assert len(set(NAMES)) == len(NAMES)


def test_generators_load_no_package_but_numpy() -> None:
    code = (
        "import sys; from firsthand.data import moons, gate; moons(); gate('and');"
        "bad = {'sklearn', 'scipy', 'pandas', 'torch', 'matplotlib'} & set(sys.modules);"
        "sys.exit(', '.join(bad) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_without_a_folder_the_error_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    assert data_folder() is None
    assert found() == ()
    with pytest.raises(FileError, match=f"Set {SETTING} to a folder"):
        load("penguins")
    with pytest.raises(FileError, match="There is no file"):
        load("penguins", folder=tmp_path)
    monkeypatch.setenv(SETTING, str(tmp_path / "absent"))
    with pytest.raises(FileError, match="is no folder"):
        data_folder()


@needs_real_data
@pytest.mark.parametrize("name", FILES)
def test_found_data_loads_and_says_what_was_done(name: str) -> None:
    if name not in found():
        pytest.skip(f"{FILES[name].path} is not in {SETTING}")
    data = load(name)
    assert np.isfinite(data.X).all()
    assert data.X.shape == (len(data.y), len(data.feature_names))
    assert data.task == FILES[name].task


@needs_real_data
def test_found_tables_equal_what_pandas_reads() -> None:
    folder = data_folder()
    assert folder is not None
    houses = pd.read_csv(folder / FILES["california_housing"].path)
    data = load("california_housing")
    np.testing.assert_array_equal(data.y, houses["median_house_value"])
    rooms = houses["total_bedrooms"].fillna(houses["total_bedrooms"].median())
    np.testing.assert_array_equal(
        data.X[:, data.feature_names.index("total_bedrooms")], rooms.to_numpy(float)
    )
    assert "207 missing" in data.notes[0]
    women = load("pima")
    raw = pd.read_csv(folder / FILES["pima"].path, header=None)
    glucose = raw[1].replace(0, np.nan)
    np.testing.assert_array_equal(women.X[:, 1], glucose.fillna(glucose.median()).to_numpy(float))
    assert issubclass(FileError, DataError)
