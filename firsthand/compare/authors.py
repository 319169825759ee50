"""Whose each function is: the learner's where they passed it, ours for the rest."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Author = Literal["yours", "ours"]


@dataclass(frozen=True)
class Authors:
    """The targets of a stage's exercises, parted by who wrote the function that runs."""

    yours: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()

    @property
    def side(self) -> Author:
        """Name of the scratch side as a whole: the learner's as soon as one function is."""
        return "yours" if self.yours else "ours"

    def said(self) -> str:
        """Say it in one sentence."""
        if not self.yours:
            return "All functions are ours."
        if not self.ours:
            return "Every function is yours."
        return f"Yours: {', '.join(self.yours)}. Ours: {', '.join(self.ours)}."

    def within(self, targets: tuple[str, ...]) -> Authors:
        """Return the authors of these functions alone; what is no exercise is ours."""
        return Authors(
            tuple(t for t in targets if t in self.yours),
            tuple(t for t in targets if t not in self.yours),
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {**{k: list(v) for k, v in asdict(self).items()}, "side": self.side}
