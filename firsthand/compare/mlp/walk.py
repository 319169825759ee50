"""One network from scratch and one in PyTorch, walked through the same batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.agreement import Agreement
from firsthand.compare.bench import Bench, said
from firsthand.compare.comparison import Pair, Picture, Score
from firsthand.compare.conventions import Dimension, Option, search
from firsthand.compare.drawing import QUIET, draw
from firsthand.compare.families import layout
from firsthand.compare.lockstep import Step, first_divergence, per_tensor
from firsthand.compare.style import LIBRARY
from firsthand.data import Dataset
from firsthand.library import TorchMLP, one_thread

Array = NDArray[np.float64]
Batch = tuple[Array, NDArray[np.int64]]
N_STEPS, BATCH, RATE = 20, 64, 0.1
TOLERANCE = 1e-9
WHY = "rounding, gathered over 20 steps that each use the last"


@dataclass(frozen=True)
class Plan:
    """A network and the batches it will see."""

    sizes: tuple[int, ...]
    activation: str
    decay: float
    batches: tuple[Batch, ...]

    @property
    def n_layers(self) -> int:
        """How many linear layers."""
        return len(self.sizes) - 1


def compare_walk(
    bench: Bench,
    data: Dataset,
    title: str,
    hidden: Sequence[int],
    activation: str,
    decay: float = 0.0,
) -> Pair:
    """Return the pair; the convention's statement names the first divergence where there is one."""
    sizes = (data.n_features, *hidden, data.n_classes)
    plan = Plan(sizes, activation, decay, _batches(data))
    ours, network = walk_scratch(plan)

    @cache
    def theirs(reduction: str, times: float) -> tuple[list[dict[str, Array]], TorchMLP]:
        return walk_torch(plan, reduction, times * decay)

    def read(values: Mapping[str, Any]) -> list[dict[str, Array]]:
        steps, _ = theirs(values["loss"], values.get("decay", 1.0))
        return [_as_ours(step, values["layout"]) for step in steps]

    def under(values: Mapping[str, Any]) -> list[Agreement]:
        return per_tensor(ours, read(values), tolerance=TOLERANCE, why=WHY)

    dimensions = [layout("W"), _REDUCTION, *([_DECAY] if decay else [])]
    convention = search(dimensions, under)
    documented = {d.name: d.options[0].value for d in dimensions}
    parting = first_divergence(ours, read(documented), n_layers=plan.n_layers, tolerance=TOLERANCE)
    if parting is not None and not convention.agrees:
        said_first = f"{parting.said()}; {convention.statement}"
        convention = replace(convention, statement=said_first)
    model = theirs("mean", 1.0)[1]
    with one_thread():
        timing = bench.time(_one_step(plan), _one_torch_step(plan))
    return Pair(
        f"{title}, in lock-step with PyTorch",
        f"MLP({list(sizes)}, activation={activation!r}), sgd_step",
        "torch.nn.Linear, torch.nn.functional.cross_entropy, torch.optim.SGD",
        said(data, "standardised", f"{N_STEPS} batches of {len(plan.batches[0][1])}"),
        convention.best.rows,
        convention=convention,
        score=_score(data, network, model),
        timing=timing,
        targets=("linear", "linear_backward_parameters", "linear_backward_input",
                 "cross_entropy", "cross_entropy_backward",
                 "forward_deep", "backward_deep", "sgd_step"),
        notes=("PyTorch is timed on one thread: for a network this small more would slow it",),
        pictures=(_losses(bench, ours, read(documented)), _gaps(bench, ours, read(documented))),
    )  # fmt: skip


def walk_scratch(plan: Plan) -> tuple[list[dict[str, Array]], Any]:
    """Return every tensor of every step from scratch, and the network after the last."""
    from firsthand.scratch.nn import mlp
    from firsthand.scratch.nn.models.mlp import MLP

    network = MLP(plan.sizes, activation=plan.activation, random_state=15)
    steps: list[dict[str, Array]] = []
    for X, y in plan.batches:
        seen: dict[str, Array] = {}
        for name, value in network.trace(X, y).items():
            seen[name] = np.asarray(value, np.float64)
        mlp.sgd_step(network.parameters.flat, network.gradients.flat, RATE, plan.decay)
        seen |= {name: np.array(value, np.float64) for name, value in network.parameters.items()}
        steps.append(seen)
    return steps, network


def walk_torch(
    plan: Plan, reduction: str = "mean", decay: float = 0.0
) -> tuple[list[dict[str, Array]], TorchMLP]:
    """Return the same of PyTorch, gradients and weights as it stores them."""
    model = _torch_from_the_same_weights(plan, reduction, decay)
    steps: list[dict[str, Array]] = []
    for X, y in plan.batches:
        seen = model.step(X, y)
        for number, (W, b) in enumerate(model.weights(), start=1):
            seen |= {f"W{number}": W, f"b{number}": b}
        steps.append(seen)
    return steps, model


_REDUCTION = Dimension(
    "loss",
    (Option("mean", ""), Option("sum", "the loss is a sum over the batch (reduction='sum')")),
)
_DECAY = Dimension(
    "decay",
    (
        Option(1.0, "weight_decay is the same on both sides"),
        Option(2.0, "torch's weight_decay is twice ours (a penalty without the half)"),
        Option(0.5, "torch's weight_decay is half of ours"),
    ),
)


def _torch_from_the_same_weights(plan: Plan, reduction: str, decay: float) -> TorchMLP:
    from firsthand.scratch.nn.models.mlp import MLP

    start = MLP(plan.sizes, activation=plan.activation, random_state=15)
    model = TorchMLP(plan.sizes, plan.activation, RATE, decay, reduction)
    model.set_weights(
        [(np.asarray(W, np.float64), np.asarray(b, np.float64)) for W, b in start.layers]
    )
    return model


def _as_ours(step: Step, layout: Callable[[Array], Array]) -> dict[str, Array]:
    """Return a step of PyTorch with its weight matrices in the layout of a convention."""
    return {
        name: layout(value) if name.lstrip("d").startswith("W") else np.asarray(value)
        for name, value in step.items()
    }


def _batches(data: Dataset) -> tuple[Batch, ...]:
    rng = np.random.default_rng(15)
    y, size = np.asarray(data.y, np.int64), min(BATCH, data.n_samples)
    chosen = [rng.choice(data.n_samples, size, replace=False) for _ in range(N_STEPS)]
    return tuple((np.ascontiguousarray(data.X[rows]), y[rows]) for rows in chosen)


def _score(data: Dataset, network: Any, model: TorchMLP) -> Score:
    ours = network.forward(np.ascontiguousarray(data.X)).argmax(axis=1)
    theirs = model.forward(np.ascontiguousarray(data.X))[-1].argmax(axis=1)
    accuracy = [float(np.mean(answer == data.y)) for answer in (ours, theirs)]
    return Score(f"accuracy after {N_STEPS} steps", *accuracy)


def _one_step(plan: Plan) -> Callable[[], object]:
    from firsthand.scratch.nn import mlp
    from firsthand.scratch.nn.models.mlp import MLP

    network = MLP(plan.sizes, activation=plan.activation, random_state=15)
    X, y = plan.batches[0]

    def step() -> None:
        network.backward(mlp.cross_entropy_backward(network.forward(X), y))
        mlp.sgd_step(network.parameters.flat, network.gradients.flat, RATE, plan.decay)

    return step


def _one_torch_step(plan: Plan) -> Callable[[], object]:
    model = _torch_from_the_same_weights(plan, "mean", plan.decay)
    X, y = plan.batches[0]
    return lambda: model.train(X, y)


def _losses(bench: Bench, ours: Sequence[Step], theirs: Sequence[Step]) -> Picture:
    def paint(axes: Any) -> None:
        number = np.arange(1, len(ours) + 1)
        axes.plot(
            number,
            [s["loss"] for s in theirs],
            "o",
            color=LIBRARY,
            markerfacecolor="none",
            label="PyTorch",
        )
        axes.plot(number, [s["loss"] for s in ours], color=bench.colour, label=bench.side)
        axes.set(xlabel="step", ylabel="cross-entropy of the batch")
        axes.legend(loc="upper right")

    return draw(
        "The loss, batch by batch",
        "The line from scratch runs through PyTorch's rings.",
        paint,
        size=(4.8, 3.0),
    )  # fmt: skip


def _gaps(bench: Bench, ours: Sequence[Step], theirs: Sequence[Step]) -> Picture:
    """Draw how far apart the worst gradient and the worst weight are after every step."""
    from firsthand.study.checking import relative_error

    def worst(kinds: tuple[str, ...]) -> list[float]:
        return [
            max(
                relative_error(a[name], b[name]) if a[name].shape == b[name].shape else np.inf
                for name in a
                if name.rstrip("0123456789") in kinds
            )
            for a, b in zip(ours, theirs, strict=True)
        ]

    def paint(axes: Any) -> None:
        number = np.arange(1, len(ours) + 1)
        for (label, kinds), dash in zip(
            {
                "activations": ("A", "Z"),
                "gradients": ("dW", "db", "dZ"),
                "weights": ("W", "b"),
            }.items(),
            ("-", (0, (5, 2)), (0, (1, 1.5))),
            strict=True,
        ):
            gap = np.maximum(worst(kinds), 1e-17)
            axes.semilogy(number, gap, color=bench.colour, linestyle=dash, label=label)
        axes.axhline(TOLERANCE, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.set(xlabel="step", ylabel="largest difference", ylim=(1e-17, None))
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, columnspacing=1)

    return draw(
        "How far apart, step by step",
        "Rounding alone parts the two sides; the dashed line is the tolerance.",
        paint,
        size=(4.8, 3.0),
    )
