"""Trees that ask one question at each node.

Start with ``cart``, the whole idea on one page, then ``pruning``. ``growing`` finds the same
trees at speed, ``tree`` keeps them as flat arrays, ``export`` shows them.
"""

from firsthand.scratch.trees.cart import Node, Split
from firsthand.scratch.trees.classifier import DecisionTreeClassifier
from firsthand.scratch.trees.export import export_graphviz, export_text, to_dict
from firsthand.scratch.trees.growing import Limits, SortedFeatures, grow_tree, presort
from firsthand.scratch.trees.parameters import Parameters
from firsthand.scratch.trees.pruning import Link, Path
from firsthand.scratch.trees.regressor import DecisionTreeRegressor
from firsthand.scratch.trees.tree import Tree

__all__ = [
    "DecisionTreeClassifier",
    "DecisionTreeRegressor",
    "Limits",
    "Link",
    "Node",
    "Parameters",
    "Path",
    "SortedFeatures",
    "Split",
    "Tree",
    "export_graphviz",
    "export_text",
    "grow_tree",
    "presort",
    "to_dict",
]
