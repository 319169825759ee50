"""Neural networks: explicit forward, explicit backward.

``mlp`` holds the equations of stage 15, one function each. A ``Module`` is one piece of a network,
``layers`` has them all, ``Sequential`` chains them, and a ``Network`` owns their numbers, in one
flat buffer of ``Parameters``. ``models`` are whole ones; ``MLPClassifier`` and ``MLPRegressor``
train an ``MLP`` on a table.
"""

from firsthand.scratch.nn.errors import DivergenceError
from firsthand.scratch.nn.estimators import MLPClassifier, MLPRegressor
from firsthand.scratch.nn.generation import NextToken, generate, measure_surprises
from firsthand.scratch.nn.gradcheck import Checked, GradientCheck, check_gradients
from firsthand.scratch.nn.models.mlp import MLP
from firsthand.scratch.nn.module import Module
from firsthand.scratch.nn.network import Network
from firsthand.scratch.nn.parameters import Parameters
from firsthand.scratch.nn.sampling import Sampler
from firsthand.scratch.nn.schedules import Plateau
from firsthand.scratch.nn.sequential import Sequential
from firsthand.scratch.nn.training import History, Progress, evaluate, train

__all__ = [
    "MLP",
    "Checked",
    "DivergenceError",
    "GradientCheck",
    "History",
    "MLPClassifier",
    "MLPRegressor",
    "Module",
    "Network",
    "NextToken",
    "Parameters",
    "Plateau",
    "Progress",
    "Sampler",
    "Sequential",
    "check_gradients",
    "evaluate",
    "generate",
    "measure_surprises",
    "train",
]
