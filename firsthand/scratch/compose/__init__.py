"""Models made of models: chains, and transformers side by side.

Start with ``pipeline``; ``column_transformer`` treats different columns differently.
"""

from firsthand.scratch.compose.column_transformer import ColumnTransformer, make_column_transformer
from firsthand.scratch.compose.columns import make_column_selector
from firsthand.scratch.compose.feature_union import FeatureUnion, make_union
from firsthand.scratch.compose.parts import Named
from firsthand.scratch.compose.pipeline import Pipeline, make_pipeline
from firsthand.scratch.compose.target import TransformedTargetRegressor

__all__ = [
    "ColumnTransformer",
    "FeatureUnion",
    "Named",
    "Pipeline",
    "TransformedTargetRegressor",
    "make_column_selector",
    "make_column_transformer",
    "make_pipeline",
    "make_union",
]
