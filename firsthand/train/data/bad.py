"""Rows and files that cannot be used: named one by one, skipped or refused as configured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from firsthand.train.data.contract import Finding
from firsthand.train.errors import DataError

SHOWN = 5  # how many a finding names
_LOOK = {
    "rows": "look whether the separator, the names and the encoding are right",
    "files": "take them out of the folder",
}


@dataclass
class Bad:
    """What could not be used while one file or folder was read.

    Attributes
    ----------
    handling : {"refuse", "skip"}
        Stop at the first, or name it and go on.
    max_share : float
        Even when skipping: the share of all rows above which `findings` refuses.
    what : {"rows", "files"}
        What is read.
    """

    handling: Literal["refuse", "skip"]
    max_share: float
    what: Literal["rows", "files"] = "rows"
    named: list[str] = field(default_factory=list)

    def row(self, place: str, reason: str) -> None:
        """Note that what stands at ``place`` cannot be used.

        Raises
        ------
        DataError
            If such rows are to be refused.
        """
        if self.handling == "refuse":
            raise DataError(
                f"{place}: {reason}. Mend it, or set data.bad: skip to go on without such "
                f"{self.what}."
            )
        self.named.append(f"{place}: {reason}")

    def findings(self, n_rows: int, what: str = "rows") -> Sequence[Finding]:
        """Return what was skipped among ``n_rows`` good and bad ones, as a finding.

        Raises
        ------
        DataError
            If there are too many.
        """
        if not self.named:
            return ()
        shown = "; ".join(self.named[:SHOWN]) + ("; ..." if len(self.named) > SHOWN else "")
        text = f"{len(self.named)} of {n_rows} {what} cannot be used and are left out: {shown}."
        if len(self.named) > self.max_share * n_rows:
            raise DataError(
                f"{text} That is more than data.max_bad allows ({self.max_share:.0%}); "
                f"mend them, or {_LOOK[self.what]}."
            )
        return (Finding("bad", text),)
