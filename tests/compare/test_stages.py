"""Every stage agrees on real data, and says so in a form that others can show."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from firsthand.compare import CompareError, Comparison, agree, comparable, compare
from firsthand.compare.bench import Bench
from firsthand.compare.jobs import compare as job
from firsthand.compare.linear_regression.descent import compare_descent
from firsthand.compare.linear_regression.loss import compare_loss
from firsthand.compare.linear_regression.ridge import compare_ridge
from firsthand.compare.logistic_regression.binary import compare_binary
from firsthand.compare.logistic_regression.softmax import compare_softmax
from firsthand.compare.plain import from_json
from firsthand.compare.report import page
from firsthand.compare.text import renderables
from firsthand.data import Dataset, load, noisy_plane
from firsthand.scratch import linear
from firsthand.scratch.linear import linear_regression as module
from firsthand.scratch.linear import perceptron
from firsthand.study.content import load_curriculum
from firsthand.study.errors import UnknownNameError


def test_both_sides_agree(compared: Comparison) -> None:
    differing = [(p.title, r.quantity) for p in compared.pairs for r in p.rows if not r.agrees]
    assert not differing
    assert compared.agrees
    assert len(compared.rows) > 5


def test_plain_data_is_json_and_comes_back(compared: Comparison) -> None:
    plain = compared.to_json()
    again = from_json(json.loads(json.dumps(plain, allow_nan=False)))
    assert again.to_json() == plain
    assert again.agrees == compared.agrees
    assert again.headline == compared.headline
    assert not compared.to_json(pictures=False)["pairs"][0]["pictures"]


def test_an_infinite_difference_comes_back_as_one(compared: Comparison) -> None:
    pair = compared.pairs[0]
    broken = replace(pair, rows=(agree("shape", [1.0], [1.0, 2.0]), *pair.rows[1:]))
    comparison = replace(compared, pairs=(broken,))
    again = from_json(json.loads(json.dumps(comparison.to_json(), allow_nan=False)))
    assert not again.agrees
    assert again.rows[0].difference == float("inf")
    assert "differ" in again.headline


def test_functions_that_ran_are_targets_of_the_stage(compared: Comparison) -> None:
    targets = {e.target for e in load_curriculum().stage(compared.stage).exercises}
    assert set(compared.authors.ours) == targets
    for pair in compared.pairs:
        assert set(pair.targets) & targets


def test_pictures_are_named_take_the_pages_colours_and_load_nothing(compared: Comparison) -> None:
    pictures = [picture for pair in compared.pairs for picture in pair.pictures]
    assert len(pictures) >= 2
    for picture in pictures:
        root = ET.fromstring(picture.svg)
        assert root.get("role") == "img"
        assert picture.title in (root.get("aria-label") or "")
        assert root.get("viewBox")
        assert root.get("width") is None
        assert "currentColor" in picture.svg or "var(--soft" in picture.svg
        assert "<script" not in picture.svg
        for address in re.findall(r'(?:href|src)="([^"]*)"', picture.svg):
            assert address.startswith(("#", "data:image/png;base64,"))
        for colour in ("#0072b2", "#00805e", "#c8540a"):
            in_the_page = re.findall(rf"var\(--\w+,{colour}\)", picture.svg)
            assert picture.svg.count(colour) == len(in_the_page)


def test_the_scratch_side_is_drawn_in_its_authors_colour() -> None:
    theirs = compare("05", yours=("closed_form",), runs=0)
    svg = theirs.pairs[0].pictures[0].svg
    assert "var(--yours,#0072b2)" in svg
    assert "var(--ours" not in svg
    assert theirs.authors.yours == ("closed_form",)
    assert "closed_form" not in theirs.authors.ours
    assert "your code" in theirs.headline


def test_the_page_needs_nothing_else(compared: Comparison) -> None:
    text = page([compared])
    assert not re.search(r'(?:src|href)="(?!#|data:)', text)
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)
    for pair in compared.pairs:
        assert text.count("<figure>") == sum(len(p.pictures) for p in compared.pairs)
        for row in pair.rows:
            assert f">{row.quantity}</th>" in text.replace("&#x27;", "'")


def test_pages_escape_what_comes_from_a_file(compared: Comparison) -> None:
    hostile = replace(compared.data[0], description="<script>alert(1)</script>")
    text = page([replace(compared, data=(hostile,), title="<b>&")])
    assert "<script>" not in text
    assert "<b>&" not in text


def test_text_says_every_quantity(compared: Comparison) -> None:
    from rich.console import Console

    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115 - unread
    for part in renderables(compared):
        console.print(part)
    console.file.close()
    told = console.export_text()
    for pair in compared.pairs:
        assert pair.title in told
        assert pair.convention is None or pair.convention.statement[:40] in told


RIDGE_VARIANTS: dict[str, tuple[Callable[[float, int], float], str]] = {
    "squares summed": (lambda l2, n: l2, "identical once alpha = l2 ("),
    "no half on the penalty": (
        lambda l2, n: 2 * l2 * n,
        "identical once alpha = 2 * l2 * n_samples",
    ),
    "documented": (lambda l2, n: l2 * n, "identical once alpha = l2 * n_samples"),
}


@pytest.mark.parametrize("case", RIDGE_VARIANTS)
def test_a_ridge_of_another_convention_is_recognised(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    weight, says = RIDGE_VARIANTS[case]

    def closed_form(X: np.ndarray, y: np.ndarray, l2: float) -> tuple[np.ndarray, float]:
        model = Ridge(alpha=weight(l2, len(y)) or 1e-300, solver="svd").fit(X, y)
        return model.coef_, float(model.intercept_)

    monkeypatch.setattr(module, "closed_form", closed_form)
    pair = compare_ridge(Bench(runs=0), load("diabetes").standardised())
    assert pair.convention is not None
    assert pair.convention.statement.startswith(says)
    assert pair.agrees


def test_a_penalised_intercept_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed_form(X: np.ndarray, y: np.ndarray, l2: float) -> tuple[np.ndarray, float]:
        X1 = np.column_stack([X, np.ones(len(y))])
        v = np.linalg.solve(X1.T @ X1 + len(y) * l2 * np.eye(X1.shape[1]), X1.T @ y)
        return v[:-1], float(v[-1])

    monkeypatch.setattr(module, "closed_form", closed_form)
    pair = compare_ridge(Bench(runs=0), load("diabetes").standardised())
    assert pair.convention is not None
    assert "the intercept is penalised like a weight" in pair.convention.statement


@pytest.mark.parametrize(
    ("factor", "says"),
    [(2.0, "C = 1 / (2 * l2 * n_samples)"), (0.5, "C = 2 / (l2 * n_samples)")],
)
def test_a_logistic_penalty_of_another_convention_is_recognised(
    factor: float, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = linear.LogisticRegression

    def planted(l2: float, **more: Any) -> Any:
        return right(factor * l2, **more)

    monkeypatch.setattr(linear, "LogisticRegression", planted)
    two, three = load("breast_cancer"), load("iris").standardised()
    bench = Bench(runs=0)
    for pair in (compare_binary(bench, two.standardised(), two), compare_softmax(bench, three)):
        assert pair.convention is not None
        assert pair.convention.statement.startswith(f"identical once {says}")


def test_a_loss_that_is_a_sum_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    loss, gradient = module.loss, module.gradient
    monkeypatch.setattr(module, "loss", lambda *a: 2 * len(a[1]) * loss(*a))
    monkeypatch.setattr(
        module, "gradient", lambda *a: tuple(2 * len(a[1]) * g for g in gradient(*a))
    )
    pair = compare_loss(load("diabetes").standardised())
    assert pair.convention is not None
    assert pair.convention.statement.startswith("identical once J = n_samples * mean_squared_error")


def test_a_wrong_function_is_not_talked_away(monkeypatch: pytest.MonkeyPatch) -> None:
    right = module.closed_form
    monkeypatch.setattr(module, "closed_form", lambda X, y, l2: (right(X, y, l2)[0], 0.0))
    comparison = compare("05", runs=0)
    assert not comparison.agrees
    assert "quantities differ" in comparison.headline
    assert "✗" in page([comparison])


def test_a_descent_that_tells_other_losses_than_its_own_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = module.gradient_descent

    def late(*given: Any) -> Any:
        w, b, losses = right(*given)
        return w, b, np.append(losses[0], losses[:-1])

    monkeypatch.setattr(module, "gradient_descent", late)
    pair = compare_descent(Bench(runs=0), load("diabetes").standardised())
    assert [row.quantity for row in pair.rows if not row.agrees] == ["loss after every step"]


def test_a_perceptron_that_errs_too_often_breaks_its_theorem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = perceptron.train

    def careless(*given: Any, **more: Any) -> Any:
        w, b, mistakes = right(*given, **more)
        return w, b, [100 * count for count in mistakes]

    monkeypatch.setattr(perceptron, "train", careless)
    broken = [row for row in compare("07", runs=0).rows if not row.agrees]
    assert "AND: mistakes until none" in {row.quantity for row in broken}


def test_ones_own_data_takes_the_place_of_the_default(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    lines = ["a,b,kind,cost,class"]
    for i in range(90):
        a, b = rng.normal(size=2)
        lines.append(f"{a},{b},{'uvw'[i % 3]},{3 * a - b + rng.normal()},{'yn'[int(a + b > 0)]}")
    path = tmp_path / "own.csv"
    path.write_text("\n".join(lines), "utf-8")
    regression = job("05", data=str(path), target="cost", runs=0)
    assert regression["agrees"]
    assert regression["data"][0]["name"] == "own"
    assert any("kind: coded" in note for note in regression["data"][0]["notes"])
    for stage in ("06", "07", "15"):
        assert job(stage, data=str(path), target="class", runs=0)["agrees"], stage
    for stage, target, said in (
        ("05", "class", "a regression predicts numbers"),
        ("06", "cost", "at most 30 classes"),
        ("05", "costs", "Did you mean 'cost'?"),
        ("05", None, "--target COLUMN"),
    ):
        with pytest.raises(CompareError, match=re.escape(said)):
            job(stage, data=str(path), target=target, runs=0)


def test_three_classes_and_dependent_columns(tmp_path: Path) -> None:
    assert compare("06", data=load("wine"), runs=0).agrees
    with pytest.raises(CompareError, match="a perceptron tells two apart"):
        compare("07", data=load("wine"), runs=0)
    plane = noisy_plane(60, 3)
    twice = replace(
        plane, X=np.column_stack([plane.X, plane.X[:, 0]]), feature_names=("a", "b", "c", "a2")
    )
    comparison = compare("05", data=twice, runs=0)
    assert comparison.agrees
    assert any("does not determine the coefficients" in n for n in comparison.pairs[0].notes)


def test_fewer_rows_than_a_batch_and_more_columns_than_rows() -> None:
    rng = np.random.default_rng(0)
    few = Dataset(
        "few", rng.normal(size=(12, 20)), rng.normal(size=12), tuple(map(str, range(20))), ("y",),
        "regression",
    )  # fmt: skip
    assert compare("05", data=few, runs=0).agrees
    labelled = replace(few, y=np.arange(12) % 2, target_names=("n", "y"), task="classification")
    for stage in ("06", "07", "15"):
        assert compare(stage, data=labelled, runs=0).agrees, stage


def test_stages_that_cannot_be_compared_say_which_can() -> None:
    with pytest.raises(CompareError, match="05_linear_regression"):
        compare("03")
    with pytest.raises(UnknownNameError, match="linear_regression"):
        compare("05_linear_regresion")
    with pytest.raises(CompareError, match="learns regression"):
        compare("05", data=load("iris"))
    stages = [subject.name for subject in comparable() if subject.targets]
    assert stages == [s.name for s in load_curriculum().stages if s.compared]


def test_without_pytorch_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(CompareError, match=r"pip install torch==2\.13\.0"):
        compare("15", runs=0)
