"""Models that describe samples by fewer numbers."""

from firsthand.scratch.decomposition.pca_estimator import PCA

__all__ = ["PCA"]
