"""Neural networks: explicit forward, explicit backward.

``mlp`` holds the equations of stage 15, one function each. A ``Module`` is one piece of a network,
``layers`` has them all, ``Sequential`` chains them, and a ``Network`` owns their numbers, in one
flat buffer of ``Parameters``. ``models`` are whole ones; ``MLPClassifier`` and ``MLPRegressor``
train an ``MLP`` on a table.
"""

from firsthand.scratch.nn.estimators import MLPClassifier, MLPRegressor
from firsthand.scratch.nn.models.mlp import MLP
from firsthand.scratch.nn.module import Module
from firsthand.scratch.nn.network import Network
from firsthand.scratch.nn.parameters import Parameters
from firsthand.scratch.nn.sequential import Sequential

__all__ = [
    "MLP",
    "MLPClassifier",
    "MLPRegressor",
    "Module",
    "Network",
    "Parameters",
    "Sequential",
]
