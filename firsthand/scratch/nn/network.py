"""A network: a module whose parameters live in one flat buffer, and its gradients in another.

network = Network(Sequential(Linear(2, 16), ReLU(), Linear(16, 3)), random_state=0)
Z = network.forward(X)
network.backward(cross_entropy_backward(Z, y))      fills network.gradients, steps nothing
sgd_step(network.parameters.flat, network.gradients.flat, learning_rate=0.1)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from firsthand.scratch.errors import DataError, DataTypeError, ParameterError
from firsthand.scratch.nn.module import Module
from firsthand.scratch.nn.parameters import Parameters
from firsthand.scratch.validation import check_sizes

Array = NDArray[np.floating[Any]]


class Network:
    """A module with its parameters, their gradients, its mode and its generator.

    Parameters
    ----------
    module : Module
        What computes; it belongs to this network from now on.
    trials : tuple of int, default ()
        ``(T,)`` makes T networks with a leading axis; each starts from weights of its own.
    dtype : float64 or float32, default float64
    random_state : int or numpy.random.Generator, default 0
        Draws the weights first, and then whatever the modules draw while they learn.

    Attributes
    ----------
    parameters, gradients : Parameters
        By name, ``"0.W", "0.b", "2.W", ...``, each in one flat buffer.
    buffers : dict of str to ndarray
        What modules keep beside parameters, such as running means.

    Raises
    ------
    ParameterError
        If the dtype is none that networks compute in, the trials are no tuple of sizes, or a
        module stands in two places or belongs to another network.

    Examples
    --------
    >>> from firsthand.scratch.nn.layers import Linear
    >>> network = Network(Linear(2, 3))
    >>> network.forward(np.ones((5, 2))).shape
    (5, 3)
    >>> list(network.parameters)
    ['W', 'b']
    """

    def __init__(
        self,
        module: Module,
        *,
        trials: tuple[int, ...] = (),
        dtype: DTypeLike = np.float64,
        random_state: int | np.random.Generator = 0,
    ) -> None:
        if np.dtype(dtype) not in (np.dtype(np.float32), np.dtype(np.float64)):
            raise ParameterError(f"dtype is float32 or float64, not {np.dtype(dtype)}.")
        _check_trials(trials)
        self.module = module
        self.modules = dict(module.walk())
        if len({id(part) for part in self.modules.values()}) < len(self.modules):
            raise ParameterError("A module stands in two places; make one for each.")
        taken = [part for part in self.modules.values() if "rng" in vars(part)]
        if taken:
            raise ParameterError(f"{taken[0]} belongs to another network; make a new one.")
        shapes = {
            _join(place, name): shape
            for place, part in self.modules.items()
            for name, shape in part.shapes.items()
        }
        self.parameters = Parameters(shapes, trials=trials, dtype=dtype)
        self.gradients = self.parameters.like()
        self.buffers: dict[str, Array] = {}
        self.rng = np.random.default_rng(random_state)
        try:
            for place, part in self.modules.items():
                self._bind(place, part)
            self._initialize(module)
        except BaseException:
            for part in self.modules.values():
                vars(part).pop("rng", None)  # there is no network that it could belong to
            raise

    @property
    def trials(self) -> tuple[int, ...]:
        """The axes in front of every parameter."""
        return self.parameters.trials

    @property
    def training(self) -> bool:
        """Whether the network learns: dropout drops, batch normalisation uses its batch."""
        return self.module.training

    def forward(self, X: Any) -> Array:
        """Return the output for ``X``; every module keeps what its backward needs."""
        return self.module.forward(X)

    def backward(self, dZ: Array, *, inputs: bool = True) -> Array:
        """Fill ``gradients`` for the last :meth:`forward`, given dJ/dZ, and return dJ/dX.

        Without ``inputs`` nobody needs dJ/dX, and a first layer that can save it returns nothing.
        """
        self.module.needs_input_gradient = inputs
        return self.module.backward(dZ)

    def first_not_finite(self, X: Any, trial: tuple[int, ...] = ()) -> str | None:
        """Return the module whose output for ``X`` is the first that is not finite, by name.

        The innermost is named: a chain is not to blame for its links. X itself counts. With
        ``trial`` only that one's outputs are looked at.
        """
        guilty: list[str] = []

        def watched(part: Module, forward: Callable[..., Array]) -> Callable[..., Array]:
            def watch(*inputs: Any) -> Array:
                Z = forward(*inputs)
                own = Z[trial] if Z.shape[: len(trial)] == self.trials else Z
                if not np.isfinite(own).all():
                    guilty.append(repr(part))
                return Z

            return watch

        if np.asarray(X).dtype.kind == "f" and not np.isfinite(X).all():
            return "X"
        for part in self.modules.values():
            vars(part)["forward"] = watched(part, part.forward)
        try:
            self.forward(X)
        finally:
            for part in self.modules.values():
                del vars(part)["forward"]
        return guilty[0] if guilty else None

    def train(self) -> Self:
        """Put every module into the mode in which it learns."""
        return self._mode(True)

    def eval(self) -> Self:
        """Put every module into the mode in which it predicts."""
        return self._mode(False)

    def state_dict(self) -> dict[str, Array]:
        """Return a copy of every parameter and buffer by our names."""
        return {name: value.copy() for name, value in self._own().items()}

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        """Take every parameter and buffer from ``state``; nothing is taken if one is amiss.

        Raises
        ------
        DataError
            If a name is missing or unknown, or a shape differs; the message names them.
        DataTypeError
            If anything but real numbers is found.
        """
        own = self._own()
        _compare(own, state)
        for name, place in own.items():
            place[...] = state[name]

    def to_torch(self) -> dict[str, Array]:
        """Return the state as PyTorch's twin of this network names and lays it out.

        The values are arrays: ``{k: torch.from_numpy(v) for k, v in network.to_torch().items()}``.
        """
        return {
            _join(place, name): value
            for place, part in self.modules.items()
            for name, value in part.to_torch().items()
        }

    def from_torch(self, state: Mapping[str, Any]) -> None:
        """Take the state of PyTorch's twin, whose values are arrays or tensors on the CPU.

        Nothing is taken if one is amiss.

        Raises
        ------
        DataError
            If a name is missing or unknown, or a shape differs; the message names them.
        DataTypeError
            If anything but real numbers is found.
        """
        _compare(self.to_torch(), state)
        for place, part in self.modules.items():
            own = {name: np.asarray(state[_join(place, name)]) for name in part.to_torch()}
            part.from_torch(own)

    def _initialize(self, part: Module) -> None:
        """Draw what is inside first, so that a model may start its layers in a way of its own."""
        for _, child in part.children():
            self._initialize(child)
        part.initialize(self.rng)

    def _own(self) -> dict[str, Array]:
        return {**self.parameters, **self.buffers}

    def _look(self, place: str, part: Module) -> None:
        """Give a module its views into the buffers."""
        for name in part.shapes:
            setattr(part, name, self.parameters[_join(place, name)])
            setattr(part, f"d{name}", self.gradients[_join(place, name)])

    def _bind(self, place: str, part: Module) -> None:
        """Give a module its place, its views, its buffers and its generator."""
        part.name, part.trials, part.rng = place, self.trials, self.rng
        part.dtype = self.parameters.flat.dtype
        self._look(place, part)
        for name, (shape, start) in part.buffers.items():
            kept = np.full((*self.trials, *shape), start, self.parameters.flat.dtype)
            self.buffers[_join(place, name)] = kept
            setattr(part, name, kept)

    def _mode(self, training: bool) -> Self:
        for part in self.modules.values():
            part.training = training
        return self

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Copied and unpickled modules look into the copied buffers, as they did."""
        vars(self).update(state)
        for place, part in self.modules.items():
            self._look(place, part)

    def __repr__(self) -> str:
        return f"Network({self.module.describe()}, {self.parameters.flat.shape[-1]} parameters)"


def _check_trials(trials: Any) -> None:
    if not isinstance(trials, tuple):
        raise ParameterError(f"trials is {trials!r}; pass (T,) for T networks, or () for one.")
    for n_trials in cast(tuple[Any, ...], trials):
        check_sizes(trials=n_trials)


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _compare(own: Mapping[str, Array], state: Mapping[str, Any]) -> None:
    """Refuse a state that has other names, other shapes, or what are no real numbers."""
    missing, unknown = sorted(set(own) - set(state)), sorted(set(state) - set(own))
    if missing or unknown:
        raise DataError(
            f"The state does not fit: missing {', '.join(missing) or 'nothing'}; "
            f"unknown {', '.join(unknown) or 'nothing'}."
        )
    for name, place in own.items():
        value = np.asarray(state[name])
        if value.shape != place.shape:
            raise DataError(f"{name} has shape {place.shape}, but the state holds {value.shape}.")
        if value.dtype.kind not in "biuf":
            raise DataTypeError(f"{name} holds real numbers, but the state has {value.dtype}.")
