"""Models that are a weighted sum of the features."""
