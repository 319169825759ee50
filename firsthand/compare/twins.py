r"""A whole network of ours and its twin in PyTorch, trained in lock-step.

    lenet = Twin(
        "lenet",
        "LeNet on digits",
        scratch=lambda: Network(LeNet(), random_state=0),
        library=networks.lenet,
        batch=digits,
        training=supervised(
            (CrossEntropy, cross_entropy),
            (lambda: Adam(1e-3), lambda torch, theta: torch.optim.Adam(theta, lr=1e-3)),
        ),
    )
    lenet.divergence()      None, or the step and the tensor on which they part, by name

To add a network: write ``firsthand/library/networks/NAME.py`` with a function that returns the
``torch.nn.Module`` (``require("torch")`` inside), its parts named so that ``network.to_torch()``
loads into it; write ``firsthand/compare/networks/NAME.py`` with ``TWIN = Twin("NAME", ...)``. It is
found there; nothing else is to be listed. Both sides start from our weights and see the same 20
batches; dropout has to be 0, since the two draw different numbers. Keep it small: a walk of both
sides should take less than a second.

After each step everything is compared in this order, by our names: what the step saw (output,
loss), the gradients, those nearest to the loss first, and every parameter and buffer after it.
PyTorch's are carried over by ``network.from_torch``, which is linear, so that gradients can go the
way of parameters. Some gradients are 0 in theory, as that of a bias in front of batch
normalisation or of the keys' bias in attention: differences below 1e-11 count as none. Adam divides
such rounding by its epsilon, 1e-8, and steps; a twin whose parameters part by a little more than
1e-9 for that reason states its own ``tolerance`` and ``why``.

A network whose step is another has a ``Training`` of its own: two functions that are given a side,
``Ours`` or ``Theirs``, and return what takes a step on a batch and says what it saw, by name, in
its order. ``side.learn`` does both for one network and one loss; where a step has more parts,
``side.gradients()`` belongs at the place where they are made. Several networks, such as the two of
a GAN, are a mapping by name on both sides, and ``side.gradients("generator")`` are those of one.
``networks/mlp.py`` is of the usual kind, ``networks/char_rnn.py`` and ``networks/gan.py`` are not.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.agreement import Agreement, agree
from firsthand.compare.bench import Bench
from firsthand.compare.comparison import Pair
from firsthand.compare.lockstep import Divergence, Step, first_divergence
from firsthand.library import one_thread, require
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.losses import Loss
from firsthand.scratch.nn.optimizers import Optimizer, clip_by_norm

Array = NDArray[Any]
Batch = tuple[Array, ...]
Takes = Callable[[Any], Mapping[str, Any]]  # a step on a batch: what it saw, by name

N_STEPS = 20
TOLERANCE = 1e-9
WHY = "rounding, gathered over 20 steps that each use the last"
NOISE = 1e-11
WHY_NOISE = "0 in theory: what there is on either side is rounding"
KINDS = {
    "gradient": "gradients",
    "parameter": "parameters after each step",
    "buffer": "buffers after each step",
}


class Ours:
    """Our networks in training.

    Attributes
    ----------
    networks : dict of str to Network
        One is called ``""``.
    """

    def __init__(self, networks: Mapping[str, Network], *, watched: bool = True) -> None:
        self.networks, self.watched = dict(networks), watched
        for network in self.networks.values():
            network.train()

    def learn(
        self, loss: Loss, optimizer: Optimizer, X: Array, y: Array, clip_norm: float | None = None
    ) -> dict[str, Any]:
        """Take the usual step of the only network, and return what it saw."""
        network = self.network
        Z = network.forward(X)
        seen = {"output": Z, "loss": loss.forward(Z, y)}
        network.backward(loss.backward())
        seen |= self.gradients()
        if clip_norm is not None:
            clip_by_norm(network.gradients.flat, clip_norm)
        optimizer.step(network.parameters.flat, network.gradients.flat)
        return seen

    @property
    def network(self) -> Network:
        """The only one."""
        (network,) = self.networks.values()
        return network

    def gradients(self, of: str = "") -> dict[str, Array]:
        """Return every gradient that one network has now, the one nearest to the loss first."""
        return (
            _named("gradient", of, _backwards(self.networks[of].gradients)) if self.watched else {}
        )

    def state(self) -> dict[str, Array]:
        """Return every parameter and buffer."""
        found: dict[str, Array] = {}
        for of, network in self.networks.items():
            found |= _named("parameter", of, network.parameters)
            found |= _named("buffer", of, network.buffers)
        return found


class Theirs:
    """Their twins in PyTorch, with the same numbers at first.

    Attributes
    ----------
    torch : module
    models : dict of str to torch.nn.Module
        In float64, in training mode. One is called ``""``.
    """

    def __init__(
        self, models: Mapping[str, Any], networks: Mapping[str, Network], *, watched: bool = True
    ) -> None:
        self.torch: Any = require("torch")
        self.readers = {of: copy.deepcopy(network) for of, network in networks.items()}
        self.models, self.watched = dict(models), watched
        for of, model in self.models.items():
            state = {k: self.torch.tensor(v) for k, v in networks[of].to_torch().items()}
            model.double().train().load_state_dict(state)

    def learn(
        self, Z: Any, J: Any, optimizer: Any, clip_norm: float | None = None
    ) -> dict[str, Any]:
        """Take the usual step of the only model, given its output and loss; return what it saw."""
        optimizer.zero_grad()
        J.backward()
        seen = {"output": Z, "loss": J, **self.gradients()}
        if clip_norm is not None:
            self.torch.nn.utils.clip_grad_norm_(self.model.parameters(), clip_norm)
        optimizer.step()
        return seen

    @property
    def model(self) -> Any:
        """The only one."""
        (model,) = self.models.values()
        return model

    def gradients(self, of: str = "") -> dict[str, Array]:
        """Return every gradient that one model has now, by our names; without one it is 0."""
        if not self.watched:
            return {}
        slopes = {
            name: self.torch.zeros_like(theta) if theta.grad is None else theta.grad
            for name, theta in self.models[of].named_parameters(remove_duplicate=False)
        }
        return _named("gradient", of, _backwards(self._read(of, slopes).parameters))

    def state(self) -> dict[str, Array]:
        """Return every parameter and buffer, by our names."""
        found: dict[str, Array] = {}
        for of in self.models:
            reader = self._read(of, {})
            found |= _named("parameter", of, reader.parameters)
            found |= _named("buffer", of, reader.buffers)
        return found

    def tensors(self, batch: Batch) -> list[Any]:
        """Return the arrays of a batch as tensors."""
        return [self.torch.tensor(part) for part in batch]

    def _read(self, of: str, instead: Mapping[str, Any]) -> Network:
        """Return our network with the numbers of their model, some of them others."""
        state = {**self.models[of].state_dict(), **instead}
        self.readers[of].from_torch({k: v.detach().numpy() for k, v in state.items()})
        return self.readers[of]


@dataclass(frozen=True)
class Training:
    """How both sides take a step: each function is given its side, and returns the step."""

    ours: Callable[[Ours], Takes]
    theirs: Callable[[Theirs], Takes]


def cross_entropy(torch: Any, Z: Any, y: Any) -> Any:
    """Return PyTorch's mean cross-entropy of scores (..., n_classes) and labels (...)."""
    return torch.nn.functional.cross_entropy(Z.flatten(0, -2), y.flatten())


def mean_squared(torch: Any, Z: Any, y: Any) -> Any:
    """Return PyTorch's mean squared error."""
    return torch.nn.functional.mse_loss(Z, y)


def supervised(
    loss: tuple[Callable[[], Loss], Callable[[Any, Any, Any], Any]],
    optimizer: tuple[Callable[[], Optimizer], Callable[[Any, Any], Any]],
    *,
    clip_norm: float | None = None,
) -> Training:
    """Return the usual training of one network: batches are (X, y).

    Parameters
    ----------
    loss : (function that returns our Loss, function of (torch, Z, y) that returns theirs)
    optimizer : (function that returns ours, function of (torch, parameters) that returns theirs)
    clip_norm : float, optional
        The longest a gradient may be. Both sides are compared before clipping, which divides all
        by one norm and would spread what is wrong in one of them; and, clipped, by their step.
    """

    def ours(side: Ours) -> Takes:
        J, stepping = loss[0](), optimizer[0]()
        return lambda batch: side.learn(J, stepping, *batch, clip_norm=clip_norm)

    def theirs(side: Theirs) -> Takes:
        stepping = optimizer[1](side.torch, side.model.parameters())

        def step(batch: Batch) -> Mapping[str, Any]:
            X, y = side.tensors(batch)
            Z = side.model(X)
            return side.learn(Z, loss[1](side.torch, Z, y), stepping, clip_norm)

        return step

    return Training(ours, theirs)


@dataclass(frozen=True)
class Twin:
    """A network of ours and PyTorch's, and how both are trained.

    Attributes
    ----------
    name, title : str
        What it is called, as its file is, and what it is.
    scratch : function that returns a Network, or several by name
        New, seeded, float64.
    library : function that returns the torch.nn.Module, or several by the same names
    batch : function of a numpy.random.Generator that returns a batch, a tuple of arrays
    training : Training
    data : str
        What the batches are made of, in a few words.
    tolerance, why : float and str
        How far apart a tensor may be, as a part of its largest entry, and the reason.
    """

    name: str
    title: str
    scratch: Callable[[], Network | Mapping[str, Network]]
    library: Callable[[], Any]
    batch: Callable[[np.random.Generator], Batch]
    training: Training
    data: str = "random numbers"
    tolerance: float = TOLERANCE
    why: str = WHY

    def batches(self, n_steps: int = N_STEPS) -> list[Batch]:
        """Return the batches, the same at every call."""
        rng = np.random.default_rng(20)
        return [self.batch(rng) for _ in range(n_steps)]

    def ours(self, *, watched: bool = True) -> Ours:
        """Return our side before the first step; ``gradients`` are empty if nobody watches."""
        return Ours(_by_name(self.scratch()), watched=watched)

    def theirs(self, *, watched: bool = True) -> Theirs:
        """Return their side before the first step, from our weights."""
        return Theirs(_by_name(self.library()), _by_name(self.scratch()), watched=watched)

    def walk_scratch(self, n_steps: int = N_STEPS) -> list[Step]:
        """Return everything that our side computes, step by step."""
        side = self.ours()
        step = self.training.ours(side)
        return [_plain({**step(batch), **side.state()}) for batch in self.batches(n_steps)]

    def walk_library(self, n_steps: int = N_STEPS) -> list[Step]:
        """Return everything that PyTorch's side computes, by our names."""
        with one_thread():
            side = self.theirs()
            step = self.training.theirs(side)
            return [_plain({**step(batch), **side.state()}) for batch in self.batches(n_steps)]

    def divergence(self, n_steps: int = N_STEPS) -> Divergence | None:
        """Return the first tensor on which both sides part."""
        return self._part(self.walk_scratch(n_steps), self.walk_library(n_steps))

    def compare(self, bench: Bench) -> Pair:
        """Return the pair: the worst tensor of each kind, and where both sides part if they do."""
        ours, theirs = self.walk_scratch(), self.walk_library()
        parting = self._part(ours, theirs)
        with one_thread():
            timing = bench.time(self._one_step(), self._one_step_of_theirs())
        return Pair(
            f"{self.title}, in lock-step with PyTorch",
            " and ".join(filter(None, map(_said, _by_name(self.scratch()).items()))),
            f"torch.nn.Module, firsthand.library.networks.{self.name}",
            f"{self.data}, {N_STEPS} batches",
            self._rows(ours, theirs),
            timing=timing,
            notes=(
                *([parting.said()] if parting else []),
                "PyTorch is timed on one thread: for a network this small more would slow it",
            ),
        )

    def _part(self, ours: list[Step], theirs: list[Step]) -> Divergence | None:
        return first_divergence(ours, theirs, tolerance=self.tolerance, noise=NOISE)

    def _rows(self, ours: list[Step], theirs: list[Step]) -> tuple[Agreement, ...]:
        """Return the worst tensor of each kind; it is named where it differs."""
        worst: dict[str, Agreement] = {}
        for a, b in zip(ours, theirs, strict=True):
            for name in a:
                row = agree(name, a[name], b[name], tolerance=self.tolerance, why=self.why)
                if not row.agrees and row.largest <= NOISE:
                    row = replace(row, difference=row.largest, why=WHY_NOISE)
                kind = KINDS.get(name.partition(" ")[0], name)
                if kind not in worst or row.difference > worst[kind].difference:
                    worst[kind] = row
        return tuple(
            replace(row, quantity=kind if row.agrees or kind == row.quantity else row.quantity)
            for kind, row in worst.items()
        )

    def _one_step(self) -> Callable[[], object]:
        step, (batch,) = self.training.ours(self.ours(watched=False)), self.batches(1)
        return lambda: step(batch)

    def _one_step_of_theirs(self) -> Callable[[], object]:
        step, (batch,) = self.training.theirs(self.theirs(watched=False)), self.batches(1)
        return lambda: step(batch)


def _by_name(one_or_several: Any) -> dict[str, Any]:
    several = isinstance(one_or_several, Mapping)
    return dict(one_or_several) if several else {"": one_or_several}


def _named(kind: str, of: str, values: Mapping[str, Array]) -> dict[str, Array]:
    """Return copies of the values, called by their kind and their place."""
    return {f"{kind} {of}.{k}" if of else f"{kind} {k}": v.copy() for k, v in values.items()}


def _backwards(values: Mapping[str, Array]) -> dict[str, Array]:
    return {name: values[name] for name in reversed(list(values))}


def _plain(seen: Mapping[str, Any]) -> dict[str, NDArray[np.float64]]:
    """Return arrays, those of PyTorch's tensors, too."""
    return {
        name: np.array(value.detach().numpy() if hasattr(value, "detach") else value, np.float64)
        for name, value in seen.items()
    }


def _said(named: tuple[str, Network]) -> str:
    name, network = named
    return f"{name}: {network!r}" if name else repr(network)
