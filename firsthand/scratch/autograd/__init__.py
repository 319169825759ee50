"""Automatic differentiation by hand: tensors that remember, and the walk back.

``operations`` has every function that a tensor can go through.
"""

from firsthand.scratch.autograd.drawing import to_dot
from firsthand.scratch.autograd.tensor import GraphError, Tensor, grad, no_grad

__all__ = ["GraphError", "Tensor", "grad", "no_grad", "to_dot"]
