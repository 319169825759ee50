"""A fitted tree for people and for programs: as rules, as a drawing, as plain data.

``export_text`` gives indented rules, ``export_graphviz`` a text that Graphviz's ``dot`` draws, and
``to_dict`` nested dictionaries that can be written as JSON. All three name features and
classes, by the names of the table that the model was fitted on if no others are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.base import Estimator
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.trees.tree import LEAF, Tree
from firsthand.scratch.validation import check_fitted, check_number

__all__ = ["export_graphviz", "export_text", "to_dict"]

Names = Sequence[str] | NDArray[Any] | None


def export_text(
    decision_tree: Estimator,
    *,
    feature_names: Names = None,
    class_names: Names = None,
    max_depth: int | None = None,
    decimals: int = 2,
) -> str:
    """Return the tree as rules, one condition a line; what follows from it is indented.

    Parameters
    ----------
    decision_tree : DecisionTreeClassifier or DecisionTreeRegressor
        Fitted.
    feature_names : sequence of str, optional
    class_names : sequence of str, optional
        In the order of ``classes_``.
    max_depth : int, optional
        Below this depth only the number of leaves is told.
    decimals : int
        Of thresholds and values.

    Examples
    --------
    >>> from firsthand.scratch.trees import DecisionTreeClassifier
    >>> model = DecisionTreeClassifier().fit([[1], [2], [4], [5]], ["cat", "cat", "dog", "dog"])
    >>> print(export_text(model, feature_names=["length"]))
    length <= 3.00: cat (2)
    length > 3.00: dog (2)
    """
    shown = _shown(decision_tree, feature_names, class_names, decimals)
    if max_depth is not None:
        check_number("max_depth", max_depth, at_least=0, whole=True)
    tree, lines = shown.tree, list[str]()
    if tree.node_count == 1:
        return shown.answer(0)
    pending = [(0, 0, "")]  # node, depth, and the condition that leads to it
    while pending:
        node, depth, condition = pending.pop()
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        cut_off = max_depth is not None and depth > max_depth
        if condition:
            says = ""
            if left == LEAF:
                says = f": {shown.answer(node)}"
            elif cut_off:
                leaves = np.count_nonzero(tree.children_left[node : tree.ends[node]] == LEAF)
                says = f": ... {leaves} leaves"
            lines.append("    " * (depth - 1) + condition + says)
        if left != LEAF and not cut_off:
            yes, no = shown.conditions(node)
            pending += [(right, depth + 1, no), (left, depth + 1, yes)]
    return "\n".join(lines)


def export_graphviz(
    decision_tree: Estimator,
    *,
    feature_names: Names = None,
    class_names: Names = None,
    decimals: int = 3,
) -> str:
    r"""Return the tree as text in the language of Graphviz: ``dot -Tsvg`` makes a picture of it.

    Each node shows its question, its impurity, its number of samples, and its shares of the
    classes or mean. The left branch is yes.

    Parameters
    ----------
    decision_tree : DecisionTreeClassifier or DecisionTreeRegressor
        Fitted.
    feature_names, class_names : sequence of str, optional
        Any text; what Graphviz would read as a command is escaped.
    decimals : int
        Of all numbers.

    Examples
    --------
    >>> from firsthand.scratch.trees import DecisionTreeRegressor
    >>> model = DecisionTreeRegressor().fit([[1], [2]], [3.0, 5.0])
    >>> print(export_graphviz(model, feature_names=["age"], decimals=1))
    digraph Tree {
        node [shape=box, style=rounded, fontname="helvetica"];
        edge [fontname="helvetica"];
        0 [label="age <= 1.5\nsquared error 1.0\nsamples 2\n4.0"];
        1 [label="squared error 0.0\nsamples 1\n3.0"];
        2 [label="squared error 0.0\nsamples 1\n5.0"];
        0 -> 1 [label="yes"];
        0 -> 2 [label="no"];
    }
    """
    shown = _shown(decision_tree, feature_names, class_names, decimals)
    tree = shown.tree
    nodes, edges = list[str](), list[str]()
    for node in range(tree.node_count):
        label = shown.facts(node)
        if tree.children_left[node] != LEAF:
            label = [shown.conditions(node)[0], *label]
            edges.append(f'    {node} -> {tree.children_left[node]} [label="yes"];')
            edges.append(f'    {node} -> {tree.children_right[node]} [label="no"];')
        text = "\\n".join(_escaped(line) for line in label)
        nodes.append(f'    {node} [label="{text}"];')
    head = [
        "digraph Tree {",
        '    node [shape=box, style=rounded, fontname="helvetica"];',
        '    edge [fontname="helvetica"];',
    ]
    return "\n".join([*head, *nodes, *edges, "}"])


def to_dict(
    decision_tree: Estimator, *, feature_names: Names = None, class_names: Names = None
) -> dict[str, Any]:
    """Return the tree as nested dictionaries of plain numbers and text.

    Every node has ``n_samples``, ``weight``, ``impurity``, and ``value``: the shares by class, or
    the mean. A node that asks has ``feature``, ``threshold`` and ``missing`` ("yes" or "no": where
    missing values go), and the nodes ``yes`` and ``no``.

    Parameters
    ----------
    decision_tree : DecisionTreeClassifier or DecisionTreeRegressor
        Fitted.
    feature_names, class_names : sequence of str, optional

    Examples
    --------
    >>> from firsthand.scratch.trees import DecisionTreeRegressor
    >>> model = DecisionTreeRegressor().fit([[1], [2]], [3.0, 5.0])
    >>> to_dict(model, feature_names=["age"])["no"]
    {'n_samples': 1, 'weight': 1.0, 'impurity': 0.0, 'value': 5.0}
    """
    shown = _shown(decision_tree, feature_names, class_names, 0)
    tree = shown.tree
    made: list[dict[str, Any]] = [{}] * tree.node_count
    for node in reversed(range(tree.node_count)):  # children before their parent, at any depth
        value = tree.value[node].tolist()
        made[node] = {
            "n_samples": int(tree.n_node_samples[node]),
            "weight": float(tree.weighted_n_node_samples[node]),
            "impurity": float(tree.impurity[node]),
            "value": dict(zip(shown.classes, value, strict=True)) if shown.classes else value[0],
        }
        if tree.children_left[node] != LEAF:
            made[node] |= {
                "feature": shown.features[tree.feature[node]],
                "threshold": float(tree.threshold[node]),
                "missing": "yes" if tree.missing_go_to_left[node] else "no",
                "yes": made[tree.children_left[node]],
                "no": made[tree.children_right[node]],
            }
    return made[0]


@dataclass(frozen=True)
class _Shown:
    """A tree with the words for it."""

    tree: Tree
    features: list[str]
    classes: list[str]  # empty for a regressor
    criterion: str
    decimals: int

    def conditions(self, node: int) -> tuple[str, str]:
        """Return the condition of the left branch, and of the right one."""
        name, threshold = self.features[self.tree.feature[node]], self.tree.threshold[node]
        if np.isinf(threshold):
            return f"{name} is known", f"{name} is missing"
        yes, no = f"{name} <= {self._number(threshold)}", f"{name} > {self._number(threshold)}"
        return yes, no

    def answer(self, node: int) -> str:
        """Return what a leaf predicts, and its number of samples."""
        return f"{self._prediction(node)} ({self.tree.n_node_samples[node]})"

    def facts(self, node: int) -> list[str]:
        """Return impurity, number of samples, and what the node would predict."""
        facts = [
            f"{self.criterion} {self._number(self.tree.impurity[node])}",
            f"samples {self.tree.n_node_samples[node]}",
        ]
        if self.classes:
            facts.append(", ".join(map(self._number, self.tree.value[node])))
        return [*facts, self._prediction(node)]

    def _prediction(self, node: int) -> str:
        value = self.tree.value[node]
        return self.classes[int(value.argmax())] if self.classes else self._number(value[0])

    def _number(self, value: float) -> str:
        return f"{value:.{self.decimals}f}"


def _shown(model: Any, feature_names: Names, class_names: Names, decimals: int) -> _Shown:
    check_fitted(model)
    check_number("decimals", decimals, at_least=0, whole=True)
    tree: Tree = model.tree_
    own = getattr(model, "feature_names_in_", [f"x[{j}]" for j in range(tree.n_features)])
    classes = list(getattr(model, "classes_", []))
    return _Shown(
        tree,
        _names("feature_names", feature_names, own),
        _names("class_names", class_names, classes),
        str(model.criterion).replace("_", " "),
        decimals,
    )


def _names(what: str, given: Names, own: Sequence[Any] | NDArray[Any]) -> list[str]:
    """Return the names that were given, or else the model's own."""
    if given is None:
        return [str(name) for name in own]
    if len(given) != len(own):
        raise ParameterError(f"{what} has {len(given)} names; the tree needs {len(own)}.")
    return [str(name) for name in given]


def _escaped(text: str) -> str:
    """Return text as it may stand between quotation marks in Graphviz's language."""
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return text.replace("\r", " ").replace("\n", " ")
