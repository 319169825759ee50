"""Write docs/configuration.md from the schema: ``python tools/document_configuration.py``.

A test compares the file with what this writes, so that no key is undocumented.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from firsthand.train.config import all_keys
from firsthand.train.config.keys import Key, kinds_of
from firsthand.train.config.schema import Config

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"

HEAD = """# Configuration of a project

Written by `python tools/document_configuration.py` from the schema itself.

A project is described by one YAML file, `configs/config.yaml`. The shortest says what the data are:

    task: tabular
    data:
      path: data/raw/table.csv
      target: price

Every other key has a default. Any key can be set for one run on the command line, by its path:

    firsthand train configs/config.yaml train.lr=0.01 model.hidden=[64,32]

- A section of several kinds (`model`, `train.schedule`) is chosen by its `name`; `model: mlp` is
  short for `model: {name: mlp}`. Choosing another kind on the command line (`model=own`) keeps what
  both have in the same sense, and leaves out the file's other keys with a warning that names them.
- Plain words are read as YAML 1.2 has it: `1e-3` is a number, `no` is a word, and a key that stands
  twice is refused.
- Relative paths start at the project's folder, the one above `configs/`.
- Unknown keys and values that do not fit are refused, all at once, each with its line, what came,
  what is allowed and what was probably meant. So are keys that fit alone and not together, such as
  shares that leave nothing to learn from.
- The configuration of a run, every key spelt out, is kept in `outputs/runs/ID/config.yaml`, and can
  be used again.
"""


def document() -> str:
    """Return the whole page."""
    sections = [HEAD]
    for section, group in groupby(all_keys(), key=_section):
        title = f"## `{section}`" if section else "## At the top"
        sections.append("\n".join([title, "", *_opening(section), *_table(list(group))]))
    return "\n".join(sections)


def _section(key: Key) -> str:
    top = key.path.partition(".")[0]
    return top if Config.model_fields.get(top) and kinds_of(Config.model_fields[top]) else ""


def _opening(section: str) -> list[str]:
    """Say of a section of several kinds what they are."""
    kinds = kinds_of(Config.model_fields[section]) if section else {}
    lines = [
        f"- `{name}`: {(kind.__doc__ or '').splitlines()[0]}"
        for name, kind in kinds.items()
        if name
    ]
    return [*lines, ""] if lines else []


def _table(keys: list[Key]) -> list[str]:
    lines = ["| key | of | what it may be | default | |", "|---|---|---|---|---|"]
    for key in keys:
        default = f"`{key.default}`" if key.default else ""
        cells = (f"`{key.path}`", key.only, key.allowed, default, key.description)
        lines.append("| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |")
    return [*lines, ""]


if __name__ == "__main__":
    PAGE.write_text(document(), "utf-8")
