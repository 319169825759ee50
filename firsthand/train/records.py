"""The records of what a run is made with, written when training is sure to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firsthand.train.listeners import Listener, Plan

if TYPE_CHECKING:
    from firsthand.train.loop import State


class Records(Listener):
    """Writes preparation, facts, environment and transfer (JSON) as training begins.

    By then the run is locked and a checkpoint that is gone on from was found to belong to it, so a
    training that is refused leaves every record as it was. What the data were prepared with belongs
    to the weights: once a step is done, it is never written anew.

    Parameters
    ----------
    preparation, facts : dict
        Of the data: with both, new examples are predicted without the old ones.
    made_with : dict
        See `environment`.
    transfer : dict, optional
        What the network has of pretrained weights.
    resumed : bool
    """

    def __init__(
        self,
        preparation: dict[str, Any],
        facts: dict[str, Any],
        made_with: dict[str, Any],
        transfer: dict[str, Any] | None,
        *,
        resumed: bool,
    ):
        self._preparation, self._facts, self._made_with = preparation, facts, made_with
        self._transfer, self._resumed = transfer, resumed

    def begins(self, plan: Plan, state: State) -> None:
        """Write them."""
        run = plan.run
        new = {
            "preparation.json": self._preparation,
            "facts.json": self._facts,
            "transfer.json": self._transfer,
        }
        for name, value in new.items():
            if value is not None and not (state.done and (run.folder / name).is_file()):
                run.write_json(name, value)
        run.write_environment(self._made_with, resumed=self._resumed)
