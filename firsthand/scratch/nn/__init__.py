"""Neural networks: explicit forward, explicit backward.

``mlp`` holds the equations, one function each; ``Parameters`` the numbers, in one flat buffer;
``MLP`` joins both; ``MLPClassifier`` and ``MLPRegressor`` train one on a table.
"""

from firsthand.scratch.nn.estimators import MLPClassifier, MLPRegressor
from firsthand.scratch.nn.network import MLP
from firsthand.scratch.nn.parameters import Parameters

__all__ = ["MLP", "MLPClassifier", "MLPRegressor", "Parameters"]
