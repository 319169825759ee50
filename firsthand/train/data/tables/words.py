"""Values as words, or as missing; and the pairs of words that mean yes and no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from firsthand.train.data.contract import Finding

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


def alike_but_for_capitals(of: str, what: str, words: Iterable[str]) -> list[Finding]:
    """Tell of words that differ in nothing but capitals, and are kept apart."""
    spellings: dict[str, list[str]] = {}
    for word in words:
        spellings.setdefault(word.casefold(), []).append(word)
    several = [sorted(same) for same in spellings.values() if len(same) > 1]
    if not several:
        return []
    shown = "; ".join(", ".join(map(repr, same[:4])) for same in several[:3])
    text = (
        f"{of} has {what} that differ only in capitals: {shown}. Each is one of its own; if they "
        "mean the same, spell them alike."
    )
    return [Finding("spelling", text)]


def yes_of(words: Iterable[str]) -> str | None:
    """Return the word, in small letters, that means yes where the words are a yes and a no."""
    seen = {word.lower() for word in words}
    for yes, no in YES_NO:
        if seen == {yes, no}:
            return yes
    return None
