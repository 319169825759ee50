"""How our pictures look: the three authors' colours, quiet axes, type that can be read.

``yours``, ``ours`` and ``library`` mean those three authors and nothing else; classes of
points take ``CLASS``. All are told apart by colour-blind readers and on light and dark paper.
"""

from __future__ import annotations

from typing import Any

YOURS, OURS, LIBRARY = "#0072b2", "#00805e", "#c8540a"
COLOURS = {"yours": YOURS, "ours": OURS, "library": LIBRARY}
CLASS = ("#7b5ea7", "#b08d00", "#6b7280")  # purple, ochre, slate
PAPER, INK, SOFT = "#fcfbf7", "#1c1d1f", "#66645e"

STYLE: dict[str, Any] = {
    "figure.figsize": (6.4, 4.0),
    "figure.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "savefig.facecolor": PAPER,
    "axes.facecolor": "none",
    "axes.edgecolor": SOFT,
    "axes.labelcolor": SOFT,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "text.color": INK,
    "font.size": 9.5,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "svg.fonttype": "none",
}
