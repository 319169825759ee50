"""Models that are a weighted sum of the features.

Start with ``linear_regression``, ``logistic_regression`` and ``perceptron``;
``coordinate_descent`` has the lasso, ``discriminant`` LDA. What makes them fast (``products``,
``irls``, ``lbfgs``) can wait.
"""

from firsthand.scratch.linear.discriminant_estimator import LinearDiscriminantAnalysis
from firsthand.scratch.linear.irls import BinaryObjective
from firsthand.scratch.linear.logistic_estimator import LogisticRegression
from firsthand.scratch.linear.perceptron import Perceptron
from firsthand.scratch.linear.products import Products
from firsthand.scratch.linear.regressors import GradientDescentRegressor, LinearRegression, Ridge
from firsthand.scratch.linear.sparse_regressors import ElasticNet, Lasso

__all__ = [
    "BinaryObjective",
    "ElasticNet",
    "GradientDescentRegressor",
    "Lasso",
    "LinearDiscriminantAnalysis",
    "LinearRegression",
    "LogisticRegression",
    "Perceptron",
    "Products",
    "Ridge",
]
