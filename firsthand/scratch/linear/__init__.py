"""Models that are a weighted sum of the features."""

from firsthand.scratch.linear.logistic_estimator import LogisticRegression

__all__ = ["LogisticRegression"]
