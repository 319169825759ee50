"""What all sections look at: predictions on every part, the figures of the test part, intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.evaluation import calibration, of_classes, of_numbers, of_pixels
from firsthand.train.evaluation.intervals import Interval, percentile, wilson
from firsthand.train.evaluation.of_classes import Classes, areas
from firsthand.train.evaluation.outcomes import Outcome, observe
from firsthand.train.evaluation.resampling import Resampling, bootstrap, measure, numbered
from firsthand.train.evaluation.saying import short
from firsthand.train.evaluation.subset import Subset, spread_out

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from numpy.typing import NDArray

    from firsthand.train.data import Data, Facts
    from firsthand.train.data.contract import Part
    from firsthand.train.evaluation.opening import Opened
    from firsthand.train.evaluation.resampling import Weights

MOST_TRAINING = {"segmentation": 64}  # examples of the training part that are predicted
NUMBERS_OF_AREAS = 20_000_000  # replicates x examples x classes


@dataclass
class View:
    """A run on its data; everything is computed when it is first asked for, and once.

    Attributes
    ----------
    opened : Opened
    device : torch.device or str
    seed : int
        Of the bootstrap and of noise.
    """

    opened: Opened
    device: torch.device | str = "cpu"
    seed: int = 0
    baselines: bool = True
    remarks: list[str] = field(default_factory=list)

    @property
    def data(self) -> Data:
        """The data."""
        return self.opened.data

    @property
    def facts(self) -> Facts:
        """What is known of them."""
        return self.opened.data.facts

    @cached_property
    def test(self) -> Outcome:
        """Predictions of the test part."""
        return observe(self.opened.model, self.data, self.data.test, device=self.device)

    @cached_property
    def validation(self) -> Outcome:
        """Predictions of the validation part."""
        return observe(
            self.opened.model, self.data, self.data.validation, device=self.device, keep=False
        )

    @cached_property
    def train(self) -> Outcome:
        """Predictions of the training part, or of some of it, evenly apart."""
        some = Subset(self.data.train, self._shown_of_training)
        return observe(self.opened.model, self.data, some, device=self.device, keep=False)

    @property
    def _shown_of_training(self) -> NDArray[np.int64]:
        most = MOST_TRAINING.get(self.facts.problem, 5000)
        return spread_out(len(self.data.train), most)

    @property
    def names(self) -> dict[str, tuple[str, bool, bool]]:
        """Of the problem's figures: name, whether higher is better, whether told in percent."""
        return {
            "classification": of_classes.NAMES,
            "segmentation": of_pixels.NAMES,
        }.get(self.facts.problem, of_numbers.NAMES)

    @cached_property
    def main(self) -> str:
        """The figure that models are compared by: the monitored one, if it is one of these."""
        monitored = self.opened.run.config.train.monitor
        if monitored in self.figures:
            return monitored
        return {"classification": "accuracy", "segmentation": "iou", "forecasting": "mae"}.get(
            self.facts.problem, "rmse"
        )

    @property
    def higher_is_better(self) -> bool:
        """Of the main figure."""
        return self.names[self.main][1]

    @cached_property
    def resampling(self) -> Resampling:
        """How replicates of the test part are drawn."""
        return self.resampled("test", self.seed)

    def resampled(self, part: Part, seed: int) -> Resampling:
        """Return how replicates of a part, as far as it is predicted, are drawn."""
        groups = self.data.groups.get(part, [])
        if groups and part == "train":
            groups = [groups[i] for i in self._shown_of_training.tolist()]
        config = self.opened.run.config
        outcome: Outcome = getattr(self, part)
        return resampling_of(self.data, config, outcome, groups, seed)

    @cached_property
    def figures(self) -> dict[str, Interval]:
        """Every figure of the test part with its interval."""
        figures, n = self.test.figures, len(self.test)
        values = measure(figures, n)
        plain: Callable[[Weights], Any] = figures
        if isinstance(figures, Classes):
            plain = Classes(figures.y, figures.probabilities, areas=False)
        replicates = bootstrap(plain, self.resampling)
        if isinstance(figures, Classes):
            replicates |= _replicates_of_areas(figures, self.resampling)
        how, units = self.resampling.how, self.resampling.units
        found = {
            name: percentile(value, replicates.get(name, np.zeros(0)), how, units=units)
            for name, value in values.items()
        }
        if isinstance(figures, Classes) and self.resampling.groups is None:
            found["accuracy"] = wilson(int((figures.predicted == figures.y).sum()), n)
        return {name: found[name] for name in self.names if name in found}

    @cached_property
    def temperature(self) -> float:
        """What scores are divided by to be calibrated, fitted on the validation part."""
        return calibration.fit_temperature(self.validation.scores, self.validation.labels)

    @cached_property
    def half_widths(self) -> NDArray[np.float64]:
        """Of intervals that hold 90 % of the truths, in the target's unit; from the validation."""
        figures = self.validation.figures
        assert isinstance(figures, of_numbers.Numbers)
        return calibration.conformal(figures.predicted - figures.y)

    @property
    def spoken(self) -> str:
        """The name of the main figure in the middle of a sentence."""
        name = self.names[self.main][0]
        first = name.split()[0]
        return name if first == first.upper() else name[0].lower() + name[1:]  # F1 and R² stay

    def is_percent(self, name: str) -> bool:
        """Whether a figure is told in percent."""
        return self.names[name][2]

    def unit_of(self, name: str) -> str:
        """Return the unit of a figure: that of the target for errors in it, else nothing."""
        return self.facts.unit if name in ("mae", "rmse") else ""

    def class_name(self, number: int) -> str:
        """Return the name of a class."""
        names = self.facts.classes
        return names[number] if number < len(names) else str(number)

    def quoted(self, number: int) -> str:
        """Return the name of a class in the middle of a sentence."""
        return f"“{short(self.class_name(number))}”"

    def slices(self) -> dict[str, list[str]]:
        """Return the named groups of the test part."""
        found = {name: parts.get("test", []) for name, parts in self.data.slices.items()}
        return {name: groups for name, groups in found.items() if len(groups) == len(self.test)}


def resampling_of(
    data: Data, config: Any, part: Outcome, groups: list[str], seed: int
) -> Resampling:
    """Return how replicates are drawn: blocks of a series, groups, within classes, or plainly."""
    n = len(part)
    if data.facts.problem == "forecasting":
        horizon = int(getattr(config.data, "horizon", 1))
        period = data.preparation.get("period") or 1
        block = max(horizon, math.ceil(n ** (1 / 3)), int(period) if period * 4 <= n else 1)
        return Resampling(n, block=block, seed=seed)
    if len(groups) == n and n:
        return Resampling(n, groups=numbered(groups), seed=seed)
    if isinstance(part.figures, Classes):
        return Resampling(n, strata=part.figures.y, seed=seed)
    return Resampling(n, seed=seed)


def _replicates_of_areas(
    classes: Classes, resampling: Resampling
) -> dict[str, NDArray[np.float64]]:
    """Return replicates of the areas; fewer where they take long, none where too long."""
    from dataclasses import replace

    size = classes.probabilities.size
    if size > of_classes.MOST_AREAS:
        return {}
    fewer = replace(
        resampling, replicates=int(np.clip(NUMBERS_OF_AREAS // max(size, 1), 100, 1000))
    )
    return bootstrap(lambda w: areas(classes.y, classes.probabilities, w), fewer)
