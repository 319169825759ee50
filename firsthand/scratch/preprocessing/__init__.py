"""What is done to the columns before a model sees them."""

from firsthand.scratch.preprocessing.one_hot_encoder import OneHotEncoder
from firsthand.scratch.preprocessing.ordinal_encoder import OrdinalEncoder
from firsthand.scratch.preprocessing.scalers import (
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from firsthand.scratch.preprocessing.scaling import Moments

__all__ = [
    "MaxAbsScaler",
    "MinMaxScaler",
    "Moments",
    "OneHotEncoder",
    "OrdinalEncoder",
    "RobustScaler",
    "StandardScaler",
]
