from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.studio.serving import Running, serve


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A studio with a journey, shared by the tests of a file."""
    folder: Path = tmp_path_factory.mktemp("studio") / "ml_journey"
    with serve(folder) as studio:
        studio.studio.open()
        yield studio


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Running]:
    """A studio with a journey of its own."""
    with serve(tmp_path / "ml_journey") as studio:
        studio.studio.open()
        yield studio
