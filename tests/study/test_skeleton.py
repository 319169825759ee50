"""Blanking, taking out and putting in: what is not touched stays as it was written."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.study.errors import UnknownNameError
from firsthand.study.skeleton import (
    blank,
    function_source,
    is_blank,
    replace_function,
    skeleton,
    standalone_source,
)

REFERENCE = '''\
r"""A model: y = x w.

    dw = X' dz
"""

from __future__ import annotations

from math import exp, log  # two names

import numpy as np
from numpy.typing import NDArray

from firsthand.scratch.base import Regressor, check

__all__ = ["Model", "double", "predict", "slope"]

Array = NDArray[np.float64]
EPS = 1e-12  # keeps log(0) out


# What the slope is for: it stands above and stays.
def slope(x: Array, *, scale: float = EPS) -> Array:
    """Return the slope.

    Of shape (n,).
    """
    # the secret
    helped = _helper(x)

    return helped * scale
    # a secret below


def _helper(x: Array) -> Array:
    return x + log(2.0)


def predict(x: Array) -> Array:
    """Return exp of the slope: given."""
    return exp(1.0) * slope(x) + _shift(x)


def _shift(x: Array) -> Array:
    return x


def guarded(x: Array) -> Array:
    return check(x)


class Model(Regressor):
    """Fit it."""

    def fit(self, X: Array) -> Model:
        # how
        self.w_ = slope(X)
        return self
'''


def test_a_blank_keeps_signature_docstring_and_comments_above() -> None:
    text = blank(REFERENCE, ["slope"])
    assert "# What the slope is for" in text
    assert "Of shape (n,)." in text
    assert "secret" not in text
    assert is_blank(text, "slope")
    assert not is_blank(REFERENCE, "slope")
    assert text.replace(function_source(text, "slope"), "") == REFERENCE.replace(
        function_source(REFERENCE, "slope"), ""
    ).replace("    # a secret below\n", "")


def test_a_method_is_blanked_in_its_class() -> None:
    text = blank(REFERENCE, ["Model.fit"])
    assert is_blank(text, "Model.fit")
    assert "# how" not in text
    assert "    def fit(self, X: Array) -> Model:\n        raise NotImplementedError\n" in text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(x): return x\n", "def f(x): raise NotImplementedError\n"),
        ("def f(x): return x", "def f(x): raise NotImplementedError"),
        ("def f(x): 'doc'; return x\n", "def f(x): 'doc'; raise NotImplementedError\n"),
        ("def f():\r\n\tx = 1\r\n\treturn x\r\n", "def f():\r\n\traise NotImplementedError\r\n"),
        ("def f():\n  'dóc'\ny = 1\n", "def f():\n  'dóc'\n  raise NotImplementedError\ny = 1\n"),
        ("def f():\n  return 'é'  # ü\ny = 1", "def f():\n  raise NotImplementedError\ny = 1"),
        ("x = '\u2028'\ndef f(): return 1\n", "x = '\u2028'\ndef f(): raise NotImplementedError\n"),
        (
            "def f():\n    return 1\n    # in\n\n  # in too\n# out\ny = 1\n",
            "def f():\n    raise NotImplementedError\n# out\ny = 1\n",
        ),
    ],
)
def test_layouts(before: str, after: str) -> None:
    assert blank(before, ["f"]) == after


@pytest.mark.parametrize("body", ["pass", "...", "'doc'", "raise NotImplementedError('todo')"])
def test_saying_nothing_is_blank(body: str) -> None:
    assert is_blank(f"def f():\n    {body}\n", "f")


@pytest.mark.parametrize("body", ["return None", "raise ValueError", "x = 1; pass", "return ..."])
def test_saying_something_is_not(body: str) -> None:
    assert not is_blank(f"def f():\n    {body}\n", "f")


def test_the_later_definition_is_meant() -> None:
    text = "def f():\n    pass\n\n\ndef f():\n    return 2\n"
    assert function_source(text, "f") == "def f():\n    return 2\n"


def test_decorators_belong_to_the_function() -> None:
    text = (
        "import functools\n\n\n@functools.cache\n@ functools.wraps(print)\ndef f():\n    return 1\n"
    )
    assert function_source(text, "f").startswith("@functools.cache\n@ functools.wraps")
    assert replace_function(text, "f", "def f():\n    return 2") == (
        "import functools\n\n\ndef f():\n    return 2\n"
    )


def test_a_missing_function_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="slope"):
        function_source(REFERENCE, "slop")


def test_the_skeleton_runs_alone() -> None:
    text = skeleton(REFERENCE, ["slope"])
    assert "firsthand" not in text
    assert "class Model" not in text
    assert "__all__" not in text
    assert "log" not in text.replace("log(0)", "")  # only the blanked body's helper used it
    assert "from math import exp\n" in text
    assert "_helper" not in text
    assert "guarded" not in text
    assert "def _shift" in text
    namespace: dict[str, object] = {}
    exec(compile(text, "skeleton", "exec"), namespace)
    assert text.startswith('r"""A model')
    with pytest.raises(NotImplementedError):
        namespace["predict"](1.0)


def test_standalone_source_takes_what_the_function_leans_on() -> None:
    written = REFERENCE.replace("    helped = _helper(x)\n", "    helped = _helper(predict(x))\n")
    text = standalone_source(written, "slope", ["slope", "predict"])
    assert "def _helper" in text
    assert "from math import log\n" in text
    assert "EPS = 1e-12" in text
    assert "def predict" not in text
    assert "class Model" not in text


names = st.sampled_from(["a", "b", "c"])
bodies = st.sampled_from(
    [
        "return 1",
        "x = '''\n# no comment\n'''\nreturn x",
        "# first\nreturn (\n  1 +\n2)  # last",
        "'doc'",
    ]
)
gaps = st.sampled_from(["", "\n", "\n\n# a note\n", "\nx = {'é': 1}  # ü\n", "if x: pass\n"])


@st.composite
def modules(draw: st.DrawFn) -> str:
    parts: list[str] = ["x = 1\n"]
    for name in ("a", "b", "c"):
        decorator = draw(st.sampled_from(["", "@staticmethod\n", "@staticmethod  # why\n"]))
        doc = draw(st.sampled_from(["", '    """Döc\n\n    of it."""\n', "    'short'\n\n"]))
        body = textwrap.indent(draw(bodies), "    ", lambda line: line[0] not in "#'\n2" or True)
        parts += [draw(gaps), f"{decorator}def {name}(x=1):\n{doc}{body}\n", draw(gaps)]
    return "".join(parts)


@given(modules(), names)
def test_blanking_touches_one_function(source: str, name: str) -> None:
    text = blank(source, [name])
    assert is_blank(text, name)
    assert blank(text, [name]) == text
    for other in {"a", "b", "c"} - {name}:
        assert function_source(text, other) == function_source(source, other)
    trees = [ast.parse(s).body for s in (source, text)]
    assert len(trees[0]) == len(trees[1])
    for before, after in zip(*trees, strict=True):
        if getattr(before, "name", "") != name:
            assert ast.dump(before) == ast.dump(after)
        else:
            assert ast.get_docstring(before) == ast.get_docstring(after)


@given(modules(), names)
def test_putting_back_what_was_taken_out_restores_the_module(source: str, name: str) -> None:
    restored = replace_function(blank(source, [name]), name, function_source(source, name))
    assert ast.dump(ast.parse(restored)) == ast.dump(ast.parse(source))


LEANING = """\
from math import *

TABLE = {}
TABLE["half"] = 0.5
KEY = "ha"
KEY = KEY + "lf"
WORDS = []
WORDS.append("unused")

if pi > 3:

    def halved(x):
        return x * TABLE[KEY] * halved.factor

else:
    halved = None

halved.factor = 1.0


def f(x):
    return sqrt(halved(x))


f(2.0)
"""


def test_helpers_of_every_form_travel_with_the_function() -> None:
    text = standalone_source(LEANING, "f", ["f"])
    space: dict[str, Callable[[float], float]] = {}
    exec(text, space)
    assert space["f"](8.0) == 2.0
    for left_out in ("WORDS", "f(2.0)"):
        assert left_out not in text
