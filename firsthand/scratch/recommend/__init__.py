"""Models that guess how someone would rate something.

Start with ``matrix_factorization``: two tables whose product is the ratings, by two ways down.
"""

from firsthand.scratch.recommend.matrix_factorization_estimator import MatrixFactorization

__all__ = ["MatrixFactorization"]
