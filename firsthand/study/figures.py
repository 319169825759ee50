"""What the author of an interactive picture writes with.

A figure is a function from the values of its controls to a :class:`Picture`::

    @figure("descent", controls=[Slider("learning_rate", 0.01, 2.0, 0.3, log=True)])
    def descent(learning_rate): ...

It computes with ``firsthand.scratch``, so the picture is the algorithm and not a drawing of
it. A lesson places it by a line of its own, ``::figure{descent}``. The studio renders the
picture as it comes, sends every change of a control back, and draws the answer.

Roles are colours with a meaning: ``yours``, ``ours`` and ``library`` for the three authors,
``a``, ``b``, ``c`` for classes, ``ink`` and ``soft`` for the rest, ``bad`` for what is wrong.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from firsthand.study.errors import ContentError

Role = Literal["yours", "ours", "library", "a", "b", "c", "ink", "soft", "bad"]


@dataclass(frozen=True)
class Slider:
    """A number to move; ``log`` spaces it by factors, ``step`` makes it whole steps."""

    name: str
    low: float
    high: float
    value: float
    log: bool = False
    step: float | None = None
    label: str = ""
    kind: str = "slider"


@dataclass(frozen=True)
class Choice:
    """One of a few named options."""

    name: str
    options: tuple[str, ...]
    value: str
    label: str = ""
    kind: str = "choice"


@dataclass(frozen=True)
class Draggable:
    """Points the reader can drag; the function receives them as an array (n_points, 2).

    ``groups`` gives each point a role. The picture must hold a :class:`Dots` mark whose
    ``drag`` is this control's name.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    groups: tuple[Role, ...] = ()
    kind: str = "draggable"

    @property
    def value(self) -> tuple[tuple[float, float], ...]:
        """The points as they are before anyone moves them."""
        return self.points


Control = Slider | Choice | Draggable


@dataclass(frozen=True)
class Dots:
    """Points; ``role`` is one for all or one for each, ``drag`` names a Draggable control."""

    x: ArrayLike
    y: ArrayLike
    role: Role | Sequence[Role] = "ink"
    drag: str = ""
    label: str = ""
    size: float = 4.0
    mark: str = "dots"


@dataclass(frozen=True)
class Curve:
    """A polyline; ``animate`` draws it from its beginning when the picture changes."""

    x: ArrayLike
    y: ArrayLike
    role: Role = "ink"
    label: str = ""
    dashed: bool = False
    animate: bool = False
    dots: bool = False
    mark: str = "curve"


@dataclass(frozen=True)
class Field:
    """A surface seen from above: ``values[i, j]`` at the i-th y and the j-th x of the panel.

    ``diverging`` colours from role b (low) through paper at ``middle`` to role a (high);
    otherwise from paper to soft. ``levels`` draws contour lines at those values.
    """

    values: ArrayLike
    levels: tuple[float, ...] = ()
    diverging: bool = False
    middle: float = 0.5
    mark: str = "field"


@dataclass(frozen=True)
class Bars:
    """One bar for each label."""

    labels: tuple[str, ...]
    values: ArrayLike
    role: Role | Sequence[Role] = "ink"
    mark: str = "bars"


@dataclass(frozen=True)
class Text:
    """A short label at a place."""

    x: float
    y: float
    text: str
    role: Role = "soft"
    mark: str = "text"


Mark = Dots | Curve | Field | Bars | Text


@dataclass(frozen=True)
class Panel:
    """One pair of axes with its marks; ``x`` and ``y`` are (low, high), None to fit the marks."""

    marks: tuple[Mark, ...]
    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None
    x_label: str = ""
    y_label: str = ""
    title: str = ""
    log_y: bool = False
    equal: bool = False
    height: float = 0.75  # as a part of the width


@dataclass(frozen=True)
class Picture:
    """What a figure computed: panels one below the other and a sentence that reads them."""

    panels: tuple[Panel, ...]
    reading: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain lists and numbers; what is not finite becomes None, a gap."""
        plain = _plain(asdict(self))
        assert isinstance(plain, dict)
        return plain


@dataclass(frozen=True)
class Figure:
    """A function that draws, with its controls and caption."""

    name: str
    controls: tuple[Control, ...]
    caption: str
    function: Callable[..., Picture] = field(compare=False)

    def draw(self, values: Mapping[str, Any] | None = None) -> Picture:
        """Return the picture at ``values``; what is not given stays as it began.

        Raises
        ------
        ContentError
            If a value is of the wrong kind or out of its control's range.
        """
        given = dict(values or {})
        arguments = {c.name: _accept(c, given.pop(c.name, c.value)) for c in self.controls}
        if given:
            raise ContentError(f"Figure {self.name} has no control called {', '.join(given)}.")
        return self.function(**arguments)


def figure(
    name: str, *, controls: Sequence[Control] = (), caption: str = ""
) -> Callable[[Callable[..., Picture]], Figure]:
    """Declare an interactive picture that lessons place by ``::figure{name}``."""

    def declare(function: Callable[..., Picture]) -> Figure:
        wanted = list(inspect.signature(function).parameters)
        if wanted != [c.name for c in controls]:
            raise ContentError(f"Figure {name}: parameters {wanted} must be its controls' names.")
        return Figure(name, tuple(controls), caption, function)

    return declare


def _accept(control: Control, value: Any) -> Any:
    """Return ``value`` as the figure's function expects it, or refuse it."""
    if isinstance(control, Choice):
        if value not in control.options:
            raise ContentError(f"{control.name} is one of {', '.join(control.options)}.")
        return value
    if isinstance(control, Slider):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ContentError(f"{control.name} is a number.")
        if not control.low <= value <= control.high:
            raise ContentError(f"{control.name} goes from {control.low} to {control.high}.")
        return int(value) if control.step and float(control.step).is_integer() else float(value)
    try:
        points = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ContentError(f"{control.name} is a list of pairs of numbers.") from error
    if points.shape != np.shape(control.points) or not np.isfinite(points).all():
        raise ContentError(f"{control.name} needs {len(control.points)} finite points.")
    return points


def _plain(value: Any) -> Any:
    """Turn arrays and NumPy numbers into what JSON can say."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) and abs(value) >= 1e-3 else _tiny(value)
    return value


def _tiny(value: float) -> float | None:
    """Keep small numbers significant and drop what no axis can show."""
    return float(f"{value:.4g}") if np.isfinite(value) else None
