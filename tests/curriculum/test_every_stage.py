"""What holds of every stage alike: its pictures draw wherever one moves them, its library runs."""

import inspect
import json
import re

import numpy as np
import pytest

from firsthand.study.content import load_curriculum
from firsthand.study.figures import Choice, Draggable, Figure, Slider

STAGES = load_curriculum().written
FIGURES = {
    f"{stage.number} {figure.name}": figure
    for stage in STAGES
    for figure in stage.declared("figures.py", Figure)
}
PROFESSIONAL = [s for s in STAGES if s.folder and (s.folder / "library_impl.py").is_file()]
LARGEST = 60_000  # characters: what a moving slider asks of the server many times a second


def ends(control):
    """Where a control can be moved to: its ends, its options, its points in odd places."""
    match control:
        case Slider():
            return [control.low, control.high]
        case Choice():
            return list(control.options)
        case Draggable():
            points = np.array(control.points)
            meeting = np.tile(points.mean(axis=0), (len(points), 1))
            return [p.tolist() for p in (meeting, points[::-1], points * [1, 0], points * 0)]


def settings(figure):
    """As it begins, each control at each of its ends, and all at their first or their last."""
    yield {}
    for control in figure.controls:
        yield from ({control.name: end} for end in ends(control))
    for which in (0, -1):
        yield {c.name: ends(c)[which] for c in figure.controls if not isinstance(c, Draggable)}


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_a_figure_draws_wherever_its_controls_are_moved(figure):
    for values in settings(figure):
        picture = figure.draw(values)
        assert picture.panels
        assert picture.reading
        assert not re.search(r"\b(nan|inf)\b", picture.reading), (values, picture.reading)
        assert len(json.dumps(picture.to_json(), allow_nan=False)) < LARGEST, values


@pytest.mark.parametrize("stage", PROFESSIONAL, ids=lambda stage: stage.number)
def test_the_professional_version_runs(stage):
    if stage.counterpart.startswith("torch"):
        pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
    main = stage.module("library_impl.py").main
    result = main(epochs=2) if "epochs" in inspect.signature(main).parameters else main()
    numbers = result.values() if isinstance(result, dict) else result
    measured = np.hstack([np.ravel(number) for number in numbers])
    assert measured.size
    assert np.isfinite(measured).all()
