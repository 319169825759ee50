r"""A convolutional network in the manner of LeNet-5: convolve, halve, twice; then a perceptron.

    (n, c, h, w)      pictures
    (n, a, h, w)      k x k kernels, zeros around; [batch norm,] relu
    (n, a, h/2, w/2)  the largest of 2 x 2
    (n, b, h/2, w/2)  k x k kernels again; [batch norm,] relu
    (n, b, h/4, w/4)  the largest of 2 x 2
    (n, hidden)       linear, relu [, dropout], once for each hidden size
    (n, n_classes)    scores

The original has sigmoids, means instead of maxima and no zeros around; what replaced them learns
faster. LeCun, Bottou, Bengio & Haffner, Gradient-based learning applied to document recognition
(1998).
"""

from __future__ import annotations

from collections.abc import Sequence

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.nn.layers import (
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
)
from firsthand.scratch.nn.module import Module
from firsthand.scratch.nn.sequential import Sequential


def lenet(
    *,
    n_classes: int = 10,
    in_channels: int = 1,
    size: tuple[int, int] = (28, 28),
    channels: tuple[int, int] = (6, 16),
    hidden: Sequence[int] = (120, 84),
    kernel: int = 5,
    batch_norm: bool = False,
    dropout: float = 0.0,
) -> Sequential:
    """Return the chain, for pictures of shape (..., n_samples, in_channels, *size).

    Parameters
    ----------
    n_classes, in_channels : int
    size : (int, int)
        Height and width of the pictures, at least 4 each.
    channels : (int, int)
        Kernels of the first and of the second convolution.
    hidden : sequence of int
        Units of the linear layers before the scores; may be empty.
    kernel : int
        An odd number, so that the zeros around can keep the size.
    batch_norm : bool
        Whether each convolution is normalised, instead of having a bias.
    dropout : float
        Share of the hidden units left out while it learns.

    Raises
    ------
    ParameterError
        If the kernel is even, or the pictures are too small to be halved twice.

    Examples
    --------
    >>> import numpy as np
    >>> from firsthand.scratch.nn import Network
    >>> network = Network(lenet())
    >>> network.parameters.flat.size
    107786
    >>> network.forward(np.zeros((2, 1, 28, 28))).shape
    (2, 10)
    """
    if kernel % 2 == 0:
        raise ParameterError(f"kernel is {kernel}; an odd one keeps the size of the pictures.")
    if min(size) < 4:
        raise ParameterError(f"size is {size}; pictures are halved twice, so 4 x 4 is the least.")
    parts: list[Module] = []
    for n_in, n_out in ((in_channels, channels[0]), channels):
        parts.append(Conv2d(n_in, n_out, kernel, padding=kernel // 2, bias=not batch_norm))
        parts += [BatchNorm2d(n_out)] if batch_norm else []
        parts += [ReLU(), MaxPool2d(2)]
    parts.append(Flatten())
    n_in = channels[1] * (size[0] // 4) * (size[1] // 4)
    for n_hidden in hidden:
        parts += [Linear(n_in, n_hidden), ReLU()]
        parts += [Dropout(dropout)] if dropout else []
        n_in = n_hidden
    return Sequential(*parts, Linear(n_in, n_classes, gain=1.0))
