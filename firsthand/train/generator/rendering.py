"""The files of a project, from templates and what is known of its data."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

# file of the project: its template
FILES = {
    "README.md": "README.md",
    "main.py": "main.py",
    "requirements.txt": "requirements.txt",
    "pyproject.toml": "pyproject.toml",
    ".gitignore": "gitignore",
    "src/__init__.py": "src/package.py",
    "src/train.py": "src/train.py",
    "src/evaluate.py": "src/evaluate.py",
    "src/utils.py": "src/utils.py",
    "src/dataloader.py": "src/dataloader.py",
    "models/model.py": "models/{task}.py",
    "tests/test_project.py": "tests/test_project.py",
}
NOTEBOOK = "notebooks/exploration.ipynb"
FOLDERS = (
    "data/raw",
    "data/processed",
    "logs/tensorboard",
    "outputs/checkpoints",
    "outputs/predictions",
)


def render(task: str, context: dict[str, Any]) -> dict[str, str]:
    """Return the text of every file of a project that a template makes, by its path."""
    templates = Environment(
        loader=PackageLoader("firsthand.train.generator"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

    templates.filters["markdown"] = markdown

    def text(template: str) -> str:
        return templates.get_template(f"{template}.j2").render(context)

    files = {path: text(template.format(task=task)) for path, template in FILES.items()}
    cells = text("notebooks/opening.py") + text(f"notebooks/{task}.py")
    files[NOTEBOOK] = _notebook(cells)
    return files | {f"{folder}/.gitkeep": "" for folder in FOLDERS}


def markdown(text: str) -> str:
    """Return a text, some of it from data, as Markdown that shows it letter by letter.

    Signs that would make a tag, a link, emphasis, code or the end of a table's cell are escaped;
    an underscore within a word means nothing and stays.
    """
    text = re.sub(r"&(?=#?\w+;)", "&amp;", re.sub(r"[\r\n]+", " ", text)).replace("<", "&lt;")
    return re.sub(r"([\\`*\[\]|]|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", text)


def _notebook(source: str) -> str:
    """Return a notebook in Jupyter's format from cells that ``# %%`` parts."""
    import jupytext

    notebook = jupytext.reads(source, fmt="py:percent")
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"  # they are random otherwise
    text: str = jupytext.writes(notebook, fmt="ipynb")
    return text
