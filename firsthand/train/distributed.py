"""The processes that train one network together; usually there is one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Processes:
    """This process among those that train together.

    Attributes
    ----------
    rank, world_size : int
        Which of how many. Rank 0 writes.
    """

    rank: int = 0
    world_size: int = 1

    @property
    def writes(self) -> bool:
        """Whether this is the one that writes files and speaks."""
        return self.rank == 0


ALONE = Processes()
