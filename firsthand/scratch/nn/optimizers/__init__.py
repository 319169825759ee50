"""Optimizers: a rule a file, as a function that steps in place, and a class with its memory."""

from firsthand.scratch.nn.optimizers.adagrad import AdaGrad, adagrad_step
from firsthand.scratch.nn.optimizers.adam import Adam, AdamW, adam_step
from firsthand.scratch.nn.optimizers.clipping import clip_by_norm, clip_by_value
from firsthand.scratch.nn.optimizers.optimizer import Optimizer
from firsthand.scratch.nn.optimizers.rmsprop import RMSprop, rmsprop_step
from firsthand.scratch.nn.optimizers.sgd import SGD, momentum_step

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Optimizer",
    "RMSprop",
    "adagrad_step",
    "adam_step",
    "clip_by_norm",
    "clip_by_value",
    "momentum_step",
    "rmsprop_step",
]
