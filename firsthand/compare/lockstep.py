"""Two implementations side by side, step by step, and the first tensor on which they part.

A walk is a list of steps; a step maps the names of its tensors, in the order in which they are
computed, to arrays. Errors spread: one wrong gradient makes every later weight wrong. So only
the first difference says where the fault lies.

Names are those of stage 15, ``"dW2"``, where the layers have numbers. In whole networks the kind
stands in front of the place, ``"gradient blocks.0.attention.W"``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.agreement import Agreement, agree

Step = Mapping[str, NDArray[np.float64]]
KINDS = {
    "A": "the activations {name} of layer {layer}",
    "W": "the weights {name} of layer {layer} after the step",
    "b": "the biases {name} of layer {layer} after the step",
    "dW": "the gradient {name} of the weights of layer {layer}",
    "db": "the gradient {name} of the biases of layer {layer}",
    "Z": "the scores Z of the last layer",
    "dZ": "the gradient dZ of the scores of the last layer",
    "loss": "the loss",
    "output": "the output",
    "gradient": "the gradient {name}",
    "parameter": "{name} after the step",
    "buffer": "{name} after the step",
}


@dataclass(frozen=True)
class Divergence:
    """The first tensor that differs, and by how much.

    Attributes
    ----------
    step : int
        Which step, counted from 1.
    layer : int or None
        Which layer, counted from 1; None for the loss, and where layers have no numbers.
    tensor : str
        Its name, such as ``"dW2"`` or ``"gradient blocks.0.attention.W"``.
    agreement : Agreement
        How it differs.
    """

    step: int
    layer: int | None
    tensor: str
    agreement: Agreement

    def said(self) -> str:
        """Name the place in one sentence."""
        kind, _, name = self.tensor.partition(" ")
        if not name:
            kind, name = re.sub(r"\d+$", "", kind), kind
        known = KINDS.get(kind)
        what = known.format(name=name, layer=self.layer) if known else self.tensor
        row = self.agreement
        where = f" at {list(row.where)}" if row.where else ""
        values = ""
        if row.scratch is not None and row.library is not None:
            values = f": {row.scratch:.6g} from scratch, {row.library:.6g} in the library{where}"
        return f"they part in step {self.step}, at {what}{values}"


def first_divergence(
    scratch: Sequence[Step],
    library: Sequence[Step],
    *,
    tolerance: float,
    n_layers: int | None = None,
    noise: float = 0.0,
) -> Divergence | None:
    """Return the first tensor that differs by more than ``tolerance``, in the order of the steps.

    Parameters
    ----------
    scratch, library : sequence of mapping of str to array
    tolerance : float
        As a part of the tensor's largest entry.
    n_layers : int, optional
        How many layers there are, where names end in a layer's number.
    noise : float, default 0
        Differences up to this size are rounding, however small the tensor: a gradient that is 0
        in theory, as of a bias in front of batch normalisation, is nothing but rounding.

    Raises
    ------
    ValueError
        If one side has a step or a tensor that the other lacks.
    """
    if len(scratch) != len(library):
        raise ValueError(f"{len(scratch)} steps from scratch, {len(library)} in the library.")
    for number, (ours, theirs) in enumerate(zip(scratch, library, strict=True), start=1):
        if set(ours) != set(theirs):
            raise ValueError(f"Step {number}: only one side has {set(ours) ^ set(theirs)}.")
        for name in ours:
            row = agree(name, ours[name], theirs[name], tolerance=tolerance)
            if not row.agrees and row.largest > noise:
                layer = None if n_layers is None else _layer(name, n_layers)
                return Divergence(number, layer, name, row)
    return None


def per_tensor(
    scratch: Sequence[Step], library: Sequence[Step], *, tolerance: float, why: str
) -> list[Agreement]:
    """Return one row for each tensor: how far apart it is in its worst step."""
    rows: list[Agreement] = []
    for name in scratch[0]:
        steps = [
            agree(name, ours[name], theirs[name], tolerance=tolerance, why=why)
            for ours, theirs in zip(scratch, library, strict=True)
        ]
        rows.append(max(steps, key=lambda row: row.difference))
    return rows


def _layer(name: str, n_layers: int) -> int | None:
    number = re.search(r"\d+$", name)
    if number:
        return int(number[0])
    return n_layers if name in ("Z", "dZ") else None
