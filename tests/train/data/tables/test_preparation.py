"""Values become inputs by what the training part holds, and by nothing else."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from firsthand.train import DataError
from firsthand.train.data.tables import prepare
from firsthand.train.data.tables import told as told_of
from tests.train.data.tables.loading import kinds, load, rows, write

ALL = np.arange(20)


def lines_of(part) -> list[int]:
    return [int(part.source(i).split()[-1]) for i in range(len(part))]


@pytest.mark.parametrize("scale", ["standard", "robust", "quantile", "none"])
def test_other_test_rows_change_nothing_of_the_preparation(tmp_path: Path, scale: str) -> None:
    table = rows()
    path = write(tmp_path / "t.csv", table)
    before = load(path, scale=scale)
    for line in lines_of(before.test) + lines_of(before.validation):
        table[line - 2][:3] = ["1e6", "violet", "1999-01-01"]
    after = load(write(path, table), scale=scale)
    assert after.preparation == before.preparation
    assert torch.equal(after.train.batch(ALL)[0], before.train.batch(ALL)[0])


def test_training_numbers_have_mean_0_and_deviation_1(tmp_path: Path) -> None:
    data = load(write(tmp_path / "t.csv", rows(400)))
    x = data.train.batch(np.arange(len(data.train)))[0][:, 0]
    assert abs(float(x.mean())) < 1e-5
    assert float(x.std(correction=0)) == pytest.approx(1, abs=1e-5)


def test_quantiles_agree_with_scikit_learn() -> None:
    from sklearn.preprocessing import QuantileTransformer

    from firsthand.train.data.tables.scaling import apply_scale, fit_scale

    x = np.random.default_rng(0).lognormal(size=2000)
    known = QuantileTransformer(n_quantiles=512, output_distribution="normal")
    theirs = known.fit_transform(x[:, None])[:, 0]
    ours = apply_scale(x, fit_scale(x, "quantile"))
    middle = np.abs(theirs) < 2  # knots differ by half a step, which counts in the tails
    np.testing.assert_allclose(ours[middle], theirs[middle], atol=0.03)


def test_one_hot_agrees_with_pandas(tmp_path: Path) -> None:
    table = rows()
    data = load(write(tmp_path / "t.csv", table), leave_out=["a", "when"])
    lines = lines_of(data.train)
    frame = pd.DataFrame(table, columns=["a", "b", "when", "y"])
    theirs = pd.get_dummies(frame["b"]).loc[[line - 2 for line in lines]].to_numpy(np.float32)
    np.testing.assert_array_equal(data.train.batch(np.arange(len(lines)))[0].numpy(), theirs)


def test_new_rows_get_the_same_treatment(tmp_path: Path) -> None:
    table = rows()
    table[5][0], table[6][1], table[7][2] = "", "?", "NA"
    path = write(tmp_path / "t.csv", table)
    data = load(path, scale="quantile", clip_outliers=1.5)
    plain = json.loads(json.dumps(data.preparation))
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    for part in (data.train, data.test):
        new = prepare(frame.iloc[[line - 2 for line in lines_of(part)]], plain)
        assert torch.equal(new, part.batch(np.arange(len(part)))[0])
    one = {"a": 0.3, "b": "red", "when": "2020-02-02"}
    assert prepare(one, plain).shape == (1, *data.facts.input_shape)


def test_what_is_odd_about_new_rows_is_told(tmp_path: Path) -> None:
    data = load(write(tmp_path / "t.csv", rows()))
    row = {"a": None, "b": "violet", "when": "2020-02-02"}
    assert {finding.kind for finding in told_of(row, data.preparation)} == {"unseen", "missing"}
    with pytest.raises(DataError, match=r"Column 'b' is missing; there are 'a', 'when'"):
        prepare({"a": 1, "when": "2020-02-02"}, data.preparation)
    with pytest.raises(DataError, match=r"Row 1, column 'a': 'much' is no number"):
        prepare(row | {"a": "much"}, data.preparation)


def test_a_missing_value_has_an_input_of_its_own(tmp_path: Path) -> None:
    spellings = ["", "?", "NA", "n/a", "NaN", "NULL", "none", "-", "#N/A"]
    table = rows()
    for row, spelling in zip(table, spellings * 10, strict=False):
        row[0] = spelling
    data = load(write(tmp_path / "t.csv", table))
    inputs, _ = data.train.batch(np.arange(len(data.train)))
    column = data.preparation["inputs"].index("a missing")
    gone = torch.tensor([line - 2 < 90 for line in lines_of(data.train)])
    assert torch.equal(inputs[:, column] == 1, gone)
    present = sorted(float(table[line - 2][0]) for line in lines_of(data.train) if line - 2 >= 90)
    assert data.preparation["columns"][0]["fill"] == pytest.approx(np.median(present))


@pytest.mark.parametrize(
    ("write_number", "kind"),
    [
        (lambda x: f"{x:,.2f}", "thousands"),
        (lambda x: f"${x:,.2f}", "thousands"),
        (lambda x: f"{x:,.2f}".replace(",", " "), "thousands"),
        (lambda x: f"{x:_.2f}".replace(".", ",").replace("_", "."), "decimal"),
        (lambda x: f"{x:.2f}".replace(".", ","), "decimal"),
    ],
)
def test_numbers_are_read_as_people_write_them(tmp_path: Path, write_number, kind: str) -> None:
    amounts = np.random.default_rng(0).uniform(100, 1e6, 200).round(2)
    table = [[write_number(amount), str(i % 2)] for i, amount in enumerate(amounts.tolist())]
    data = load(write(tmp_path / "t.csv", table, "amount,y", sep=";"), scale="none")
    assert kind in kinds(data)
    read = data.train.batch(np.arange(len(data.train)))[0][:, 0].double()
    truth = torch.tensor([amounts[line - 2] for line in lines_of(data.train)])
    assert torch.allclose(read, truth, rtol=1e-6)  # as float32 has it


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%dT%H:%M:%S", "%d-%b-%Y"]
)
def test_dates_are_read_in_many_forms(tmp_path: Path, form: str) -> None:
    days = pd.date_range("2001-01-01", periods=200, freq="37D")
    table = [[day.strftime(form), str(i % 2)] for i, day in enumerate(days)]
    data = load(write(tmp_path / "t.csv", table, "when,y"), scale="none")
    assert data.preparation["inputs"][:3] == ["when", "when year cos", "when year sin"]
    inputs = data.train.batch(np.arange(len(data.train)))[0]
    truth = [(days[line - 2] - pd.Timestamp(0)).days for line in lines_of(data.train)]
    np.testing.assert_allclose(inputs[:, 0], truth)


def test_booleans_are_0_and_1(tmp_path: Path) -> None:
    table = [["Yes" if i % 3 else "no", str(i % 2)] for i in range(60)]
    data = load(write(tmp_path / "t.csv", table, "flag,y"))
    inputs = data.train.batch(np.arange(len(data.train)))[0][:, 0]
    assert inputs.tolist() == [float((line - 2) % 3 > 0) for line in lines_of(data.train)]


def test_rare_words_are_one_and_so_are_unseen_ones(tmp_path: Path) -> None:
    words = ["often"] * 60 + ["also"] * 40 + [f"rare {i}" for i in range(20)] * 2
    table = [[word, str(i % 2)] for i, word in enumerate(words)]
    data = load(write(tmp_path / "t.csv", table, "w,y"), max_levels=2)
    assert data.preparation["inputs"] == ["w = also", "w = often", "w = other"]
    assert "high_cardinality" in kinds(data)
    new = prepare([{"w": "often"}, {"w": "rare 3"}, {"w": "new"}], data.preparation)
    assert new.tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 1]]


def test_a_regression_learns_standardised_targets(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = [[f"{x:.3f}", f"{500 + 20 * x:.3f}"] for x in rng.normal(size=200)]
    data = load(write(tmp_path / "t.csv", table, "x,y"))
    y = data.train.batch(np.arange(len(data.train)))[1]
    assert y.shape == (len(data.train), 1)
    assert float(y.mean()) == pytest.approx(0, abs=1e-5)
    truth = np.array([float(table[line - 2][1]) for line in lines_of(data.test)])
    z = data.test.batch(np.arange(len(data.test)))[1].numpy()[:, 0]
    np.testing.assert_allclose(
        z * data.facts.target_std[0] + data.facts.target_mean[0], truth, rtol=1e-5
    )


def test_few_whole_numbers_are_classes_in_their_order(tmp_path: Path) -> None:
    table = [[f"{i * 0.7:.2f}", f"{(i * 7) % 12}.0"] for i in range(240)]
    data = load(write(tmp_path / "t.csv", table, "x,y"))
    assert data.facts.classes == tuple(str(i) for i in range(12))
    assert load(tmp_path / "t.csv", problem="regression").facts.problem == "regression"


def test_columns_of_few_words_are_slices(tmp_path: Path) -> None:
    table = rows()
    data = load(write(tmp_path / "t.csv", table))
    assert data.slices["b"]["test"] == [table[line - 2][1] for line in lines_of(data.test)]
