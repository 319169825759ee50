"""Several runs side by side: which is better, where that can be told at all.

Runs that differ in nothing but their seed are one model, trained several times. Of two models the
paired bootstrap gives the interval of their difference: the test examples are drawn once for both,
and of each model's seeds as many as there are, with replacement. With m pairs each interval has the
level 1 - 0.05/m, so that all hold together (Bonferroni). Where 0 lies within, no rank is given.

Efron & Tibshirani (1993); Dror et al., The Hitchhiker's Guide to Testing Statistical Significance
in Natural Language Processing (2018).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.errors import RunError
from firsthand.train.evaluation import of_classes, of_numbers, of_pixels
from firsthand.train.evaluation.intervals import (
    LEVEL,
    Interval,
    examples_needed,
    over_seeds,
    percentile,
)
from firsthand.train.evaluation.of_classes import Classes
from firsthand.train.evaluation.of_numbers import Numbers
from firsthand.train.evaluation.of_pixels import Pixels
from firsthand.train.evaluation.opening import record
from firsthand.train.evaluation.predictions import read_groups, read_predictions
from firsthand.train.evaluation.resampling import Resampling, measure, numbered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.run import Run

NAMES = {**of_numbers.NAMES, **of_pixels.NAMES, **of_classes.NAMES}


@dataclass(frozen=True)
class Contender:
    """A model, trained once or with several seeds.

    Attributes
    ----------
    name : str
    runs : tuple of str
    interval : Interval
        Of its figure on the test part, the mean of its runs.
    seeds : Interval
        Of the same over seeds, unknown of a single run.
    """

    name: str
    runs: tuple[str, ...]
    interval: Interval
    seeds: Interval


@dataclass(frozen=True)
class Duel:
    """Two contenders: by how much the first is better, and what more would be needed."""

    first: str
    second: str
    better_by: Interval
    needed: float

    @property
    def decided(self) -> bool:
        """Whether one is better, beyond chance."""
        return self.better_by.excludes_zero


@dataclass(frozen=True)
class Ranking:
    """What a comparison came to.

    Attributes
    ----------
    figure : str
    higher_is_better : bool
    n : int
        Test examples.
    contenders : tuple of Contender
        By their figure, the best first, which is an order and not yet a rank.
    duels : tuple of Duel
        Of all pairs.
    """

    figure: str
    higher_is_better: bool
    n: int
    contenders: tuple[Contender, ...]
    duels: tuple[Duel, ...]

    @property
    def ranked(self) -> bool:
        """Whether every pair is decided."""
        return all(duel.decided for duel in self.duels)

    def sentence(self) -> str:
        """Return what came of it, in a sentence or two."""
        best = self.contenders[0]
        lost = [d for d in self.duels if best.name == d.first and d.decided]
        if self.ranked:
            order = " > ".join(c.name for c in self.contenders)
            return f"Ranked: {order}. Every difference is beyond chance."
        open_ = [d for d in self.duels if not d.decided]
        text = "No ranking: " if not lost else ""
        if lost:
            beaten = ", ".join(d.second for d in lost)
            text = f"{best.name} is better than {beaten}; beyond that no ranking: "
        pairs = "; ".join(f"{d.first} and {d.second}" for d in open_[:3])
        text += f"{pairs} cannot be told apart on {self.n} test examples."
        needed = [d.needed for d in open_ if math.isfinite(d.needed)]
        if needed:
            text += (
                f" If they differ as much as it looks, about {_rounded(max(needed))} test examples "
                "would show it."
            )
        return text

    def plain(self) -> dict[str, Any]:
        """Return everything as values that JSON can hold."""
        return {
            "figure": self.figure,
            "higher_is_better": self.higher_is_better,
            "n_test": self.n,
            "ranked": self.ranked,
            "says": self.sentence(),
            "contenders": [
                {
                    "name": c.name,
                    "runs": list(c.runs),
                    "test": c.interval.plain(),
                    "seeds": c.seeds.plain(),
                }
                for c in self.contenders
            ],
            "pairs": [
                {
                    "first": d.first,
                    "second": d.second,
                    "first_is_better_by": d.better_by.plain(),
                    "decided": d.decided,
                    "examples_needed": d.needed if math.isfinite(d.needed) else None,
                }
                for d in self.duels
            ],
        }


def compare_runs(runs: Sequence[Run], *, seed: int = 0) -> Ranking:
    """Rank runs by the main figure of their problem, as far as their intervals allow.

    Parameters
    ----------
    runs : sequence of Run
        Two at least, each with its predictions: see `predictions.write_predictions`.
    seed : int
        Of the bootstrap.

    Raises
    ------
    RunError
        If they are not of the same problem, or were tested on different examples.
    """
    if len({run.folder for run in runs}) < 2:
        raise RunError("A comparison needs two runs at least; name more of them.")
    runs = list({run.folder: run for run in runs}.values())
    read = {run.id: read_predictions(run) for run in runs}
    _same_test(runs, read)
    groups = _grouped(runs)
    first, sources = read[runs[0].id]
    figure = _main(runs[0], first)
    higher = NAMES[figure][1]
    n = len(sources)
    figures = {name: [read[run.id][0] for run in of] for name, of in groups.items()}
    values = {
        name: [measure(_light(f, figure), n)[figure] for f in each]
        for name, each in figures.items()
    }
    order = sorted(values, key=lambda name: np.mean(values[name]), reverse=higher)
    resampling = _resampling(runs, first, n, seed)
    drawn, fixed = _replicates(resampling, figures, figure)
    how, units = resampling.how, resampling.units
    contenders = tuple(
        Contender(
            name,
            tuple(run.id for run in groups[name]),
            percentile(float(np.mean(values[name])), fixed[name], how, units=units),
            over_seeds(values[name]),
        )
        for name in order
    )
    pairs = list(combinations(order, 2))
    level = 1 - (1 - LEVEL) / len(pairs)
    sign = 1 if higher else -1
    duels: list[Duel] = []
    for a, b in pairs:
        difference = sign * float(np.mean(values[a]) - np.mean(values[b]))
        replicates = sign * (drawn[a] - drawn[b])
        interval = percentile(
            difference, replicates, f"paired {how}, {level:.4g}", level, units=units
        )
        deviation = float(np.std(fixed[a] - fixed[b]))
        duels.append(Duel(a, b, interval, examples_needed(difference, deviation, n)))
    return Ranking(figure, higher, n, contenders, tuple(duels))


def _same_test(
    runs: Sequence[Run], read: dict[str, tuple[Classes | Numbers | Pixels, list[str]]]
) -> None:
    first = runs[0]
    figures, sources = read[first.id]
    for run in runs[1:]:
        other, others = read[run.id]
        if type(other) is not type(figures):
            raise RunError(f"{first.id} and {run.id} are of different problems.")
        if others != sources or not np.array_equal(_truth(other), _truth(figures)):
            raise RunError(
                f"{first.id} and {run.id} were tested on different examples ({len(sources)} and "
                f"{len(others)}), so they cannot be compared. Train both on the same data with "
                "the same data.split, or evaluate both with --data."
            )


def _truth(figures: Classes | Numbers | Pixels) -> NDArray[Any]:
    return figures.counts.sum(2) if isinstance(figures, Pixels) else figures.y


def _grouped(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Return runs by all their settings but the seed, each group with a name of its own."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        settings = run.config.model_dump(mode="json", exclude={"seed", "threads", "device"})
        groups.setdefault(json.dumps(settings, sort_keys=True), []).append(run)
    names: dict[str, list[Run]] = {}
    for of in groups.values():
        name = of[0].id if len(of) == 1 else f"{of[0].config.name} ({len(of)} seeds)"
        names[name if name not in names else f"{name} from {of[0].id}"] = of
    return names


def _main(run: Run, figures: Classes | Numbers | Pixels) -> str:
    report = record(run, "report.json")
    known = report.get("sections", {}).get("figures", {}).get("main")
    if known in NAMES:
        return str(known)
    if isinstance(figures, Classes):
        return "accuracy"
    return "iou" if isinstance(figures, Pixels) else "rmse"


def _light(figures: Classes | Numbers | Pixels, figure: str) -> Classes | Numbers | Pixels:
    """Return the figures without the areas, unless one of them is asked for."""
    if isinstance(figures, Classes) and figure not in ("auc", "average_precision"):
        return Classes(figures.y, figures.probabilities, areas=False)
    return figures


def _resampling(
    runs: Sequence[Run], figures: Classes | Numbers | Pixels, n: int, seed: int
) -> Resampling:
    """Return how the test examples, which all runs share, are drawn.

    Where runs were split by different groups, the coarsest count: the most depends on each other.
    """
    task, data = runs[0].config.task, runs[0].config.data
    if task == "timeseries":
        horizon = int(getattr(data, "horizon", 1))
        return Resampling(n, block=max(horizon, math.ceil(n ** (1 / 3))), seed=seed)
    named = [groups for groups in map(read_groups, runs) if groups is not None]
    if named:
        coarsest = min(named, key=lambda groups: len(set(groups)))
        return Resampling(n, groups=numbered(coarsest), seed=seed)
    strata = figures.y if isinstance(figures, Classes) else None
    return Resampling(n, strata=strata, seed=seed)


def _replicates(
    resampling: Resampling, figures: dict[str, list[Any]], figure: str
) -> tuple[dict[str, NDArray[np.float64]], dict[str, NDArray[np.float64]]]:
    """Return each model's figure in every replicate: with its seeds drawn, and with all."""
    rng = np.random.default_rng((resampling.seed, 1))
    drawn: dict[str, list[NDArray[np.float64]]] = {name: [] for name in figures}
    fixed: dict[str, list[NDArray[np.float64]]] = {name: [] for name in figures}
    if resampling.too_few:
        unknown = {name: np.full(2, np.nan) for name in figures}
        return unknown, unknown
    for weights in resampling.weights():
        for name, each in figures.items():
            values = np.stack([_light(f, figure)(weights)[figure] for f in each], 1)
            some, k = values.shape
            chosen = rng.integers(0, k, (some, k))
            drawn[name].append(np.take_along_axis(values, chosen, 1).mean(1))
            fixed[name].append(values.mean(1))
    return (
        {name: np.concatenate(parts) for name, parts in drawn.items()},
        {name: np.concatenate(parts) for name, parts in fixed.items()},
    )


def _rounded(n: float) -> str:
    """Return a number of examples to two digits."""
    digits = max(0, math.floor(math.log10(max(n, 1))) - 1)
    return f"{math.ceil(n / 10**digits) * 10**digits:,}".replace(",", "\u202f")
