"""A curriculum of one stage, whose reference module is importable here and in child processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from firsthand.study.content import Curriculum, load_curriculum

FIXTURE = Path(__file__).parent / "fixture"


@pytest.fixture(scope="session")
def curriculum() -> Iterator[Curriculum]:
    before = os.environ.get("PYTHONPATH")
    sys.path.insert(0, str(FIXTURE))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(FIXTURE), before]))
    yield load_curriculum(FIXTURE)
    sys.path.remove(str(FIXTURE))
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before
