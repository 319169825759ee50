"""Keys that fit by themselves and not together.

Each check yields the keys concerned, the one to change first, with spaces between, and why.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from firsthand.train.config.models import NETWORKS

if TYPE_CHECKING:
    from firsthand.train.config.schema import Config

Problem = tuple[tuple[tuple[str, ...], ...], str]
_Found = Iterator[tuple[str, str]]

_FOR_NUMBERS = {"mse", "mae", "huber", "quantile"}
_FOR_AREAS = {"dice", "cross_entropy_dice"}
_FOR_CLASSES = {"cross_entropy", "binary_cross_entropy", "hinge", "focal", *_FOR_AREAS}
_OF_PICTURES = (
    "flip", "vertical_flip", "crop", "rotate", "scale", "brightness", "contrast", "cutout",
    "cutmix",
)  # fmt: skip
_WHAT = "task data.problem"  # the keys that say what is predicted


def disagreements(config: Config) -> list[Problem]:
    """Return every (keys concerned, what is wrong) of a configuration."""
    return [
        (tuple(tuple(key.split(".")) for key in keys.split()), text)
        for keys, text in (*_parts(config), *_table(config), *_training(config), *_changes(config))
    ]


def _parts(config: Config) -> _Found:
    split, task = config.data.split, config.task
    held_out = split.validation + (split.test if config.data.test_path is None else 0)
    if held_out >= 1:
        yield (
            "data.split.validation data.split.test",
            f"validation and test take {held_out:g} of the examples; none are left to learn from.",
        )
    for kind, key, column in (("grouped", "group", split.group), ("time", "time", split.time)):
        keys = f"data.split.{key} data.split.kind task"
        if split.kind == kind and column is None and task == "tabular":
            yield keys, f"is needed for kind: {kind}; name a column."
        if column is not None and split.kind not in (kind, "auto"):
            yield keys, f"is for kind: {kind}, and kind is {split.kind}."
    if split.kind == "auto" and split.group is not None and split.time is not None:
        keys = "data.split.group data.split.time data.split.kind"
        yield keys, "both are given; set kind to grouped or time, and remove the other."
    if split.group is not None and task in ("text", "timeseries"):
        yield "data.split.group task", "is for tables and pictures."
    if split.time is not None and split.kind == "auto" and task != "tabular":
        yield "data.split.time task", "is for tables."
    if task == "timeseries" and split.kind not in ("auto", "time"):
        yield (
            "data.split.kind task",
            f"came {split.kind!r}; a series is tested on its latest part, so auto or time.",
        )


def _table(config: Config) -> _Found:
    data = config.data
    if data.task != "tabular":
        return
    if data.split.kind == "stratified" and data.problem == "regression":
        yield "data.split.kind data.problem", "stratified needs classes; problem is regression."
    if data.target in data.leave_out:
        yield "data.leave_out data.target", f"holds the target, {data.target!r}."
    if data.names and data.target not in data.names:
        yield "data.target data.names", f"{data.target!r} is none of the names in data.names."


def _training(config: Config) -> _Found:
    train, classes = config.train, _predicts_classes(config)
    if classes is False and train.loss in _FOR_CLASSES:
        yield f"train.loss {_WHAT}", f"{train.loss} is for classes; numbers are predicted here."
    if classes and train.loss in _FOR_NUMBERS:
        yield f"train.loss {_WHAT}", f"{train.loss} is for numbers; classes are predicted here."
    if train.loss in _FOR_AREAS and config.task != "segmentation":
        yield "train.loss task", f"{train.loss} compares areas: for task segmentation only."
    if classes is False or train.loss in _FOR_NUMBERS:
        keys = f"train.loss {_WHAT}"
        if train.label_smoothing:
            yield f"train.label_smoothing {keys}", "is for classes; numbers are predicted here."
        if train.class_weights != "none":
            yield f"train.class_weights {keys}", "is for classes; numbers are predicted here."
    if train.accumulate > train.batch_size:
        told = f"cannot part a batch of {train.batch_size} into {train.accumulate}."
        yield "train.accumulate train.batch_size", told
    if train.channels_last and config.task not in ("image", "segmentation"):
        yield "train.channels_last task", "is for pictures."
    if train.precision == "fp16" and config.device == "cpu":
        yield "train.precision device", "fp16 needs a GPU; on a CPU use bf16 or float32."
    yield from _monitor(config, classes)
    model = config.model
    if config.task not in model.tasks:
        fitting = [n.model_fields["name"].default for n in NETWORKS if config.task in n.tasks]
        told = f"{model.name} is not for task {config.task}; one of {', '.join(fitting)}."
        yield "model.name task", told
    if model.thaw_epoch is not None and not model.freeze:
        yield "model.thaw_epoch model.freeze", "nothing is frozen; name parts in model.freeze."
    if model.thaw_epoch is not None and model.thaw_epoch > train.epochs:
        told = f"is {model.thaw_epoch}, after the last of {train.epochs} epochs."
        yield "model.thaw_epoch train.epochs", told


def _monitor(config: Config, classes: bool | None) -> _Found:
    """Yield a figure that the problem is not judged by."""
    from firsthand.train.config.spelling import did_you_mean
    from firsthand.train.figures import FIGURES

    name = config.train.monitor
    problems = ["segmentation"] if config.task == "segmentation" else ["classification"]
    if classes is None:
        problems = ["classification", "regression"]
    elif not classes:
        problems = ["regression"]
    if getattr(config.data, "problem", "auto") == "verification":
        problems = ["verification"]
    known = list(dict.fromkeys(figure for p in problems for figure in FIGURES[p]))
    if name not in known:
        told = f"came {name!r}; one of {', '.join(known)}.{did_you_mean(name, known)}"
        yield f"train.monitor {_WHAT}", told


def _changes(config: Config) -> _Found:
    augment, task = config.augment, config.task
    if task not in ("image", "segmentation"):
        for name in _OF_PICTURES:
            if getattr(augment, name):
                yield f"augment.{name} task", "changes pictures."
    if augment.mixup:
        if task == "text":
            yield "augment.mixup task", "mixes numbers; tokens cannot be mixed."
        elif task == "segmentation" or _predicts_classes(config) is False:
            yield f"augment.mixup {_WHAT}", "mixes two classes; one class an example is needed."
    for name in ("mixup", "cutmix"):
        if getattr(augment, name) and config.train.loss in ("hinge", "focal"):
            told = f"gives shares of classes, which {config.train.loss} cannot learn from."
            yield f"augment.{name} train.loss", told
        if getattr(augment, name) and getattr(config.data, "problem", "") == "verification":
            yield f"augment.{name} data.problem", "makes faces of two people; no pair is the same."
    if augment.noise and task == "text":
        yield "augment.noise task", "is added to numbers, not to tokens."
    if augment.drop_tokens and task != "text":
        yield "augment.drop_tokens task", "leaves out words of texts."


def _predicts_classes(config: Config) -> bool | None:
    """Whether classes are predicted; None where only the data can say."""
    if config.data.task == "tabular":
        return {"auto": None, "classification": True}.get(config.data.problem, False)
    return config.task != "timeseries"
