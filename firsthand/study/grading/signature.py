"""Compare the signature of the learner's function with the one that the exercise gives."""

from __future__ import annotations

import ast

from firsthand.study.parsing import parse
from firsthand.study.skeleton import function_source


def signature_difference(
    source: str, reference_source: str, target: str
) -> tuple[str, str, int] | None:
    """Return the learner's signature, the expected one and the line, or None where they agree.

    Names, order, kinds and defaults count; annotations do not. Parameters of the learner's own
    may follow, if they have defaults.
    """
    ours, theirs = _arguments(reference_source, target), _arguments(source, target)
    expected, got = _parameters(ours), _parameters(theirs)
    extra = got[len(expected) :]
    if got[: len(expected)] == expected and all(default for _, _, default in extra):
        return None
    return ast.unparse(_bare(theirs)), ast.unparse(_bare(ours)), _line(source, target)


def _arguments(source: str, target: str) -> ast.arguments:
    return _definition(function_source(source, target)).args


def _definition(source: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    node = parse(source).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return node


def _parameters(arguments: ast.arguments) -> list[tuple[str, str, str]]:
    """Return the name, the kind and the default of every parameter."""
    plain = [*arguments.posonlyargs, *arguments.args]
    missing = len(plain) - len(arguments.defaults)
    defaults = ["", *([""] * missing)][1:] + [ast.unparse(d) for d in arguments.defaults]
    found = [(a.arg, "positional", d) for a, d in zip(plain, defaults, strict=True)]
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append((argument.arg, "keyword", ast.unparse(default) if default else ""))
    if arguments.vararg:
        found.append((arguments.vararg.arg, "*", "()"))
    if arguments.kwarg:
        found.append((arguments.kwarg.arg, "**", "{}"))
    return found


def _bare(arguments: ast.arguments) -> ast.arguments:
    """Return the arguments without annotations."""
    for node in ast.walk(arguments):
        if isinstance(node, ast.arg):
            node.annotation = None
    return arguments


def _line(source: str, target: str) -> int:
    name = target.rpartition(".")[2]
    functions = (n for n in ast.walk(parse(source)) if isinstance(n, ast.FunctionDef))
    return max((n.lineno for n in functions if n.name == name), default=1)
