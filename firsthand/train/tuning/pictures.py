"""What a search has seen: how it went on, which keys mattered, and where in their ranges."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from firsthand.library.support import require
from firsthand.train.config.tuning import Range
from firsthand.train.tuning.study import figure_of, finished, values_of

if TYPE_CHECKING:
    import optuna
    from matplotlib.figure import Figure

    from firsthand.train.config.training import TrainSection

FEWEST = 4  # finished trials below which importances would be made up


def importances(study: optuna.Study) -> dict[str, float]:
    """Return the share of each key in how much the figure varied; empty where it cannot be told.

    Hutter, Hoos & Leyton-Brown, An efficient approach for assessing hyperparameter importance
    (2014).
    """
    trials = finished(study)
    keys = {key for trial in trials for key in trial.params}
    varied = [key for key in keys if len({str(t.params.get(key)) for t in trials}) > 1]
    if len(trials) < FEWEST or len({trial.value for trial in trials}) < 2 or not varied:
        return {}
    if len(varied) == 1:
        return {varied[0]: 1.0}
    importance = require("optuna.importance")
    judge = importance.FanovaImportanceEvaluator(seed=0)
    found: dict[str, float] = importance.get_param_importances(study, evaluator=judge)
    return found


def draw_history(study: optuna.Study, train: TrainSection) -> Figure:
    """Return every trial's figure in order, and the best so far."""
    figure, axes = _figure(1)
    trials = sorted(finished(study), key=lambda trial: trial.number)
    numbers, values = [t.number for t in trials], [figure_of(train, t.value) for t in trials]
    best = list(accumulate((t.value or 0.0 for t in trials), min))
    axes[0].plot(numbers, values, "o", color="#8a8a8a", markersize=4, label="a trial")
    axes[0].step(numbers, [figure_of(train, b) for b in best], where="post", label="best so far")
    axes[0].set(xlabel="trial", ylabel=train.monitor)
    axes[0].legend(frameon=False)
    return figure


def draw_importances(found: dict[str, float]) -> Figure:
    """Return the importances as bars."""
    figure, axes = _figure(1, height=0.8 + 0.35 * len(found))
    keys = sorted(found, key=lambda key: found[key])
    axes[0].barh(keys, [found[key] for key in keys], color="#3b6ea8")
    axes[0].set(xlabel="share of the variation", xlim=(0, 1))
    return figure


def draw_slices(study: optuna.Study, space: dict[str, Any], train: TrainSection) -> Figure:
    """Return the figure of every finished trial against each key's value."""
    figure, axes = _figure(len(space))
    trials = finished(study)
    for axis, (key, searched) in zip(axes, space.items(), strict=True):
        chosen = [values_of(t).get(key) for t in trials]
        shown = [figure_of(train, t.value) for t in trials]
        if isinstance(searched, Range):
            axis.plot(chosen, shown, "o", markersize=4, color="#3b6ea8")
            axis.set_xscale("log" if searched.log else "linear")
        else:
            names = [json.dumps(choice) for choice in searched]
            places = [names.index(json.dumps(choice)) for choice in chosen]
            axis.plot(places, shown, "o", markersize=4, color="#3b6ea8")
            axis.set_xticks(range(len(names)), names, rotation=20 if len(names) > 3 else 0)
        axis.set(xlabel=key)
    axes[0].set(ylabel=train.monitor)
    return figure


def _figure(n: int, height: float = 3.0) -> tuple[Figure, list[Any]]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(max(6.0, 2.8 * n), height), layout="constrained")
    axes = figure.subplots(1, n, squeeze=False, sharey=True)[0]
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.2)
    return figure, list(axes)
