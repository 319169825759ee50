"""A module beside its twin in PyTorch: forward, the input's gradient and every parameter's."""

import copy
from typing import Any

import numpy as np
import torch

from firsthand.scratch.nn import Module, Network

EXACT = {"rtol": 1e-10, "atol": 1e-10}  # float64, a few thousand additions in another order


def agree(
    module: Module, twin: torch.nn.Module, X: np.ndarray, *, seed: int = 0, exact: Any = EXACT
) -> Network:
    """Give both the same random numbers and compare all that they compute; return our network.

    The upstream gradient is random, so that no term can hide behind another.
    """
    rng = np.random.default_rng(seed)
    network, twin = Network(module, random_state=seed), twin.double()
    network.parameters.flat[...] = rng.normal(size=network.parameters.flat.shape)
    twin.load_state_dict({k: torch.from_numpy(np.copy(v)) for k, v in network.to_torch().items()})
    there = torch.from_numpy(X)
    if X.dtype.kind == "f":
        there = there.requires_grad_()
    Z = twin(there)
    dZ = rng.normal(size=tuple(Z.shape))
    Z.backward(torch.from_numpy(dZ))
    np.testing.assert_allclose(network.forward(X), Z.detach().numpy(), **exact)
    dX = network.backward(dZ)
    if X.dtype.kind == "f":
        np.testing.assert_allclose(dX, there.grad.numpy(), **exact)
    # gradients are compared where PyTorch keeps them: carry ours there as if they were values
    ours = copy.deepcopy(network)
    ours.parameters.flat[...] = network.gradients.flat
    theirs = {name: p.grad.numpy() for name, p in twin.named_parameters()}
    for name, gradient in ours.to_torch().items():
        if name in theirs:
            np.testing.assert_allclose(gradient, theirs[name], err_msg=name, **exact)
    return network


def side_by_side(
    make: Any, X: np.ndarray, *, trials: int = 3, seed: int = 0, shared: bool = True
) -> None:
    """Check that networks with a leading axis compute what each computes alone.

    ``make`` returns a new module; ``X`` is made one for each, and then, if ``shared``, for all.
    """
    rng = np.random.default_rng(seed)
    own = np.stack([np.roll(X, k, axis=0) for k in range(trials)])
    many = Network(make(), trials=(trials,), random_state=seed)
    many.parameters.flat[...] = rng.normal(size=many.parameters.flat.shape)
    for inputs, each in ((own, own), (X, [X] * trials))[: 1 + shared]:
        Z = many.forward(inputs)
        dZ = rng.normal(size=(trials, *Z.shape[1:]))
        dX = many.backward(dZ)
        for trial in range(trials):
            one = Network(make())
            one.parameters.flat[...] = many.parameters.flat[trial]
            np.testing.assert_allclose(
                Z[trial] if len(Z) == trials else Z, one.forward(each[trial]), **EXACT
            )
            alone = one.backward(dZ[trial])
            if X.dtype.kind == "f":
                np.testing.assert_allclose(dX[trial], alone, **EXACT)
            np.testing.assert_allclose(many.gradients.flat[trial], one.gradients.flat, **EXACT)
