"""One example as a person sees it: a picture, a text, a row, a window of a series, a mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation.drawing import MODEL, SOFT, TRUTH, png, svg
from firsthand.train.evaluation.of_numbers import Numbers
from firsthand.train.evaluation.parts import Card
from firsthand.train.evaluation.saying import lines, short

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.evaluation.view import View

MOST_COLUMNS, MOST_LETTERS = 16, 500
THUMBNAIL, SCENE = 96, 200  # pixels of the longer side
PALETTE = (  # of masks: told apart by most eyes, classes in their order
    (86, 95, 105),
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (240, 228, 66),
    (86, 180, 233),
    (230, 159, 0),
    (120, 60, 20),
    (160, 200, 120),
    (130, 90, 180),
    (200, 40, 60),
)


def card(
    view: View, i: int, said: Sequence[tuple[str, str]], row: dict[str, Any] | None = None
) -> Card:
    """Return test example ``i`` with what is said of it; a table's with its ``row``."""
    source = short(view.data.test.source(i), 120)
    if view.facts.task == "tabular":
        return _row(row or {}, source, list(said))
    show = {
        "image": _picture,
        "text": _text,
        "timeseries": _window,
        "segmentation": _masks,
    }[view.facts.task]
    return show(view, i, source, list(said))


def pixels_of(view: View, i: int) -> NDArray[np.uint8]:
    """Return a picture of the test part as bytes, (height, width) or (height, width, 3).

    What the reader took off is added again where it is written down; else the darkest number is
    black and the lightest white.
    """
    x = view.data.test.batch(np.array([i]))[0][0].float().numpy()  # (channels, height, width)
    mean, std = (np.ravel(view.data.preparation.get(k, [])) for k in ("mean", "std"))
    if len(mean) == len(std) == len(x):
        x = x * std[:, None, None] + mean[:, None, None]
    else:
        x = (x - x.min()) / max(float(x.max() - x.min()), 1e-9)
    pixels = (255 * x.clip(0, 1)).round().astype(np.uint8)
    return pixels.transpose(1, 2, 0) if len(pixels) == 3 else pixels[0]


def mask_colours(mask: NDArray[Any], ignore: int) -> NDArray[np.uint8]:
    """Return a mask of classes as colours; what does not count is white."""
    colours = np.array(PALETTE, np.uint8)[mask.astype(np.int64) % len(PALETTE)]
    colours[mask == ignore] = 255
    return colours


def _picture(view: View, i: int, source: str, said: list[tuple[str, str]]) -> Card:
    return Card(source, said, [("", png(pixels_of(view, i), largest=THUMBNAIL))])


def _text(view: View, i: int, source: str, said: list[tuple[str, str]]) -> Card:
    text: Any = getattr(view.data.test, "text", None)
    written = "" if text is None else lines(str(text(i)), MOST_LETTERS)
    return Card(source, said, text=written)


def _row(row: dict[str, Any], source: str, said: list[tuple[str, str]]) -> Card:
    values = [(short(str(k), 30), short(str(v), 40)) for k, v in row.items()]
    rest = len(values) - MOST_COLUMNS
    more = [("", f"and {rest} more columns")] if rest > 0 else []
    return Card(source, [*said, *values[:MOST_COLUMNS], *more])


def _window(view: View, i: int, source: str, said: list[tuple[str, str]]) -> Card:
    return Card(source, said, svg=window(view, [i], size=(4.2, 2.0)))


def window(view: View, starts: Sequence[int], *, size: tuple[float, float]) -> str:
    """Return a drawing of forecasts against what came, with what was seen before the first."""
    figures = view.test.figures
    assert isinstance(figures, Numbers)
    n_targets = max(len(view.facts.target_names), 1)
    past: Any = getattr(view.data.test, "past", None)

    def paint(axes: Any) -> None:
        for place, i in enumerate(starts):
            true = figures.y[i].reshape(-1, n_targets)[:, 0]
            told = figures.predicted[i].reshape(-1, n_targets)[:, 0]
            steps = i - starts[0] + 1 + np.arange(len(true))
            first = place == 0
            axes.plot(
                steps,
                told,
                "o-" if len(told) < 3 else "-",
                color=MODEL,
                markersize=3,
                label="forecast" if first else None,
                zorder=3,
            )
            axes.plot(
                steps,
                true,
                ".-" if len(true) < 3 else "-",
                color=TRUTH,
                linewidth=1.1,
                label="what came" if first else None,
            )
        if past is not None:
            n_steps = min(view.facts.input_shape[0], 60)
            before = np.asarray(past(np.array([starts[0]]), n_steps))[0, :, 0]
            axes.plot(
                np.arange(1 - len(before), 1),
                before,
                color=SOFT,
                linewidth=1,
                zorder=1,
                label="seen before",
            )
        axes.set(xlabel="step", ylabel=short(_named(view), 24))
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=7.5)

    return svg(paint, size=size)


def _named(view: View) -> str:
    name = view.facts.target_names[0] if view.facts.target_names else ""
    return f"{name} ({view.facts.unit})" if view.facts.unit else name


def _masks(view: View, i: int, source: str, said: list[tuple[str, str]]) -> Card:
    masks = view.test.masks
    truth = view.data.test.batch(np.array([i]))[1][0].numpy()
    shown = [("picture", png(pixels_of(view, i), largest=SCENE))]
    shown.append(("truth", png(mask_colours(truth, view.facts.ignore_index), largest=SCENE)))
    if masks is not None:
        told = np.where(truth == view.facts.ignore_index, view.facts.ignore_index, masks[i])
        shown.append(
            ("prediction", png(mask_colours(told, view.facts.ignore_index), largest=SCENE))
        )
    return Card(source, said, shown)
