"""Models that describe samples by fewer numbers."""

from firsthand.scratch.decomposition.pca_estimator import PCA
from firsthand.scratch.decomposition.tsne import Descent
from firsthand.scratch.decomposition.tsne_estimator import TSNE

__all__ = ["PCA", "TSNE", "Descent"]
