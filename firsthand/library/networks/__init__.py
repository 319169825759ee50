"""Whole networks as professionals build them in PyTorch, a file each: a function returns one.

Their parts are named so that ``network.to_torch()`` of our network loads into them.
"""
