"""Draw with matplotlib and return SVG text that takes its colours from the page around it.

Ink becomes ``currentColor`` and the authors' colours become the page's ``--yours``, ``--ours``
and ``--library`` with our values as fallback, so one drawing serves light and dark paper.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from firsthand.compare.comparison import Picture
from firsthand.compare.style import CLASS, LIBRARY, OURS, SOFT, STYLE, YOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours that no drawing uses otherwise stand for what the page decides.
_INK, _SOFT = "#010203", "#040506"
_PAGE = {
    _INK: "currentColor",
    _SOFT: f"var(--soft,{SOFT})",
    YOURS: f"var(--yours,{YOURS})",
    OURS: f"var(--ours,{OURS})",
    LIBRARY: f"var(--library,{LIBRARY})",
}
INK = _INK
QUIET = _SOFT
GROUPS = CLASS


def draw(
    title: str,
    reading: str,
    paint: Callable[[Any], None],
    *,
    size: tuple[float, float] = (4.8, 3.1),
    columns: int = 1,
    rows: int = 1,
) -> Picture:
    """Return the picture that ``paint`` makes.

    Parameters
    ----------
    title : str
        What the picture shows; its text alternative together with ``reading``.
    reading : str
        One sentence that reads the picture to someone.
    paint : callable
        Receives the axes, or an array of them where there are several panels.
    size : (float, float)
        Width and height in inches at a font of 9.5 points.
    columns, rows : int
        How many panels.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    salt: Any = {"svg.hashsalt": title, **STYLE, **_inks()}
    with rc_context(salt):
        figure = Figure(figsize=size)
        FigureCanvasSVG(figure)
        axes = figure.subplots(rows, columns)
        paint(axes)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return Picture(title, reading, _for_page(text.getvalue(), title, reading))


def diagonal(axes: Axes, low: float, high: float) -> None:
    """Draw the line on which both sides are equal."""
    axes.plot([low, high], [low, high], color=QUIET, linewidth=0.8, zorder=0)


def _inks() -> dict[str, Any]:
    """Return matplotlib settings in the colours that the page replaces."""
    soft = ("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    clear = ("figure.facecolor", "savefig.facecolor", "axes.facecolor")
    return {
        **dict.fromkeys(soft, _SOFT),
        **dict.fromkeys(clear, "none"),
        "text.color": _INK,
        "axes.titlecolor": _INK,
        "legend.labelcolor": _INK,
        "font.family": "sans-serif",
    }


def _for_page(svg: str, title: str, reading: str) -> str:
    """Return the SVG as an element of a page: scalable, named, coloured by the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(<svg[^>]*?) width="[\d.]+pt"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[\d.]+pt"', r"\1", svg, count=1)
    label = escape(f"{title}. {reading}", quote=True)
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font: ([\w ]*?)([\d.]+)px [^;\"]*", _font, svg)
    for colour, page in _PAGE.items():
        svg = svg.replace(colour, page)
    return svg


def _font(match: re.Match[str]) -> str:
    """Return the same weight and size in the page's own sans-serif."""
    return f"font: {match[1]}{match[2]}px var(--sans,system-ui,sans-serif)"
