"""A figure takes what a browser sends only if its control allows it, and answers plain data."""

import json
import math

import numpy as np
import pytest

from firsthand.study.errors import ContentError
from firsthand.study.figures import (
    Bars,
    Choice,
    Curve,
    Dots,
    Draggable,
    Field,
    Panel,
    Picture,
    Slider,
    figure,
)

SEEN = []


@figure(
    "everything",
    controls=[
        Slider("rate", 0.1, 10.0, 1.0, log=True),
        Slider("count", 1, 9, 3, step=1),
        Choice("shape", ("moons", "rings"), "moons"),
        Draggable("points", ((0.0, 1.0), (2.0, 3.0))),
    ],
)
def everything(rate, count, shape, points):
    SEEN.append((rate, count, shape, points.tolist()))
    return Picture((Panel((Dots(points[:, 0], points[:, 1], drag="points"),)),), f"{count}")


def test_what_is_not_given_stays_as_it_began():
    everything.draw({"count": 5.0})
    assert SEEN[-1] == (1.0, 5, "moons", [[0.0, 1.0], [2.0, 3.0]])
    assert isinstance(SEEN[-1][1], int)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"rate": 0.0}, "rate goes from 0.1 to 10"),
        ({"rate": math.nan}, "rate goes from"),
        ({"rate": "1"}, "rate is a number"),
        ({"rate": True}, "rate is a number"),
        ({"shape": "squares"}, "shape is one of moons, rings"),
        ({"points": [[0.0, 1.0]]}, "points needs 2 finite points"),
        ({"points": [[0.0, math.inf], [2.0, 3.0]]}, "points needs 2 finite points"),
        ({"points": "here"}, "points is a list of pairs"),
        ({"colour": "red"}, "no control called colour"),
    ],
)
def test_what_a_control_does_not_allow_is_refused(values, why):
    drawn = len(SEEN)
    with pytest.raises(ContentError, match=why):
        everything.draw(values)
    assert len(SEEN) == drawn


def test_the_parameters_are_the_controls():
    with pytest.raises(ContentError, match="must be its controls' names"):

        @figure("wrong", controls=[Slider("rate", 0, 1, 0)])
        def wrong(count):
            return Picture(())


def test_a_picture_is_plain_data_and_a_gap_where_there_is_no_number():
    marks = (
        Curve(np.array([0.0, np.nan, np.inf]), np.array([1.23456789, -4e-9, 2])),
        Field(np.arange(4.0).reshape(2, 2), levels=(np.float64(0.5),)),
        Bars(("a", "b"), np.array([1, 2])),
    )
    told = json.loads(json.dumps(Picture((Panel(marks),)).to_json(), allow_nan=False))
    curve, field, bars = told["panels"][0]["marks"]
    assert curve["x"] == [0.0, None, None]
    assert curve["y"] == [1.234568, -4e-9, 2.0]
    assert field["values"] == [[0.0, 1.0], [2.0, 3.0]]
    assert [mark["mark"] for mark in (curve, field, bars)] == ["curve", "field", "bars"]
