"""Code that attacks its grader does not pass, and no other verdict notices."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from firsthand.study.content import Curriculum
from firsthand.study.grading import Grader
from firsthand.study.grading.sandbox import unavailable

spec = importlib.util.spec_from_file_location("hostile", Path(__file__).with_name("hostile.py"))
assert spec
assert spec.loader
hostile = importlib.util.module_from_spec(spec)
sys.modules["hostile"] = hostile
spec.loader.exec_module(hostile)
ATTACKS = hostile.attacks()

RIGHT = """
def gradient(X, y, w, b, l2):
    dz = (sigmoid(X @ w + b) - y) / len(y)
    return X.T @ dz + l2 * w, float(dz.sum())
"""


@pytest.fixture(scope="module")
def impatient(curriculum: Curriculum) -> Iterator[Grader]:
    with Grader(curriculum, seconds=0.7) as made:
        yield made


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_no_attack_passes(attack, impatient: Grader, solution, grade) -> None:
    source = solution("logistic.gradient", attack.function, attack.below)
    verdict = impatient.grade("logistic.gradient", source)
    assert verdict.kind in ("raised", "wrong", "misconception", "shortcut", "too_slow")
    assert verdict.headline
    assert len(verdict.printed) <= 4000
    text = json.dumps(verdict.to_json(), ensure_ascii=False)
    assert len(text) < 30_000
    assert all(c.isprintable() or c in "\n\t" for c in verdict.printed + verdict.headline)
    text.encode("utf-8")
    assert grade("logistic.gradient", RIGHT).passed


def test_no_attack_disturbs_a_verdict_beside_it(grader: Grader, solution) -> None:
    loud = [a for a in ATTACKS if "bomb" in a.name or "flood" in a.name or "kill" in a.name]
    right = solution("logistic.gradient", RIGHT)
    with ThreadPoolExecutor(4) as threads:
        bad = [
            threads.submit(
                grader.grade,
                "logistic.gradient",
                solution("logistic.gradient", attack.function, attack.below),
            )
            for attack in loud
        ]
        good = [threads.submit(grader.grade, "logistic.gradient", right) for _ in range(12)]
        kinds = [future.result().kind for future in good]
        assert kinds == ["passed"] * len(good)
        assert not any(future.result().passed for future in bad)


@pytest.mark.skipif(bool(unavailable()), reason=f"players are not sandboxed: {unavailable()}")
def test_nothing_was_written_outside(grade) -> None:
    mark = Path("/tmp/firsthand-was-here")
    attack = next(a for a in ATTACKS if a.name == "writes a file")
    verdict = grade("logistic.gradient", attack.function)
    assert verdict.raised
    assert verdict.raised.type == "PermissionError"
    assert not mark.exists()
