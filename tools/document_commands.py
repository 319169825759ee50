"""Write docs/commands.md from the commands themselves: ``python tools/document_commands.py``.

A test compares the file with what this writes, so that no command or option is undocumented.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click

from firsthand.cli.main import COMMANDS, EXIT_CODES

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"

HEAD = f"""# Commands

Written by `python tools/document_commands.py` from what each command says of itself by `--help`.

{EXIT_CODES}
An error is told in one line; `firsthand --traceback COMMAND` shows where it came from.
"""


def document() -> str:
    """Return the whole page."""
    sections = [
        section
        for name, (module, _) in COMMANDS.items()
        for section in _sections(name, import_module(module).command)
    ]
    return "\n".join([HEAD, *sections])


def _sections(name: str, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for child, below in command.commands.items():
            yield from _sections(f"{name} {child}", below)
        return
    context = click.Context(command, info_name=f"firsthand {name}")
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [f"## `firsthand {name}`", "", f"    firsthand {name} {usage}", ""]
    lines += [inspect.cleandoc(command.help or "").replace("\b\n", ""), ""]
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record and record[1]:
            lines.append(f"- `{record[0]}`: {record[1]}")
    if lines[-1]:
        lines.append("")
    heading, *examples = inspect.cleandoc((command.epilog or "").replace("\b\n", "")).splitlines()
    lines += [heading, "", *(f"    {line.strip()}" for line in examples), ""]
    yield "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(document(), "utf-8")
