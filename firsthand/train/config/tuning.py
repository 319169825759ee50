"""The ``tune`` part of a configuration: which keys are searched, where, and for how long."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from firsthand.train.config.base import Section


class Range(Section):
    """Numbers from ``low`` to ``high``."""

    low: float = Field(description="The smallest.")
    high: float = Field(description="The largest.")
    log: bool = Field(default=False, description="Equal ratios are equally likely; for rates.")
    whole: bool = Field(default=False, description="Whole numbers only.")

    @model_validator(mode="after")
    def _is_a_range(self) -> Range:
        if self.low >= self.high:
            raise ValueError(f"low has to be below high; they are {self.low:g} and {self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"with log, low has to be above 0; it is {self.low:g}")
        if self.whole and (self.low % 1 or self.high % 1):
            raise ValueError("with whole, low and high are whole numbers")
        return self


def _kind(value: Any) -> str:
    return "choices" if isinstance(value, (list, tuple)) else "range"


Choices = Annotated[tuple[Any, ...], Field(min_length=2)]
Axis = Annotated[
    Annotated[Range, Tag("range")] | Annotated[Choices, Tag("choices")], Discriminator(_kind)
]


class TuneSection(Section):
    """How settings are searched."""

    space: dict[str, Axis] = Field(
        default={"train.lr": Range(low=1e-4, high=1e-1, log=True)},
        description="Keys to search, such as train.lr: {low: 1e-4, high: 0.1, log: true} or "
        "train.batch_size: [32, 64, 128].",
    )
    trials: int = Field(default=30, ge=1, description="Trainings in all, finished or pruned.")
    minutes: float | None = Field(default=None, gt=0, description="Start no trial after so long.")
    sampler: Literal["tpe", "random", "gp", "grid"] = Field(
        default="tpe",
        description="What proposes settings; tpe and gp learn from the trials before, grid takes "
        "choices one by one.",
    )
    pruner: Literal["median", "hyperband", "none"] = Field(
        default="median", description="What stops a trial that does worse than others did by then."
    )
    warmup_epochs: int = Field(default=1, ge=0, description="Epochs before a trial may be pruned.")
    processes: int = Field(default=1, ge=1, description="Trials at the same time on this machine.")
    storage: str | None = Field(
        default=None,
        description="Address of a database, such as postgresql://..., by which several machines "
        "share a study; else a file below outputs/tuning.",
    )
    finalists: int = Field(
        default=3, ge=0, description="How many of the best are trained again with other seeds."
    )
    seeds: int = Field(default=3, ge=2, description="Seeds that each finalist is trained with.")
