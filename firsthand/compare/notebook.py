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
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from importlib import import_module
from pathlib import Path
from types import ModuleType

from firsthand.compare.agreement import ROUNDING, Agreement, agree, agree_exactly
from firsthand.compare.authors import Authors
from firsthand.compare.errors import CompareError
from firsthand.compare.style import CLASS, COLOURS, INK, LIBRARY, OURS, PAPER, SOFT, STYLE, YOURS
from firsthand.compare.table import Table
from firsthand.study.content import Stage, load_curriculum
from firsthand.study.files import write_new
from firsthand.study.folder import notebook
from firsthand.study.overlay import Overlay

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
    "write_notebook",
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
    unusable : mapping of str to str
        Passed exercises whose function could not stand in, and why.
    """

    stage: Stage
    code: ModuleType
    authors: Authors
    unusable: Mapping[str, str] = field(default_factory=dict[str, str])

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
        failed = [f"{escape(e)} could not stand in: {escape(w)}" for e, w in self.unusable.items()]
        return f"<p>{'<br>'.join([*filter(None, parts), *failed])}</p>"

    def __repr__(self) -> str:
        return f"Stage {self.stage.name}. {self.authors.said()}"


def begin(stage: str, journey: Path | str | None = None) -> Book:
    """Return the stage's code, the learner's where they passed it, and set the house style.

    From here on, whatever imports ``firsthand.scratch`` gets the learner's passed functions.
    Run it again after passing another.

    Parameters
    ----------
    stage : str
        ``"05"`` or ``"05_linear_regression"``.
    journey : path, optional
        The learner's folder; by default the one the notebook lies in. Where there is none,
        every function is ours.

    Raises
    ------
    JourneyError
        If ``journey`` is given and is none.
    """
    found = load_curriculum().stage(stage)
    _use_style()
    overlay = _overlay(journey)
    code = import_module(found.reference)
    yours = {e.target for e in found.exercises if overlay and e.id in overlay.yours}
    targets = tuple(dict.fromkeys(e.target for e in found.exercises))
    authors = Authors(
        tuple(t for t in targets if t in yours), tuple(t for t in targets if t not in yours)
    )
    return Book(found, code, authors, dict(overlay.unusable) if overlay else {})


def _overlay(folder: Path | str | None) -> Overlay | None:
    """Let the learner's functions stand in from the next import on; None without a journey."""
    from firsthand.study.errors import JourneyError
    from firsthand.study.journey import Journey

    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Overlay)]
    for name in [n for n in sys.modules if n.partition("firsthand.scratch")[1]]:
        del sys.modules[name]
    try:
        with Journey.find(folder) as journey:
            curriculum, passed = journey.curriculum, journey.passed_sources()
    except JourneyError:
        if folder is not None:
            raise
        return None
    exercises = [curriculum.exercise(id) for id in passed]
    overlay = Overlay(
        [(curriculum.stage(e.stage).reference, e.target, e.id, passed[e.id], e.stage)
         for e in exercises]
    )  # fmt: skip
    sys.meta_path.insert(0, overlay)
    for module in sorted({curriculum.stage(e.stage).reference for e in exercises}):
        import_module(module)
    return overlay


def write_notebook(stage: str, path: Path) -> bool:
    """Write a stage's ``comparison.ipynb`` to ``path``; return whether it was written.

    A file that is there is never touched: it may hold the learner's work.

    Raises
    ------
    CompareError
        If the stage has no notebook.
    """
    found = load_curriculum().stage(stage)
    text = found.read("comparison.py") if found.written else ""
    if not text:
        raise CompareError(f"Stage {found.name} has no notebook.")
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_new(path, notebook(text).encode("utf-8"))


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
