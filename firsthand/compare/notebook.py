"""What a stage's ``comparison.py`` writes with, in the notebook that is made of it::

    from firsthand.compare import notebook
    from firsthand.data import load

    book = notebook.begin("05")     # your functions where you passed them, ours for the rest
    book                            # shows which is whose
    linear = book.code              # the stage's reference module, with yours in it

    notebook.table(
        notebook.agree("coefficients", w, model.coef_),
        notebook.agree("predictions", y_hat, model.predict(X), tolerance=1e-6, why="..."),
        notebook.agree_exactly("classes", labels, model.predict(X)),
    )

``begin`` also sets the house style of matplotlib. Draw the scratch side in ``book.colour``,
the library in ``LIBRARY``, classes of points in ``CLASS[k]``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from html import escape
from importlib import import_module
from pathlib import Path
from types import ModuleType

from firsthand.compare.agreement import ROUNDING, Agreement, agree, agree_exactly
from firsthand.compare.authors import Authors
from firsthand.compare.style import CLASS, COLOURS, INK, LIBRARY, OURS, PAPER, SOFT, STYLE, YOURS
from firsthand.compare.table import Table
from firsthand.study.content import Stage, load_curriculum

__all__ = [
    "CLASS",
    "COLOURS",
    "INK",
    "LIBRARY",
    "OURS",
    "PAPER",
    "ROUNDING",
    "SOFT",
    "YOURS",
    "Agreement",
    "Book",
    "agree",
    "agree_exactly",
    "begin",
    "table",
]


@dataclass(frozen=True)
class Book:
    """What a notebook works with.

    Attributes
    ----------
    stage : Stage
        The stage the notebook belongs to.
    code : module
        The stage's reference module, with the learner's passed functions in their places.
    authors : Authors
        Which function is whose.
    """

    stage: Stage
    code: ModuleType
    authors: Authors

    @property
    def side(self) -> str:
        """``"yours"`` or ``"ours"``: what to call the scratch side in a legend."""
        return self.authors.side

    @property
    def colour(self) -> str:
        """The colour of the scratch side."""
        return COLOURS[self.side]

    def _repr_html_(self) -> str:
        def chips(names: tuple[str, ...], author: str) -> str:
            style = f"color:{COLOURS[author]};font-family:ui-monospace,monospace"
            listed = ", ".join(f'<span style="{style}">{escape(n)}</span>' for n in names)
            return f"<b>{author}</b> {listed}" if names else ""

        parts = [chips(self.authors.yours, "yours"), chips(self.authors.ours, "ours")]
        return f"<p>Running on: {' · '.join(filter(None, parts)) or 'ours'}</p>"

    def __repr__(self) -> str:
        return f"Stage {self.stage.name}. {self.authors.said()}"


def begin(stage: str, journey: Path | str | None = None) -> Book:
    """Return the stage's code, the learner's where they passed it, and set the house style.

    Parameters
    ----------
    stage : str
        ``"05"`` or ``"05_linear_regression"``.
    journey : path, optional
        The learner's folder; by default the one the notebook lies in.
    """
    found = load_curriculum().stage(stage)
    _use_style()
    code = import_module(found.reference)
    return Book(found, code, Authors(ours=tuple(e.target for e in found.exercises)))


def table(*rows: Agreement) -> Table:
    """Return the rows as a table that the notebook shows."""
    return Table(rows)


def _use_style() -> None:
    """Set matplotlib's defaults to ours, and vector pictures where a notebook runs."""
    from matplotlib import style

    style.use(STYLE)
    if "ipykernel" in sys.modules:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg")
