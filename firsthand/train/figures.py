"""The figures an epoch is judged by: which there are for each problem, and which way is better.

They stand apart from `scores`, which computes them, so that a name is checked without PyTorch.
"""

from __future__ import annotations

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
