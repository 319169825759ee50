"""What a checkpoint has to hold, by name and type: a file can be whole and still be none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from firsthand.train.state import State

Fault = Callable[[Mapping[Any, Any]], str | None]

_TRAINING: dict[str, type] = {
    "model": dict,
    "optimizer": dict,
    "average": dict,
    "precision": dict,
    "state": dict,
    "config": dict,
    "fingerprint": str,
}


def fault_in_weights(content: Mapping[Any, Any]) -> str | None:
    """Return what keeps a checkpoint from being judged or served; None if nothing does.

    Examples
    --------
    >>> fault_in_weights({"model": {}, "epoch": 3})
    >>> fault_in_weights({"model": 5})
    "'model' is an int, not a dict"
    >>> fault_in_weights({"epoch": 3})
    "it holds no 'model'"
    """
    fault = _fault(content, {"model": dict})
    if fault is None and not all(isinstance(name, str) for name in content["model"]):
        return "'model' has weights without a name"
    if fault is None and not isinstance(content.get("epoch"), int | None):
        return f"'epoch' is {content['epoch']!r}, not a number of epochs"
    return fault


def fault_in_training(content: Mapping[Any, Any]) -> str | None:
    """Return what keeps training from going on from a checkpoint; None if nothing does.

    Examples
    --------
    >>> fault_in_training({"model": {}, "optimizer": []})
    "'optimizer' is a list, not a dict"
    """
    fault = _fault(content, _TRAINING) or fault_in_weights(content)
    return fault or _fault_in_state(content["state"])


def _fault_in_state(state: Mapping[Any, Any]) -> str | None:
    plain = vars(State())
    fault = _fault(state, {f.name: type(plain[f.name]) for f in fields(State)})
    if fault is not None:
        return f"of its 'state', {fault}"
    unknown = [name for name in state if name not in plain]
    if unknown:
        return f"its 'state' holds {unknown[0]!r}, which is unknown"
    history: list[Any] = state["history"]
    if not all(isinstance(figures, dict) and _is_figures(figures) for figures in history):
        return "of its 'state', 'history' holds what are no figures of an epoch"
    epoch, best, counted = state["epoch"], state["best_epoch"], (state["step"], state["done"])
    if len(history) != epoch or min(counted) < 0 or not -1 <= best < max(epoch, 0):
        return (
            f"its 'state' contradicts itself: {len(history)} epochs in its history, epoch {epoch}, "
            f"step {state['step']} of {state['done']}, the best epoch {best}"
        )
    if not math.isfinite(state["seconds"]):
        return "of its 'state', 'seconds' is no number"
    return None


def _is_figures(figures: dict[Any, Any]) -> bool:
    numbers = all(isinstance(n, str) and isinstance(v, int | float) for n, v in figures.items())
    return numbers and "monitored" in figures and "epoch" in figures


def _fault(content: Mapping[Any, Any], expected: Mapping[str, type]) -> str | None:
    for name, kind in expected.items():
        if name not in content:
            return f"it holds no {name!r}"
        value = content[name]
        if not isinstance(value, (int, float) if kind is float else kind):
            return f"{name!r} is {_a(type(value))}, not {_a(kind)}"
    return None


def _a(kind: type) -> str:
    return f"{'an' if kind.__name__[0] in 'aeiou' else 'a'} {kind.__name__}"
