"""Both sides agree on real tables too, where they are found."""

import os

import pytest

from firsthand.compare import compare
from firsthand.data import SETTING, found, load

pytestmark = pytest.mark.skipif(
    not os.environ.get(SETTING), reason=f"set {SETTING} to a folder of real data to run this"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "name"),
    [
        ("05", "california_housing"),
        ("05", "mpg"),
        ("05", "wine_white"),
        ("06", "penguins"),
        ("06", "titanic"),
        ("06", "pima"),
        ("07", "breast_cancer_original"),
        ("15", "penguins"),
    ],
)
def test_agrees(stage: str, name: str) -> None:
    if name not in found():
        pytest.skip(f"{name} is not in {SETTING}")
    comparison = compare(stage, data=load(name), runs=0)
    differing = [
        (p.title, r.quantity, r.difference, r.tolerance)
        for p in comparison.pairs
        for r in p.rows
        if not r.agrees
    ]
    assert not differing
