"""What tests of several families share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from firsthand.scratch import blas


@pytest.fixture
def openblas() -> Iterator[tuple[Callable[[], int], Callable[[int], Any]]]:
    """What tells and what sets the threads of OpenBLAS, which are set back afterwards."""
    found = blas._openblas()
    if found is None:
        pytest.skip("this NumPy has another library for its products")
    before = found[0]()
    yield found
    found[1](before)
