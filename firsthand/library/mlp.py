"""A multi-layer perceptron as PyTorch has it: ``nn.Linear`` layers and ``optim.SGD``.

``nn.Linear`` stores ``weight`` of shape (n_out, n_in), the transpose of W. ``backward``
computes every gradient by automatic differentiation, so it is an independent witness.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.library.support import require

Array = NDArray[np.float64]


@contextmanager
def one_thread() -> Generator[None]:
    """Let PyTorch use one thread inside the block; small products are slower on more."""
    torch = require("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class TorchMLP:
    """A network of linear layers with relu or tanh between them, trained on cross-entropy.

    Parameters
    ----------
    sizes : sequence of int
        Features, hidden units of each layer, classes.
    activation : "relu" or "tanh"
    learning_rate : float
    weight_decay : float
    reduction : "mean" or "sum"
        How the loss joins the samples of a batch; PyTorch's default is the mean.

    Raises
    ------
    MissingPackageError
        If PyTorch is not installed.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "relu",
        learning_rate: float = 0.1,
        weight_decay: float = 0.0,
        reduction: str = "mean",
    ) -> None:
        torch = require("torch")
        self.reduction = reduction
        bend = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}[activation]
        self.linears = [torch.nn.Linear(m, n, dtype=torch.float64) for m, n in pairwise(sizes)]
        layers: list[Any] = []
        for linear in self.linears:
            layers += [linear, bend()]
        self.network = torch.nn.Sequential(*layers[:-1])
        self.optimizer = torch.optim.SGD(
            self.network.parameters(), lr=learning_rate, weight_decay=weight_decay
        )

    def set_weights(self, weights: Sequence[tuple[Array, Array]]) -> None:
        """Copy in each layer's (W, b), W of shape (n_in, n_out)."""
        torch = require("torch")
        with torch.no_grad():
            for linear, (W, b) in zip(self.linears, weights, strict=True):
                linear.weight.copy_(torch.from_numpy(np.ascontiguousarray(W.T)))
                linear.bias.copy_(torch.from_numpy(np.array(b)))

    def weights(self) -> list[tuple[Array, Array]]:
        """Return each layer's (weight, bias) as PyTorch stores them: weight is (n_out, n_in)."""
        return [
            (linear.weight.detach().numpy().copy(), linear.bias.detach().numpy().copy())
            for linear in self.linears
        ]

    def forward(self, X: Array) -> list[Array]:
        """Return the output of every linear layer and activation, scores last."""
        torch = require("torch")
        with torch.no_grad():
            return [A.numpy() for A in self._outputs(torch.from_numpy(X))]

    def step(self, X: Array, y: NDArray[np.int64]) -> dict[str, Array]:
        """Take one step of SGD on a batch and return every tensor that it made.

        ``A1, ..., Z, loss, dZ`` and the gradients ``dW1, db1, ...`` as PyTorch stores them, all
        from before the step.
        """
        torch = require("torch")
        self.optimizer.zero_grad()
        outputs = self._outputs(torch.from_numpy(X))
        outputs[-1].retain_grad()
        loss = torch.nn.functional.cross_entropy(
            outputs[-1], torch.from_numpy(y), reduction=self.reduction
        )
        loss.backward()
        seen = {"Z": outputs[-1], "loss": loss, "dZ": outputs[-1].grad}
        for number in range(1, len(self.linears)):
            seen[f"A{number}"] = outputs[2 * number - 1]
        for number, linear in enumerate(self.linears, start=1):
            seen |= {f"dW{number}": linear.weight.grad, f"db{number}": linear.bias.grad}
        plain = {name: np.array(tensor.detach().numpy()) for name, tensor in seen.items()}
        self.optimizer.step()
        return plain

    def train(self, X: Array, y: NDArray[np.int64]) -> None:
        """Take one step of SGD on a batch, as a training loop would, keeping nothing."""
        torch = require("torch")
        self.optimizer.zero_grad()
        Z = self.network(torch.from_numpy(X))
        target = torch.from_numpy(y)
        torch.nn.functional.cross_entropy(Z, target, reduction=self.reduction).backward()
        self.optimizer.step()

    def _outputs(self, signal: Any) -> list[Any]:
        """Return what every layer of the network gives, linear layers and bends in turn."""
        outputs: list[Any] = []
        for layer in self.network:
            signal = layer(signal)
            outputs.append(signal)
        return outputs
