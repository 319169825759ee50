"""The ``data`` part of a configuration: where the examples are, what is predicted, the parts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from firsthand.train.config.base import Section

Fraction = float


class Split(Section):
    """How examples are parted into training, validation and test."""

    kind: Literal["auto", "random", "stratified", "grouped", "time"] = Field(
        default="auto",
        description="auto: grouped where group is given, time where time is; else stratified for "
        "classes, time for series, random for the rest. grouped keeps all rows of a group in one "
        "part; time tests on the latest.",
    )
    validation: float = Field(default=0.15, gt=0, lt=1, description="Share held out to choose by.")
    test: float = Field(default=0.15, gt=0, lt=1, description="Share held out to report on.")
    seed: int = Field(
        default=0,
        ge=0,
        description="Of the parting alone: runs with other seeds are tested on the same examples.",
    )
    group: str | None = Field(
        default=None,
        description="Column of the groups, for kind: grouped or auto; for pictures a regular "
        "expression that finds the group in a file's name.",
    )
    time: str | None = Field(
        default=None, description="Column of the times, for kind: time or auto."
    )

    @property
    def meant(self) -> Literal["auto", "random", "stratified", "grouped", "time"]:
        """The kind; of auto, what the column that is named asks for."""
        if self.kind != "auto":
            return self.kind
        return "grouped" if self.group is not None else "time" if self.time is not None else "auto"


class DataSection(Section):
    """What every task's data share."""

    path: Path = Field(default=Path("data/raw"), description="The file or folder to learn from.")
    test_path: Path | None = Field(
        default=None,
        description="A file or folder of its own to test on; else a share is held out.",
    )
    split: Split = Field(default_factory=Split, description="How the parts are made.")
    bad: Literal["refuse", "skip"] = Field(
        default="refuse",
        description="A row or file that cannot be used: stop at it, or name it and go on.",
    )
    max_bad: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="Even when skipping: stop if more than this share is bad.",
    )


class TabularData(DataSection):
    """Data of task tabular: a CSV or Parquet file."""

    task: Literal["tabular"] = "tabular"
    target: str = Field(description="The column to predict.")
    problem: Literal["auto", "classification", "regression"] = Field(
        default="auto",
        description="auto: words and few whole numbers are classes, other numbers quantities.",
    )
    leave_out: tuple[str, ...] = Field(default=(), description="Columns not to learn from.")
    names: tuple[str, ...] = Field(
        default=(), description="Column names, for a file without a line of them."
    )
    missing: tuple[str, ...] = Field(
        default=("", "?", "NA", "N/A", "#N/A", "n.a.", "NaN", "NaT", "<NA>", "null", "None", "-"),
        description="What stands for no value, in capitals or not.",
    )
    separator: str | None = Field(
        default=None, min_length=1, max_length=1, description="Between fields; else found."
    )
    encoding: str | None = Field(default=None, description="Of a CSV file; else found.")
    max_levels: int = Field(
        default=32, ge=2, description="Rarer words of a column than this many are one."
    )
    scale: Literal["standard", "robust", "quantile", "none"] = Field(
        default="standard", description="How numbers are scaled, by the training part alone."
    )
    clip_outliers: float | None = Field(
        default=None, gt=0, description="Clip scaled numbers at this distance from 0."
    )
    in_memory: Literal["auto", "yes", "no"] = Field(
        default="auto",
        description="auto: read whole where it takes less than a quarter of the memory; else it is "
        "converted once, in pieces, to a file beside data/processed, from which batches are read.",
    )


class ImageData(DataSection):
    """Data of task image: a folder a class, or the files of MNIST (IDX) or CIFAR-10."""

    task: Literal["image"] = "image"
    problem: Literal["classification", "verification"] = Field(
        default="classification",
        description="verification: whether two pictures show the same; the parts share no class.",
    )
    embedding: int = Field(
        default=64, ge=2, description="Numbers that verification compares pictures by."
    )
    format: Literal["auto", "folder", "idx", "cifar", "zip"] = Field(
        default="auto", description="auto: looks at what is there."
    )
    size: tuple[int, int] | None = Field(
        default=None,
        description="Height and width in pixels to bring all pictures to; else all have one.",
    )
    channels: Literal["auto", "grey", "colour"] = Field(
        default="auto", description="Of the pictures."
    )
    normalise: Literal["standard", "imagenet", "none"] = Field(
        default="standard",
        description="standard: each channel has mean 0 and deviation 1 over the training part; "
        "imagenet: as most published weights expect; none: from 0 to 1.",
    )
    in_memory: Literal["auto", "yes", "no"] = Field(
        default="auto",
        description="auto: kept in memory where they take less than a quarter of it.",
    )


class TextData(DataSection):
    """Data of task text: labelled lines (CSV, TSV), or a folder of files a class."""

    task: Literal["text"] = "text"
    text: str = Field(default="text", description="The column of the texts.")
    target: str = Field(default="label", description="The column to predict.")
    names: tuple[str, ...] = Field(
        default=(), description="Column names, for a file without a line of them."
    )
    tokens: Literal["words", "characters", "subwords"] = Field(
        default="words", description="What a token is."
    )
    vocabulary: int = Field(
        default=20_000, ge=2, description="At most so many tokens, the most frequent."
    )
    minimum: int = Field(
        default=1, ge=1, description="Tokens that come less often in training are unknown."
    )
    length: int = Field(default=128, ge=1, description="Texts are cut to so many tokens.")
    lowercase: bool = Field(default=True, description="Whether A and a are one.")
    encoding: str = Field(default="utf-8", description="Of the files.")
    validation_path: Path | None = Field(
        default=None,
        description="A file or folder of its own to choose by; else a share is held out.",
    )
    in_memory: Literal["auto", "yes", "no"] = Field(default="auto", description="As for images.")


class SeriesData(DataSection):
    """Data of task timeseries: a CSV with a column of times and one or more of values."""

    task: Literal["timeseries"] = "timeseries"
    time: str | None = Field(
        default=None, description="The column of times; else the order of the rows."
    )
    target: tuple[str, ...] | str | None = Field(
        default=None, description="The column or columns to forecast; else the only one of numbers."
    )
    inputs: tuple[str, ...] = Field(
        default=(), description="Further columns that are seen up to the present."
    )
    known: tuple[str, ...] = Field(
        default=(), description="Further columns that are known for the steps to forecast, too."
    )
    calendar: bool = Field(
        default=True, description="Give the place in the day, the week and the year, too."
    )
    fill: Literal["previous", "interpolate", "refuse"] = Field(
        default="previous", description="What stands for a value, or a step, that is missing."
    )
    history: int = Field(default=24, ge=1, description="Steps that the model sees.")
    horizon: int = Field(default=1, ge=1, description="Steps that it forecasts.")
    period: int | None = Field(default=None, ge=1, description="Steps of a season; else found.")
    transform: Literal[
        "none",
        "log",
        "difference",
        "seasonal_difference",
        "both_differences",
        "log_difference",
        "log_seasonal_difference",
        "log_both_differences",
    ] = Field(default="none", description="Applied before learning and undone after.")


class SegmentationData(DataSection):
    """Data of task segmentation: pictures, and masks of the same names, each pixel a class."""

    task: Literal["segmentation"] = "segmentation"
    images: str = Field(default="images", description="Folder of the pictures, below path.")
    masks: str = Field(default="masks", description="Folder of the masks, below path.")
    mask_suffix: str = Field(
        default="", description="What a mask's name has at its end besides the picture's."
    )
    classes: tuple[str, ...] = Field(
        default=(),
        description="Names of the values 0, 1, ... of masks; else those in a file classes.txt, "
        "else numbers.",
    )
    palette: dict[str, tuple[int, int, int]] = Field(
        default={},
        description="For masks in colours: each class and its red, green and blue; their order "
        "gives the values 0, 1, ...",
    )
    ignore: int | None = Field(
        default=None, ge=0, le=255, description="The value of a mask that is not to be learnt."
    )
    size: tuple[int, int] | None = Field(
        default=None,
        description="Height and width in pixels to bring all pictures to; else all have one.",
    )
    channels: Literal["auto", "grey", "colour"] = Field(
        default="auto", description="Of the pictures."
    )
    normalise: Literal["standard", "imagenet", "none"] = Field(
        default="standard", description="As for images."
    )
    in_memory: Literal["auto", "yes", "no"] = Field(default="auto", description="As for images.")

    @property
    def palette_names(self) -> tuple[str, ...]:
        """The classes of the palette, in their order."""
        return tuple(self.palette)

    @property
    def palette_colours(self) -> tuple[tuple[int, int, int], ...]:
        """The colours of the palette, in their order."""
        return tuple(self.palette.values())
