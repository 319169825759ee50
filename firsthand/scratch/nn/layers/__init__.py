"""Layers: each a module with its forward and its backward pass side by side."""

from firsthand.scratch.nn.layers.activations import ReLU, Tanh
from firsthand.scratch.nn.layers.linear import Linear

__all__ = ["Linear", "ReLU", "Tanh"]
