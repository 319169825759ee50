"""Models that group samples without being told how.

Start with ``kmeans``; ``gaussian_mixture`` makes its hard choice a soft one, ``dbscan`` asks for
density instead. The models around them stand in files that end in ``_estimator``.
"""

from firsthand.scratch.clusters.dbscan import Neighbors
from firsthand.scratch.clusters.dbscan_estimator import DBSCAN
from firsthand.scratch.clusters.gaussian_mixture import Mixture
from firsthand.scratch.clusters.gaussian_mixture_estimator import GaussianMixture
from firsthand.scratch.clusters.kmeans_estimator import KMeans
from firsthand.scratch.clusters.minibatch_kmeans_estimator import MiniBatchKMeans

__all__ = ["DBSCAN", "GaussianMixture", "KMeans", "MiniBatchKMeans", "Mixture", "Neighbors"]
