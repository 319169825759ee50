"""Models made of models: chains, and transformers side by side."""

from firsthand.scratch.compose.parts import Named
from firsthand.scratch.compose.pipeline import Pipeline, make_pipeline

__all__ = ["Named", "Pipeline", "make_pipeline"]
