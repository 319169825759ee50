"""What the documents point at exists, and the map shows the whole house."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
        if not target.startswith(("http:", "https:", "exercise:")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_programs_that_are_named_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    for name in re.findall(r"python (\w+/[\w/]+\.py)", text):
        assert (ROOT / name).is_file(), name
    for name in re.findall(r"python -m (tests[\w.]+)", text):
        assert (ROOT / f"{name.replace('.', '/')}.py").is_file(), name


def test_the_change_log_speaks_of_this_version() -> None:
    from firsthand import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_version_is_stated_once() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'dynamic = ["version"]' in text


MAP = (ROOT / "docs" / "architecture.md").read_text("utf-8")
ROOMS = ("scratch", "data", "library", "study", "compare", "studio")
NAMED = set(re.findall(r"`([\w/]+\.py|[\w/]+/)`", MAP))


@pytest.mark.parametrize("room", ROOMS)
def test_the_map_shows_every_module(room: str) -> None:
    house = ROOT / "firsthand"
    for path in (house / room).rglob("*.py"):
        if path.name == "__init__.py":
            continue
        inside = path.relative_to(house)
        ways = {path.name, inside.as_posix(), inside.relative_to(room).as_posix()}
        ways |= {
            f"{folder}/" for folder in inside.parts[:-1] if folder not in ("grading", "memory")
        }
        assert ways & NAMED, f"docs/architecture.md does not mention {inside}"


def test_what_the_map_shows_is_there() -> None:
    house = ROOT / "firsthand"
    files = {p.relative_to(house).as_posix() for p in house.rglob("*") if p.suffix == ".py"}
    folders = {f"{p.relative_to(house).as_posix()}/" for p in house.rglob("*") if p.is_dir()}
    beside = {"tests/", "benchmarks/", "tools/", "docs/"}
    for name in NAMED - beside:
        assert any(f"/{known}".endswith(f"/{name}") for known in files | folders), name
