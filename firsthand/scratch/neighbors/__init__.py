"""Models that keep their samples and look among them for the nearest.

Start with ``nearest``, which is the whole idea; the models around it share ``_lookup``.
"""

from firsthand.scratch.neighbors.classifier import KNeighborsClassifier
from firsthand.scratch.neighbors.regressor import KNeighborsRegressor

__all__ = ["KNeighborsClassifier", "KNeighborsRegressor"]
