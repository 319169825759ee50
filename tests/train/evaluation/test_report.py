"""A run of every problem is judged whole: all sections, escaped, the same figures everywhere."""

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn import metrics

from firsthand.train.evaluation import report as module
from firsthand.train.evaluation.outcomes import observe
from firsthand.train.evaluation.report import evaluate
from tests.train.evaluation.judged import HOSTILE, data_of, run_of

PROBLEMS = ("classification", "regression", "text", "image", "forecasting", "segmentation")


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_section_is_made_and_everything_is_escaped(problem: str, tmp_path: Path) -> None:
    data = data_of(problem)
    run = run_of(problem, data, tmp_path)
    report = evaluate(run, data=data)
    assert {s.key: s.missing for s in report.sections if s.missing} == {}
    assert {"figures", "baselines", "calibration", "errors", "slices", "card"} <= {
        s.key for s in report.sections
    }
    page = report.html.read_text("utf-8")
    assert len(page) < 1_000_000
    for tag in ("<script", "<img src=x", "<i>", "<b>g", "€<b>"):
        assert tag not in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert "\x1b" not in page
    stored = json.loads(report.json.read_text("utf-8"))
    assert stored == json.loads(json.dumps(report.plain()))
    assert stored["sections"]["figures"]["main"] in report.figures
    rows = list(csv.reader(report.predictions.read_text("utf-8").splitlines()))
    assert len(rows) >= len(data.test) + 1
    assert (run.folder / "calibration.json").is_file()


def test_figures_are_those_of_the_best_network(tmp_path: Path) -> None:
    data = data_of("classification")
    run = run_of("classification", data, tmp_path)
    report = evaluate(run, data=data, baselines=False)
    from firsthand.train.models import build_model

    model = build_model(run.config.model, data.facts)
    model.load_state_dict(run.checkpoints.best()["model"])
    model.eval()
    with torch.no_grad():
        P = torch.softmax(model(data.test.inputs).double(), 1).numpy()
    y = data.test.targets.numpy()
    assert report.figures["accuracy"]["value"] == metrics.accuracy_score(y, P.argmax(1))
    assert report.figures["log_loss"]["value"] == pytest.approx(metrics.log_loss(y, P))
    assert report.figures["f1"]["value"] == pytest.approx(
        metrics.f1_score(y, P.argmax(1), average="macro")
    )
    matrix = report.section("confusions").figures["confusion_matrix"]
    assert matrix == metrics.confusion_matrix(y, P.argmax(1)).tolist()


def test_errors_of_numbers_are_told_in_their_own_unit(tmp_path: Path) -> None:
    data = data_of("regression")
    report = evaluate(run_of("regression", data, tmp_path), data=data, baselines=False)
    with report.predictions.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    truth, told = (np.array([float(r[k]) for r in rows]) for k in ("truth", "prediction"))
    assert truth == pytest.approx(data.test.targets.numpy()[:, 0] * 7.0 + 50.0, rel=1e-5)
    assert report.figures["mae"]["value"] == pytest.approx(np.abs(truth - told).mean(), rel=1e-6)
    assert "€" in report.section("figures").sentence


def test_a_spreadsheet_computes_nothing_of_a_class(tmp_path: Path) -> None:
    data = data_of("classification")
    formula = '=HYPERLINK("http://example.org")'
    data = replace(data, facts=replace(data.facts, classes=(formula, "-1", "-x")))
    report = evaluate(run_of("classification", data, tmp_path), data=data, baselines=False)
    with report.predictions.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["truth"] for row in rows} == {f"'{formula}", "-1", "'-x"}
    assert {row["prediction"] for row in rows} <= {f"'{formula}", "-1", "'-x"}


def test_the_same_run_gives_the_same_report(tmp_path: Path) -> None:
    data = data_of("text")
    run = run_of("text", data, tmp_path)
    first = evaluate(run, data=data, baselines=False).json.read_text("utf-8")
    assert evaluate(run, data=data, baselines=False).json.read_text("utf-8") == first


def test_what_cannot_be_computed_says_why_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(view: object) -> None:
        raise ZeroDivisionError("no luck <today>")

    monkeypatch.setitem(module.SECTIONS, "ranking", ("Ranking", broken))
    data = data_of("classification")
    report = evaluate(run_of("classification", data, tmp_path), data=data, baselines=False)
    assert "ZeroDivisionError: no luck <today>" in report.section("ranking").missing
    assert "no luck &lt;today&gt;" in report.html.read_text("utf-8")
    assert report.section("card").sentence


def test_baselines_come_with_paired_differences(tmp_path: Path) -> None:
    data = data_of("classification")
    report = evaluate(run_of("classification", data, tmp_path), data=data)
    figures = report.section("baselines").figures
    y, most = data.test.targets.numpy(), np.bincount(data.train.targets.numpy()).argmax()
    assert set(figures["baselines"]) == {
        "majority",
        "logistic regression",
        "random forest",
        "LightGBM",
    }
    majority = figures["baselines"]["majority"]
    assert majority["interval"]["value"] == pytest.approx((y == most).mean())
    difference = majority["model_minus_baseline"]
    assert difference["value"] == pytest.approx(
        figures["model"]["value"] - majority["interval"]["value"]
    )
    assert difference["low"] < difference["value"] < difference["high"]
    assert difference["low"] > 0


def test_seasonal_naive_is_a_baseline_of_forecasts(tmp_path: Path) -> None:
    data = data_of("forecasting")
    report = evaluate(run_of("forecasting", data, tmp_path), data=data)
    naive = report.section("baselines").figures["baselines"]["seasonal naive"]
    index = np.arange(len(data.test))
    past, truth = data.test.past(index, 4)[:, :, 0], data.test.truth(index)
    assert naive["interval"]["value"] == pytest.approx(np.abs(past - truth).mean())
    assert report.figures["mase"]["value"] == pytest.approx(report.figures["mae"]["value"] / 3)


def test_masks_are_judged_without_pixels_that_do_not_count(tmp_path: Path) -> None:
    data = data_of("segmentation")
    run = run_of("segmentation", data, tmp_path)
    report = evaluate(run, data=data)
    from firsthand.train.evaluation.opening import open_run

    outcome = observe(open_run(run, data=data).model, data, data.test)
    y = data.test.targets.numpy()
    counted = y != 255
    assert outcome.masks is not None
    told = outcome.masks[counted]
    expected = metrics.jaccard_score(y[counted], told, average="macro", zero_division=0)
    assert report.figures["iou"]["value"] == pytest.approx(expected)
    assert len(list((report.predictions.parent / "test").glob("*.png"))) == len(data.test)


def test_texts_and_rows_are_shown_as_they_were_written(tmp_path: Path) -> None:
    for problem in ("text", "classification"):
        data = data_of(problem)
        run = run_of(problem, data, tmp_path / problem, steps=0)
        page = evaluate(run, data=data, baselines=False).html.read_text("utf-8")
        assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;" in page
        assert HOSTILE not in page
