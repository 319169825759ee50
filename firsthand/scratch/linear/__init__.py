"""Models that are a weighted sum of the features."""

from firsthand.scratch.linear.perceptron import Perceptron

__all__ = ["Perceptron"]
