"""How fast and how strictly grading works: ``python benchmarks/grading.py``.

Prints three tables: from saving a file to its verdict, as ``firsthand check --watch`` does it,
for the right and a wrong version of every exercise; where that time goes; and how long each
hostile solution of the tests takes to be refused. Options: ``--stage 05``, ``--rounds 3``,
``--hostile``.
"""

from __future__ import annotations

import argparse
import importlib.util
import inspect
import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

from firsthand.study.content import Curriculum, Exercise, Stage, load_curriculum
from firsthand.study.grading import Grader
from firsthand.study.grading.mutants import mutants
from firsthand.study.grading.sandbox import start_player
from firsthand.study.skeleton import function_source, replace_function, skeleton

TESTS = Path(__file__).parents[1] / "tests" / "study" / "grading"
PAUSE = 0.4  # between saves: no one saves faster, and the next player starts meanwhile


@dataclass(frozen=True)
class Save:
    """What one save cost, and what came of it."""

    exercise: str
    kind: str
    seconds: float


def versions(stage: Stage, exercise: Exercise) -> list[str]:
    """Return files to save: our function, and two mutants of it."""
    source = inspect.getsource(import_module(stage.reference))
    blanks = skeleton(source, [e.target for e in stage.exercises])
    wrong = mutants(source, exercise.target)
    functions = [function_source(source, exercise.target)]
    functions += [wrong[i].source for i in {len(wrong) // 3, 2 * len(wrong) // 3}]
    return [replace_function(blanks, exercise.target, function) for function in functions]


def saves(curriculum: Curriculum, stages: Sequence[Stage], rounds: int) -> list[Save]:
    """Save every version in a watched folder and wait for its verdict."""
    from watchfiles import watch

    found: list[Save] = []
    with Grader(curriculum) as grader, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "from_scratch.py")
        file.write_text("")
        for stage in stages:
            grader.warm(stage)
            changes = watch(folder, debounce=200, step=10, yield_on_timeout=True, rust_timeout=5000)
            for exercise in stage.exercises:
                for text in versions(stage, exercise) * rounds:
                    editor = Editor(file, text)
                    editor.start()
                    while not next(changes):  # nothing yet
                        continue
                    verdict = grader.grade(exercise, file.read_text("utf-8"))
                    found.append(Save(exercise.id, verdict.kind, time.time() - editor.saved))
                    editor.join()
    return found


class Editor(threading.Thread):
    """Saves a file a moment later, while somebody is watching it."""

    def __init__(self, file: Path, text: str) -> None:
        super().__init__()
        self.file, self.text, self.saved = file, text, 0.0

    def run(self) -> None:
        time.sleep(PAUSE)
        self.saved = time.time()
        self.file.write_text(self.text, "utf-8")


def latency(found: Sequence[Save]) -> str:
    """Return the table of times from save to verdict."""
    lines = [f"{'save to verdict (ms)':<38} {'saves':>6} {'median':>7} {'95 %':>7} {'worst':>7}"]
    groups = {"all": list(found)}
    for row in sorted(found, key=lambda row: row.kind):
        groups.setdefault(row.kind, []).append(row)
    for row in found:
        groups.setdefault(row.exercise, []).append(row)
    for name, rows in groups.items():
        ms = np.array([row.seconds for row in rows]) * 1000
        middle, most = np.percentile(ms, [50, 95])
        lines.append(f"{name:<38} {len(rows):>6} {middle:>7.0f} {most:>7.0f} {ms.max():>7.0f}")
    return "\n".join(lines)


def costs() -> str:
    """Return what a player costs, beside the checks."""
    starts: list[float] = []
    for _ in range(7):
        began = time.perf_counter()
        process = start_player()
        starts.append(time.perf_counter() - began)
        process.close()
    return f"starting a player (before it is needed): {np.median(starts) * 1000:.0f} ms"


def hostile() -> str:
    """Return how long each hostile solution takes to be refused."""
    fixture = TESTS / "fixture"
    sys.path.insert(0, str(fixture))
    os.environ["PYTHONPATH"] = os.pathsep.join([str(fixture), os.environ.get("PYTHONPATH", "")])
    spec = importlib.util.spec_from_file_location("hostile", TESTS / "hostile.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["hostile"] = module
    spec.loader.exec_module(module)
    curriculum = load_curriculum(fixture)
    source = (fixture / "fixture_logistic.py").read_text("utf-8")
    blanks = skeleton(source, [e.target for e in curriculum.exercises])
    rows: list[tuple[float, str, str]] = []
    with Grader(curriculum) as grader:
        grader.warm(curriculum.written[0])
        for attack in module.attacks():
            text = replace_function(blanks, "gradient", attack.function) + attack.below
            began = time.perf_counter()
            verdict = grader.grade("logistic.gradient", text)
            rows.append((time.perf_counter() - began, attack.name, verdict.kind))
    passed = sum(kind == "passed" for _, _, kind in rows)
    lines = [f"{'hostile solution':<44} {'verdict':<14} {'s':>5}"]
    lines += [f"{name:<44} {kind:<14} {seconds:>5.1f}" for seconds, name, kind in rows]
    slowest = max(rows)
    lines.append(f"{len(rows)} tried, {passed} passed; slowest {slowest[0]:.1f} s ({slowest[1]})")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", action="append", help="such as 05; all by default")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--hostile", action="store_true", help="the hostile solutions as well")
    given = parser.parse_args()
    curriculum = load_curriculum()
    wanted = [curriculum.stage(name) for name in given.stage or ()]
    stages = wanted or [stage for stage in curriculum.written if stage.exercises]
    print(costs())
    print(latency(saves(curriculum, stages, given.rounds)))
    if given.hostile:
        print(hostile())


if __name__ == "__main__":
    main()
