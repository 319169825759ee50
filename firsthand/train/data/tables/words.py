"""Values as words, or as missing; and the pairs of words that mean yes and no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

YES_NO = (("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("on", "off"))


def to_words(values: pd.Series, missing: Sequence[str]) -> pd.Series:
    """Return values as words without spaces around them; NA where they stand for no value.

    Spellings of no value are told without regard to capitals.
    """
    words = values.astype("str").str.strip()
    gone = words.str.lower().isin([spelling.strip().lower() for spelling in missing])
    return words.where(~(gone | values.isna()))


def is_typed(values: pd.Series) -> bool:
    """Whether values are numbers, truths or times already, as in a Parquet file."""
    import pandas as pd

    kinds = pd.api.types
    return (
        kinds.is_numeric_dtype(values)
        or kinds.is_bool_dtype(values)
        or kinds.is_datetime64_any_dtype(values)
    )


def yes_of(words: Iterable[str]) -> str | None:
    """Return the word, in small letters, that means yes where the words are a yes and a no."""
    seen = {word.lower() for word in words}
    for yes, no in YES_NO:
        if seen == {yes, no}:
            return yes
    return None
