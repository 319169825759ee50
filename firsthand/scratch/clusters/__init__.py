"""Models that group samples without being told how."""

from firsthand.scratch.clusters.gaussian_mixture_estimator import GaussianMixture
from firsthand.scratch.clusters.kmeans_estimator import KMeans

__all__ = ["GaussianMixture", "KMeans"]
