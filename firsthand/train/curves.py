"""The curves of a training as one small picture: figures over epochs, and the learning rate."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from firsthand.train.files import write_whole
from firsthand.train.listeners import Figures, Listener, Plan

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.train.loop import State

OURS, VALIDATION, QUIET = "#0072b2", "#d55e00", "#767676"  # safe for colour-blind readers
NOT_DRAWN = {"epoch", "seconds", "monitored"}
SHARE = 0.05  # of the training's time that may go into drawing


class Curves(Listener):
    """Draws ``curves.png`` after an epoch, as long as drawing takes 5 % of the time at most."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock, self._next, self._path = clock, 0.0, None

    def begins(self, plan: Plan, state: State) -> None:
        """Know where to draw."""
        self._path: Path | None = plan.run.folder / "curves.png"

    def finished_epoch(self, figures: Figures, state: State) -> None:
        """Draw, if it is time to."""
        if self._clock() >= self._next:
            self._draw(state)

    def ends(self, state: State) -> None:
        """Draw the whole."""
        self._draw(state)

    def _draw(self, state: State) -> None:
        if self._path is None or not state.history:
            return
        started = self._clock()
        write_whole(self._path, picture(state.history, state.best_epoch))
        self._next = self._clock() + (self._clock() - started) / SHARE


def picture(history: Sequence[Figures], best_epoch: int) -> bytes:
    """Return a PNG with a panel for the loss, one for each other figure, and one for the rate."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    names = [name for name in history[-1] if name not in NOT_DRAWN]
    panels = [
        "loss",
        *(n.removeprefix("validation_") for n in names if n.startswith("validation_")),
    ]
    panels = [*dict.fromkeys(panels), "lr"]
    n_columns = min(3, len(panels))
    n_rows = -(-len(panels) // n_columns)
    figure = Figure(figsize=(3.4 * n_columns, 2.5 * n_rows), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    epochs = [figures["epoch"] for figures in history]
    for number, panel in enumerate(panels):
        axes = figure.add_subplot(n_rows, n_columns, number + 1)
        for name, label, colour in (
            (f"train_{panel}", "training", OURS),
            (f"validation_{panel}", "validation", VALIDATION),
            (panel, "", QUIET),
        ):
            if name in names:
                values = [figures.get(name, float("nan")) for figures in history]
                _line(axes, epochs, values, label, colour)
        if 0 <= best_epoch < len(epochs):
            axes.axvline(epochs[best_epoch], color=QUIET, linewidth=0.8, linestyle=":")
        axes.set_title(_spoken(panel), fontsize=9, loc="left")
        axes.tick_params(labelsize=8)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        axes.spines[["top", "right"]].set_visible(False)
        if panel == "loss":
            axes.legend(frameon=False, fontsize=8)
    figure.supxlabel("epoch (dotted: the best)", fontsize=8)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _line(axes: Any, epochs: list[float], values: list[float], label: str, colour: str) -> None:
    marker = "o" if len(epochs) < 25 else ""
    axes.plot(epochs, values, color=colour, label=label, linewidth=1.4, marker=marker, markersize=3)


def _spoken(panel: str) -> str:
    return {"lr": "learning rate"}.get(panel, panel.replace("_", " "))
