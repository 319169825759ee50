"""What is done to the columns before a model sees them.

Start with ``scaling`` for numbers, ``encoding`` for categories, ``binning`` from the one to the
other; ``scalers``, the encoders and ``discretizer`` are the models around them.
"""

from firsthand.scratch.preprocessing.discretizer import KBinsDiscretizer
from firsthand.scratch.preprocessing.imputation import SimpleImputer
from firsthand.scratch.preprocessing.one_hot_encoder import OneHotEncoder
from firsthand.scratch.preprocessing.ordinal_encoder import OrdinalEncoder
from firsthand.scratch.preprocessing.polynomial import PolynomialFeatures
from firsthand.scratch.preprocessing.scalers import (
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from firsthand.scratch.preprocessing.scaling import Moments
from firsthand.scratch.preprocessing.stateless import Binarizer, FunctionTransformer, Normalizer

__all__ = [
    "Binarizer",
    "FunctionTransformer",
    "KBinsDiscretizer",
    "MaxAbsScaler",
    "MinMaxScaler",
    "Moments",
    "Normalizer",
    "OneHotEncoder",
    "OrdinalEncoder",
    "PolynomialFeatures",
    "RobustScaler",
    "SimpleImputer",
    "StandardScaler",
]
