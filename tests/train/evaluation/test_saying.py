"""Numbers are rounded to what their interval supports; names fit and hold no control characters."""

import math

import pytest

from firsthand.train.evaluation.intervals import Interval
from firsthand.train.evaluation.saying import count, number, say, short


@pytest.mark.parametrize(
    ("interval", "percent", "text", "small"),
    [
        (Interval(0.96471, 0.901, 0.988), True, "96.5 %", "90.1 to 98.8"),
        (Interval(0.9930, 0.9912, 0.9945), True, "99.30 %", "99.12 to 99.45"),
        (Interval(58678.0, 56148.0, 61570.0), False, "58 700", "56 100 to 61 600"),
        (Interval(0.07624, 0.0201, 0.1432), False, "0.076", "0.020 to 0.143"),
        (Interval(0.5), True, "50.0 %", ""),
        (Interval(math.nan), False, "–", ""),
        (Interval(-0.5, -0.9, -0.1), False, "−0.50", "−0.90 to −0.10"),
    ],
)
def test_figures(interval: Interval, percent: bool, text: str, small: str) -> None:
    cell = say(interval, percent=percent)
    assert cell.text.replace("\u202f", " ") == text
    assert cell.small.replace("\u202f", " ") == small


def test_a_difference_of_shares_is_told_in_points() -> None:
    assert say(Interval(0.012, -0.02, 0.05), percent=True, points=True).text == "1.2 points"


def test_there_is_no_minus_zero() -> None:
    assert number(-0.0001, 2) == "0.00"


def test_names() -> None:
    assert short("a\x1b[31mb\x00") == "a�[31mb�"
    assert len(short("x" * 100, 20)) == 20
    assert [count(1, "class"), count(2, "class"), count(2, "batch")] == [
        "1 class",
        "2 classes",
        "2 batches",
    ]
