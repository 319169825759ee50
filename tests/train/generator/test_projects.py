"""A generated project works as its README says, is whole, and says what is true of its data."""

import csv
import gzip
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from firsthand.train import load_config
from firsthand.train.generator import Wish, create
from tests.train.generator.readme import commands

TASKS = ("tabular", "image", "text", "timeseries", "segmentation")
LAYOUT = [
    "README.md",
    "main.py",
    "requirements.txt",
    ".gitignore",
    "configs/config.yaml",
    "models/model.py",
    "notebooks/exploration.ipynb",
    "src/train.py",
    "src/evaluate.py",
    "src/utils.py",
    "src/dataloader.py",
    "data/raw",
    "data/processed",
    "logs/tensorboard",
    "outputs/checkpoints",
    "outputs/predictions",
    "tests",
]


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One project of each task, from its sample."""
    folder = tmp_path_factory.mktemp("projects")
    return {task: create(Wish(folder / f"my_{task}", task)).folder for task in TASKS}


@pytest.mark.parametrize("task", TASKS)
def test_the_layout_is_the_documented_one(task: str, projects: dict[str, Path]) -> None:
    assert not [name for name in LAYOUT if not (projects[task] / name).exists()]


def test_nothing_is_left_beside(projects: dict[str, Path]) -> None:
    folder = projects["tabular"].parent
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"my_{t}" for t in TASKS)


@pytest.mark.parametrize("task", TASKS)
def test_the_code_passes_ruff(task: str, projects: dict[str, Path]) -> None:
    for words in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--no-cache", "."],
            cwd=projects[task],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_the_commands_of_the_readme_work(task: str, projects: dict[str, Path]) -> None:
    project = projects[task]
    wanted = commands(project / "README.md")
    assert len(wanted) >= 7
    assert {line.split()[2] for line in wanted if "main.py" in line} == {
        "train",
        "evaluate",
        "predict",
        "tune",
    }
    short = [] if task == "tabular" else ["--short"]  # once in full
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("readme.py"), *short],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    first, *_ = sorted((project / "outputs" / "runs").iterdir())
    for name in ("config.yaml", "environment.json", "history.jsonl", "report.html", "curves.png"):
        assert (first / name).is_file(), name
    report = json.loads((first / "report.json").read_text("utf-8"))
    assert report["sections"]
    (predictions,) = (project / "outputs" / "predictions" / first.name).glob("predictions-*.csv")
    with predictions.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert len(rows) > 10
    assert all(len(row) == len(rows[0]) for row in rows)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["tabular", "text", "image"])
def test_new_examples_are_predicted(task: str, tmp_path: Path) -> None:
    project = create(Wish(tmp_path / "mine", task)).folder
    (raw,) = (path for path in (project / "data" / "raw").iterdir() if path.name[0] != ".")
    for words in (["train", "train.epochs=1"], ["predict", str(raw)], ["predict", "no.csv"]):
        done = subprocess.run(
            [sys.executable, "main.py", *words], cwd=project, capture_output=True, text=True
        )
        assert done.returncode == (words[-1] == "no.csv"), done.stdout + done.stderr
    assert "There is no" in done.stderr
    (found,) = (project / "outputs" / "predictions").glob(f"*/{raw.stem}.csv")
    with found.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert len(rows) > 10
    assert "prediction" in rows[0]


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_the_notebook_runs_from_top_to_bottom(task: str, projects: dict[str, Path]) -> None:
    import nbformat
    from nbclient import NotebookClient

    path = projects[task] / "notebooks" / "exploration.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": path.parent}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 1


@pytest.mark.parametrize("task", TASKS)
def test_the_same_project_is_made_again(
    task: str, projects: dict[str, Path], tmp_path: Path
) -> None:
    again = create(Wish(tmp_path / f"my_{task}", task)).folder
    for path in again.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (projects[task] / path.relative_to(again)).read_bytes()


@pytest.mark.parametrize("task", TASKS)
def test_the_readme_answers_the_checklist(task: str, projects: dict[str, Path]) -> None:
    text = (projects[task] / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+\?) \| (.+) \|$", text, flags=re.M)
    assert len(rows) == 8
    assert all(len(answer) > 5 for _, answer in rows)
    config = load_config(projects[task] / "configs" / "config.yaml")
    assert f"To begin with: **{config.model.name}**" in text
    assert config.task == task


def answer(project: Path, question: str) -> str:
    text = (project / "README.md").read_text("utf-8")
    return re.findall(rf"^\| {re.escape(question)} \| (.+) \|$", text, flags=re.M)[0]


def test_the_baseline_is_computed(projects: dict[str, Path]) -> None:
    """Counted again, from the file and the split."""
    from firsthand.train import open_data

    project = projects["tabular"]
    data = open_data(load_config(project / "configs" / "config.yaml"), project)
    lines = [
        int(re.findall(r"\d+", data.validation.source(i))[-1]) for i in range(len(data.validation))
    ]
    with (project / "data" / "raw" / "customers.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    share = sum(rows[line - 1][-1] == "no" for line in lines) / len(lines)
    assert f"Always saying 'no' is right for {share:.1%}" in answer(
        project, "What is the baseline?"
    )


def test_every_key_is_explained(projects: dict[str, Path]) -> None:
    text = (projects["image"] / "configs" / "config.yaml").read_text("utf-8")
    lines = text.splitlines()
    for before, line in pairwise(lines):
        section = re.fullmatch(r" *(data|train|augment|space|name|train\.lr):.*", line)
        if line.strip() and not line.lstrip().startswith("#") and not section:
            assert "#" in line or before.lstrip().startswith("#"), line


def write(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def test_imbalance_is_seen(tmp_path: Path) -> None:
    rows = [f"{i % 7},{(i * i) % 11},{'rare' if i % 10 == 0 else 'usual'}" for i in range(200)]
    table = write(tmp_path / "t.csv", ["a,b,kind", *rows])
    project = create(Wish(tmp_path / "p", "tabular", table, "kind")).folder
    told = answer(project, "Which figures matter?")
    assert "plain accuracy flatters" in told
    assert load_config(project / "configs" / "config.yaml").train.monitor == "f1"


def test_numbers_are_a_regression(tmp_path: Path) -> None:
    rows = [f"{i % 17},{i * i % 23},{i % 17 * 2.5 + i % 3 * 0.31:.2f}" for i in range(150)]
    table = write(tmp_path / "t.csv", ["a,b,price", *rows])
    project = create(Wish(tmp_path / "p", "tabular", table, "price")).folder
    assert answer(project, "What is the problem?").startswith("Regression: price")
    assert "RMSE" in answer(project, "What is the baseline?")
    assert load_config(project / "configs" / "config.yaml").train.monitor == "rmse"


def test_small_data_are_copied_and_large_data_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = write(tmp_path / "t.csv", ["a,kind", *(f"{i % 9},{'xy'[i % 2]}" for i in range(100))])
    small = create(Wish(tmp_path / "small", "tabular", table, "kind"))
    assert (small.folder / "data" / "raw" / "t.csv").read_bytes() == table.read_bytes()
    monkeypatch.setattr("firsthand.train.generator.placing.COPIED_BYTES", 10)
    large = create(Wish(tmp_path / "large", "tabular", table, "kind"))
    assert "large" in large.told
    assert not (large.folder / "data" / "raw" / "t.csv").exists()
    config = load_config(large.folder / "configs" / "config.yaml")
    assert config.data.path == table
    assert str(table) in (large.folder / "README.md").read_text("utf-8")


def test_texts_without_a_line_of_names(tmp_path: Path) -> None:
    """As in the SMS collection: a label, a tab, a message."""
    rows = [f"{'spam' if i % 3 else 'ham'}\tmessage {i} with some words {i % 5}" for i in range(90)]
    texts = write(tmp_path / "sms.tsv", rows)
    project = create(Wish(tmp_path / "p", "text", texts)).folder
    data = load_config(project / "configs" / "config.yaml").data
    assert (data.names, data.text, data.target) == (("label", "text"), "text", "label")


DAYS = [str(np.datetime64("2023-01-01") + i) for i in range(160)]


def series(days: list[str], head: str = "date,value") -> list[str]:
    return [head, *(f"{day},{10 + i % 7 + 0.01 * i:.2f}" for i, day in enumerate(days))]


def told_of(project: Path) -> str:
    return (project / "README.md").read_text("utf-8").partition("## What was noticed")[2]


def test_the_column_of_times_is_found_and_a_reversed_series_is_tested_on_its_latest(
    tmp_path: Path,
) -> None:
    head, *rows = series(DAYS)
    table = write(tmp_path / "t.csv", [head, *reversed(rows)])
    made = create(Wish(tmp_path / "p", "timeseries", table))
    assert load_config(made.folder / "configs" / "config.yaml").data.model_dump()["time"] == "date"
    assert "2023-06-09" in made.data.test.source(len(made.data.test) - 1)
    assert "stands after a later one" in told_of(made.folder)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([*DAYS[:50], *DAYS[53:]], "lacks 3 of 160 steps"),
        ([*DAYS[:50], *DAYS[49:]], "2023-02-19 00:00:00 was in t.csv, line 51"),
        ([*DAYS[:50], "2023-02-30", *DAYS[51:]], "'2023-02-30' is no time"),
    ],
)
def test_odd_times_are_told_where_nobody_named_their_column(
    days: list[str], words: str, tmp_path: Path
) -> None:
    table = write(tmp_path / "t.csv", series(days))
    wish = Wish(tmp_path / "p", "timeseries", table, "value", ["data.bad=skip"])
    assert words in told_of(create(wish).folder)


@pytest.mark.parametrize(
    ("head", "days", "time"),
    [
        ("year,value", [str(1800 + i) for i in range(160)], "year"),
        ("depth,value", [str(1800 + i) for i in range(160)], None),
        ("day,value", [str(1 + i % 28) for i in range(160)], None),
        ("day,value", [day.replace("-", "") for day in DAYS], "day"),
    ],
)
def test_numbers_are_times_only_where_their_name_says_so(
    head: str, days: list[str], time: str | None, tmp_path: Path
) -> None:
    table = write(tmp_path / "t.csv", series(days, head))
    made = create(Wish(tmp_path / "p", "timeseries", table, "value"))
    assert load_config(made.folder / "configs" / "config.yaml").data.model_dump()["time"] == time


TABULAR = ["a | kind | größe", *(f"{i % 9} | {'xy'[i % 2]} | {i * i % 23}" for i in range(100))]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "gzip"])
def test_a_table_is_read_as_its_reader_reads_it(encoding: str, tmp_path: Path) -> None:
    """Bars, blanks around names, other encodings, packed or not."""
    text = "\n".join(TABULAR) + "\n"
    table = tmp_path / ("t.csv.gz" if encoding == "gzip" else "t.csv")
    packed = gzip.compress(text.encode(), mtime=0)
    table.write_bytes(packed if encoding == "gzip" else text.encode(encoding))
    project = create(Wish(tmp_path / "p", "tabular", table, "größe")).folder
    assert load_config(project / "configs" / "config.yaml").data.model_dump()["target"] == "größe"


def test_texts_are_read_as_their_reader_reads_them(tmp_path: Path) -> None:
    """A long text, blanks around names, an encoding that is named; and lines of JSON."""
    long = "word " * 30_000
    rows = [f"{'spam' if i % 3 else 'ham'}\tschön message {i} " for i in range(90)]
    table = tmp_path / "t.tsv"
    table.write_bytes("\n".join(["kind\t words ", f"ham\t{long}", *rows]).encode("cp1252"))
    wish = Wish(tmp_path / "p", "text", table, keys=["data.encoding=cp1252"])
    data = load_config(create(wish).folder / "configs" / "config.yaml").data.model_dump()
    assert (data["names"], data["text"], data["target"]) == ((), "words", "kind")
    lines = [json.dumps({"kind": "xy"[i % 2], "said": f"some words {i}"}) for i in range(90)]
    project = create(Wish(tmp_path / "q", "text", write(tmp_path / "t.jsonl", lines))).folder
    data = load_config(project / "configs" / "config.yaml").data.model_dump()
    assert (data["text"], data["target"]) == ("said", "kind")


def test_the_readme_shows_names_of_the_data_letter_by_letter(tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>"
    rows = [f"{i % 7},{'*x*' if i % 10 == 0 else '[y](z)'}" for i in range(200)]
    table = write(tmp_path / "t.csv", [f"a,{name}", *rows])
    text = (create(Wish(tmp_path / "p", "tabular", table, name)).folder / "README.md").read_text()
    assert "&lt;img src=x onerror" in text
    assert "<img" not in text
    assert r"\*x\*" in text
    assert "[y](z)" not in text


def test_keys_that_were_asked_for_hold(tmp_path: Path) -> None:
    wish = Wish(tmp_path / "p", "tabular", keys=["train.epochs=3", "model.hidden=[8]", "seed=5"])
    config = load_config(create(wish).folder / "configs" / "config.yaml")
    assert (config.train.epochs, config.seed) == (3, 5)
    assert config.model.model_dump()["hidden"] == (8,)


def test_force_writes_only_what_is_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "main.py").write_text("mine")
    (folder / "notes.txt").write_text("mine, too")
    made = create(Wish(folder, "tabular", force=True))
    assert made.kept == ("main.py",)
    assert (folder / "main.py").read_text() == "mine"
    assert (folder / "notes.txt").read_text() == "mine, too"
    assert (folder / "configs" / "config.yaml").is_file()
