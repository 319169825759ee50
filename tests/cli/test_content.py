"""What authors run: reading content, and the list of ids that must not vanish."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from firsthand.cli.main import root

SMALL = Path(__file__).parents[1] / "study" / "small_curriculum"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "curriculum"))


def content(*words: str, folder: Path) -> Result:
    return CliRunner().invoke(
        root, ["content", *words, "--root", str(folder)], standalone_mode=False
    )


def test_ids_once_published_stay_listed(folder: Path) -> None:
    listed = folder / "published.txt"
    said = content("publish", folder=folder)
    first = listed.read_text("utf-8").split()
    assert said.output.startswith(f"{len(first)} ids published, {len(first)} of them new")
    assert "card:sums.empty" in first
    cards = folder / "01_sums" / "cards.toml"
    cards.write_text(cards.read_text("utf-8").replace("sums.empty", "sums.nothing"), "utf-8")
    assert "1 of them new" in content("publish", folder=folder).output
    assert set(first) < set(listed.read_text("utf-8").split())


def test_what_is_to_mend_is_told_as_json_and_by_the_exit_code(folder: Path) -> None:
    content("publish", folder=folder)
    cards = folder / "01_sums" / "cards.toml"
    cards.write_text(cards.read_text("utf-8").replace("sums.empty", "sums.nothing"), "utf-8")
    said = content("check", "--quick", "--json", folder=folder)
    assert said.return_value == 1
    assert any("sums.empty" in problem for problem in json.loads(said.output)["problems"])
