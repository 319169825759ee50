"""Whole models, put together from layers."""

from firsthand.scratch.nn.models.gpt import GPT, generate
from firsthand.scratch.nn.models.mlp import MLP

__all__ = ["GPT", "MLP", "generate"]
