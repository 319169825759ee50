"""Pictures of a report: matplotlib's SVG, coloured by the page that it stands in.

A drawing is made in colours that occur nowhere else; in the text of the SVG each is replaced by a
CSS variable, so that one drawing serves light and dark pages.
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from firsthand.library.support import require
from firsthand.train.evaluation.parts import Picture
from firsthand.train.evaluation.saying import short

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# what is drawn: its stand-in, and the page's variable
INK, SOFT, HAIR = "#010101", "#020202", "#030303"
MODEL, OTHER, TRUTH = "#050505", "#060606", "#070707"
_VARIABLES = {
    INK: "ink",
    SOFT: "soft",
    HAIR: "hair",
    MODEL: "model",
    OTHER: "other",
    TRUTH: "truth",
}
MODEL_RGB = (0.0, 0.447, 0.698)  # of pictures made of pixels, which cannot follow the page
NAME = 18  # letters of a name beside an axis
TEXT: dict[str, Any] = {"parse_math": False}  # a name from data is no formula


def draw(
    title: str,
    reading: str,
    paint: Callable[[Any], None],
    *,
    size: tuple[float, float] = (4.6, 3.2),
    panels: int = 1,
    wide: bool = False,
) -> Picture:
    """Return the picture that ``paint`` makes on the axes it is given.

    Parameters
    ----------
    title, reading : str
        What it shows, and one sentence that reads it to someone who cannot see it.
    paint : function of Axes, or of an array of them
    size : (float, float)
        In inches.
    panels : int
        How many axes stand side by side.
    wide : bool
        Give it the whole width of the page.
    """
    return Picture(title, reading, svg(paint, size=size, panels=panels), wide)


def svg(
    paint: Callable[[Any], None], *, size: tuple[float, float] = (4.6, 3.2), panels: int = 1
) -> str:
    """Return an inline SVG element of what ``paint`` draws."""
    matplotlib = require("matplotlib")
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    file = io.StringIO()
    with warnings.catch_warnings(), matplotlib.rc_context(_style()):
        warnings.simplefilter("ignore")  # signs that the layout's own font lacks; the page has them
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots(1, panels)
        paint(axes)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return _of_page(file.getvalue())


def name(text: str) -> str:
    """Return a name from data, short enough to stand beside an axis."""
    return short(text, NAME)


def png(pixels: NDArray[np.uint8], *, largest: int = 96, enlarge: bool = True) -> str:
    """Return a small picture, bytes of shape (height, width[, 3]), as a data URL."""
    image = require("PIL.Image")
    picture = image.fromarray(pixels)
    side = max(picture.size)
    if side > largest:
        scale = largest / side
        picture = picture.resize(
            tuple(max(1, round(s * scale)) for s in picture.size), image.Resampling.BILINEAR
        )
    elif enlarge and side * 2 <= largest:
        times = largest // side
        picture = picture.resize(tuple(s * times for s in picture.size), image.Resampling.NEAREST)
    file = io.BytesIO()
    picture.save(file, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _style() -> dict[str, Any]:
    quiet = ("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    none = ("figure.facecolor", "savefig.facecolor", "axes.facecolor")
    return {
        **dict.fromkeys(quiet, SOFT),
        **dict.fromkeys(none, "none"),
        "text.color": INK,
        "axes.titlecolor": INK,
        "axes.titlesize": 9.5,
        "axes.titlelocation": "left",
        "axes.labelsize": 9,
        "axes.linewidth": 0.7,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "legend.frameon": False,
        "legend.fontsize": 8.5,
        "lines.linewidth": 1.6,
        "lines.markersize": 4,
        "svg.fonttype": "none",
        "svg.hashsalt": "firsthand",  # names follow from content: equal names, equal things
    }


def _of_page(text: str) -> str:
    text = text[text.index("<svg") :]
    head, rest = text.split(">", 1)
    head = re.sub(r' (width|height)="[\d.]+pt"', "", head)
    text = f'{head} aria-hidden="true">{rest}'
    text = re.sub(r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"font: ((?:\w+ )?[\d.]+px) [^;\"]*", r"font: \1 var(--sans)", text)
    text = re.sub(r'<g id="[^"]*"', "<g", text)
    for stand_in, variable in _VARIABLES.items():
        text = text.replace(stand_in, f"var(--{variable})")
    return text
