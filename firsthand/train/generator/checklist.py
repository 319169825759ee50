"""The questions to ask before a model is coded, answered from the data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.generator.advice import IMBALANCED, imbalance

if TYPE_CHECKING:
    from firsthand.train.config import Config
    from firsthand.train.data import Data, Facts

LOOKED_AT = 2_000  # examples of the validation part, for the baseline


@dataclass(frozen=True)
class Answer:
    """A question of the checklist, and what the data say."""

    question: str
    text: str


def answers(data: Data, config: Config) -> list[Answer]:
    """Return the eight answers of the quick-start checklist."""
    facts = data.facts
    return [
        Answer("What is the problem?", _problem(facts)),
        Answer("What goes in?", _input(facts)),
        Answer("What comes out?", _output(facts)),
        Answer("How much data is there?", _amount(data)),
        Answer("What is the baseline?", baseline(data)),
        Answer("Which figures matter?", _figures(data, config)),
        Answer("Is it normalised?", _NORMALISED[facts.task]),
        Answer("What prevents overfitting?", _overfitting(config)),
    ]


def baseline(data: Data) -> str:
    """Return what saying always the same reaches on the validation part, computed."""
    facts = data.facts
    n = min(len(data.validation), LOOKED_AT)
    index = np.linspace(0, len(data.validation) - 1, n).astype(np.int64)
    targets = data.validation.batch(index)[1].numpy()
    if facts.problem == "classification":
        most = int(np.argmax(facts.class_counts))
        share = float(np.mean(targets == most))
        return (
            f"Always saying {facts.classes[most]!r} is right for {share:.1%} of the validation "
            "part. The report adds a linear model, a random forest and LightGBM."
        )
    if facts.problem == "segmentation":
        counted = targets[targets != facts.ignore_index]
        most = int(np.argmax(facts.class_counts))
        share = float(np.mean(counted == most))
        met = len(np.unique(counted))
        return (
            f"Calling every pixel {facts.classes[most]!r} is right for {share:.1%} of the pixels, "
            f"with a mean IoU of {share / max(met, 1):.3f}."
        )
    if facts.problem == "verification":
        return "Guessing whether two pictures show the same is right for half of the pairs."
    unit = f" {facts.unit}" if facts.unit else ""
    if facts.problem == "forecasting":
        series: Any = data.validation
        truth, last = series.truth(index), series.past(index, 1)
        error = truth.reshape(len(index), -1, last.shape[2]) - last
        return (
            f"Repeating the last value is off by {math.sqrt(float(np.mean(error**2))):.4g}{unit} "
            "(RMSE on the validation part). The report adds the last season, a linear "
            "autoregression and more."
        )
    rmse = math.sqrt(float(np.mean((targets * np.array(facts.target_std)) ** 2)))
    return (
        f"Always predicting the mean of the training part is off by {rmse:.4g}{unit} (RMSE on the "
        "validation part). The report adds a linear model, a random forest and LightGBM."
    )


def _problem(facts: Facts) -> str:
    names = ", ".join(facts.target_names) or "the target"
    match facts.problem:
        case "classification":
            return f"Classification: {names} is one of {len(facts.classes)} classes."
        case "regression":
            return f"Regression: {names} is a number."
        case "forecasting":
            return f"Forecasting: the next values of {names}, from those before."
        case "segmentation":
            return f"Segmentation: each pixel is one of {len(facts.classes)} classes."
        case _:
            return "Verification: whether two pictures show the same."


def _input(facts: Facts) -> str:
    shape = " x ".join(map(str, facts.input_shape))
    kinds = {
        "tabular": f"{facts.input_shape[0]} numbers a row, once words are coded",
        "image": f"{shape} (channels x height x width)",
        "text": f"up to {facts.input_shape[0]} tokens, of a vocabulary of {facts.vocabulary:,}",
        "timeseries": f"{shape} (steps x variables)",
        "segmentation": f"{shape} (channels x height x width)",
    }
    return kinds[facts.task] + "."


def _output(facts: Facts) -> str:
    if facts.problem == "classification":
        return f"{facts.output_size} scores, one a class: {_listed(facts.classes)}."
    if facts.problem == "segmentation":
        return f"{facts.output_size} scores for every pixel: {_listed(facts.classes)}."
    if facts.problem == "forecasting":
        return f"{_count(facts.output_size, 'number')}: the steps of the forecast."
    return f"{_count(facts.output_size, 'number')}."


def _amount(data: Data) -> str:
    parts = f"{len(data.train):,} examples to learn from, {len(data.validation):,} to choose by, "
    return f"{parts}{len(data.test):,} to report on.{_enough(data)}"


def _enough(data: Data) -> str:
    smallest = min((count for count in data.facts.class_counts), default=0)
    if data.facts.problem == "classification" and smallest < 20:
        return f" The rarest class has {smallest}: too few to be sure of anything about it."
    if len(data.test) < 200:
        return " With a test part this small, figures are uncertain by several per cent."
    return ""


def _figures(data: Data, config: Config) -> str:
    chosen = f" The best epoch is chosen by validation {config.train.monitor}."
    match data.facts.problem:
        case "classification" if imbalance(data) >= IMBALANCED:
            counts = data.facts.class_counts
            most, least = int(np.argmax(counts)), int(np.argmin(counts))
            names = data.facts.classes
            return (
                f"F1, balanced accuracy and AUC: {names[most]!r} is {imbalance(data):.1f} times as "
                f"frequent as {names[least]!r}, so plain accuracy flatters." + chosen
            )
        case "classification":
            share = max(data.facts.class_counts) / max(sum(data.facts.class_counts), 1)
            return f"Accuracy, for no class has more than {share:.0%}; F1 beside it." + chosen
        case "segmentation":
            return "Mean IoU: pixel accuracy is ruled by the largest class." + chosen
        case "verification":
            return "The area under the ROC curve over pairs." + chosen
        case _:
            return "RMSE and MAE in the target's unit, and R2." + chosen


_NORMALISED = {
    "tabular": "Yes: numbers to mean 0 and deviation 1, by the training part alone; words become "
    "indicators, missing values are filled and marked.",
    "image": "Yes: each channel to mean 0 and deviation 1 over the training part.",
    "text": "Tokens are numbers of a vocabulary taken from the training part; embeddings are "
    "learnt.",
    "timeseries": "Yes: each variable to mean 0 and deviation 1 over the training part.",
    "segmentation": "Yes: each channel to mean 0 and deviation 1 over the training part.",
}


def _overfitting(config: Config) -> str:
    train = config.train
    dropout: Any = getattr(config.model, "dropout", 0)
    means = [
        f"dropout {dropout:g}" if dropout else "",
        f"weight decay {train.weight_decay:g}" if train.weight_decay else "",
        f"pictures shifted by up to {config.augment.crop} pixels" if config.augment.crop else "",
        f"stopping after {train.patience} epochs without improvement" if train.patience else "",
        "the best epoch is kept, not the last",
    ]
    return ", ".join(filter(None, means)).capitalize() + "; the test part is looked at last."


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _listed(names: tuple[str, ...], most: int = 8) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
