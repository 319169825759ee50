"""Trees that ask one question at each node."""

from firsthand.scratch.trees.cart import Node, Split
from firsthand.scratch.trees.growing import Limits, SortedFeatures, grow_tree, presort
from firsthand.scratch.trees.tree import Tree

__all__ = ["Limits", "Node", "SortedFeatures", "Split", "Tree", "grow_tree", "presort"]
