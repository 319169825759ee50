"""Runs and data that cannot be judged as they are: told by name, and nothing is lost."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import torch

from firsthand.train import CheckpointError, RunError, TrainError
from firsthand.train.data.in_memory import InMemory
from firsthand.train.environment import environment
from firsthand.train.evaluation.comparing import compare_runs
from firsthand.train.evaluation.report import evaluate
from tests.train.evaluation.judged import data_of, run_of


def files(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def test_no_checkpoint(tmp_path: Path) -> None:
    data = data_of("classification")
    run = run_of("classification", data, tmp_path)
    (run.checkpoints.folder / "best.pt").unlink()
    before = files(tmp_path)
    with pytest.raises(CheckpointError, match=r"has no checkpoint.*Train first: firsthand train"):
        evaluate(run, data=data)
    assert files(tmp_path) == before


def test_a_damaged_best_falls_back_and_is_told(tmp_path: Path) -> None:
    data = data_of("classification")
    run = run_of("classification", data, tmp_path)
    run.checkpoints.save(run.checkpoints.best(), 7)
    damage(run.checkpoints.folder / "best.pt")
    report = evaluate(run, data=data, baselines=False)
    assert "best.pt cannot be read, for it is damaged" in report.remarks[0]
    assert "step-000000007.pt" in report.remarks[0]
    assert report.remarks[0] in report.html.read_text("utf-8")


def test_all_damaged(tmp_path: Path) -> None:
    data = data_of("classification")
    run = run_of("classification", data, tmp_path)
    damage(run.checkpoints.folder / "best.pt")
    with pytest.raises(CheckpointError, match=r"No checkpoint .* is whole \(best\.pt\)"):
        evaluate(run, data=data)


def test_a_checkpoint_of_another_network(tmp_path: Path) -> None:
    data = data_of("classification")
    run = run_of("classification", data, tmp_path)
    run.checkpoints.save_best({"model": {"other": torch.zeros(2)}, "epoch": 0})
    with pytest.raises(CheckpointError, match="does not fit the network"):
        evaluate(run, data=data)


def test_data_that_have_changed_are_told(tmp_path: Path) -> None:
    data = data_of("classification")
    run = run_of("classification", data, tmp_path)
    before = replace(data, fingerprint="a" * 64)
    run.write_environment(
        environment(run.config, before, run.project, datetime(2026, 1, 2)), resumed=False
    )
    report = evaluate(run, data=data, baselines=False)
    assert "The data have changed since training" in report.remarks[0]
    assert "aaaaaaaaaaaa" in report.remarks[0]


def test_a_damaged_record_of_the_environment_stops_nothing(tmp_path: Path) -> None:
    data = data_of("classification")
    run = run_of("classification", data, tmp_path)
    run.write("environment.json", "{")
    run.write("history.jsonl", '{"epoch": 1}\n{"ep')
    report = evaluate(run, data=data, baselines=False)
    assert {s.key: s.missing for s in report.sections if s.missing} == {}
    told = "Not compared, for classical models were not asked for (--no-baselines)."
    assert report.section("baselines").sentence == told
    assert "could not be made" not in report.html.read_text("utf-8")


def test_no_test_example(tmp_path: Path) -> None:
    data = data_of("classification")
    run = run_of("classification", data, tmp_path)
    empty = InMemory(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), [])
    with pytest.raises(TrainError, match=r"has no test example; give data\.split\.test"):
        evaluate(run, data=replace_test(data, empty))


@pytest.mark.parametrize("problem", ["classification", "regression", "text", "segmentation"])
def test_one_test_example(problem: str, tmp_path: Path) -> None:
    data = data_of(problem)
    run = run_of(problem, data, tmp_path)
    report = evaluate(run, data=replace_test(data, cut(data.test, 1)))
    missing = {s.key for s in report.sections if s.missing}
    assert missing <= {"ranking"}
    assert report.figures


def test_a_class_that_is_missing_in_the_test_part(tmp_path: Path) -> None:
    data = data_of("classification")
    run = run_of("classification", data, tmp_path)
    rows = np.flatnonzero(data.test.targets.numpy() != 1)
    report = evaluate(run, data=replace_test(data, cut(data.test, rows)))
    assert {s.key for s in report.sections if s.missing} == set()
    assert "Nothing can be said of" in report.section("classes").sentence


@pytest.mark.parametrize("problem", ["classification", "regression", "forecasting", "segmentation"])
def test_predictions_that_are_no_numbers(problem: str, tmp_path: Path) -> None:
    data = data_of(problem)
    run = run_of(problem, data, tmp_path)
    state = run.checkpoints.best()
    weights = state["model"]
    last = [name for name in weights if weights[name].is_floating_point()][-1]
    weights[last] = torch.full_like(weights[last], torch.nan)
    run.checkpoints.save_best(state)
    report = evaluate(run, data=data, baselines=False)
    assert f"For {len(data.test)} test" in report.remarks[-1]
    assert "no finite number" in report.remarks[-1]
    missing = {s.key: s.missing for s in report.sections if s.missing}
    assert not missing
    if problem == "classification":
        assert report.figures["accuracy"]["value"] == 0


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    data = data_of("classification")
    run = run_of("classification", data, tmp_path)
    run.predictions.parent.mkdir(parents=True, exist_ok=True)
    run.predictions.write_text("a file where a folder has to be")
    with pytest.raises(RunError, match=r"test\.csv cannot be written"):
        evaluate(run, data=data, baselines=False)


def test_one_run_is_no_comparison(tmp_path: Path) -> None:
    run = run_of("classification", data_of("classification"), tmp_path)
    with pytest.raises(RunError, match="two runs at least"):
        compare_runs([run, run])


def test_runs_without_predictions(tmp_path: Path) -> None:
    data = data_of("classification")
    runs = [run_of("classification", data, tmp_path) for _ in range(2)]
    with pytest.raises(RunError, match="has no predictions"):
        compare_runs(runs)


def test_damaged_predictions(tmp_path: Path) -> None:
    data = data_of("classification")
    runs = [run_of("classification", data, tmp_path, seed=s) for s in (1, 2)]
    for run in runs:
        evaluate(run, data=data, baselines=False)
    (runs[0].predictions / "test.npz").write_bytes(b"PK not a zip")
    with pytest.raises(RunError, match=r"test\.npz cannot be read.*Make it again"):
        compare_runs(runs)


def test_runs_that_were_tested_on_different_examples(tmp_path: Path) -> None:
    runs = []
    for seed in (1, 2):
        data = data_of("classification", seed)
        runs.append(run_of("classification", data, tmp_path, seed=seed))
        evaluate(runs[-1], data=data, baselines=False)
    with pytest.raises(RunError, match="tested on different examples"):
        compare_runs(runs)


def test_runs_of_different_problems(tmp_path: Path) -> None:
    runs = []
    for problem in ("classification", "regression"):
        data = data_of(problem)
        runs.append(run_of(problem, data, tmp_path))
        evaluate(runs[-1], data=data, baselines=False)
    with pytest.raises(RunError, match="different problems"):
        compare_runs(runs)


def replace_test(data, test):
    from dataclasses import replace

    return replace(data, test=test, slices={})


def cut(part, rows):
    from dataclasses import replace

    rows = np.arange(rows) if isinstance(rows, int) else rows
    chosen = torch.from_numpy(rows)
    return replace(
        part,
        inputs=part.inputs[chosen],
        targets=part.targets[chosen],
        sources=[part.sources[i] for i in rows],
    )
