"""Models that describe samples by fewer numbers.

Start with ``pca``; ``randomized_svd`` finds the first components of a large matrix, and ``tsne``
draws a map on which near samples stay near.
"""

from firsthand.scratch.decomposition.pca_estimator import PCA
from firsthand.scratch.decomposition.tsne import Descent
from firsthand.scratch.decomposition.tsne_estimator import TSNE

__all__ = ["PCA", "TSNE", "Descent"]
