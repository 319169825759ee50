"""What a search came to: the settings to use, how sure that is, and the files that say so."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from firsthand.train.errors import RunError, StoppedError
from firsthand.train.tuning.finalists import Finalist, are_apart, interval, train_finalists
from firsthand.train.tuning.pictures import (
    draw_history,
    draw_importances,
    draw_slices,
    importances,
)
from firsthand.train.tuning.search import Job, search
from firsthand.train.tuning.space import at_edges, configured, told
from firsthand.train.tuning.study import figure_of, finished, folder_of, values_of

if TYPE_CHECKING:
    import optuna
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Result:
    """What a search came to.

    Attributes
    ----------
    values : dict
        The settings to use.
    verdict : str
        How sure it is that they are the best of the finalists.
    warnings : tuple of str
        Such as a best value at the end of its range.
    config : path
        The whole configuration with these settings, to train with.
    folder : path
        Where the study, pictures and the report are.
    finalists : tuple of Finalist
    importances : dict of str to float
    n_finished, n_trials : int
    """

    values: dict[str, Any]
    verdict: str
    warnings: tuple[str, ...]
    config: Path
    folder: Path
    finalists: tuple[Finalist, ...]
    importances: dict[str, float]
    n_finished: int
    n_trials: int


def tune(job: Job, *, say: Callable[[str], None] = lambda _: None) -> Result:
    """Search, train the finalists with more seeds, and write down what came of it.

    Raises
    ------
    TrainError
        Whatever stands in the way; trials that ended before are kept.
    StoppedError
        If somebody stopped it, by Ctrl-C or SIGTERM.
    """
    try:
        study = search(job, say=say)
        finalists = train_finalists(job, study, say=say)
    except (StoppedError, KeyboardInterrupt) as error:
        raise StoppedError(
            f"Stopped the search {job.name!r}; what ended before is kept in "
            f"{folder_of(job.config, job.project, job.name)}. Go on with the same command: "
            "firsthand tune"
        ) from error
    trials = finished(study)
    values = finalists[0].values if finalists else values_of(trials[0])
    folder = folder_of(job.config, job.project, job.name)
    result = Result(
        values,
        _verdict(finalists, job),
        tuple(at_edges(values, job.config.tune.space)),
        _write_config(job, values),
        folder,
        tuple(finalists),
        importances(study),
        len(trials),
        len(study.trials),
    )
    _write_report(job, study, result)
    return result


def _verdict(finalists: list[Finalist], job: Job) -> str:
    """Say whether the best of the finalists is better than the others, or only luckier."""
    if not finalists:
        return "The best trial was chosen by one seed; its figure is better than it will be again."
    best, *others = finalists
    train, n = job.config.train, len(best.figures)
    mean = figure_of(train, best.mean)
    said = f"{train.monitor} {mean:.4g} ± {interval(best.figures):.2g} over {n} seeds"
    close = [finalist.number for finalist in others if not are_apart(best, finalist)]
    if close:
        names = ", ".join(f"trial {number}" for number in close)
        return f"{said}; not told apart from {names}: the intervals of their differences hold 0."
    return f"{said}; better than the other finalists." if others else f"{said}."


def _write_config(job: Job, values: dict[str, Any]) -> Path:
    """Write the whole configuration into configs/, beside whatever is there."""
    raw = configured(job.config, values).model_dump(mode="json", by_alias=True)
    text = yaml.safe_dump(raw, sort_keys=False)
    folder = job.project / "configs"
    number, path = 1, folder / f"{job.name}-tuned.yaml"
    try:
        folder.mkdir(exist_ok=True)
        while path.exists() and path.read_text("utf-8") != text:
            number += 1
            path = folder / f"{job.name}-tuned-{number}.yaml"
        path.write_text(text, "utf-8")
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def _write_report(job: Job, study: optuna.Study, result: Result) -> None:
    """Write pictures, result.json and report.html into the study's folder."""
    train = job.config.train
    drawn = {
        "history": draw_history(study, train),
        "slices": draw_slices(study, job.config.tune.space, train),
    }
    if result.importances:
        drawn["importances"] = draw_importances(result.importances)
    plain = {
        "values": result.values,
        "verdict": result.verdict,
        "warnings": result.warnings,
        "importances": result.importances,
        "monitor": train.monitor,
        "trials": [
            {"number": t.number, "state": t.state.name.lower(), "values": values_of(t),
             "figure": None if t.value is None else figure_of(train, t.value)}
            for t in study.trials
        ],
        "finalists": [
            {"number": f.number, "values": f.values,
             "figures": [figure_of(train, x) for x in f.figures]}
            for f in result.finalists
        ],
    }  # fmt: skip
    try:
        for name, figure in drawn.items():
            figure.savefig(result.folder / f"{name}.png", dpi=110)
        (result.folder / "result.json").write_text(json.dumps(plain, indent=2) + "\n", "utf-8")
        (result.folder / "report.html").write_text(_page(job, result, drawn), "utf-8")
    except OSError as error:
        raise RunError(f"{result.folder} cannot be written: {error.strerror}.") from error


def _page(job: Job, result: Result, drawn: dict[str, Figure]) -> str:
    """Return the report as one file that needs no other."""
    train = job.config.train
    rows = "".join(
        f"<tr><td>{f.number}<td>{html.escape(told(f.values))}<td>{figure_of(train, f.mean):.4g} ± "
        f"{interval(f.figures):.2g}"
        for f in result.finalists
    )
    warnings = "".join(f"<p class=warning>{html.escape(line)}" for line in result.warnings)
    pictures = "".join(f"<h2>{name.capitalize()}</h2>{_svg(f)}" for name, f in drawn.items())
    return _PAGE.format(
        name=html.escape(job.name),
        settings=html.escape(told(result.values)),
        verdict=html.escape(result.verdict),
        counts=f"{result.n_finished} of {result.n_trials} trials came to their end; "
        "the others were stopped early because they lagged, or failed.",
        warnings=warnings,
        metric=html.escape(train.monitor),
        rows=rows,
        pictures=pictures,
    )


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=False)
    drawing = buffer.getvalue()
    return drawing[drawing.index("<svg") :]


_PAGE = """<!doctype html>
<html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">
<title>Search {name}</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ font: 17px/1.55 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }}
  code, table {{ font: 14px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }}
  table {{ border-collapse: collapse; width: 100%; }}
  td, th {{ text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #8884; }}
  svg {{ max-width: 100%; height: auto; background: #fff; }}
  .warning {{ border-left: 3px solid #c77d1e; padding-left: .8rem; }}
</style>
<h1>Search {name}</h1>
<p>Best settings: <code>{settings}</code>
<p>{verdict}
<p>{counts}
{warnings}
<h2>Finalists</h2>
<table><tr><th>trial<th>settings<th>{metric}, 95 % interval</tr>{rows}</table>
{pictures}
"""
