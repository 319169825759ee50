"""From the files of a table to data that are split and prepared, the steps in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Data, Facts, Finding
from firsthand.train.data.fingerprint import fingerprint
from firsthand.train.data.tables.encoding import encode, fit_column, inputs_of
from firsthand.train.data.tables.examples import Places
from firsthand.train.data.tables.kinds import Column, column_of
from firsthand.train.data.tables.leakage import duplicates, giveaways
from firsthand.train.data.tables.looking import Look, first_look
from firsthand.train.data.tables.outliers import outliers
from firsthand.train.data.tables.profile import Profile
from firsthand.train.data.tables.result import Prepared
from firsthand.train.data.tables.scaling import deviation_of
from firsthand.train.data.tables.slicing import slices_of
from firsthand.train.data.tables.source import Source
from firsthand.train.data.tables.storing import Store
from firsthand.train.data.tables.valuing import value_rows
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.config.data import TabularData

BLOCK = 50_000  # rows that are encoded at once
LOOKED_AT = 20_000  # training rows in which leakage is looked for
SMALLEST = 1e-100  # deviation of a target
FORMAT = 2  # of the preparation; a stored one of another format is made anew


def load_table(settings: TabularData, seed: int) -> Data:
    """Return a table, split and prepared.

    Parameters
    ----------
    settings : TabularData
    seed : int
        Of the split, which is ``settings.split.seed``.

    Raises
    ------
    DataError
        If a file, a row or the target cannot be used.
    """
    source = Source(settings)
    decisive = settings.model_dump(mode="json", exclude={"path", "test_path", "in_memory"})
    digest = fingerprint(source.paths, {"format": FORMAT, **decisive})
    if not source.streamed:
        return _prepared(source, settings, None).data(digest, in_memory=True)
    store = Store.beside(source.paths[0], digest)
    prepared = store.open()
    if prepared is None:
        try:
            store.write(_prepared(source, settings, store))
        finally:
            store.discard()
        prepared = store.open()
        if prepared is None:
            raise DataError(f"{store.folder} was written and cannot be read. Is the disk sound?")
    return prepared.data(digest, in_memory=False)


def _prepared(source: Source, settings: TabularData, store: Store | None) -> Prepared:
    """Read and prepare a table, in memory or in the files of a store."""
    bad = Bad(settings.bad, settings.max_bad)
    look = first_look(source, settings, bad)
    columns, told = _columns(source, settings, look)
    if not columns:
        raise DataError(
            f"{source.paths[0]} has no column to learn from besides the target: "
            f"{' '.join(finding.text for finding in told) or 'there is none.'}"
        )
    shape = (len(look.y), len(columns))
    values = store.allocate("values.f64", shape, np.float64) if store else np.empty(shape)
    hashes, wrong = value_rows(source, columns, look, settings, bad, values)
    source.forget()
    look.parts = {name: rows[~wrong[rows]] for name, rows in look.parts.items()}
    n_read = len(look.y) + len(bad.named) - int(wrong.sum()) - int(np.isnan(look.y).sum())
    found = [*_of_files(source), *bad.findings(n_read), *look.findings, *told]
    facts = _facts(look)
    train = look.parts["train"]
    fits: list[dict[str, Any]] = []
    unit = source.tables[0].unit
    for i, column in enumerate(columns):
        of_train = np.asarray(values[train, i])
        fits.append(fit_column(column, of_train, settings.scale, settings.clip_outliers))
        if column.kind == "number":
            found += outliers(column.name, of_train, look.line[train], unit)
    classes = facts.problem == "classification"
    names = [column.name for column in columns]
    some = train[:: -(-len(train) // LOOKED_AT)]
    found += giveaways(names, np.asarray(values[some]), look.y[some], classes=classes)
    found += duplicates(hashes, look.parts)
    inputs = _encoded(fits, values, store)
    preparation = {
        "task": "tabular",
        "columns": fits,
        "inputs": [name for fit in fits for name in inputs_of(fit)],
        "missing": list(settings.missing),
        "target": settings.target,
        "target_style": look.target.style,
        "classes": list(facts.classes),
    }
    slices = slices_of(fits, values)
    facts = _with_inputs(facts, fits)
    places = Places(
        [f"{table.path.name}, {table.unit} {{}}" for table in source.tables], look.file, look.line
    )
    return Prepared(
        inputs, look.y, look.parts, places, facts, preparation, found, slices, look.groups
    )


def _columns(
    source: Source, settings: TabularData, look: Look
) -> tuple[list[Column], list[Finding]]:
    """Decide what each column is, from the training rows alone."""
    split = settings.split
    passed_over = {settings.target, *settings.leave_out}
    if split.meant == "grouped" and split.group is not None:
        passed_over.add(split.group)
    names = [name for name in source.columns if name not in passed_over]
    profiles = [Profile(name, settings.missing, source.prefers_comma) for name in names]
    in_train = np.zeros(len(look.y), bool)
    in_train[look.parts["train"]] = True
    start = 0
    for _, piece in source.pieces():
        chosen = in_train[start : start + len(piece)]
        start += len(chosen)
        for profile in profiles:
            profile.update(piece.column(profile.name).loc[chosen])
    columns: list[Column] = []
    told: list[Finding] = []
    for profile in profiles:
        column, findings = column_of(profile, settings.max_levels)
        columns += [column] if column.kind != "left out" else []
        told += findings
    return columns, told


def _encoded(
    fits: list[dict[str, Any]], values: NDArray[np.float64], store: Store | None
) -> NDArray[np.float32]:
    """Return the inputs of all rows, made block by block."""
    shape = (len(values), sum(len(inputs_of(fit)) for fit in fits))
    inputs = store.allocate("inputs.f32", shape, np.float32) if store else np.empty(shape, "f4")
    for start in range(0, len(values), BLOCK):
        block = np.asarray(values[start : start + BLOCK])
        encoded = [encode(fit, block[:, i]) for i, fit in enumerate(fits)]
        for i, of_column in enumerate(encoded):
            if not np.isfinite(of_column).all():
                _refuse_far(fits[i]["name"], block[~np.isfinite(of_column).all(1), i])
        inputs[start : start + len(block)] = np.concatenate(encoded, axis=1)
    if isinstance(inputs, np.memmap):
        inputs.flush()
    return inputs


def _refuse_far(name: str, values: NDArray[np.float64]) -> None:
    raise DataError(
        f"Column {name!r} has {values[0]:g}, which is too large for a network's inputs as it is "
        "scaled. Mend it, set data.clip_outliers: 5, or data.scale: standard or quantile."
    )


def _facts(look: Look) -> Facts:
    """Return the facts of the target; its moments are of the training part."""
    train = look.parts["train"]
    y, target = look.y[train], look.target
    if target.problem == "regression":
        std = deviation_of(y) if len(y) else 0.0
        if std <= 0:
            raise DataError(f"The target {target.name!r} is the same in all training rows.")
        if std < SMALLEST:
            raise DataError(
                f"The target {target.name!r} differs by only about {std:.1g} between rows: squares "
                "of that are 0 to a computer. Multiply it, which is to give it in a smaller unit."
            )
        return Facts(
            "tabular",
            "regression",
            (0,),
            1,
            target_mean=(float(y.mean()),),
            target_std=(std,),
            target_names=(target.name,),
        )
    counts = np.bincount(y.astype(np.int64), minlength=len(target.classes))
    for name, count in zip(target.classes, counts.tolist(), strict=True):
        if count == 0:
            raise DataError(
                f"No row of class {name!r} is in the training part; a network cannot learn it. "
                "Add rows, leave the class out, or split in another way (data.split)."
            )
    return Facts(
        "tabular",
        "classification",
        (0,),
        len(target.classes),
        target.classes,
        tuple(counts.tolist()),
        target_names=(target.name,),
    )


def _with_inputs(facts: Facts, fits: list[dict[str, Any]]) -> Facts:
    """Add how many inputs there are, and which of them are quantities."""
    quantities: list[int] = []
    n = 0
    for fit in fits:
        quantities += [n] if fit["kind"] in ("number", "date") else []
        n += len(inputs_of(fit))
    return replace(facts, input_shape=(n,), quantities=tuple(quantities))


def _of_files(source: Source) -> list[Finding]:
    return [finding for table in source.tables for finding in table.findings]
