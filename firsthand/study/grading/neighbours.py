"""Which functions of the learner's file are ours while one of them is graded.

Every exercise can be graded alone: the other targets of the stage, and public functions of the
reference that the file lacks, are answered by the reference. Not those that are built on the
target itself: what they return would give its answer away.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from firsthand.study.parsing import parse
from firsthand.study.skeleton import standalone_source


def neighbours(
    source: str, reference_source: str, target: str, targets: Collection[str]
) -> list[str]:
    """Return the names that ``target`` uses in ``source`` and that the reference answers.

    Parameters
    ----------
    source : str
        The learner's file.
    reference_source : str
        The reference module.
    target : str
        The function that is graded.
    targets : collection of str
        The functions of every exercise of the stage.
    """
    ours = _functions(reference_source)
    defined = _functions(source)
    used = _names(standalone_source(source, target, targets))
    return [
        name
        for name in sorted(used & set(ours))
        if name != target
        and not name.startswith("_")
        and (name in targets or name not in defined)
        and target not in _reach(ours, name)
    ]


def _functions(source: str) -> dict[str, set[str]]:
    """Return the functions of a module, with the names that each one uses."""
    return {
        node.name: {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        for node in parse(source).body
        if isinstance(node, ast.FunctionDef)
    }


def _names(source: str) -> set[str]:
    return {n.id for n in ast.walk(parse(source)) if isinstance(n, ast.Name)}


def _reach(functions: dict[str, set[str]], name: str) -> set[str]:
    reached: set[str] = set()
    queue = [name]
    while queue:
        for used in functions.get(queue.pop(), set()) - reached:
            reached.add(used)
            queue.append(used)
    return reached
