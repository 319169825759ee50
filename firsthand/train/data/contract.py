"""What a data set tells the rest of the project, whatever it was read from.

A reader (`tables`, `images`, `texts`, `series`, `masks`) turns files into three `Examples`, one a
part. The loop asks them for batches, the models for `Facts`, the report for where an example came
from. Nothing else of a data set is known outside its reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

Task = Literal["tabular", "image", "text", "timeseries", "segmentation"]
Problem = Literal["classification", "regression", "segmentation", "forecasting", "verification"]
Part = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Facts:
    """What a model and a report have to know of the data.

    Attributes
    ----------
    task, problem : str
        What was read, and what is to be predicted.
    input_shape : tuple of int
        Shape of one example: (features,), (channels, height, width), (length,) of tokens, or
        (steps, variables).
    output_size : int
        Numbers the model gives back for an example (for a pixel, in a segmentation): classes, or
        targets, or the steps of a forecast.
    classes : tuple of str
        Names of the classes in the order of their numbers; empty where none are predicted.
    class_counts : tuple of int
        Training examples (pixels, in a segmentation) of each class.
    vocabulary : int
        Different tokens of a text, 0 elsewhere. Token 0 pads.
    ignore_index : int
        The target that is not to be learnt or counted.
    target_mean, target_std : tuple of float
        Of a regression's or forecast's training targets, in their own unit. Models learn
        (target - mean) / std; `Examples.batch` gives it so.
    target_names : tuple of str
        The column, or columns, that are predicted.
    quantities : tuple of int
        Which inputs of a table are quantities; the others are yes or no, or parts of a circle.
    unit : str
        What a predicted number is measured in, where it is known.
    """

    task: Task
    problem: Problem
    input_shape: tuple[int, ...]
    output_size: int
    classes: tuple[str, ...] = ()
    class_counts: tuple[int, ...] = ()
    vocabulary: int = 0
    ignore_index: int = -100
    target_mean: tuple[float, ...] = (0.0,)
    target_std: tuple[float, ...] = (1.0,)
    target_names: tuple[str, ...] = ()
    unit: str = ""
    quantities: tuple[int, ...] = ()


class Examples(Protocol):
    """One part of a data set.

    `batch` is a function of its index alone: the same index gives the same numbers on every call,
    in every process. All that is random happens after it, from seeds that a step decides. That is
    why training can be killed anywhere and goes on exactly.

    What a report shows of an example, it asks for only where it is there:

    row(i) -> dict of str
        A table's row as it was read: the value of each column.
    text(i) -> str
        A text as it was written.
    past(index, n_steps), truth(index), undo(outputs, index)
        Of a series, in its own unit: see `series.windows`.
    """

    @property
    def in_memory(self) -> bool:
        """Whether `batch` takes no reading of files; else it is asked for ahead, on threads."""
        ...

    def __len__(self) -> int:
        """Return how many examples there are."""
        ...

    def batch(self, index: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (inputs, targets) of the examples at ``index``, in its order.

        Inputs are float32, or int64 tokens of shape (n, length). Targets are int64 classes of
        shape (n,), or (n, height, width) in a segmentation, or float32 of shape (n, output_size).
        """
        ...

    def source(self, i: int) -> str:
        """Return where example ``i`` came from, for a person: a file, or a file and its row."""
        ...

    def features(self, index: NDArray[np.int64]) -> Any:
        """Return what a classical baseline learns from: a matrix (n, d), dense or sparse."""
        ...


@dataclass(frozen=True)
class Finding:
    """Something a reader noticed: what, where, and what was or could be done about it.

    ``kind`` is one word by which tests and reports tell findings apart, such as "duplicate".
    """

    kind: str
    text: str
    severity: Literal["note", "warning"] = "warning"


@dataclass(frozen=True)
class Data:
    """A data set, read, split and prepared.

    Attributes
    ----------
    train, validation, test : Examples
    facts : Facts
    preparation : dict
        All that was fitted on the training part (means, levels, vocabulary) as plain values, which
        JSON can hold: with it, `preparing` gives new raw examples the same treatment.
    findings : tuple of Finding
    fingerprint : str
        SHA-256 of what was read, and of how it was split.
    slices : dict of str to dict of part to sequence of str
        Named groups of the examples (a column's values, sources) by which a report breaks results
        down, each as long as its part.
    groups : dict of part to list of str
        The group of each example, where data.split.group names groups: examples of one depend on
        each other, so intervals draw whole groups. Empty elsewhere.
    """

    train: Examples
    validation: Examples
    test: Examples
    facts: Facts
    preparation: dict[str, Any]
    findings: tuple[Finding, ...] = ()
    fingerprint: str = ""
    slices: dict[str, dict[Part, list[str]]] = field(default_factory=dict)
    groups: dict[Part, list[str]] = field(default_factory=dict)

    def part(self, name: Part) -> Examples:
        """Return the part of that name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[name]
