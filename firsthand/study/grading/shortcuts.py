"""Find, in the text of a solution, what the exercise forbids to use.

Names are followed through imports, aliases and assignments (``la = np.linalg``), and into the
helpers that the target calls. Ways to reach a name without writing it (``eval``, ``__import__``,
``getattr`` with a computed name on a package, ``sys.modules``) are shortcuts themselves. At run
time the player has no other package to import, and traps the forbidden functions of NumPy.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from firsthand.study.parsing import parse
from firsthand.study.skeleton import standalone_source

LIBRARIES = {
    *("firsthand", "sklearn", "torch", "scipy", "pandas", "statsmodels", "xgboost", "lightgbm"),
    *("tensorflow", "keras", "jax", "autograd", "numba", "cupy", "theano", "mxnet"),
}
TRICKS = {"eval", "exec", "compile", "__import__", "globals", "vars", "breakpoint"}
BACKDOORS = {
    *("importlib", "ctypes", "gc", "inspect", "sys.modules", "sys._getframe", "subprocess"),
    *(
        "builtins",
        "pickle",
        "marshal",
        "os.system",
        "socket",
        "runpy",
        "pkgutil",
        "numpy.ctypeslib",
    ),
}


INSIDES = {"__globals__", "__builtins__", "__subclasses__", "__import__", "__code__"}


@dataclass(frozen=True)
class Shortcut:
    """Something forbidden in a solution, and the line it stands on."""

    name: str
    line: int
    trick: bool = False


def find_shortcut(
    source: str, target: str, targets: Sequence[str], forbidden: Sequence[str]
) -> Shortcut | None:
    """Return the first shortcut that ``target`` takes in ``source``, or None.

    Parameters
    ----------
    source : str
        The learner's whole file.
    target : str
        The exercise's function.
    targets : sequence of str
        The stage's targets: what the others do is not this one's fault.
    forbidden : sequence of str
        What the exercise forbids: ``"np.linalg.lstsq"``, ``"sklearn"``, ``"sorted"``.
    """
    own = _own_nodes(source, target, targets)
    bound = {name for node in own for name in _stored(node)}
    scan = _Scan({_canonical(name) for name in forbidden}, bound)
    found = [shortcut for node in own for shortcut in scan.visit(node)]
    return min(found, key=lambda shortcut: shortcut.line, default=None)


def _own_nodes(source: str, target: str, targets: Sequence[str]) -> list[ast.stmt]:
    """Return the statements of the file that the target leans on, as they stand in the file."""
    wanted = {ast.dump(n) for n in parse(standalone_source(source, target, targets)).body}
    imports = ast.Import | ast.ImportFrom
    return [
        node for node in parse(source).body if ast.dump(node) in wanted or isinstance(node, imports)
    ]


class _Scan:
    """A walk over statements that remembers what each name stands for."""

    def __init__(self, forbidden: set[str], bound: set[str]) -> None:
        self._forbidden = forbidden
        self._bound = bound  # names of the learner's own, whatever package is called alike
        self._means: dict[str, str] = {}

    def visit(self, node: ast.AST) -> Iterator[Shortcut]:
        for inner in ast.walk(node):
            match inner:
                case ast.Import():
                    for alias in inner.names:
                        whole = alias.name if alias.asname else alias.name.partition(".")[0]
                        self._means[alias.asname or whole] = whole
                        yield from self._judge(alias.name, inner.lineno, imported=True)
                case ast.ImportFrom(module=module, names=names, level=level):
                    base = "firsthand" if level else module or ""
                    for alias in names:
                        full = f"{base}.{alias.name}"
                        self._means[alias.asname or alias.name] = full
                        yield from self._judge(full, inner.lineno, imported=True)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    if meaning := self._name(value):
                        self._means[name] = meaning
                case ast.arguments():
                    self._defaults(inner)
                case _:
                    pass
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name | ast.Attribute) and isinstance(inner.ctx, ast.Load):
                if name := self._name(inner):
                    yield from self._judge(name, inner.lineno)
                elif isinstance(inner, ast.Attribute) and inner.attr in INSIDES:
                    yield Shortcut(inner.attr, inner.lineno, trick=True)
            elif isinstance(inner, ast.Call):
                yield from self._computed(inner)

    def _defaults(self, given: ast.arguments) -> None:
        """Follow names into parameters: ``def f(s=sorted)``."""
        plain = [*given.posonlyargs, *given.args]
        pairs: list[tuple[ast.arg, ast.expr | None]] = []
        pairs += zip(plain[::-1], given.defaults[::-1], strict=False)
        pairs += zip(given.kwonlyargs, given.kw_defaults, strict=True)
        for argument, default in pairs:
            same = isinstance(default, ast.Name) and default.id == argument.arg  # sorted=sorted
            meaning = argument.arg if same else self._name(default) if default else ""
            if meaning:
                self._means[argument.arg] = meaning

    def _name(self, node: ast.AST) -> str:
        """Return the full dotted name of an expression; empty if it is not a name."""
        match node:
            case ast.Name(id=name):
                return self._means.get(name, "" if name in self._bound else name)
            case ast.Attribute(value=value, attr=attribute):
                base = self._name(value)
                return f"{base}.{attribute}" if base else ""
            case ast.Call(func=ast.Name(id="getattr"), args=[value, attribute, *_]):
                base, text = self._name(value), _text(attribute)
                return f"{base}.{text}" if base and text else ""
            case _:
                return ""

    def _computed(self, call: ast.Call) -> Iterator[Shortcut]:
        """Yield a shortcut for ``getattr`` on a package with a name that cannot be read."""
        match call:
            case ast.Call(func=ast.Name(id="getattr"), args=[value, attribute, *_]):
                base = self._name(value)
                if not base or base.partition(".")[0] not in {"numpy", *LIBRARIES}:
                    return
                if _text(attribute):
                    yield from self._judge(self._name(call), call.lineno)
                else:
                    yield Shortcut(f"getattr({base}, ...)", call.lineno, trick=True)
            case _:
                return

    def _judge(self, name: str, line: int, imported: bool = False) -> Iterator[Shortcut]:
        name = _canonical(name)
        parts = name.split(".")
        prefixes = {".".join(parts[: i + 1]) for i in range(len(parts))}
        if prefixes & self._forbidden or parts[0] in LIBRARIES:
            yield Shortcut(name.replace("numpy", "np", 1) if parts[0] == "numpy" else name, line)
        elif not imported and (
            (len(parts) == 1 and name in TRICKS)
            or prefixes & BACKDOORS
            or parts[-1] in INSIDES
            or (parts[0] == "numpy" and any(map(_is_private, parts)))
        ):
            yield Shortcut(name, line, trick=True)


def _stored(node: ast.AST) -> Iterator[str]:
    """Yield the names that the learner's text gives to things, imports apart."""
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case _:
                continue


def _is_private(name: str) -> bool:
    """Return whether a name of NumPy's is not meant for its users."""
    return name == "__dict__" or (name.startswith("_") and not name.startswith("__"))


def _canonical(name: str) -> str:
    return "numpy" + name[2:] if name == "np" or name.startswith("np.") else name


def _text(node: ast.AST) -> str:
    """Return the text of a string, also of one that is put together from pieces."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = _text(left), _text(right)
            return first + second if first and second else ""
        case ast.JoinedStr(values=values):
            parts = [_text(value) for value in values]
            return "".join(parts) if all(parts) else ""
        case _:
            return ""
