"""Decision trees beside scikit-learn's, question by question.

Both trees are walked down together for as long as they ask the same. Where they part, both
questions must be equally good; then either is right, and what is below is no longer compared.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from firsthand.compare.agreement import Agreement, agree, at_most
from firsthand.compare.classic.counterpart import Counterpart
from firsthand.compare.classic.quantity import Condition, Fitted, Quantity
from firsthand.data import Dataset

Array = NDArray[np.float64]

SLACK = 1e-9  # of the root's impurity
WHY = "sums of squares are rounded in another order"
WHY_FLOAT32 = "the library keeps X in float32"


def shared_nodes(ours: Any, theirs: Any) -> list[tuple[int, int]]:
    """Return the pairs of nodes, of our tree and of theirs, that hold the same samples."""
    shared, pending = list[tuple[int, int]](), [(0, 0)]
    while pending:
        i, j = pending.pop()
        shared.append((i, j))
        if _same_question(ours, i, theirs, j):
            pending += [
                (int(ours.children_left[i]), int(theirs.children_left[j])),
                (int(ours.children_right[i]), int(theirs.children_right[j])),
            ]
    return shared


def impurity_after(tree: Any, node: int) -> float:
    """Return the mean impurity of both answers, or the node's own where it asks nothing."""
    left, right = int(tree.children_left[node]), int(tree.children_right[node])
    if left == -1:
        return float(tree.impurity[node])
    w, H = tree.weighted_n_node_samples, tree.impurity
    return float((w[left] * H[left] + w[right] * H[right]) / w[node])


def worst_question(ours: Any, theirs: Any) -> float:
    """Return by how much our worst question leaves more impurity than theirs, of the root's."""
    over = [
        impurity_after(ours, i) - impurity_after(theirs, j) for i, j in shared_nodes(ours, theirs)
    ]
    return max(over) / max(float(theirs.impurity[0]), 1e-300)


def _same_question(ours: Any, i: int, theirs: Any, j: int) -> bool:
    left, other = int(ours.children_left[i]), int(theirs.children_left[j])
    return (
        left != -1
        and other != -1
        and bool(ours.feature[i] == theirs.feature[j])
        and bool(ours.n_node_samples[left] == theirs.n_node_samples[other])
    )


def _as_good(fitted: Fitted) -> Agreement:
    over = worst_question(fitted.ours.tree_, fitted.theirs.tree_)
    name = "impurity left by any question, beyond the library's"
    return at_most(name, over, SLACK, why=WHY)


def _same_impurities(fitted: Fitted) -> Agreement:
    ours, theirs = fitted.ours.tree_, fitted.theirs.tree_
    shared = shared_nodes(ours, theirs)
    left = (
        [impurity_after(ours, i) for i, _ in shared],
        [impurity_after(theirs, j) for _, j in shared],
    )
    return agree("impurity left by every question", *left, tolerance=SLACK, why=WHY)


def _same_thresholds(fitted: Fitted) -> Agreement:
    ours, theirs = fitted.ours.tree_, fitted.theirs.tree_
    shared = [(i, j) for i, j in shared_nodes(ours, theirs) if _same_question(ours, i, theirs, j)]
    here, there = ([pair[side] for pair in shared] for side in (0, 1))
    apart = (ours.threshold[here], theirs.threshold[there])
    return agree("thresholds", *apart, tolerance=1e-6, why=WHY_FLOAT32)


def _told_apart(data: Dataset) -> bool:
    ordered = np.sort(data.X.astype(np.float32), axis=0)
    return bool((np.diff(ordered, axis=0) > 1e-7).all()) and bool(np.var(data.y) > 1e-6)


TOLD_APART = Condition(
    _told_apart,
    "the library takes values for equal that differ by less than 1e-7, or in float64 only",
)

QUANTITIES = (
    Quantity("questions", _as_good),
    Quantity("impurities", _same_impurities, TOLD_APART),
    Quantity("thresholds", _same_thresholds),
)
NOTES = (
    "of equally good questions ours asks the one on the first feature; the library draws",
    "where they part, both questions are equally good; below, the trees are not compared",
)


def _pair(title: str, kind: str, **settings: Any) -> Counterpart:
    return Counterpart(
        title,
        scratch=f"firsthand.scratch.trees.DecisionTree{kind}",
        library=f"sklearn.tree.DecisionTree{kind}",
        task="classification" if kind == "Classifier" else "regression",
        settings=settings,
        theirs={"random_state": 0},
        quantities=QUANTITIES,
        score="accuracy" if kind == "Classifier" else "R²",
        notes=NOTES,
    )


PAIRS = (
    _pair("DecisionTreeClassifier", "Classifier"),
    _pair("DecisionTreeClassifier, entropy", "Classifier", criterion="entropy", max_depth=5),
    _pair("DecisionTreeClassifier, balanced", "Classifier", class_weight="balanced", max_depth=5),
    _pair("DecisionTreeRegressor", "Regressor"),
    _pair("DecisionTreeRegressor, shallow", "Regressor", max_depth=4, min_samples_leaf=5),
)
