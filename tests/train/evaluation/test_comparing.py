"""Runs are ranked only where the paired interval of their difference leaves no doubt."""

import math
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from firsthand.train import Run, parse_config
from firsthand.train.evaluation.comparing import compare_runs
from tests.train.evaluation.judged import SETTINGS


def run_with(folder: Path, right: np.ndarray, *, seed: int = 0, lr: float = 0.1) -> Run:
    """Return a run that is right on those of its test examples."""
    config = parse_config(
        {**SETTINGS["classification"], "name": "m", "seed": seed, "train": {"lr": lr}}
    )
    run = Run.create(config, folder, datetime(2026, 1, 2, 3, 4, 5))
    n = len(right)
    y = np.arange(n) % 2
    P = np.full((n, 2), 0.2)
    P[np.arange(n), np.where(right, y, 1 - y)] = 0.8
    run.predictions.mkdir(parents=True)
    np.savez_compressed(
        run.predictions / "test.npz",
        sources=np.array([f"row {i}" for i in range(n)]),
        y=y,
        probabilities=P,
    )
    return run


def some_right(n: int, wrong: int, seed: int = 0) -> np.ndarray:
    right = np.ones(n, bool)
    right[np.random.default_rng(seed).choice(n, wrong, replace=False)] = False
    return right


def test_a_clear_difference_is_ranked(tmp_path: Path) -> None:
    good = run_with(tmp_path, some_right(400, 20), lr=0.1)
    bad = run_with(tmp_path, some_right(400, 90, seed=1), lr=0.2)
    ranking = compare_runs([bad, good])
    assert ranking.ranked
    assert [c.name for c in ranking.contenders] == [good.id, bad.id]
    (duel,) = ranking.duels
    assert duel.better_by.value == pytest.approx(70 / 400)
    assert duel.better_by.low > 0
    assert ranking.sentence().startswith(f"Ranked: {good.id} > {bad.id}")


def test_a_small_difference_is_not_and_says_how_many_examples_would_show_it(
    tmp_path: Path,
) -> None:
    runs = [run_with(tmp_path, some_right(200, 20 + k, seed=k), lr=0.1 + k) for k in (0, 4)]
    ranking = compare_runs(runs)
    assert not ranking.ranked
    assert "No ranking" in ranking.sentence()
    assert "cannot be told apart on 200 test examples" in ranking.sentence()
    (duel,) = ranking.duels
    # the paired differences have a deviation of about sqrt(share on which only one is right)
    a, b = (some_right(200, 20 + k, seed=k) for k in (0, 4))
    deviation = (a.astype(float) - b).std()
    expected = ((1.96 + 0.8416) * deviation / 0.02) ** 2
    assert duel.needed == pytest.approx(expected, rel=0.2)


def test_pairing_finds_what_overlapping_intervals_hide(tmp_path: Path) -> None:
    """One is right wherever the other is, and on 12 examples more."""
    worse = some_right(300, 60)
    better = worse.copy()
    better[np.flatnonzero(~worse)[:12]] = True
    ranking = compare_runs([run_with(tmp_path, worse), run_with(tmp_path, better, lr=0.2)])
    first, second = ranking.contenders
    assert first.interval.low < second.interval.high  # each alone, they overlap
    assert ranking.ranked


def test_runs_that_differ_by_their_seed_are_one_model(tmp_path: Path) -> None:
    small = [run_with(tmp_path, some_right(300, 40 + s, s), seed=s) for s in range(3)]
    large = [run_with(tmp_path, some_right(300, 10 + s, s), seed=s, lr=0.2) for s in range(3)]
    ranking = compare_runs([*small, *large])
    assert [len(c.runs) for c in ranking.contenders] == [3, 3]
    best = ranking.contenders[0]
    assert best.interval.value == pytest.approx(1 - 11 / 300)
    assert best.seeds.known
    assert ranking.ranked
    assert math.isnan(compare_runs([small[0], large[0]]).contenders[0].seeds.low)


def test_the_same_predictions_need_no_number_of_examples(tmp_path: Path) -> None:
    right = some_right(100, 5)
    ranking = compare_runs([run_with(tmp_path, right), run_with(tmp_path, right, lr=0.2)])
    assert not ranking.ranked
    assert ranking.plain()["pairs"][0]["examples_needed"] is None
