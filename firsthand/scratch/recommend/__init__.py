"""Models that guess how someone would rate something."""

from firsthand.scratch.recommend.matrix_factorization_estimator import MatrixFactorization

__all__ = ["MatrixFactorization"]
