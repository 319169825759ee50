"""What a column is: a quantity, a date, a yes or no, a word of a few; or nothing to learn from.

Decided from the profile of its training rows. Columns that are left out say why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from firsthand.train.data.contract import Finding
from firsthand.train.data.tables.dates import first_forms, forms_of
from firsthand.train.data.tables.words import alike_but_for_capitals, yes_of

if TYPE_CHECKING:
    from firsthand.train.data.tables.profile import Profile

Kind = Literal["number", "date", "boolean", "category", "left out"]

NUMBERS_FROM = 0.9  # a column of which more than this share are numbers is one of numbers
MIXED_FROM = 0.05  # below it, some words happen to look like numbers
ID_FROM = 20  # rows from which values that never repeat are an id
TEXT_TOKENS = 4  # words from which a value is a text
SOME_WORDS = 500  # of a column that are tried as dates of several forms
_ID_NAME = re.compile(r"(^|[_ ])(id|key|index|uuid|number|no|nr)$|^(id|column 1$|unnamed)", re.I)


@dataclass(frozen=True)
class Column:
    """A column and how its values are read.

    Attributes
    ----------
    name : str
    kind : {"number", "date", "boolean", "category", "left out"}
    reading : dict
        What reading needs, as plain values: style (number), form (date), yes (boolean), levels and
        rare (category: the words with a place of their own, and whether others came).
    has_missing : bool
        Whether training rows lack a value.
    """

    name: str
    kind: Kind
    reading: dict[str, Any]
    has_missing: bool


def column_of(profile: Profile, max_levels: int) -> tuple[Column, list[Finding]]:
    """Return what a column is, and what is to be told of it."""
    name, told = profile.name, list[Finding]()
    n_different = len(profile.levels) if profile.levels is not None else profile.present
    if n_different <= 1 and not (n_different == 1 and profile.n_missing):
        what = "the same value in every row" if n_different else "no value in any row"
        return _left_out(profile, "constant", f"has {what}")
    if profile.n_missing > 0.5 * profile.n:
        share = profile.n_missing / profile.n
        told.append(Finding("missing", f"Column {name!r} has no value in {share:.0%} of the rows."))
    if profile.typed == "date":
        return _column(profile, "date", {"form": ""}), told
    yes = yes_of(profile.levels) if profile.levels is not None else None
    if yes is not None:
        return _column(profile, "boolean", {"yes": yes}), told
    share = profile.numbers[profile.style] / profile.present
    if share > NUMBERS_FROM and n_different > 1:
        if _counts_rows(profile, n_different):
            return _left_out(profile, "id", "numbers the rows")
        return _column(profile, "number", {"style": profile.style}), told + _of_numbers(profile)
    if profile.levels is None:
        return _left_out(profile, "id", f"has more than {n_different - 1} different values")
    form, ambiguous = _form(profile)
    if form:
        return _column(profile, "date", {"form": form}), told + ambiguous
    dates = _in_several_forms(profile)
    told += dates
    tokens = profile.n_tokens / profile.present
    if not dates and tokens >= TEXT_TOKENS and n_different > 0.5 * profile.present:
        return _left_out(profile, "text", f"holds texts of {tokens:.0f} words on average")
    if n_different == profile.present and profile.present >= ID_FROM:
        column, left_out = _left_out(profile, "id", "has another value in every row")
        return column, dates + left_out
    if share > MIXED_FROM:
        text = f"Column {name!r} mixes numbers ({share:.0%}) and words; it is read as words."
        told.append(Finding("mixed", text))
    told += alike_but_for_capitals(f"Column {name!r}", "words", profile.levels)
    levels, rare = _levels(profile, max_levels)
    if rare:
        n_rare = sum(profile.levels.values()) - sum(profile.levels[level] for level in levels)
        text = (
            f"Column {name!r} has {n_different} different words; the {len(levels)} most frequent "
            f"have a place each, the others ({n_rare / profile.present:.0%} of the rows) one "
            "together. See data.max_levels."
        )
        told.append(Finding("high_cardinality", text))
    return _column(profile, "category", {"levels": levels, "rare": rare}), told


def _column(profile: Profile, kind: Kind, reading: dict[str, Any]) -> Column:
    return Column(profile.name, kind, reading, profile.n_missing > 0)


def _left_out(profile: Profile, kind: str, why: str) -> tuple[Column, list[Finding]]:
    told = Finding(kind, f"Column {profile.name!r} {why}; it is left out.")
    return Column(profile.name, "left out", {}, profile.n_missing > 0), [told]


def _counts_rows(profile: Profile, n_different: int) -> bool:
    """Whether whole numbers never repeat and are called an id, or follow one another."""
    if n_different < profile.present or profile.present < ID_FROM:
        return False
    if profile.whole < profile.present:
        return False
    named = _ID_NAME.search(profile.name) is not None
    # held-out rows leave gaps; as many numbers drawn from so few would repeat
    return named or profile.high - profile.low < 3 * profile.n


def _of_numbers(profile: Profile) -> list[Finding]:
    told: list[Finding] = []
    name = profile.name
    if profile.style == "comma":
        text = f"Column {name!r} is read with decimal commas: 1.234,5 is 1234.5."
        told.append(Finding("decimal", text, "note"))
    if profile.style == "thousands":
        text = f"Column {name!r} is read with marks between thousands: 1,234 is 1234."
        told.append(Finding("thousands", text, "note"))
    if profile.infinite:
        text = f"Column {name!r} has {profile.infinite} infinite numbers; they count as missing."
        told.append(Finding("infinite", text))
    return told


def _form(profile: Profile) -> tuple[str, list[Finding]]:
    """Return the form of a column's dates, or nothing; and whether day and month can be told."""
    import pandas as pd

    if profile.levels is None:
        return "", []
    words = pd.Series(list(profile.levels), dtype="str")
    if not words.str.contains(r"\d", regex=True).all():
        return "", []
    forms = forms_of(words)
    if not forms:
        return "", []
    text = (
        f"Column {profile.name!r} could be month/day or day/month; it is read as {forms[0]}. "
        "Write dates as 2026-01-31."
    )
    ambiguous = len({form.replace("%d", "%m") for form in forms}) < len(forms)
    return forms[0], [Finding("ambiguous_date", text)] if ambiguous else []


def _in_several_forms(profile: Profile) -> list[Finding]:
    """Tell of a column whose words are dates, each in a form of some that differ."""
    import pandas as pd

    words = pd.Series(list(profile.levels or ())[:SOME_WORDS], dtype="str")
    form_of = first_forms(words)
    if len(words) < 2 or form_of.notna().mean() < NUMBERS_FROM or form_of.nunique() < 2:
        return []
    first: dict[str, str] = {}
    for word, form in zip(words.tolist(), form_of.tolist(), strict=True):
        if isinstance(form, str):
            first.setdefault(form, str(word))
    text = (
        f"Column {profile.name!r} holds dates in more than one form, such as "
        f"{', '.join(map(repr, list(first.values())[:4]))}; they are not read as dates. "
        "Write all as 2026-01-31."
    )
    return [Finding("mixed_dates", text)]


def _levels(profile: Profile, max_levels: int) -> tuple[Sequence[str], bool]:
    """Return the words with a place of their own, in order, and whether there are others."""
    if profile.levels is None or len(profile.levels) <= max_levels:
        return sorted(profile.levels or ()), False
    by_count = sorted(profile.levels.items(), key=lambda item: (-item[1], item[0]))
    return sorted(word for word, count in by_count[:max_levels] if count > 1), True
