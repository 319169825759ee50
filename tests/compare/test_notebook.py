"""Every stage's notebook runs from top to bottom, on the learner's functions where passed."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from firsthand.compare import CompareError
from firsthand.compare.notebook import write_notebook
from firsthand.study.content import load_curriculum
from firsthand.study.journey import Journey
from firsthand.study.skeleton import function_source
from firsthand.study.verdict import Verdict

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
WITH_NOTEBOOK = [s.name for s in load_curriculum().written if s.read("comparison.py")]


def run(path: Path) -> nbformat.NotebookNode:
    """The notebook, executed by this interpreter in its own folder."""
    book = nbformat.read(path, as_version=4)
    client = NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    return client.execute()


def shown(book: nbformat.NotebookNode) -> str:
    """Everything that the cells showed, as text and HTML."""
    parts: list[str] = []
    for cell in book.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            parts += [output.get("text", ""), data.get("text/html", ""), data.get("text/plain", "")]
    return "\n".join(parts)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the kernel's own event loop
@pytest.mark.parametrize("stage", WITH_NOTEBOOK)
def test_runs_and_everything_in_it_agrees_where_it_should(stage: str, tmp_path: Path) -> None:
    path = tmp_path / "comparison.ipynb"
    assert write_notebook(stage, path)
    book = run(path)
    assert not [o for c in book.cells for o in c.get("outputs", ()) if o.output_type == "error"]
    pictures = [
        o for c in book.cells for o in c.get("outputs", ()) if "image/svg+xml" in o.get("data", {})
    ]
    assert len(pictures) >= 2
    told = shown(book)
    assert told.count("✓ yes") >= 3
    assert "ours" in told
    prose = [c for c in book.cells if c.cell_type == "markdown"]
    assert len(prose) >= 4


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the kernel's own event loop
def test_the_learners_notebook_runs_on_their_functions(tmp_path: Path) -> None:
    stage = load_curriculum().stage("05")
    with Journey.create(tmp_path / "j", NOW) as journey:
        source = (
            "import numpy as np\n\n\ndef predict(X, w, b):\n"
            '    """Mine."""\n    return np.einsum("ij,j->i", X, w) + b\n'
        )
        exercise = next(e for e in stage.exercises if e.target == "predict")
        journey.record_verdict(Verdict(exercise.id, "passed", "passed", "", ""), source, NOW)
        path = journey.stage_folder(stage) / "comparison.ipynb"
    assert path.is_file()
    book = nbformat.read(path, as_version=4)
    book.cells = book.cells[:2]
    book.cells.append(nbformat.v4.new_code_cell("print(repr(book), linear.predict.__doc__)"))
    nbformat.write(book, path)
    told = shown(run(path))
    assert "Yours: predict." in told
    assert "Mine." in told


def test_a_notebook_that_is_there_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "comparison.ipynb"
    path.write_text("mine", "utf-8")
    assert not write_notebook("05", path)
    assert path.read_text("utf-8") == "mine"
    with pytest.raises(CompareError, match="has no notebook"):
        write_notebook("03", tmp_path / "other.ipynb")


def test_notebooks_are_the_same_each_time_and_carry_no_output(tmp_path: Path) -> None:
    for stage in WITH_NOTEBOOK:
        write_notebook(stage, tmp_path / "a" / f"{stage}.ipynb")
        write_notebook(stage, tmp_path / "b" / f"{stage}.ipynb")
        first = (tmp_path / "a" / f"{stage}.ipynb").read_bytes()
        assert first == (tmp_path / "b" / f"{stage}.ipynb").read_bytes()
        book = json.loads(first)
        nbformat.validate(book)
        assert not [c for c in book["cells"] if c.get("outputs")]


def test_what_is_imported_after_begin_is_theirs(tmp_path: Path) -> None:
    stage = load_curriculum().stage("05")
    from firsthand.study.folder import reference_source

    theirs = function_source(reference_source(stage), "loss").replace(
        "residual = predict", "residual = 3 * predict"
    )
    assert "3 * predict" in theirs
    with Journey.create(tmp_path, NOW) as journey:
        exercise = next(e for e in stage.exercises if e.target == "loss")
        source = (
            "import numpy as np\nfrom numpy.typing import NDArray\nArray = NDArray[np.float64]\n"
        )
        journey.record_verdict(
            Verdict(exercise.id, "passed", "passed", "", ""), source + theirs, NOW
        )
    code = """
import numpy as np
from firsthand.compare import notebook
from firsthand.scratch.linear import linear_regression as before
book = notebook.begin("05")
from firsthand.scratch.linear import linear_regression as after
from firsthand.scratch.linear.regressors import GradientDescentRegressor
X, y, w = np.ones((2, 1)), np.zeros(2), np.ones(1)
print(before.loss(X, y, w, 0.0, 0.0), after.loss(X, y, w, 0.0, 0.0), book.code is after)
print(book.authors.yours, book.side, book.colour)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["0.5 4.5 True", "('loss',) yours #0072b2"], done.stderr
