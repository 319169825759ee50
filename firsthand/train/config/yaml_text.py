"""YAML as people expect it: ``1e-3`` is a number, ``no`` is a word, and a key stands once.

PyYAML follows YAML 1.1, by which ``1e-3`` is a text, ``no`` is false, ``1:30`` is 90 and the second
of two equal keys wins. Here the core schema of YAML 1.2 decides what a plain word is (10.3.2 there,
with ``20_000`` besides), for reading and for writing, so that what is written reads back equal.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from firsthand.train.errors import ConfigError

Lines = dict[tuple[str, ...], int]
MOST = 100_000  # values and keys of a text, those that aliases repeat included

_PLAIN = {  # tag: what a plain word of it looks like, and the signs it may begin with
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?[0-9][0-9_]*", list("-+0123456789")),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
}


class _Loader(yaml.SafeLoader):
    """Reads, by the rules above."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML keeps it on the class


class _Dumper(yaml.SafeDumper):
    """Writes, by the same rules."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML keeps it on the class

    def ignore_aliases(self, data: Any) -> bool:
        """Write equal lists out each time; anchors puzzle readers."""
        return True


for _tag, (_pattern, _first) in _PLAIN.items():
    for _class in (_Loader, _Dumper):
        _class.add_implicit_resolver(
            f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first
        )


def _int(loader: _Loader, node: ScalarNode) -> int:
    return int(str(loader.construct_scalar(node)).replace("_", ""))  # 010 is ten


def _str(dumper: _Dumper, text: str) -> ScalarNode:
    odd = set(text) & set("\x85\u2028\u2029")  # breaks of lines, which only quotes keep
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if odd else None)


_Loader.add_constructor("tag:yaml.org,2002:int", _int)
_Dumper.add_representer(str, _str)


def read_yaml(text: str, origin: str) -> tuple[Any, Lines]:
    """Return the plain values in ``text``, and the line of every key by its path.

    Raises
    ------
    ConfigError
        With the line, if it is no YAML, or a key stands twice.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: Lines = {}
        if node is None:
            return None, lines
        _bound(node)
        twice = list(_keys(node, (), lines))
        if twice:
            raise ConfigError("\n".join(f"{origin}, {told}" for told in twice))
        return loader.construct_document(node), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(f"{origin}{where} is no YAML: {error.problem}.{_tabs(text)}") from error
    except RecursionError as error:
        raise ConfigError(f"{origin} is nested too deeply to be a configuration.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{origin} is no YAML: {error}.") from error
    finally:
        loader.dispose()


def read_value(text: str) -> Any:
    """Return one value, such as ``[64, 32]``; raises ConfigError."""
    return read_yaml(text, "The value")[0]


def write_yaml(value: Any) -> str:
    """Return plain values as YAML that `read_yaml` reads back equal."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


def inline(value: Any) -> str:
    """Return a value in one line, such as ``[64, 32]``."""
    text: str = yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=True,
        width=float("inf"),
    )
    return text.removesuffix("...\n").strip()


def _bound(top: Node) -> None:
    """Refuse aliases by which a short text stands for values without end, or for very many.

    The size of a node that several aliases name is counted once and added each time.

    Raises
    ------
    MarkedYAMLError
        At the node that holds itself, or stands for too much.
    """
    sizes: dict[int, int] = {}  # of nodes, by id; 0 while what is below is counted

    def size(node: Node) -> int:
        known = sizes.get(id(node))
        if known == 0:
            told = "an anchor holds itself through an alias (*); write its value out"
            raise yaml.MarkedYAMLError(problem=told, problem_mark=node.start_mark)
        if known is None:
            sizes[id(node)] = 0
            known = 1 + sum(size(child) for child in _below(node))
            sizes[id(node)] = known
        if known > MOST:
            told = f"with its aliases (*) it stands for more than {MOST:,} values"
            raise yaml.MarkedYAMLError(problem=told, problem_mark=node.start_mark)
        return known

    size(top)


def _below(node: Node) -> list[Node]:
    if isinstance(node, SequenceNode):
        return list(node.value)
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return []


def _keys(node: Node, above: tuple[str, ...], lines: Lines) -> list[str]:
    """Note the line of every key below a node; return what to say of those that stand twice."""
    told: list[str] = []
    if isinstance(node, SequenceNode):
        for i, child in enumerate(node.value):
            told += _keys(child, (*above, str(i)), lines)
    elif isinstance(node, MappingNode):
        for key, child in node.value:
            path = (*above, str(key.value))
            line = key.start_mark.line + 1
            if path in lines:
                name = ".".join(path)
                told.append(f"line {line}: {name} stands in line {lines[path]} already.")
            lines[path] = line
            told += _keys(child, path, lines)
    return told


def _tabs(text: str) -> str:
    indented = any(re.match(r" *\t", line) for line in text.splitlines())
    return " Indent with spaces, not tabs." if indented else ""
