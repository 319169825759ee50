"""The rules of the house that the import contracts cannot say."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "firsthand"
CONTENT = HOUSE / "curriculum"
MODULES = sorted(p for p in HOUSE.rglob("*.py") if CONTENT not in p.parents)
TRAIN = HOUSE / "train"  # its networks are classes of PyTorch
CONTENT_FILES = sorted(CONTENT.rglob("*.py"))
EVERY_FILE = [*MODULES, *CONTENT_FILES, *sorted(Path(__file__).parents[1].rglob("*.py"))]

HEAVY = {"torch", "sklearn", "pandas", "matplotlib", "scipy", "nbclient", "jupytext"}
# Rooms that content may use, and nothing else of the house.
CONTENT_MAY_USE = (
    "firsthand.scratch",
    "firsthand.library",
    "firsthand.data",
    "firsthand.study.checking",
    "firsthand.study.figures",
)
SUPPRESSION = re.compile(r"#\s*(noqa|type: ignore|pyright: ignore|pragma: no cover)(.*)")


def imports(tree: ast.AST) -> set[str]:
    """The dotted names imported anywhere in ``tree``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def name_of(path: Path) -> str:
    return str(path.relative_to(HOUSE.parent))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_heavy_packages_are_imported_inside_functions(path: Path) -> None:
    top = ast.parse(path.read_text("utf-8")).body
    at_import = {
        name.split(".")[0]
        for node in top
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in imports(node)
    }
    assert not at_import & (HEAVY - {"torch"} if TRAIN in path.parents else HEAVY)


def test_a_configuration_is_read_without_pytorch() -> None:
    code = "import sys, firsthand.train; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nobody_imports_content(path: Path) -> None:
    names = imports(ast.parse(path.read_text("utf-8")))
    assert not [n for n in names if n.startswith("firsthand.curriculum")]


@pytest.mark.parametrize("path", CONTENT_FILES, ids=name_of)
def test_content_uses_only_what_is_meant_for_it(path: Path) -> None:
    allowed = CONTENT_MAY_USE
    if path.name == "comparison.py":  # a notebook: it runs on the learner's side of the house
        allowed += ("firsthand.compare",)
    ours = [n for n in imports(ast.parse(path.read_text("utf-8"))) if n.startswith("firsthand")]
    strangers = [n for n in ours if not n.startswith(allowed)]
    assert not strangers


@pytest.mark.parametrize("path", EVERY_FILE, ids=name_of)
def test_every_suppression_says_why(path: Path) -> None:
    if path == Path(__file__):
        return
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if match := SUPPRESSION.search(line):
            reason = re.sub(r"^[\s:\[\]\w,-]*?(?=\s[#-]\s|$)", "", match[2]).strip(" #-")
            assert reason, f"{path}:{number}: say why: {line.strip()}"


def test_the_command_line_answers_without_loading_the_house() -> None:
    code = (
        "import sys; sys.argv = ['firsthand', '--help']\n"
        "from firsthand.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sorted(sys.modules), sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert not loaded & (HEAVY | {"numpy", "fastapi", "pydantic", "rich", "fsrs"})
    assert "Usage: firsthand" in done.stdout or "Usage:" in done.stdout
