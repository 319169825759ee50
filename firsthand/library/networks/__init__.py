"""Whole networks as PyTorch has them: a file each, with a function that returns the module."""
