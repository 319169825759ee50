"""Mutants: each is another function, valid, and small."""

from __future__ import annotations

import ast
import types

import pytest

from firsthand.study.grading.mutants import build, mutants

SOURCE = '''\
import numpy as np


def f(x, n=2):
    """Say 1 + 1."""
    if x.ndim < 1:
        raise ValueError(f"not {x.ndim - 1}")
    total = np.zeros(n)
    for i in range(n):
        total += x[i:-1].sum(axis=0) * 2.0
        if i > 3 and not n:
            break
    return -total.T / len(x), np.where(total >= 0, total, 1)
'''


def test_every_mutant_is_another_valid_function_of_the_same_signature() -> None:
    found = mutants(SOURCE, "f")
    original = ast.parse(SOURCE).body[1]
    assert isinstance(original, ast.FunctionDef)
    assert len({m.source for m in found}) == len(found)
    assert len({m.change for m in found}) == len(found)
    for mutant in found:
        tree = ast.parse(mutant.source).body[0]
        assert isinstance(tree, ast.FunctionDef)
        assert ast.dump(tree.args) == ast.dump(original.args)
        assert ast.get_docstring(tree) == "Say 1 + 1."
        assert ast.dump(tree) != ast.dump(original)
        assert mutant.before in ast.unparse(original)


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("operator", "total -= x[i:-1]"),
        ("comparison", "x.ndim <= 1"),
        ("off by one", "range(n + 1)"),
        ("off by one", "range(n - 1)"),
        ("axis", "axis=1"),
        ("axis", "axis=None"),
        ("dropped argument", ".sum()"),
        ("sign", "(total.T / len(x)"),
        ("transpose", "-total / len(x)"),
        ("constant", "* 4.0"),
        ("another function", ".mean(axis=0)"),
        ("swapped branches", "np.where(total >= 0, 1, total)"),
        ("swapped results", "(np.where(total >= 0, total, 1), -total.T / len(x))"),
        ("dropped condition", "if i > 3:"),
        ("negation", "i > 3 and n"),
        ("loop", "continue"),
        ("dropped term", "x[i:-1].sum(axis=0)\n"),
        ("condition", "if not x.ndim < 1"),
        ("lost what was there", "total = x[i:-1].sum(axis=0) * 2.0"),
        ("another function", "np.ones(n)"),
        ("dropped bound", "x[i:]"),
    ],
)
def test_the_usual_mistakes_are_made(kind: str, part: str) -> None:
    assert any(m.kind == kind and part in m.source for m in mutants(SOURCE, "f"))


def test_texts_of_errors_are_left_alone() -> None:
    assert all("x.ndim - 1" in m.source or m.after == "(removed)" for m in mutants(SOURCE, "f"))


def test_a_mutant_lives_among_the_names_of_the_reference() -> None:
    module = types.ModuleType("m")
    exec("def helper():\n    return 5\n\n\ndef f():\n    return helper() + 1\n", vars(module))
    text = "def f():\n    return helper() - 1\n"
    assert build(text, "f", module)() == 4
    assert vars(module)["f"]() == 6
