"""Every command is documented, has an example, and fails like a good citizen."""

import re
import runpy
import subprocess
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import click
import pytest

from firsthand.cli.main import COMMANDS, EXIT_CODES
from firsthand.study.journey import Journey
from firsthand.study.memory.cards import add_card

ROOT = Path(__file__).parents[2]


def walk(prefix: str, command: click.Command) -> list[tuple[str, click.Command]]:
    """``command`` and everything below it, by the words one types."""
    found = [(prefix, command)]
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            found += walk(f"{prefix} {name}", child)
    return found


EVERY = [
    pair
    for name, (module, _) in COMMANDS.items()
    for pair in walk(name, import_module(module).command)
]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "firsthand", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("name", "command"), EVERY, ids=[name for name, _ in EVERY])
def test_has_help_and_an_example(name: str, command: click.Command) -> None:
    assert command.help
    heading, *examples = re.split(r"\n  ", command.epilog or "")
    assert heading == ("\b\nExample:" if len(examples) == 1 else "\b\nExamples:")
    assert all(example.startswith(f"firsthand {name}") for example in examples)


@pytest.mark.parametrize(("name", "command"), EVERY, ids=[name for name, _ in EVERY])
def test_every_option_is_explained(name: str, command: click.Command) -> None:
    options = [p for p in command.params if isinstance(p, click.Option)]
    assert not [o.name for o in options if not o.help]


def test_the_page_of_commands_says_what_they_say() -> None:
    written = runpy.run_path(str(ROOT / "tools" / "document_commands.py"))
    assert written["PAGE"].read_text("utf-8") == written["document"]()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/commands.md"])
def test_documents_name_only_commands_that_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for words in re.findall(r"`firsthand ([a-z]+)", text):
        assert words in COMMANDS, words


def test_a_misspelt_command_is_answered_with_the_nearest(tmp_path: Path) -> None:
    done = run("chek", cwd=tmp_path)
    assert done.returncode == 2
    assert "firsthand check" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["cards list", "path --exercises"])
def test_a_reader_who_leaves_early_is_no_failure(words: str, tmp_path: Path) -> None:
    assert run("start", cwd=tmp_path).returncode == 0
    with Journey.find(tmp_path / "ml_journey") as journey:
        for _ in range(40):
            add_card(journey.store, "front", "back", datetime.now(UTC))
    with subprocess.Popen(
        [sys.executable, "-m", "firsthand", *words.split()],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_exit_codes_are_told(tmp_path: Path) -> None:
    done = run("--help", cwd=tmp_path)
    assert done.stdout.startswith("Usage: firsthand ")
    assert EXIT_CODES in " ".join(done.stdout.split())


@pytest.mark.parametrize("command", ["next", "check", "today", "review"])
def test_without_a_journey_it_says_how_to_begin(command: str, tmp_path: Path) -> None:
    done = run(command, cwd=tmp_path)
    assert done.returncode == 3
    assert "firsthand start" in done.stderr
    assert "Traceback" not in done.stderr
