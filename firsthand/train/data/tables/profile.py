"""What a column holds, counted piece by piece over the training rows alone.

Counts add up, so a profile is the same however a table is cut into pieces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from firsthand.train.data.tables.numbers import STYLES, Style, to_numbers
from firsthand.train.data.tables.words import is_typed, to_words

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVELS = 50_000  # different words that are counted; a column with more has no levels


@dataclass
class Profile:
    """Counts of one column.

    Attributes
    ----------
    name : str
    missing : sequence of str
        Spellings of no value.
    prefer_comma : bool
        Whether 1,234 is rather 1.234 than 1234, as in a file whose fields semicolons separate.
    n, n_missing : int
        Rows, and those without a value.
    typed : {"", "number", "boolean", "date"}
        What a Parquet file says that the column holds.
    levels : Counter of str, or None
        How often each word comes; None where there are too many.
    numbers : Counter of style
        How many words are numbers in each style.
    whole : int
        How many are whole numbers.
    low, high : float
        Of the numbers.
    infinite : int
    spelt : Counter of str
        How often each spelling of no value comes, besides none at all.
    n_tokens : int
        Of all words together, parted at spaces.
    """

    name: str
    missing: Sequence[str]
    prefer_comma: bool = False
    n: int = 0
    n_missing: int = 0
    typed: Literal["", "number", "boolean", "date"] = ""
    levels: Counter[str] | None = field(default_factory=lambda: Counter[str]())
    numbers: Counter[Style] = field(default_factory=lambda: Counter[Style]())
    whole: int = 0
    low: float = np.inf
    high: float = -np.inf
    infinite: int = 0
    n_tokens: int = 0
    spelt: Counter[str] = field(default_factory=lambda: Counter[str]())

    @property
    def present(self) -> int:
        """How many rows have a value."""
        return self.n - self.n_missing

    @property
    def style(self) -> Style:
        """The way of writing in which most words are numbers."""
        styles = ("plain", "comma", "thousands") if self.prefer_comma else STYLES
        return max(styles, key=lambda style: self.numbers[style])  # the first of equals

    def update(self, values: pd.Series) -> None:
        """Count some more rows."""
        words = to_words(values, self.missing)
        self.n += len(words)
        self.n_missing += int(words.isna().sum())
        gone = values.astype("str").str.strip().where(words.isna() & values.notna())
        spelt: dict[str, int] = gone.value_counts().to_dict()
        self.spelt.update({word: n for word, n in spelt.items() if word})
        counts = words.dropna().value_counts()
        self._count_levels(counts)
        if is_typed(values):
            self.typed = _type_of(values)
        if self.typed in ("", "number") and len(counts):
            self._count_numbers(counts)
        self.n_tokens += int((counts.index.str.count(r"\s+").to_numpy() + 1) @ counts.to_numpy())

    def _count_levels(self, counts: pd.Series) -> None:
        if self.levels is not None:
            self.levels.update(counts.to_dict())
            if len(self.levels) > MOST_LEVELS:
                self.levels = None

    def _count_numbers(self, counts: pd.Series) -> None:
        words = counts.index.to_series()
        often = counts.to_numpy()
        best = None
        for style in STYLES:
            numbers = to_numbers(words, style).to_numpy()
            right = ~np.isnan(numbers)
            self.numbers[style] += int(often[right].sum())
            if best is None or right.sum() > (~np.isnan(best)).sum():
                best = numbers
            if style == "plain" and right.all():
                for other in STYLES[1:]:  # as good as plain numbers, which come first
                    self.numbers[other] += int(often.sum())
                break
        if best is None:
            return
        finite = np.isfinite(best)
        self.infinite += int(often[np.isinf(best)].sum())
        if finite.any():
            self.low = min(self.low, float(best[finite].min()))
            self.high = max(self.high, float(best[finite].max()))
            self.whole += int(often[finite & (best == np.round(best))].sum())


def _type_of(values: pd.Series) -> Literal["number", "boolean", "date"]:
    import pandas as pd

    if pd.api.types.is_bool_dtype(values):
        return "boolean"
    return "date" if pd.api.types.is_datetime64_any_dtype(values) else "number"
