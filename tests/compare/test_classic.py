"""Every pair of the classic families, over a grid of data sets.

Where the library refuses the data, ours must refuse it, too, with an error of its own.
"""

from dataclasses import replace
from pathlib import Path

import pytest

import firsthand.compare.classic
from firsthand.compare.bench import Bench
from firsthand.compare.classic import (
    FAMILIES,
    LEFT,
    Counterpart,
    FunctionPair,
    compare_family,
    pairs,
)
from firsthand.compare.report import page
from firsthand.data import Dataset
from firsthand.scratch.errors import ScratchError
from tests.compare.grid import GRIDS

Pair = Counterpart | FunctionPair

PAIRS = [(family, pair) for family in FAMILIES for pair in pairs(family)]
CASES = [
    pytest.param(pair, data, id=f"{family}-{pair.title}-{name}".replace(" ", "_"))
    for family, pair in PAIRS
    for name, data in GRIDS[pair.task].items()
]


def test_every_module_of_pairs_is_listed() -> None:
    folder = Path(firsthand.compare.classic.__file__).parent
    parts = {"__init__", "counterpart", "families", "quantity"}
    assert {path.stem for path in folder.glob("*.py")} - parts == set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_titles_are_unique(family: str) -> None:
    titles = [pair.title for pair in pairs(family)]
    assert len(set(titles)) == len(titles)


@pytest.mark.filterwarnings("ignore::firsthand.scratch.errors.ConvergenceWarning")
@pytest.mark.parametrize(("pair", "data"), CASES)
def test_agrees(pair: Pair, data: Dataset) -> None:
    ready = pair.prepare(data)
    try:
        pair.run_library(ready)
    except ValueError:  # the library refuses such data: ours must, too, in words of its own
        with pytest.raises(ScratchError):
            pair.run_scratch(ready)
        return
    rows, left_out = pair.measure(data)
    differing = [
        f"{r.quantity}: {r.difference:.1e} > {r.tolerance:.0e}" for r in rows if not r.agrees
    ]
    assert not differing
    assert rows or left_out


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_shown_on_real_data(family: str) -> None:
    comparison = compare_family(family, Bench(runs=0))
    assert len(comparison.pairs) == len(pairs(family))
    differing = [(p.title, r.quantity) for p in comparison.pairs for r in p.rows if not r.agrees]
    assert not differing
    assert comparison.agrees


def test_a_difference_is_seen() -> None:
    pair = next(p for f, p in PAIRS if p.title == "LinearRegression")
    data = GRIDS["regression"]["random"]
    wrong = replace(pair, settings={"l2": 0.1}, theirs={"l2": LEFT})
    rows, _ = wrong.measure(data)
    assert not any(row.agrees for row in rows)


def test_what_the_data_does_not_determine_is_left_out_and_said() -> None:
    pair = next(p for f, p in PAIRS if p.title == "LinearRegression")
    rows, left_out = pair.measure(GRIDS["regression"]["collinear"])
    assert [row.quantity for row in rows] == ["predict"]
    assert any("depend on each other" in why for why in left_out)


def test_the_page_of_a_family_says_so() -> None:
    text = page([compare_family("bayes", Bench(runs=0))])
    assert "Family bayes" in text
    assert "Stage" not in text
