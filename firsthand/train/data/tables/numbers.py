"""Words to numbers, in the ways people write them.

    plain      1234.5  1e-3  inf
    thousands  1,234.5  1 234.5  1'234  $1,234  12 %
    comma      1234,5  1.234,5  1 234,5

A column is written in one way: the one in which most of its training values are numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Style = Literal["plain", "thousands", "comma"]
LARGEST = 1e100  # squares of larger numbers, summed over rows, leave the range of float64
STYLES: tuple[Style, ...] = ("plain", "thousands", "comma")

_GAP = " '\u2019\u00a0\u202f"  # what stands between thousands besides a comma or a point
_UNITS = "$€£¥%"
_TAIL = r"(?:[eE][+-]?\d+)?"
_SHAPES = {
    "thousands": rf"[+-]?(?:\d{{1,3}}(?:[,{_GAP}]\d{{3}})+|\d+)(?:\.\d*)?{_TAIL}",
    "comma": rf"[+-]?(?:\d{{1,3}}(?:[.{_GAP}]\d{{3}})+|\d+)(?:,\d*)?{_TAIL}",
}


def to_numbers(words: pd.Series, style: Style) -> pd.Series:
    """Return numbers of words, as float64; NaN where a word is missing or no number."""
    if style == "plain":
        return _plain(words)
    bare = words.str.strip(_UNITS + " ")
    bare = bare.where(bare.str.fullmatch(_SHAPES[style]).fillna(False).astype(bool))
    bare = bare.str.replace(f"[{'.' if style == 'comma' else ','}{_GAP}]", "", regex=True)
    if style == "comma":
        bare = bare.str.replace(",", ".", regex=False)
    return _plain(bare)


def _plain(words: pd.Series) -> pd.Series:
    import pandas as pd

    numbers: Any = pd.to_numeric(words, errors="coerce")
    return numbers.astype("float64")
