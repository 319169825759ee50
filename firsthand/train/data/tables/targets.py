"""The column to predict: classes or quantities, and each row's number.

Whole numbers of few different values are classes, as words are; other numbers are quantities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from firsthand.train.data.contract import Finding
from firsthand.train.data.tables.numbers import LARGEST, Style, to_numbers
from firsthand.train.data.tables.profile import Profile
from firsthand.train.data.tables.words import alike_but_for_capitals, to_words
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from firsthand.train.config.data import TabularData

MOST_WHOLE = 20  # different whole numbers that are still classes
MOST_CLASSES = 1000


@dataclass(frozen=True)
class Target:
    """How a target column is read.

    Attributes
    ----------
    name : str
    problem : {"classification", "regression"}
    classes : tuple of str
        In the order of their numbers; numbers in numeric order.
    style : str
        How quantities are written.
    missing : sequence of str
    """

    name: str
    problem: Literal["classification", "regression"]
    classes: tuple[str, ...]
    style: Style
    missing: Sequence[str]

    def read(self, values: pd.Series) -> tuple[NDArray[np.float64], list[tuple[int, str]]]:
        """Return numbers of classes, or quantities, and what is wrong with which rows.

        Returns
        -------
        numbers : ndarray of shape (n,)
            NaN in the rows that cannot be used.
        wrong : list of (row, reason)
        """
        words = to_words(values, self.missing)
        there = words.notna().to_numpy()
        if self.problem == "regression":
            numbers = to_numbers(words, self.style).to_numpy().copy()
            numbers[~(np.abs(numbers) <= LARGEST)] = np.nan
        else:
            number = {name: float(i) for i, name in enumerate(self.classes)}
            numbers = _plain(words).map(number).to_numpy("float64", na_value=np.nan)
        rows = np.flatnonzero(np.isnan(numbers)).tolist()
        wrong = [(i, there[i], words.iloc[i] if there[i] else values.iloc[i]) for i in rows]
        return numbers, [(i, self._why(is_there, word)) for i, is_there, word in wrong]

    def _is_large(self, word: Any) -> bool:
        import pandas as pd

        number = float(to_numbers(pd.Series([word], dtype="str"), self.style).iloc[0])
        return bool(np.isfinite(number))

    def _why(self, there: bool, word: Any) -> str:
        if not there:
            as_word = word.strip() if isinstance(word, str) else ""
            spelt = f": {as_word!r} counts as none, see data.missing" if as_word else ""
            return f"the target {self.name!r} has no value{spelt}"
        if self.problem == "regression":
            if self._is_large(word):
                return f"the target {self.name!r} is {word!r}: beyond {LARGEST:g}, too large to use"
            return f"the target {self.name!r} is {word!r}, which is no finite number"
        known = ", ".join(self.classes[:8])
        return f"the target {self.name!r} is {word!r}, which is no class of training ({known})"


def target_of(profile: Profile, settings: TabularData) -> tuple[Target, list[Finding]]:
    """Return how the target is read.

    Parameters
    ----------
    profile : Profile
        Of the target, over all rows of the file that is learnt from.
    settings : TabularData

    Raises
    ------
    DataError
        If it has no or one value, or too many classes.
    """
    name = profile.name
    levels = profile.levels
    if profile.present == 0:
        raise DataError(
            f"The target {name!r} has no value in any of {profile.n} rows.{_gone(profile)}"
        )
    if levels is not None and len(levels) == 1:
        only = next(iter(levels))
        raise DataError(
            f"The target {name!r} is {only!r} in every row; there is nothing to predict. "
            f"Look whether data.target is the right column.{_gone(profile)}"
        )
    numeric = profile.numbers[profile.style] / profile.present
    if settings.problem == "regression" or (
        settings.problem == "auto" and numeric > 0.9 and not _few_whole(profile)
    ):
        if numeric <= 0.5:
            first = next(iter(levels)) if levels else "words"
            raise DataError(
                f"The target {name!r} holds no numbers ({first!r}, ...), and data.problem is "
                "regression. Set data.problem: classification, or choose another target."
            )
        return Target(name, "regression", (), profile.style, settings.missing), []
    if levels is None or len(levels) > MOST_CLASSES or len(levels) > max(profile.present / 2, 20):
        n = "more than 50000" if levels is None else str(len(levels))
        raise DataError(
            f"The target {name!r} has {n} different values in {profile.present} rows: too many "
            "classes to learn. Look whether data.target is the right column, or set "
            "data.problem: regression if they are quantities."
        )
    import pandas as pd

    plain = _plain(pd.Series(list(levels), dtype="str"))
    classes = sorted(set(plain.tolist()), key=_in_order)
    target = Target(name, "classification", tuple(classes), "plain", settings.missing)
    counts = dict.fromkeys(classes, 0)
    for word, key in zip(levels, plain.tolist(), strict=True):
        counts[key] += levels[word]
    return target, _of_classes(name, counts)


def alike(target: Target, values: pd.Series) -> tuple[pd.Series, list[Finding]]:
    """Return labels of a test file, spelt as in training where only capitals or a point differ."""
    if target.problem == "regression":
        return values, []
    spelt = {_bare(name): name for name in target.classes}
    words = to_words(values, target.missing)
    unknown = set(_plain(words).dropna().unique().tolist()) - set(target.classes)
    mended = {word: spelt[_bare(word)] for word in unknown if _bare(word) in spelt}
    if not mended or len(spelt) < len(target.classes):
        return words, []
    pairs = ", ".join(f"{a!r} as {b!r}" for a, b in sorted(mended.items())[:5])
    text = f"Labels of the test file are read as those of training that they resemble: {pairs}."
    return words.replace(mended), [Finding("label_spelling", text)]


def _gone(profile: Profile) -> str:
    """Say which words count as no value."""
    if not profile.spelt:
        return ""
    words = ", ".join(f"{word!r} ({n})" for word, n in profile.spelt.most_common(5))
    return (
        f" The other rows count as missing: {words}. If these are values, take them out of "
        "data.missing."
    )


def _few_whole(profile: Profile) -> bool:
    few = profile.levels is not None and len(profile.levels) <= MOST_WHOLE
    return few and profile.whole == profile.present


def _plain(words: pd.Series) -> pd.Series:
    """Write whole numbers without a point: 1.0 is 1."""
    return words.str.replace(r"^(-?\d+)\.0*$", r"\1", regex=True)


def _bare(label: str) -> str:
    return label.strip().rstrip(".").strip().casefold()


def _in_order(label: str) -> tuple[int, float, str]:
    try:
        return 0, float(label), label
    except ValueError:
        return 1, 0.0, label


def _of_classes(name: str, counts: dict[str, int]) -> list[Finding]:
    """Tell classes that are much rarer than others."""
    told = alike_but_for_capitals(f"The target {name!r}", "classes", counts)
    most, least = max(counts, key=lambda c: counts[c]), min(counts, key=lambda c: counts[c])
    if counts[most] < 10 * counts[least]:
        return told
    text = (
        f"The classes of {name!r} are far from equally frequent: {most!r} has {counts[most]} rows, "
        f"{least!r} {counts[least]}. Accuracy says little then; look at F1 and the confusion "
        "matrix, or set train.class_weights: balanced."
    )
    return [*told, Finding("imbalance", text)]
