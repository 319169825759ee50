"""Models that group samples without being told how."""

from firsthand.scratch.clusters.kmeans_estimator import KMeans

__all__ = ["KMeans"]
