"""Examples of one group depend on each other: intervals draw whole groups, wherever they are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from firsthand.train.evaluation.comparing import compare_runs
from firsthand.train.evaluation.intervals import Interval, percentile
from firsthand.train.evaluation.of_classes import Classes
from firsthand.train.evaluation.report import evaluate
from firsthand.train.evaluation.resampling import Resampling, bootstrap, measure
from firsthand.train.evaluation.saying import sentence
from firsthand.train.evaluation.sections.slices import _difference
from firsthand.train.evaluation.shares import share_of
from tests.train.evaluation.judged import data_of, run_of
from tests.train.evaluation.test_comparing import run_with

GROUPS, EACH = 20, 10


def test_intervals_of_20_dependent_groups_hold_the_truth() -> None:
    """All rows of a group are right or wrong together: there are 20 observations, not 200."""
    groups = np.repeat(np.arange(GROUPS), EACH)
    everywhere = np.ones(len(groups), bool)
    held = {"mean": 0, "share": 0, "alone": 0}
    times = 300
    for seed in range(times):
        rng = np.random.default_rng(seed)
        x, right = rng.normal(size=GROUPS)[groups], (rng.random(GROUPS) < 0.75)[groups]
        resampling = Resampling(len(groups), groups=groups, replicates=400, seed=seed)
        drawn = bootstrap(lambda w, x=x: {"": w @ x / w.sum(1)}, resampling)[""]
        of = percentile(float(x.mean()), drawn, resampling.how, units=resampling.units)
        held["mean"] += of.low <= 0 <= of.high
        share = share_of(right, everywhere, resampling)
        held["share"] += share.low <= 0.75 <= share.high
        alone = share_of(right, everywhere, Resampling(len(groups)))
        held["alone"] += alone.low <= 0.75 <= alone.high
    assert held["mean"] / times > 0.92
    assert held["share"] / times > 0.9
    assert held["alone"] / times < 0.7


def test_groups_that_differ_by_chance_are_not_marked() -> None:
    groups = np.repeat(np.arange(60), EACH)
    inside = groups < 30
    z = [
        _difference(np.random.default_rng(s).normal(size=60)[groups], inside, groups)
        for s in range(300)
    ]
    assert np.mean(np.abs(z) > 1.96) < 0.1
    few = _difference(groups.astype(float), groups < 5, groups)
    assert few == 0


def grouped_data(problem: str, each: int = 2):
    data = data_of(problem)
    groups = {
        part: [f"{part} {i // each}" for i in range(len(data.part(part)))]
        for part in ("train", "validation", "test")
    }
    return replace(data, groups=groups)


@pytest.mark.parametrize("problem", ["classification", "regression"])
def test_every_interval_of_a_report_is_over_groups(tmp_path: Path, problem: str) -> None:
    data = grouped_data(problem)
    report = evaluate(run_of(problem, data, tmp_path), data=data)
    hows: set[str] = set()

    def gather(value) -> None:
        if isinstance(value, dict):
            if "low" in value and "how" in value:
                hows.add(value["how"])
            for inner in value.values():
                gather(inner)

    gather(report.plain())
    assert "bootstrap over 30 groups" in hows
    assert [how for how in hows if "groups" not in how and "too few" not in how] == []


def test_models_are_compared_over_groups(tmp_path: Path) -> None:
    """200 rows would decide it; the 20 people that they are of do not."""
    person = np.arange(GROUPS)
    second = ((person >= 2) & (person < 10)) | (person > 17)
    right = [np.repeat(p, EACH) for p in (person < 15, second)]
    runs = [run_with(tmp_path, r, lr=0.1 + i) for i, r in enumerate(right)]
    assert compare_runs(runs).ranked
    for run in runs:
        file = run.predictions / "test.npz"
        with np.load(file) as stored:
            arrays = {name: stored[name] for name in stored.files}
        groups = np.repeat([f"p{i}" for i in range(GROUPS)], EACH)
        np.savez_compressed(file, **arrays, groups=groups)
    ranking = compare_runs(runs)
    assert not ranking.ranked
    assert ranking.duels[0].better_by.how.startswith("paired bootstrap over 20 groups")


@pytest.mark.parametrize("n", [10, 40])
def test_figures_of_few_examples_have_no_interval_of_no_width(n: int) -> None:
    y = np.arange(n) % 2
    figures = Classes(y, np.eye(2)[y] * 0.8 + 0.1)
    resampling = Resampling(n, strata=y)
    drawn = bootstrap(figures, resampling)["f1"]
    found = percentile(measure(figures, n)["f1"], drawn, "bootstrap", units=resampling.units)
    assert found.plain()["low"] is None
    assert "too few examples" in found.how
    assert "interval unknown: too few examples" in sentence(found, percent=True)
    assert " to " not in sentence(found, percent=True)


def test_a_report_on_10_examples_says_that_intervals_are_unknown(tmp_path: Path) -> None:
    data = data_of("classification", sizes={"train": 120, "validation": 40, "test": 10})
    run = run_of("classification", data, tmp_path, train={"monitor": "f1"})
    report = evaluate(run, data=data, baselines=False)
    assert report.figures["f1"]["low"] is None
    assert "too few examples (10)" in report.section("figures").sentence
    assert "interval unknown: too few examples" in report.html.read_text()


def test_nothing_is_said_of_an_interval_that_was_not_wanted() -> None:
    assert sentence(Interval(0.5, how="one seed")) == "0.500"
