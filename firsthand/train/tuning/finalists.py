r"""Finalists: the best settings of a search, trained again with other seeds.

The best of many trials looks better than it is, since luck was chosen along with settings. Each
finalist is therefore trained with seeds that the search has not seen, the same for all, and two of
them are told apart only where the interval of their paired differences leaves out 0:

    d_s = figure of one - figure of the other, both with seed s
    mean(d) +- t_{0.975, S-1} std(d) / sqrt(S)
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from firsthand.train.tuning.search import PLAIN
from firsthand.train.tuning.space import configured, told
from firsthand.train.tuning.study import figure_of, finished, folder_of, values_of

if TYPE_CHECKING:
    import optuna

    from firsthand.train.tuning.search import Job


@dataclass(frozen=True)
class Finalist:
    """Settings, and what trainings with several seeds gave.

    Attributes
    ----------
    number : int
        Of its trial.
    values : dict
        Keys and their values.
    figures : tuple of float
        The monitored figure of each seed, as one that is to fall.
    """

    number: int
    values: dict[str, Any]
    figures: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean over seeds."""
        return statistics.fmean(self.figures)


def interval(figures: Sequence[float]) -> float:
    """Return half the width of the 95 % interval of a mean, by Student's t.

    Examples
    --------
    >>> round(interval([1.0, 2.0, 3.0]), 3)
    2.484
    """
    from scipy.stats import t

    n = len(figures)
    return float(t.ppf(0.975, n - 1)) * statistics.stdev(figures) / math.sqrt(n)


def are_apart(one: Finalist, other: Finalist) -> bool:
    """Whether the interval of the paired differences over seeds leaves out 0."""
    differences = [a - b for a, b in zip(one.figures, other.figures, strict=True)]
    return abs(statistics.fmean(differences)) > interval(differences)


def train_finalists(
    job: Job, study: optuna.Study, *, say: Callable[[str], None] = lambda _: None
) -> list[Finalist]:
    """Return the best trials of a study, each trained with all seeds, the best mean first.

    What was trained before is read back from the study, so that it can be interrupted.
    """
    from firsthand.train.project import open_data, train

    settings = job.config.tune
    data = open_data(job.config, job.project) if settings.finalists else None
    seeds = [job.config.seed + 1 + i for i in range(settings.seeds)]
    home = folder_of(job.config, job.project, job.name) / "finalists"
    found: list[Finalist] = []
    for trial in finished(study)[: settings.finalists]:
        values, figures = values_of(trial), list[float]()
        for seed in seeds:
            known = study.user_attrs.get(_name(trial.number, seed))
            if known is None:
                plain = {**PLAIN, "folders.outputs": str(home), "folders.logs": str(home)}
                config = configured(job.config, {**values, **plain, "seed": seed})
                known = train(config, job.project, data=data)[1].best
                study.set_user_attr(_name(trial.number, seed), known)
            figures.append(known)
            figure = figure_of(job.config.train, known)
            say(f"finalist {trial.number:3}  seed {seed}  {figure:.4g}  {told(values)}")
        found.append(Finalist(trial.number, values, tuple(figures)))
    return sorted(found, key=lambda finalist: finalist.mean)


def _name(number: int, seed: int) -> str:
    return f"trial {number} with seed {seed}"
