"""What is installed holds everything the product needs, and asks for nothing it does not."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, ROOT],
        check=True,
        timeout=300,
    )
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    files = subprocess.run(
        ["git", "ls-files", "firsthand"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not set(files) - packed


COMES_WITH = {
    "scipy": "scikit-learn",
    "starlette": "fastapi",
    "markupsafe": "jinja2",
    "matplotlib-inline": "ipykernel",
    "annotated-types": "pydantic",
    "pydantic-core": "pydantic",
}
NEVER_IMPORTED = {
    "python-multipart",  # fastapi imports it, where a page takes a form
    "tensorboard",  # PyTorch writes for it
    "protobuf",  # bounded, not used
    "lightgbm",
}


def imported() -> set[str]:
    """The packages, by the names one installs, that any file of ours imports."""
    found: set[str] = set()
    for path in (ROOT / "firsthand").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
    modules = {name.partition(".")[0] for name in found} - sys.stdlib_module_names
    modules -= {"firsthand", "compression"}  # the latter is Python 3.14's own
    known = packages_distributions()
    return {known.get(name, [name])[0].lower().replace("_", "-") for name in modules}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    declared = {
        re.split(r"[<>=;\[ ]", line)[0].lower()
        for line in chain(project["dependencies"], extras["deep"], extras["train"])
    }
    used = {COMES_WITH.get(name, name) for name in imported()}
    assert used - declared == set()
    assert declared - used <= NEVER_IMPORTED
