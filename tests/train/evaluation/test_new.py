"""New raw examples get the predictions that the same examples got in the test part."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from firsthand.train import DataError, open_data
from firsthand.train.evaluation.new import predict_new
from firsthand.train.evaluation.opening import open_run
from firsthand.train.scores import predict
from tests.train.evaluation.test_other_data import apart, trained


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", ["table", "prices", "texts", "pictures"])
def test_a_raw_example_is_predicted_as_it_was_in_the_test_part(kind: str, tmp_path: Path):
    run = trained(kind, tmp_path / "project")
    data = open_data(run.config, run.project)
    new = apart(run, data, tmp_path)
    if new.is_file():  # the column to predict is not asked for
        rows = [line.rsplit(",", 1)[0] for line in new.read_text().splitlines()]
        new.write_text("\n".join(rows) + "\n")
    outputs, _ = predict(open_run(run, data=data).model, data.test)
    sources = [data.test.source(i) for i in range(len(data.test))]
    raw = run.project / "data" / "raw"
    raw.rename(tmp_path / "gone")  # neither the data nor a fit is needed
    path = predict_new(run, new)
    assert path == run.predictions / "later.csv"
    found = _read(path)
    assert len(found) == len(data.test)
    if kind == "pictures":
        place = {row["source"]: row for row in found}
        found = [place[source.removeprefix("all/")] for source in sources]
    if kind == "prices":
        wanted = outputs[:, 0].double() * data.facts.target_std[0] + data.facts.target_mean[0]
        got = [float(row["prediction"]) for row in found]
        np.testing.assert_allclose(got, wanted.numpy(), rtol=1e-5)
        return
    chances = torch.softmax(outputs, 1).numpy()
    for k, name in enumerate(data.facts.classes):
        got = [float(row[f"probability {name}"]) for row in found]
        np.testing.assert_allclose(got, chances[:, k], atol=1e-5)
    names = [data.facts.classes[k] for k in chances.argmax(1)]
    assert [row["prediction"] for row in found] == names


def test_what_cannot_be_predicted_is_named_and_earlier_predictions_stay(tmp_path: Path):
    run = trained("table", tmp_path / "project")
    new = tmp_path / "new.csv"
    new.write_text("word,b,a\nx,2,1\n")
    before = predict_new(run, new).read_bytes()
    assert predict_new(run, new.rename(tmp_path / "test.csv")).name == "new-test.csv"
    for text, words in (
        ("a,b,word\n1,2,x\n1,often,x\n", ("new.csv, line 3", "'often'", "'b'")),
        ("a,b\n1,2\n", ("new.csv", "'word'")),
        ("a,b,word\n1,2\n", ("new.csv, line 2", "2 fields")),
        ("a,b,word\n", ("new.csv", "no example")),
        ("", ("new.csv", "empty")),
    ):
        new.write_text(text)
        with pytest.raises(DataError) as error:
            predict_new(run, new)
        assert all(word in str(error.value) for word in words)
        assert (run.predictions / "new.csv").read_bytes() == before
    with pytest.raises(DataError, match=r"There is no .*none\.csv"):
        predict_new(run, tmp_path / "none.csv")


def test_texts_come_as_lines_and_as_files(tmp_path: Path):
    run = trained("texts", tmp_path / "project")
    lines = tmp_path / "lines.txt"
    lines.write_text("fine nice warm\n\npoor, cold\n")
    found = _read(predict_new(run, lines))
    assert [row["source"] for row in found] == ["lines.txt, line 1", "lines.txt, line 3"]
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.txt").write_text("fine nice\nwarm")
    (again,) = _read(predict_new(run, tmp_path / "files"))
    assert again == found[0] | {"source": "a.txt"}
    (tmp_path / "files" / "b.txt").write_text(" ")
    with pytest.raises(DataError, match=r"b\.txt: there is no text"):
        predict_new(run, tmp_path / "files")
    (tmp_path / "bad.csv").write_text("words\nfine\n")
    with pytest.raises(DataError, match=r"bad\.csv has no column 'text'"):
        predict_new(run, tmp_path / "bad.csv")


def test_a_picture_that_is_none_is_named(tmp_path: Path):
    run = trained("pictures", tmp_path / "project")
    (tmp_path / "new").mkdir()
    with pytest.raises(DataError, match="holds no example"):
        predict_new(run, tmp_path / "new")
    Image.new("L", (8, 8)).save(tmp_path / "new" / "a.png")
    assert len(_read(predict_new(run, tmp_path / "new" / "a.png"))) == 1
    (tmp_path / "new" / "b.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"b\.png"):
        predict_new(run, tmp_path / "new")
    Image.new("L", (9, 8)).save(tmp_path / "new" / "b.png")
    with pytest.raises(DataError, match=r"b\.png: .*8 x 9"):
        predict_new(run, tmp_path / "new")


def test_a_series_is_refused(tmp_path: Path):
    run = trained("series", tmp_path / "project")
    with pytest.raises(DataError, match="cannot be read from a file yet"):
        predict_new(run, tmp_path)
