"""What is forbidden is found by every name it can be written with, and nothing else is."""

from __future__ import annotations

import pytest

from firsthand.study.grading.shortcuts import find_shortcut

FORBIDDEN = ["np.linalg.lstsq", "sorted"]


def find(body: str, above: str = "import numpy as np\n", below: str = ""):
    source = f"{above}\n\ndef f(X):\n    {body}\n    return X\n\n\n{below}"
    return find_shortcut(source, "f", ["f", "g"], FORBIDDEN)


@pytest.mark.parametrize(
    ("body", "above"),
    [
        ("np.linalg.lstsq(X, X)", "import numpy as np\n"),
        ("numpy.linalg.lstsq(X, X)", "import numpy\n"),
        ("nn.linalg.lstsq(X, X)", "import numpy as nn\n"),
        ("q(X, X)", "from numpy.linalg import lstsq as q\n"),
        ("la.lstsq(X, X)", "from numpy import linalg as la\n"),
        ("la.lstsq(X, X)", "import numpy.linalg as la\n"),
        ("la = np.linalg; la.lstsq(X, X)", "import numpy as np\n"),
        ("s = np.linalg.lstsq; s(X, X)", "import numpy as np\n"),
        ("from numpy.linalg import lstsq", ""),
        ("getattr(np.linalg, 'lstsq')(X, X)", "import numpy as np\n"),
        ("getattr(np.linalg, 'lst' + 'sq')(X, X)", "import numpy as np\n"),
        ("getattr(np.linalg, X)(X, X)", "import numpy as np\n"),
        ("sorted(X)", ""),
        ("__import__('numpy')", ""),
        ("eval('1')", ""),
        ("globals()['x']", ""),
        ("sys.modules['numpy']", "import sys\n"),
        ("importlib.import_module('x')", "import importlib\n"),
        ("import_module('x')", "from importlib import import_module\n"),
        ("f.__globals__", ""),
        ("ctypes.CDLL(None)", "import ctypes\n"),
        ("np.linalg._umath_linalg.solve1(X, X)", "import numpy as np\n"),
        ("u.lstsq(X, X)", "from numpy.linalg import _umath_linalg as u\n"),
        ("np.linalg.__dict__['lst' + 'sq'](X, X)", "import numpy as np\n"),
        ("g = lambda sorted=sorted: sorted(X)", ""),
        ("g = lambda *, s=sorted: s(X)", ""),
        ("(lambda: 0).__globals__", ""),
        ("import sklearn.linear_model", ""),
        ("import torch as t", ""),
        ("from firsthand.scratch import linear", ""),
        ("helper(X)", "import numpy as np\ndef helper(X): return np.linalg.lstsq(X, X)\n"),
    ],
)
def test_found(body: str, above: str) -> None:
    assert find(body, above)


@pytest.mark.parametrize(
    ("body", "above", "below"),
    [
        ("np.linalg.solve(X, X)", "import numpy as np\n", ""),
        ("np.sort(X)", "import numpy as np\n", ""),
        ("lstsq = 3; lstsq", "", ""),
        ("X.lstsq", "", ""),
        ("getattr(X, 'T')", "", ""),
        ("scipy = X + 1; scipy", "", ""),
        ("h = lambda torch: torch + 1; h(X)", "", ""),
        ("vars, compile = X, X; vars + compile", "", ""),
        ("np.__version__", "import numpy as np\n", ""),
        ("f.calls = 1; f.calls", "", ""),
        ("g(X)", "", "def g(X):\n    return sorted(X)\n"),  # another exercise's fault
        ("pass", "", "if __name__ == '__main__':\n    print(sorted([2]))\n"),
        ("'np.linalg.lstsq is forbidden'", "", ""),
    ],
)
def test_not_found(body: str, above: str, below: str) -> None:
    assert find(body, above, below) is None


def test_the_line_is_told() -> None:
    found = find("X = X\n    sorted(X)")
    assert found
    assert (found.name, found.line) == ("sorted", 6)
