"""Machine-made wrong versions of a function: one small change each, all through its body.

The changes are those that people make by mistake: another operator, a constant or a bound off
by one, the other axis, the opposite sign, a comparison with or without equality, a term, a
factor or a statement left out, two arguments swapped, a mean in place of a sum. Signature,
docstring, annotations and the texts of errors stay as they are.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

from firsthand.study.parsing import parse
from firsthand.study.skeleton import function_source


@dataclass(frozen=True)
class Mutant:
    """One wrong version: what was done, to which statement, and the whole function."""

    kind: str
    before: str
    after: str
    source: str
    copy: int = 1

    @property
    def change(self) -> str:
        """The changed statement before and after; it names the mutant where authors list it."""
        again = f"  # copy {self.copy}" if self.copy > 1 else ""
        return f"{self.before}  ->  {self.after}{again}"


def mutants(source: str, target: str) -> list[Mutant]:
    """Return every mutant of function ``target`` of a module, in the order of its text."""
    tree = parse(function_source(source, target))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    original = ast.unparse(function)
    found: dict[str, Mutant] = {}
    seen: Counter[str] = Counter()
    for place in _places(function):
        before = _headline(place.statement)
        for kind, node in _variants(place):
            place.put(node)
            text = ast.unparse(ast.fix_missing_locations(function))
            after = "(removed)" if place.node is place.statement else _headline(place.statement)
            place.put(place.node)
            if text != original and text not in found and _compiles(text):
                mutant = Mutant(kind, before, after, text)
                seen[mutant.change] += 1
                found[text] = Mutant(kind, before, after, text, seen[mutant.change])
    return list(found.values())


def build(source: str, target: str, reference: ModuleType) -> Callable[..., Any]:
    """Return the function that ``source`` defines, living among the reference's names."""
    namespace = dict(vars(reference))
    exec(compile(source, f"<{target}>", "exec"), namespace)
    return cast("Callable[..., Any]", namespace[target.rpartition(".")[2]])


@dataclass
class _Place:
    """A node of the tree, where it hangs, and the statement around it."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    statement: ast.stmt

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def _places(function: ast.FunctionDef) -> Iterator[_Place]:
    """Yield every place in the body, outside docstrings, annotations and texts of errors."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    offset = len(function.body) - len(body)
    for index, statement in enumerate(body):
        place = _Place(statement, function, "body", index + offset, statement)
        yield from _inside(place)


def _inside(place: _Place) -> Iterator[_Place]:
    yield place
    node = place.node
    if isinstance(node, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom):
        return
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "ctx", "type_comment"):
            continue
        if isinstance(node, ast.keyword) and node.arg == "strict":  # zip's, a guard against misuse
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                statement = child if isinstance(child, ast.stmt) else place.statement
                yield from _inside(_Place(child, node, field, index, statement))


def _variants(place: _Place) -> Iterator[tuple[str, ast.AST]]:
    match place.node:
        case ast.BinOp() as node:
            yield from _binary(node)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield "sign", operand
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "negation", operand
        case ast.UnaryOp(op=ast.Invert(), operand=operand):
            yield "negation", operand
        case ast.Compare(left=left, ops=[op], comparators=comparators):
            for other in _COMPARISONS.get(type(op), ()):
                yield "comparison", ast.Compare(left, [other()], comparators)
        case ast.BoolOp(op=op, values=values):
            yield "operator", ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for value in values:
                yield "dropped condition", value
        case ast.Constant() as node:
            yield from _constant(node)
        case ast.Call() as node:
            yield from _call(node)
        case ast.keyword(arg="axis", value=value) as node:
            for other in _axes(value):
                yield "axis", ast.keyword("axis", other)
        case ast.Attribute(value=value, attr="T"):
            yield "transpose", value
        case ast.Slice() as node:
            yield from _slice(node)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield "swapped branches", ast.IfExp(test, orelse, body)
        case ast.Tuple(elts=[first, second], ctx=ast.Load()) if isinstance(
            place.parent, ast.Return
        ):
            yield "swapped results", ast.Tuple([second, first], ast.Load())
        case ast.comprehension(ifs=[_, *_]) as node:
            yield (
                "dropped condition",
                ast.comprehension(node.target, node.iter, [], node.is_async),
            )
        case ast.stmt() as node:
            yield from _statement(node)
        case _:
            return


def _binary(node: ast.BinOp) -> Iterator[tuple[str, ast.AST]]:
    for other in _OPERATORS.get(type(node.op), ()):
        yield "operator", ast.BinOp(node.left, other(), node.right)
    if isinstance(
        node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Pow | ast.BitAnd | ast.BitOr
    ):
        yield "dropped term", node.left
    if isinstance(node.op, ast.Add | ast.Mult | ast.BitAnd | ast.BitOr):
        yield "dropped term", node.right
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield "swapped operands", ast.BinOp(node.right, node.op, node.left)


def _constant(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int):
        yield "off by one", ast.Constant(value + 1)
        yield "off by one", ast.Constant(value - 1)
    elif isinstance(value, float):
        yield "constant", ast.Constant(value + 1.0)
        if value:
            yield "constant", ast.Constant(value * 2)


def _axes(value: ast.expr) -> Iterator[ast.expr]:
    match value:
        case ast.Constant(value=int(axis)):
            yield ast.Constant(1 if axis == 0 else 0)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(axis))):
            yield ast.UnaryOp(ast.USub(), ast.Constant(2 if axis == 1 else 1))
        case _:
            return
    yield ast.Constant(None)


def _call(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    match node.func:
        case ast.Attribute(value=value, attr=name):
            for other in _FUNCTIONS.get(name, ()):
                function = ast.Attribute(value, other, ast.Load())
                yield "another function", ast.Call(function, node.args, node.keywords)
            if name == "copy" and not node.args:
                yield "no copy", value
        case ast.Name(id=name):
            for other in _FUNCTIONS.get(name, ()):
                function = ast.Name(other, ast.Load())
                yield "another function", ast.Call(function, node.args, node.keywords)
        case _:
            return
    if name in _UNWRAPPED and len(node.args) == 1 and not node.keywords:
        yield "dropped function", node.args[0]
    if name == "range" and node.args:
        *before, stop = node.args
        for op in (ast.Add(), ast.Sub()):
            bound = ast.BinOp(stop, op, ast.Constant(1))
            yield "off by one", ast.Call(node.func, [*before, bound], [])
    if name == "where" and len(node.args) == 3:
        test, yes, no = node.args
        yield "swapped branches", ast.Call(node.func, [test, no, yes], [])
    elif len(node.args) == 2 and name not in _SYMMETRIC:
        yield "swapped arguments", ast.Call(node.func, node.args[::-1], node.keywords)
    for i, keyword in enumerate(node.keywords):
        if keyword.arg in ("axis", "keepdims", "ddof", "initial", "where", "minlength", "replace"):
            kept = node.keywords[:i] + node.keywords[i + 1 :]
            yield "dropped argument", ast.Call(node.func, node.args, kept)


def _slice(node: ast.Slice) -> Iterator[tuple[str, ast.AST]]:
    if node.lower is not None:
        yield "dropped bound", ast.Slice(None, node.upper, node.step)
    if node.upper is not None:
        yield "dropped bound", ast.Slice(node.lower, None, node.step)
        bound = ast.BinOp(node.upper, ast.Sub(), ast.Constant(1))
        yield "off by one", ast.Slice(node.lower, bound, node.step)
    if node.step is not None:
        yield "dropped step", ast.Slice(node.lower, node.upper, None)


def _statement(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            for other in _OPERATORS.get(type(op), ()):
                yield "operator", ast.AugAssign(target, other(), value)
            yield "lost what was there", ast.Assign([target], value)
        case ast.If(test=test, body=body, orelse=orelse):
            yield "condition", ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Break():
            yield "loop", ast.Continue()
            return
        case ast.Continue():
            yield "loop", ast.Break()
            return
        case _:
            pass
    if not isinstance(node, ast.Return | ast.Pass | ast.Import | ast.ImportFrom):
        yield "dropped statement", ast.Pass()


def _headline(statement: ast.stmt) -> str:
    """Return a statement as text; of a loop or a condition, its first line."""
    text = ast.unparse(ast.fix_missing_locations(statement))
    return text.partition("\n")[0] if hasattr(statement, "body") else text


def _compiles(text: str) -> bool:
    try:
        compile(text, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "sum": ("mean",),
    "mean": ("sum",),
    "max": ("min",),
    "min": ("max",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "std": ("var",),
    "var": ("std",),
    "any": ("all",),
    "all": ("any",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
    "log1p": ("log",),
    "expm1": ("exp",),
    "sin": ("cos",),
    "cos": ("sin",),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "append": ("insert",),
    "random": ("standard_normal",),
    "permutation": ("arange",),
}
_UNWRAPPED = {
    *("abs", "exp", "log", "log1p", "expm1", "sqrt", "square", "tanh", "sign", "cumsum", "sum"),
    *(
        "mean",
        "max",
        "min",
        "argmax",
        "argmin",
        "sorted",
        "sort",
        "argsort",
        "reversed",
        "any",
        "all",
    ),
}
_SYMMETRIC = {
    *("maximum", "minimum", "max", "min", "add", "multiply", "logical_and", "logical_or"),
    *("allclose", "isclose", "array_equal", "hypot"),
}
