"""Blank a function of the reference, take one function out of a file, put one in.

Every edit finds its place in the syntax tree and is made in the text, so that what it does not
touch (comments, spacing, line ends) stays as it was written. A target is ``name`` or
``Class.method``; where a file defines a name twice, the later definition is meant, as in Python.

A stage's skeleton is the reference module reduced to what its learner needs: the equations,
the imports, the constants, the targets without their bodies, and the public functions that are
given. Estimator classes, private helpers of the bodies that were blanked, and everything that
reaches into the rest of ``firsthand`` are left out, so that the file runs by itself.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType

from firsthand.study.errors import UnknownNameError
from firsthand.study.parsing import parse

BLANK = "raise NotImplementedError"

Function = ast.FunctionDef | ast.AsyncFunctionDef
_Imports = ast.Import | ast.ImportFrom


def blank(source: str, targets: Iterable[str]) -> str:
    """Return ``source`` with the bodies of ``targets`` replaced by ``raise NotImplementedError``.

    Signature, decorators, docstring and the comments above stay; comments inside the body go.

    Raises
    ------
    SyntaxError
        If ``source`` is not Python.
    UnknownNameError
        If a target is not defined in ``source``.

    Examples
    --------
    >>> print(blank("def double(x):\\n    return 2 * x  # twice\\n", ["double"]))
    def double(x):
        raise NotImplementedError
    <BLANKLINE>
    """
    for target in targets:
        text = _Text(source)
        source = text.with_blank(text.find(target))
    return source


def is_blank(source: str, target: str) -> bool:
    """Return whether ``target`` has no body of its own in ``source``.

    Blank is a docstring alone, ``...``, ``pass``, or ``raise NotImplementedError`` in any form.
    Raises as :func:`blank` does.
    """
    body = _without_docstring(_Text(source).find(target))
    return all(_says_nothing(statement) for statement in body)


def function_source(source: str, target: str) -> str:
    """Return the text of ``target``, decorators included, without indentation of its own.

    Raises as :func:`blank` does.
    """
    text = _Text(source)
    start, end = text.extent(text.find(target))
    function = source[text.line_start(start) : end] + "\n"
    return function if text.line_start(start) == start else textwrap.dedent(function)


def replace_function(source: str, target: str, new_source: str) -> str:
    """Return ``source`` with the text of ``target`` replaced by the function ``new_source``.

    Raises
    ------
    SyntaxError
        If either text is not Python.
    UnknownNameError
        If either text does not define the target.
    """
    new = function_source(new_source, target.rpartition(".")[2])
    text = _Text(source)
    start, end = text.extent(text.find(target))
    indent = source[text.line_start(start) : start]
    new = textwrap.indent(new, indent, lambda line: bool(line.strip())).removesuffix("\n")
    return source[: text.line_start(start)] + new + source[end:]


def skeleton(source: str, targets: Iterable[str]) -> str:
    """Return the learner's file for a reference module: what is given, and the blanks.

    Raises as :func:`blank` does.
    """
    targets = tuple(targets)
    text = _Text(blank(source, targets))
    return text.only(_given(text.tree, {target.partition(".")[0] for target in targets}))


def standalone_source(source: str, target: str, targets: Collection[str]) -> str:
    """Return ``target`` with the imports, constants and helpers of its file that it leans on.

    Other ``targets`` are left out: whoever runs the text supplies them, written or ours. The
    text is what a pass stores and what stands in for our function later. Raises as
    :func:`blank` does.
    """
    text = _Text(source)
    text.find(target)
    others = {name.partition(".")[0] for name in targets} - {target.partition(".")[0]}
    defined = _definitions(text.tree)
    for name in others:
        defined.pop(name, None)
    return text.only(_reached(defined, [target.partition(".")[0]]))


def defined_names(source: str) -> set[str]:
    """Return the names that the statements of a module define, imports included."""
    return set(_definitions(parse(source)))


def defines(source: str, targets: Iterable[str]) -> dict[str, bool]:
    """Return for every target whether ``source`` defines it; parses the text once.

    Raises
    ------
    SyntaxError
        If the text is not Python.
    """
    text = _Text(source)

    def defined(target: str) -> bool:
        try:
            text.find(target)
        except UnknownNameError:
            return False
        return True

    return {target: defined(target) for target in targets}


@dataclass
class _Text:
    """A source text, its tree, and the way from the tree's positions to the text's."""

    source: str

    def __post_init__(self) -> None:
        self.tree = parse(self.source)
        # Python's own line ends; str.splitlines knows more of them than the parser does.
        ends = [match.end() for match in re.finditer(r"\r\n|\r|\n", self.source)]
        self.starts = [0, *ends]

    def at(self, lineno: int, byte_offset: int) -> int:
        """Return the index of a position that the tree gives in lines and UTF-8 bytes."""
        start = self.starts[lineno - 1]
        end = self.starts[lineno] if lineno < len(self.starts) else len(self.source)
        line = self.source[start:end].encode("utf-8", "surrogatepass")
        return start + len(line[:byte_offset].decode("utf-8", "surrogatepass"))

    def line_start(self, index: int) -> int:
        """Return where the line that holds ``index`` starts."""
        return max(start for start in self.starts if start <= index)

    def begin(self, node: ast.stmt | ast.expr) -> int:
        return self.at(node.lineno, node.col_offset)

    def end(self, node: ast.stmt | ast.expr) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.at(node.end_lineno, node.end_col_offset)

    def find(self, target: str) -> Function:
        """Return the definition of ``target``."""
        scope: list[ast.stmt] = self.tree.body
        *owners, name = target.split(".")
        for owner in owners:
            classes = [n for n in scope if isinstance(n, ast.ClassDef) and n.name == owner]
            scope = classes[-1].body if classes else []
        found = [n for n in scope if isinstance(n, Function) and n.name == name]
        if not found:
            known = (n.name for n in self.tree.body if isinstance(n, Function))
            raise UnknownNameError("function", target, known)
        return found[-1]

    def extent(self, node: ast.stmt) -> tuple[int, int]:
        """Return where a statement starts, decorators included, and where it ends.

        Comments below a definition that are indented deeper than it belong to its body.
        """
        first: ast.stmt | ast.expr = node
        start = self.begin(first)
        if isinstance(node, Function | ast.ClassDef):
            if node.decorator_list:
                start = self.source.rindex("@", 0, self.begin(node.decorator_list[0]))
            return start, self._past_comments(node)
        return start, self.end(node)

    def with_blank(self, node: Function) -> str:
        """Return the text with the body of ``node`` replaced by the blank."""
        _, end = self.extent(node)
        first = node.body[0]
        own_line = self.source[self.line_start(self.begin(first)) : self.begin(first)]
        if ast.get_docstring(node, clean=False) is None:
            head = self.source[: self.begin(first)]
            if not own_line.strip():  # comments between the signature and the first statement go
                head = re.sub(
                    r"(\r\n|\r|\n)(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*[ \t\f]*\Z", r"\1", head
                )
                head += own_line
            return head + BLANK + self.source[end:]
        glue = "; " if own_line.strip() else self._newline() + own_line
        return self.source[: self.end(first)] + glue + BLANK + self.source[end:]

    def only(self, names: set[str]) -> str:
        """Return the text with only the statements of the module that define ``names``."""
        defined = _definitions(self.tree)
        wanted = {id(node) for name in names for node in defined.get(name, ())}
        pieces: list[str] = []
        previous = 0
        after = re.compile(r"[ \t\f]*(;[ \t]*|(#[^\r\n]*)?(\r\n|\r|\n|$))")
        for position, node in enumerate(self.tree.body):
            start, end = self.extent(node)
            rest = after.match(self.source, end)
            stop = rest.end() if rest else end
            if (position == 0 and _is_text(node)) or _is_for_all(node):
                pieces.append(self.source[previous:stop])
            elif isinstance(node, ast.Import | ast.ImportFrom) and not names >= set(_binds(node)):
                node.names = [alias for alias in node.names if _bound(alias) in names]
                if node.names:
                    pieces.append(self.source[previous:start] + ast.unparse(node) + "\n")
            elif id(node) in wanted:
                pieces.append(self.source[previous:stop])
            previous = stop
        text = "".join(pieces).strip("\r\n")
        return re.sub(r"(\r?\n)(?:[ \t]*\r?\n){3,}", r"\1\1\1", text) + self._newline()

    def _past_comments(self, node: Function | ast.ClassDef) -> int:
        end = self.end(node)
        margin = self.source[self.line_start(self.begin(node)) : self.begin(node)]
        comment = re.compile(r"[^\r\n]*(?:(?:\r\n|\r|\n)[ \t\f]*)+#[^\r\n]*")
        while match := comment.match(self.source, end):
            line = self.source[self.line_start(match.end() - 1) : match.end()]
            indent = line[: len(line) - len(line.lstrip())]
            if len(indent.expandtabs()) <= len(margin.expandtabs()):
                break
            end = match.end()
        same_line = re.compile(r"[ \t\f]*#[^\r\n]*").match(self.source, end)
        return same_line.end() if same_line else end

    def _newline(self) -> str:
        match = re.search(r"\r\n|\r|\n", self.source)
        return match.group() if match else "\n"


def _given(tree: ast.Module, targets: Collection[str]) -> set[str]:
    """Return the names of a reference module that its learner is given."""
    defined = _definitions(tree)
    outside = _outside(defined)
    given = [
        name
        for name, nodes in defined.items()
        if name in targets
        or not (name.startswith("_") or name in outside or isinstance(nodes[0], _Imports))
    ]
    return _reached(defined, given)


def _reached(defined: Mapping[str, Sequence[ast.stmt]], roots: Iterable[str]) -> set[str]:
    """Return the defined names that ``roots`` lean on, directly or not, themselves included."""
    reached: set[str] = set()
    queue = list(roots)
    while queue:
        name = queue.pop()
        if name in defined and name not in reached:
            reached.add(name)
            queue.extend(used for node in defined[name] for used in _uses(node))
    return reached


def _outside(defined: Mapping[str, Sequence[ast.stmt]]) -> set[str]:
    """Return the names that need the rest of ``firsthand``, or a class, directly or not."""
    outside = {
        name
        for name, nodes in defined.items()
        for node in nodes
        if isinstance(node, ast.ClassDef)
        or (isinstance(node, ast.ImportFrom) and (node.level or _ours(node.module or "")))
        or (isinstance(node, ast.Import) and any(_ours(alias.name) for alias in node.names))
    }
    uses = {name: {u for n in nodes for u in _uses(n)} for name, nodes in defined.items()}
    while more := {name for name, used in uses.items() if outside & used} - outside:
        outside |= more
    return outside


def _definitions(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    """Return the names that a module defines, each with the statements that make it what it is."""
    defined: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        bound = set(_binds(node))
        changed = {n for n in _changes(node) if n in defined and not _imported(defined[n][0])}
        for name in sorted(bound | changed):
            defined.setdefault(name, []).append(node)
    return defined


def _binds(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement of a module defines."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name  # what it defines inside is its own
        case ast.Import() | ast.ImportFrom():
            yield from map(_bound, node.names)
        case ast.Name(ctx=ast.Store()):
            yield node.id
        case ast.Lambda():
            return
        case _:
            for inner in ast.iter_child_nodes(node):
                yield from _binds(inner)


def _changes(node: ast.stmt) -> Iterator[str]:
    """Yield the names whose things a statement changes: ``f.x = 1``, ``d[k] = 1``, ``l.add(1)``."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        yield from map(_root, node.targets if isinstance(node, ast.Assign) else [node.target])
        return
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
            yield _root(method)
        case _:
            return


def _root(node: ast.expr) -> str:
    """Return the name that ``name.x[y].z`` begins with; empty where it is no such thing."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _imported(node: ast.stmt) -> bool:
    return isinstance(node, _Imports)


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _uses(node: ast.stmt) -> set[str]:
    """Return the names that a statement reads."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _is_for_all(node: ast.stmt) -> bool:
    """Return whether an import may concern every function: ``__future__`` or ``*``."""
    if not isinstance(node, ast.ImportFrom):
        return False
    return node.module == "__future__" or (node.names[0].name == "*" and not node.level)


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _ours(module: str) -> bool:
    return module.partition(".")[0] == "firsthand"


def _without_docstring(node: Function) -> list[ast.stmt]:
    return node.body[1:] if _is_text(node.body[0]) else node.body


def _says_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant(value=EllipsisType())):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError")):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
        case _:
            return False
