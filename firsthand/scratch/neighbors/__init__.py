"""Models that keep their samples and look among them for the nearest."""

from firsthand.scratch.neighbors.classifier import KNeighborsClassifier
from firsthand.scratch.neighbors.regressor import KNeighborsRegressor

__all__ = ["KNeighborsClassifier", "KNeighborsRegressor"]
