"""Every prediction of the test part: test.csv, and test.npz by which runs are compared."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.errors import RunError
from firsthand.train.evaluation.of_classes import Classes
from firsthand.train.evaluation.of_numbers import Numbers
from firsthand.train.evaluation.sections.trust import output_name

if TYPE_CHECKING:
    from pathlib import Path

    from firsthand.train.evaluation.of_pixels import Pixels
    from firsthand.train.evaluation.view import View
    from firsthand.train.run import Run

NAME = "test"
MOST_MASKS = 500


def write_predictions(view: View, suffix: str = "") -> Path:
    """Write test.csv (source, truth, prediction, ...) and test.npz; return the path of the first.

    Of a segmentation, the predicted masks are pictures in the folder ``test`` beside them.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    folder = view.opened.run.predictions
    path = folder / f"{NAME}{suffix}.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = io.StringIO()
        csv.writer(text).writerows([spoken(cell) for cell in row] for row in _rows(view))
        path.write_text(text.getvalue(), "utf-8")
        np.savez_compressed(path.with_suffix(".npz"), **_arrays(view))
        if view.test.masks is not None:
            _write_masks(view, folder / f"{NAME}{suffix}")
    except OSError as error:
        raise RunError(
            f"{path} cannot be written: {error.strerror}. Free space or change the folder's "
            "rights, then: firsthand evaluate"
        ) from error
    return path


def read_predictions(run: Run) -> tuple[Classes | Numbers | Pixels, list[str]]:
    """Return (the figures of a run's test part, the sources of its examples).

    Raises
    ------
    RunError
        If there are none, or they cannot be read.
    """
    from firsthand.train.evaluation.of_pixels import Pixels

    path = run.predictions / f"{NAME}.npz"
    if not path.is_file():
        raise RunError(
            f"{run.id} has no predictions in {run.predictions}. Make them: "
            f"firsthand evaluate {run.id}"
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            stored = {name: file[name] for name in file.files}
        sources = stored["sources"].tolist()
        if "counts" in stored:
            return Pixels(stored["counts"]), sources
        if "probabilities" in stored:
            return Classes(stored["y"], stored["probabilities"]), sources
        return Numbers(stored["y"], stored["predicted"], stored.get("naive_error")), sources
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise RunError(
            f"{path} cannot be read: {error}. Make it again: firsthand evaluate {run.id}"
        ) from error


def read_groups(run: Run) -> list[str] | None:
    """Return the group of each test example, as written by `write_predictions`; None without."""
    with np.load(run.predictions / f"{NAME}.npz", allow_pickle=False) as file:
        return file["groups"].tolist() if "groups" in file.files else None


def spoken(cell: Any) -> Any:
    """Return a cell of a CSV file such that a spreadsheet shows it and computes nothing.

    Classes and names of files come from data of others, and a spreadsheet runs a cell such as
    ``=HYPERLINK(...)`` as a formula, in quotes or not. An apostrophe before it, which spreadsheets
    take for "this is text", is the one mark that all of them know; so such a cell, which is rare,
    is not what was written. Numbers, negative ones too, stay as they are.
    """
    if not isinstance(cell, str) or not cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def _rows(view: View) -> Iterator[list[Any]]:
    figures, examples = view.test.figures, view.data.test
    if isinstance(figures, Classes):
        names = [view.class_name(c) for c in range(figures.probabilities.shape[1])]
        yield ["source", "truth", "prediction", *(f"probability {name}" for name in names)]
        for i, (y, z, P) in enumerate(
            zip(figures.y, figures.predicted, figures.probabilities, strict=True)
        ):
            yield [examples.source(i), names[y], names[z], *(f"{p:.6g}" for p in P)]
    elif isinstance(figures, Numbers):
        outputs = [output_name(view, k) for k in range(figures.y.shape[1])]
        alone = len(outputs) == 1
        of = [""] if alone else [f" {name}" for name in outputs]
        yield ["source", *(f"truth{o}" for o in of), *(f"prediction{o}" for o in of)]
        for i, (y, p) in enumerate(zip(figures.y, figures.predicted, strict=True)):
            yield [examples.source(i), *(f"{v:.9g}" for v in y), *(f"{v:.9g}" for v in p)]
    else:
        yield ["source", "pixels", "right"]
        for i, counts in enumerate(figures.counts):
            yield [examples.source(i), int(counts.sum()), int(np.trace(counts))]


def _arrays(view: View) -> dict[str, Any]:
    figures = view.test.figures
    sources = np.array([view.data.test.source(i) for i in range(len(view.test))], dtype=str)
    found: dict[str, Any] = {"sources": sources}
    if view.resampling.groups is not None:
        found["groups"] = np.array(view.data.groups["test"], dtype=str)
    if isinstance(figures, Classes):
        return found | {"y": figures.y, "probabilities": figures.probabilities.astype(np.float32)}
    if isinstance(figures, Numbers):
        found |= {"y": figures.y, "predicted": figures.predicted}
        return (
            found if figures.naive_error is None else found | {"naive_error": figures.naive_error}
        )
    return found | {"counts": figures.counts}


def _write_masks(view: View, folder: Path) -> None:
    from firsthand.library.support import require

    image = require("PIL.Image")
    folder.mkdir(exist_ok=True)
    assert view.test.masks is not None
    for i, mask in enumerate(view.test.masks[:MOST_MASKS]):
        image.fromarray(mask.astype(np.uint8)).save(folder / f"{i:05}.png")
