"""What is exported says what the tree does: read back, it predicts the same."""

import html
import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_iris

from firsthand.scratch.errors import NotFittedError, ParameterError
from firsthand.scratch.trees import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    export_graphviz,
    export_text,
    to_dict,
)

NASTY = ['with "quotes"', "back\\slash \\N \\G", "<b>&amp;</b>", "line\nbreak {a|b}"]
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")


@pytest.fixture(scope="module")
def iris():
    return load_iris()


@pytest.fixture(scope="module")
def model(iris):
    return DecisionTreeClassifier(max_depth=4).fit(iris.data, iris.target_names[iris.target])


def read_rules(text):
    """Return the tree that the text tells: a leaf is what it answers, else [name, t, yes, no]."""
    lines = [
        re.fullmatch(r"( *)(.+?) (<=|>) (\S+?)(?:: (.+) \(\d+\))?", s) for s in text.split("\n")
    ]
    assert all(lines)

    def read(depth):
        _, name, sign, threshold, answer = lines.pop(0).groups()
        assert sign == "<="
        yes = answer or read(depth + 1)
        indent, again, sign, other, answer = lines.pop(0).groups()
        assert (len(indent), again, sign, other) == (4 * depth, name, ">", threshold)
        return name, float(threshold), yes, answer or read(depth + 1)

    tree = read(0)
    assert not lines
    return tree


def follow(tree, names, x):
    while isinstance(tree, tuple):
        name, threshold, yes, no = tree
        tree = yes if x[names.index(name)] <= threshold else no
    return tree


def test_rules_predict_what_the_tree_predicts(iris, model):
    rules = export_text(model, feature_names=iris.feature_names, decimals=12)
    tree = read_rules(rules)
    told = [follow(tree, iris.feature_names, x) for x in iris.data]
    assert told == model.predict(iris.data).tolist()


def test_rules_stop_at_a_depth_and_count_what_is_below(model):
    text = export_text(model, max_depth=1)
    assert max(len(re.match(" *", line)[0]) for line in text.split("\n")) == 4
    below = sum(int(found) for found in re.findall(r"\.\.\. (\d+) leaves", text))
    assert below + len(re.findall(r"\(\d+\)$", text, re.M)) == model.get_n_leaves()


def test_a_single_leaf_is_a_rule_without_condition():
    model = DecisionTreeRegressor().fit([[1.0], [1.0]], [2.0, 3.0])
    assert export_text(model) == "2.50 (2)"
    assert to_dict(model)["value"] == 2.5


def test_missing_values_that_stand_alone_are_said_so():
    model = DecisionTreeClassifier().fit([[1.0], [2.0], [np.nan]], ["a", "a", "b"])
    assert export_text(model) == "x[0] is known: a (2)\nx[0] is missing: b (1)"
    assert to_dict(model)["missing"] == "no"


def test_a_dict_predicts_what_the_tree_predicts_and_is_json(iris, model):
    tree = json.loads(json.dumps(to_dict(model, feature_names=iris.feature_names)))

    def proba(node, x):
        while "feature" in node:
            left = x[iris.feature_names.index(node["feature"])] <= node["threshold"]
            node = node["yes"] if left else node["no"]
        return [node["value"][label] for label in model.classes_]

    np.testing.assert_array_equal(
        [proba(tree, x) for x in iris.data], model.predict_proba(iris.data)
    )
    assert tree["n_samples"] == tree["weight"] == len(iris.data)


def test_a_very_deep_tree_is_exported():
    n = 1500
    model = DecisionTreeRegressor().fit(np.arange(n)[:, None], np.arange(n) % 2)
    assert model.get_depth() > sys.getrecursionlimit() // 2
    assert export_text(model).count("\n") + 1 == model.tree_.node_count - 1
    assert export_graphviz(model).count("->") == model.tree_.node_count - 1
    assert to_dict(model)["n_samples"] == n


@needs_dot
@pytest.mark.parametrize("names", [None, NASTY])
def test_dot_draws_the_tree_with_any_names(iris, model, names):
    labels = None if names is None else NASTY[:3]
    text = export_graphviz(model, feature_names=names, class_names=labels)
    drawn = subprocess.run(
        ["dot", "-Tplain"], input=text, capture_output=True, text=True, check=False
    )
    assert drawn.returncode == 0, drawn.stderr
    assert not drawn.stderr
    assert len(re.findall("^node ", drawn.stdout, re.M)) == model.tree_.node_count
    assert len(re.findall("^edge ", drawn.stdout, re.M)) == model.tree_.node_count - 1


@needs_dot
def test_dot_shows_names_as_they_are(iris, model):
    text = export_graphviz(model, feature_names=NASTY)
    svg = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True, check=True)
    used = {NASTY[j] for j in model.tree_.feature if j >= 0}
    assert used & {NASTY[2], NASTY[3]}
    shown = html.unescape(svg.stdout).replace("\xa0", " ")
    for name in used:
        assert name.replace("\n", " ") in shown


def test_names_come_from_the_table_and_are_counted(iris):
    import pandas as pd

    table = pd.DataFrame(iris.data, columns=["a", "b", "c", "d"])
    model = DecisionTreeClassifier(max_depth=1).fit(table, iris.target)
    assert export_text(model).startswith("c <= 2.45: 0 (50)")
    with pytest.raises(ParameterError, match="feature_names has 1 names; the tree needs 4"):
        export_text(model, feature_names=["only"])
    with pytest.raises(ParameterError, match="class_names has 2 names"):
        export_graphviz(model, class_names=["x", "y"])
    with pytest.raises(ParameterError, match="decimals"):
        export_text(model, decimals=-1)
    with pytest.raises(NotFittedError):
        to_dict(DecisionTreeClassifier())
