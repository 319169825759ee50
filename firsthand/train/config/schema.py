"""The whole configuration of a project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from firsthand.train.config.agreement import disagreements
from firsthand.train.config.base import NAMES, Section
from firsthand.train.config.data import (
    ImageData,
    SegmentationData,
    SeriesData,
    TabularData,
    TextData,
)
from firsthand.train.config.models import MLP, NETWORK_OF, ModelSettings
from firsthand.train.config.training import Augment, TrainSection
from firsthand.train.config.tuning import TuneSection

DataSettings = Annotated[
    TabularData | ImageData | TextData | SeriesData | SegmentationData, Field(discriminator="task")
]


class Folders(Section):
    """Where a project writes. Relative paths start at the project, not where you stand."""

    outputs: Path = Field(default=Path("outputs"), description="Runs, checkpoints and predictions.")
    logs: Path = Field(default=Path("logs"), description="TensorBoard.")


class Config(Section):
    """A project's configuration."""

    name: str = Field(
        default="project",
        pattern=NAMES,
        description="Names the runs; letters, digits, dot, dash and underscore.",
    )
    task: Literal["tabular", "image", "text", "timeseries", "segmentation"] = Field(
        description="What the data are."
    )
    seed: int = Field(default=0, ge=0, lt=2**32, description="Of all that is random.")
    device: str = Field(
        default="auto",
        pattern=r"^(auto|cpu|cuda(:\d+)?|mps)$",
        description="auto (the best there is), cpu, cuda, cuda:1 and so on, mps.",
    )
    threads: int | None = Field(default=None, ge=1, description="Of PyTorch; else its own choice.")
    data: DataSettings = Field(description="Where the examples are and how they are read.")
    model: ModelSettings = Field(
        default_factory=MLP,
        description="The network; where none is named: mlp for tables, cnn for pictures, bag for "
        "texts, lstm for series, unet for masks.",
    )
    train: TrainSection = Field(default_factory=TrainSection, description="How it is trained.")
    augment: Augment = Field(default_factory=Augment, description="Random changes to batches.")
    tune: TuneSection = Field(default_factory=TuneSection, description="How settings are searched.")
    folders: Folders = Field(default_factory=Folders, description="Where results are written.")

    @model_validator(mode="before")
    @classmethod
    def _task_names_the_rest(cls, raw: Any) -> Any:
        """``task`` stands once, at the top, and says how data are read and what learns."""
        if not isinstance(raw, dict) or "task" not in raw:
            return raw
        raw = dict(raw)
        if isinstance(raw.get("data"), dict):
            raw["data"] = raw["data"] | {"task": raw["task"]}
        network = NETWORK_OF.get(str(raw["task"]))
        if network is not None and isinstance(raw.setdefault("model", {}), dict):
            raw["model"] = {"name": network} | raw["model"]
        return raw

    @model_validator(mode="after")
    def _keys_agree(self) -> Config:
        """Refuse keys that fit by themselves and not together."""
        problems = disagreements(self)
        if problems:
            text = "; ".join(f"{'.'.join(paths[0])}: {told}" for paths, told in problems)
            raise PydanticCustomError(
                "disagreement", "{text}", {"text": text, "problems": problems}
            )
        return self
