"""What a run says of new raw examples, prepared as was saved with it: one CSV file.

The examples have no targets: a table without its column to predict, a file of texts, a folder of
pictures. Neither the training data nor any fitting is needed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Facts
from firsthand.train.errors import DataError, RunError
from firsthand.train.evaluation.opening import best_state, network, record
from firsthand.train.files import write_whole

if TYPE_CHECKING:
    from firsthand.train.run import Run

    # where each example came from, and all as the network takes them
    Piece = tuple[list[str], torch.Tensor]
    Reader = Callable[[Path, Any, dict[str, Any]], Iterator[Piece]]

BATCH = 256
OF_PARTS = ("test", "predictions-")  # so are called those of a run's own data
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm")


def predict_new(run: Run, path: str | Path) -> Path:
    """Write what a run says of each example of a file or folder; return where it is written.

    Parameters
    ----------
    run : Run
    path : path
        A CSV or Parquet file with the columns learnt from; a file of lines of text, or with a
        column of texts, or a folder of .txt files; a picture, or a folder of them.

    Returns
    -------
    path
        outputs/predictions/ID/NAME.csv, NAME being that of ``path``; new-NAME.csv where a part's
        predictions could be called so.

    Raises
    ------
    DataError
        If an example cannot be used; names it. Nothing is written then.
    CheckpointError, ModelError, RunError
        If the network cannot be had, or the file not written.
    """
    path = Path(path).resolve()
    config = run.config
    if config.task not in READERS:
        raise DataError(
            f"New examples of task {config.task} cannot be read from a file yet; there are "
            f"{', '.join(READERS)}. For a series, see firsthand.train.data.series.preparing."
        )
    if not path.exists():
        raise DataError(f"There is no {path}; name a file or folder of new examples.")
    preparation = record(run, "preparation.json")
    if not preparation:
        raise DataError(
            f"{run.folder / 'preparation.json'} is missing or no JSON, and without it {path} "
            "cannot be prepared as in training. Bring it back from a copy, or train again."
        )
    facts = facts_of(run)
    state, file, _ = best_state(run)
    model = network(run, facts, state, file)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["source", *_heads(facts)])
    n = 0
    for sources, inputs in READERS[config.task](path, config.data, preparation):
        with torch.inference_mode():
            outputs = torch.cat([model(batch).float() for batch in inputs.split(BATCH)])
        n += len(sources)
        for source, row in zip(sources, _rows(facts, outputs), strict=True):
            writer.writerow([source, *row])
    if not n:
        raise DataError(f"{path} holds no example.")
    name = f"new-{path.stem}" if path.stem.startswith(OF_PARTS) else path.stem
    try:
        run.predictions.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"{run.predictions} cannot be made: {error.strerror}.") from error
    return write_whole(run.predictions / f"{name}.csv", text.getvalue())


def facts_of(run: Run) -> Facts:
    """Return what was known of a run's data; those of a run without a record are read again."""
    from firsthand.train.project import open_data

    known = record(run, "facts.json")
    if not known:
        return open_data(run.config, run.project).facts
    plain: dict[str, Any] = {}
    for name, value in known.items():
        listed: Any = tuple(value) if isinstance(value, list) else value
        plain[name] = listed
    return Facts(**plain)


def _heads(facts: Facts) -> list[str]:
    if facts.problem == "classification":
        return ["prediction", *(f"probability {name}" for name in facts.classes)]
    if facts.problem == "regression":
        return ["prediction"] if facts.output_size == 1 else list(facts.target_names)
    return [f"output {k}" for k in range(facts.output_size)]


def _rows(facts: Facts, outputs: torch.Tensor) -> Iterator[list[str]]:
    if facts.problem == "classification":
        for P in torch.softmax(outputs, 1).tolist():
            yield [facts.classes[int(np.argmax(P))], *(f"{p:.6g}" for p in P)]
        return
    if facts.problem == "regression":
        outputs = outputs.double() * torch.tensor(facts.target_std, dtype=torch.float64)
        outputs += torch.tensor(facts.target_mean, dtype=torch.float64)
    for row in outputs.tolist():
        yield [f"{value:.9g}" for value in row]


def _tables(path: Path, settings: Any, preparation: dict[str, Any]) -> Iterator[Piece]:
    from firsthand.train.data.tables.sources import open_table
    from firsthand.train.data.tables.testing import encoded

    try:
        table = open_table(path, settings)
    except DataError:
        names = tuple(name for name in settings.names if name != settings.target)
        if not names:
            raise
        table = open_table(path, settings.model_copy(update={"names": names}))
    for part in encoded(table, preparation, Bad("refuse", 0.0)):
        lines: list[int] = part.piece.lines.tolist()
        sources = [f"{path.name}, {table.unit} {line}" for line in lines]
        yield sources, torch.from_numpy(part.inputs)


def _texts(path: Path, settings: Any, preparation: dict[str, Any]) -> Iterator[Piece]:
    from firsthand.train.data.texts.encoding import prepare
    from firsthand.train.data.texts.raw import raw_texts

    sources: list[str] = []
    texts: list[str] = []
    for source, text in raw_texts(path, settings):
        sources.append(source)
        texts.append(text)
        if len(texts) == BATCH:
            yield sources, prepare(texts, preparation)
            sources, texts = [], []
    if texts:
        yield sources, prepare(texts, preparation)


def _pictures(path: Path, settings: Any, preparation: dict[str, Any]) -> Iterator[Piece]:
    from firsthand.train.data.pictures.images import prepare

    del settings
    files = [path]
    if path.is_dir():
        below = sorted(path.rglob("*"))
        files = [p for p in below if p.suffix.lower() in PICTURES and p.is_file()]
    for start in range(0, len(files), BATCH):
        some = files[start : start + BATCH]
        inputs: list[torch.Tensor] = []
        for file in some:
            try:
                inputs.append(prepare(file, preparation))
            except DataError as error:
                told = str(error)
                raise DataError(told if str(file) in told else f"{file}: {told}") from error
        place = path if path.is_dir() else path.parent
        yield [str(file.relative_to(place)) for file in some], torch.cat(inputs)


READERS: dict[str, Reader] = {"tabular": _tables, "text": _texts, "image": _pictures}
