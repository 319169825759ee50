"""Models that are a weighted sum of the features."""

from firsthand.scratch.linear.logistic_estimator import LogisticRegression
from firsthand.scratch.linear.perceptron import Perceptron
from firsthand.scratch.linear.regressors import GradientDescentRegressor, LinearRegression

__all__ = ["GradientDescentRegressor", "LinearRegression", "LogisticRegression", "Perceptron"]
