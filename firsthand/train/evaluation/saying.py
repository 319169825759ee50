"""Numbers as a report says them: rounded to what their interval supports."""

from __future__ import annotations

import math

from firsthand.train.evaluation.intervals import Interval
from firsthand.train.evaluation.parts import Cell

THIN = "\u202f"  # narrow, and no line breaks there
MINUS = "\u2212"


def say(interval: Interval, *, percent: bool = False, unit: str = "", points: bool = False) -> Cell:
    """Return a figure and its interval as a cell.

    The interval is told to two digits of its half-width, and the figure as precisely as that.
    """
    digits = decimals(interval, percent)
    scale = 100 if percent else 1
    sign = f"{THIN}%" if percent else (f" {unit}" if unit else "")
    if points:  # of percent, which a difference of shares is told in
        sign = " points"
    text = number(interval.value * scale, digits) + sign
    if not interval.known:
        return Cell(text, f"interval unknown: {interval.unknown}" if interval.unknown else "", "n")
    low, high = (number(end * scale, digits) for end in (interval.low, interval.high))
    return Cell(text, f"{low} to {high}", "n")


def sentence(
    interval: Interval, *, percent: bool = False, unit: str = "", points: bool = False
) -> str:
    """Return a figure and its interval for the middle of a sentence."""
    cell = say(interval, percent=percent, unit=unit, points=points)
    return f"{cell.text} ({cell.small})" if cell.small else cell.text


def decimals(interval: Interval, percent: bool = False) -> int:
    """Return how many decimals an interval supports."""
    scale = 100 if percent else 1
    if interval.known and interval.high > interval.low:
        half = (interval.high - interval.low) / 2 * scale
        return _clip(1 - math.floor(math.log10(half)))
    if percent:
        return 1
    size = abs(interval.value)
    return _clip(2 - math.floor(math.log10(size))) if size > 0 and math.isfinite(size) else 2


def number(value: float, digits: int) -> str:
    """Return a number with so many decimals, and spaces between thousands."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else f"{MINUS}∞")
    if 0 < abs(value) < 0.5 * 10**-digits and digits == MOST:
        return f"{value:.1e}".replace("-", MINUS)
    if digits < 0:  # an interval of thousands supports no units
        value, digits = round(value, digits), 0
    text = f"{value:,.{digits}f}".replace(",", THIN)
    if text.lstrip("-0.") == "":
        text = text.lstrip("-")  # no minus before a zero
    return text.replace("-", MINUS)


def share(value: float, digits: int = 0) -> str:
    """Return a share in percent."""
    return f"{number(100 * value, digits)}{THIN}%"


def count(n: int, what: str = "") -> str:
    """Return a whole number, and what is counted in the singular or plural."""
    text = f"{n:,}".replace(",", THIN)
    if not what:
        return text
    return f"{text} {what if n == 1 else plural(what)}"


def plural(what: str) -> str:
    """Return the plural of a regular noun."""
    if what.endswith(("s", "x", "ch")):
        return f"{what}es"
    return f"{what[:-1]}ies" if what.endswith("y") and what[-2] not in "aeiou" else f"{what}s"


def short(text: str, most: int = 60) -> str:
    """Return a text that fits, its control characters shown as one sign."""
    clean = "".join(
        c if c.isprintable() or c == THIN else "\N{REPLACEMENT CHARACTER}" for c in text
    )
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def lines(text: str, most: int) -> str:
    """Return a longer text that fits, with its line breaks."""
    return "\n".join(short(line, most) for line in text[:most].splitlines()) + (
        "…" if len(text) > most else ""
    )


MOST = 6


def _clip(digits: int) -> int:
    return min(digits, MOST)
