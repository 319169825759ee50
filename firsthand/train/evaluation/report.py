"""The report of a run: every section that its problem has, as a page, as JSON, and as predictions.

No section stops another: what cannot be computed says why in its place.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firsthand.train.errors import TrainError
from firsthand.train.evaluation.opening import open_run
from firsthand.train.evaluation.page import render
from firsthand.train.evaluation.parts import Section
from firsthand.train.evaluation.predictions import write_predictions
from firsthand.train.evaluation.saying import count
from firsthand.train.evaluation.sections import (
    beside,
    card,
    classes,
    confusions,
    errors,
    generalisation,
    numbers,
    overview,
    ranking,
    robustness,
    slices,
    trust,
)
from firsthand.train.evaluation.view import View

if TYPE_CHECKING:
    from firsthand.train.data import Data
    from firsthand.train.run import Run

SECTIONS: dict[str, tuple[str, Callable[[View], Section | None]]] = {
    "figures": ("Figures", overview.section),
    "baselines": ("Beside classical models", beside.section),
    "classes": ("Each class", classes.section),
    "confusions": ("Confusions", confusions.section),
    "ranking": ("Ranking", ranking.section),
    "numbers": ("Prediction and truth", numbers.section),
    "calibration": ("Calibration", trust.section),
    "errors": ("The worst examples", errors.section),
    "slices": ("Groups", slices.section),
    "generalisation": ("Training against test", generalisation.section),
    "robustness": ("Noise", robustness.section),
}


@dataclass(frozen=True)
class Report:
    """What was found out about a run.

    Attributes
    ----------
    run : Run
    sections : tuple of Section
    remarks : tuple of str
        What was odd about the run itself.
    html, json : path
        Where it is written.
    predictions : path or None
    """

    run: Run
    sections: tuple[Section, ...]
    remarks: tuple[str, ...]
    html: Path
    json: Path
    predictions: Path | None

    @property
    def figures(self) -> dict[str, Any]:
        """The figures of the test part: {name: {value, low, high, how}}."""
        return self.section("figures").figures.get("test", {})

    def section(self, key: str) -> Section:
        """Return the section of that name."""
        return next(s for s in self.sections if s.key == key)

    def plain(self) -> dict[str, Any]:
        """Return everything as values that JSON can hold."""
        return plain_report(self.run, self.sections, self.remarks)


def evaluate(
    run: Run,
    *,
    data: Data | None = None,
    path: Path | None = None,
    baselines: bool = True,
    told: Callable[[str], None] = lambda _: None,
) -> Report:
    """Judge a run on its test part, and write report.html, report.json and the predictions.

    Parameters
    ----------
    run : Run
    data : Data, optional
        If it is already read.
    path : path, optional
        Other data to test on; the report then goes to report-NAME.html and report-NAME.json.
    baselines : bool
        Fit classical models, too.
    told : function of the title of a section
        Called before it is computed.

    Raises
    ------
    TrainError
        If the run has no checkpoint or its data cannot be read, or nothing can be written.
    """
    opened = open_run(run, data=data, path=path)
    if opened.data.facts.problem == "verification":
        raise TrainError(
            f"{run.id} tells pairs apart, which the report does not judge. Its history has area "
            "and equal error rate of each epoch; benchmarks/train/faces.py judges test people."
        )
    if len(opened.data.test) == 0:
        raise TrainError(
            f"{run.id} has no test example; give data.split.test a larger share, or data.test_path."
        )
    view = View(opened, seed=run.config.seed, baselines=baselines)
    found = [_made(key, title, make, view, told) for key, (title, make) in SECTIONS.items()]
    sections = [section for section in found if section is not None]
    limits = [s.limit for s in sections if s.limit]
    last = _made("card", "Model card", lambda view: card.section(view, limits), view, told)
    sections += [last] if last is not None else []
    remarks = list(opened.remarks)
    if view.test.broken:
        remarks.append(
            f"For {count(view.test.broken, 'test example')} the network gives what is no finite "
            "number. Classes count as wrong there; of numbers the training mean is taken. Train "
            "with a lower train.lr."
        )
    suffix = f"-{path.stem}" if path is not None else ""
    written = write_predictions(view, suffix)
    plain = plain_report(run, sections, remarks)
    json_path = run.write(f"report{suffix}.json", json.dumps(plain, indent=1) + "\n")
    html = run.write(f"report{suffix}.html", render(view, sections, remarks))
    return Report(run, tuple(sections), tuple(remarks), html, json_path, written)


def plain_report(
    run: Run, sections: list[Section] | tuple[Section, ...], remarks: Any
) -> dict[str, Any]:
    """Return a report as values that JSON can hold; what is no number is null."""
    return _jsonable(
        {
            "run": run.id,
            "task": run.config.task,
            "remarks": list(remarks),
            "sections": {
                s.key: {"says": s.sentence, **({"missing": s.missing} if s.missing else s.figures)}
                for s in sections
            },
        }
    )


def _made(
    key: str,
    title: str,
    make: Callable[[View], Section | None],
    view: View,
    told: Callable[[str], None],
) -> Section | None:
    """Return a section, or one that says why it could not be made: a report stops no training."""
    told(title)
    try:
        return make(view)
    except Exception as error:  # of any kind, on data of any kind
        reason = str(error) or "no reason given"
        return Section(key, title, "", missing=f"{type(error).__name__}: {reason[:300]}")


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(v) for v in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
