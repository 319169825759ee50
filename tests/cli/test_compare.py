"""``firsthand compare`` in the terminal: what it prints, writes, records and exits with."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from firsthand.cli.compare import command
from firsthand.compare import CompareError, registry
from firsthand.scratch.linear import perceptron
from firsthand.study.errors import JourneyError
from firsthand.study.journey import Journey
from firsthand.study.verdict import Verdict

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIRSTHAND_JOURNEY", raising=False)


def compare(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, catch_exceptions=True)


def test_a_stage_is_told_in_text() -> None:
    done = compare("07")
    assert done.exit_code == 0, done.output
    assert "All functions are ours." in done.output
    assert "✓ yes" in done.output
    assert "Novikoff" in done.output


def test_json_is_json_and_html_is_written(tmp_path: Path) -> None:
    done = compare("07", "--json", "--html", "report.html")
    told = json.loads(done.output)
    assert told["stage"] == "07_perceptron"
    assert told["agrees"] is True
    assert "<figure>" in (tmp_path / "report.html").read_text("utf-8")


def test_a_disagreement_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perceptron, "predict", lambda X, w, b: np.ones(len(X)))
    done = compare("07")
    assert done.exit_code == 1
    assert "✗ no" in done.output


def test_one_disagreement_among_all_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perceptron, "predict", lambda X, w, b: np.ones(len(X)))
    two = {name: registry.ENTRIES[name] for name in ("05_linear_regression", "07_perceptron")}
    monkeypatch.setattr(registry, "ENTRIES", two)
    monkeypatch.setattr(registry, "FAMILIES", {})
    monkeypatch.setattr(registry, "NETWORKS", ())
    done = compare("--json")
    assert done.exit_code == 1
    told = json.loads(done.output)
    assert [c["agrees"] for c in told["comparisons"]] == [True, False]
    assert told["agrees"] is False


def test_a_file_without_its_target_is_a_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,2\n3,4\n")
    assert compare("05", "--data", "t.csv").exit_code == 2
    assert compare("05", "--target", "y").exit_code == 2


def test_a_file_goes_to_the_stages_that_can_learn_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firsthand.compare.timing.PAUSE", 0.0)
    rows = "".join(f"{i},{i % 5},{1.5 * i - i % 5}\n" for i in range(30))
    (tmp_path / "t.csv").write_text("x,z,y\n" + rows)
    monkeypatch.setattr(registry, "FAMILIES", {"linear": "Linear models"})
    done = compare("all", "--data", "t.csv", "--target", "y", "--json")
    told = json.loads(done.output)
    assert [c["stage"] for c in told["comparisons"]] == ["05_linear_regression", "linear"]
    titles = [pair["title"] for pair in told["comparisons"][1]["pairs"]]
    assert "LinearRegression" in titles
    assert "LogisticRegression" not in titles  # which learns classes
    done = compare("all", "--data", "t.csv", "--target", "why")
    assert isinstance(done.exception, CompareError)


def test_without_a_journey_mine_says_how_to_begin() -> None:
    done = compare("07", "--mine")
    assert isinstance(done.exception, JourneyError)
    assert "firsthand start" in str(done.exception)


def test_evidence_is_kept_and_only_ones_own_code_counts(tmp_path: Path) -> None:
    source = (
        "import numpy as np\n\n\ndef predict(X, w, b):\n"
        "    return np.where(X @ w + b > 0, 1.0, -1.0)\n"
    )
    with Journey.create(tmp_path, NOW) as journey:
        pass
    assert compare("07").exit_code == 0
    with Journey.find(tmp_path) as journey:
        assert journey.comparisons() == {}
        verdict = Verdict("perceptron.predict", "passed", "passed", "", "")
        journey.record_verdict(verdict, source, NOW)
    done = compare("07", "--mine")
    assert done.exit_code == 0, done.output
    assert "Yours: predict." in done.output
    with Journey.find(tmp_path) as journey:
        assert list(journey.comparisons()) == ["07_perceptron"]


def test_a_family_is_told_and_not_kept(tmp_path: Path) -> None:
    with Journey.create(tmp_path / "j", NOW):
        pass
    done = compare("linear", "--json", "--journey", "j")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["stage"] == "linear"
    with Journey.find(tmp_path / "j") as journey:
        assert not journey.store.rows("SELECT * FROM comparison")


def test_what_can_be_compared_is_listed() -> None:
    told = compare("--list").output
    assert "05_linear_regression" in told
    assert "linear " in told


def test_names_and_families_that_do_not_fit_are_told() -> None:
    assert "did you mean linear?" in str(compare("liner").exception)
    done = compare("linear", "--mine")
    assert done.exit_code == 2
    assert "needs a stage" in done.output
