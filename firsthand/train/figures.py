"""The figures an epoch is judged by: which there are for each problem, and which way is better.

They stand apart from `scores`, which computes them, so that a name is checked without PyTorch.
"""

from __future__ import annotations

from collections.abc import Mapping

from firsthand.train.errors import ConfigError

_CLASSES = {
    "loss": False,
    "accuracy": True,
    "balanced_accuracy": True,
    "precision": True,
    "recall": True,
    "f1": True,
    "auc": True,
}
_NUMBERS = {"loss": False, "mse": False, "rmse": False, "mae": False, "r2": True}

_WHY = {
    "auc": "It needs two classes in the validation part",
    "r2": "It needs a target that varies in the validation part",
}

# problem: {figure: whether higher is better}
FIGURES: dict[str, dict[str, bool]] = {
    "classification": _CLASSES,
    "regression": _NUMBERS,
    "forecasting": _NUMBERS,
    "segmentation": {"loss": False, "accuracy": True, "iou": True, "dice": True},
    "verification": {"loss": False, "auc": True, "eer": False},
}


def higher_is_better(name: str, problem: str | None = None) -> bool:
    """Return whether a larger value of a figure is a better one.

    Parameters
    ----------
    name : str
        As in ``train.monitor``.
    problem : str, optional
        Accept the figures of this problem alone.

    Raises
    ------
    ConfigError
        If there is no such figure; names those there are.
    """
    from firsthand.train.config.spelling import did_you_mean

    known = FIGURES[problem] if problem else {k: v for f in FIGURES.values() for k, v in f.items()}
    if name not in known:
        of = f" of {problem}" if problem else ""
        raise ConfigError(
            f"train.monitor: there is no figure{of} called {name!r}."
            f"{did_you_mean(name, list(known))} There are: {', '.join(known)}."
        )
    return known[name]


def undefined(name: str, figures: Mapping[str, float], kept: int) -> str:
    """Return a sentence for a person whose monitored figure is no finite number after an epoch.

    Parameters
    ----------
    name : str
        As in ``train.monitor``.
    figures : mapping
        Of the epoch.
    kept : int
        The epoch, from 1, whose weights are kept.
    """
    epoch, value = figures["epoch"], figures[f"validation_{name}"]
    why = _WHY.get(name, "The network's outputs may be too large; a lower train.lr may help")
    stay = "the latest epoch's weights are kept" if kept == epoch else f"those of epoch {kept} stay"
    return (
        f"warning: the validation {name} is {value:g} after epoch {epoch:.0f}, so this epoch "
        f"cannot be compared by it. {why}. Until it is a number, {stay}. Choose another "
        "figure, as in train.monitor=loss, or another data.split."
    )
