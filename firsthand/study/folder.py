"""What a stage's folder holds when the learner first opens it.

    05_linear_regression/
        from_scratch/linear_regression_numpy.py     the reference, its targets blank
        library_impl/linear_regression_sklearn.py   the counterpart, as a professional writes it
        comparison.ipynb                            both, number by number
        notes.md                                    theirs

Nothing here has a second copy in the package: the skeleton is made of the reference's own
source, the notebook of the stage's ``comparison.py``.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from firsthand.study.content import Stage
from firsthand.study.errors import ContentError
from firsthand.study.skeleton import skeleton

NOTES = """# {title}

{objective}

## In my own words

## The derivation, without looking

## Where I went wrong, and why

## What I still want to know
"""

NO_COUNTERPART = """This stage has no counterpart in a library, on purpose.

What it teaches is seen best without one.
"""

README = """# My journey

Everything in this folder is yours. One folder a stage:

    05_linear_regression/
        from_scratch/       you write these
        library_impl/       the same with the library professionals use
        comparison.ipynb    both side by side
        notes.md            your notes

`practice/` is where a function you passed comes back blank, to be written again. `.firsthand/`
holds your progress (one SQLite file) and dated copies of whatever a reset replaced. Move or copy
the whole folder and everything moves with it.

    firsthand today         what to do now, and why
    firsthand next          the next exercise
    firsthand check         grade it
    firsthand studio        the same in a browser
"""


def reference_source(stage: Stage) -> str:
    """Return the text of the stage's reference module, found without importing it.

    Raises
    ------
    ContentError
        If there is no such module.
    """
    top, *rest = stage.reference.split(".")
    spec = find_spec(top)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for path in (Path(place, *rest).with_suffix(".py"), Path(place, *rest, "__init__.py")):
            if path.is_file():
                return path.read_text("utf-8")
    if spec and spec.origin and not rest:
        return Path(spec.origin).read_text("utf-8")
    raise ContentError(f"{stage.name}: there is no reference module {stage.reference!r}.")


def blank_file(stage: Stage) -> str:
    """Return the stage's from-scratch file as the learner first sees it."""
    return skeleton(reference_source(stage), [e.target for e in stage.exercises])


def stage_files(stage: Stage) -> dict[str, str]:
    """Return the stage's folder: paths inside it and the text of each file."""
    files: dict[str, str] = {}
    if stage.exercises:
        files[stage.file] = blank_file(stage)
    if library := stage.read("library_impl.py"):
        files[f"library_impl/{library_name(stage)}"] = library
    elif stage.exercises:
        files["library_impl/README.md"] = NO_COUNTERPART
    if comparison := stage.read("comparison.py"):
        files["comparison.ipynb"] = notebook(comparison)
    files["notes.md"] = NOTES.format(title=stage.title, objective=stage.objective)
    return files


def library_name(stage: Stage) -> str:
    """Return the file name of the counterpart, such as ``linear_regression_sklearn.py``."""
    topic = Path(stage.file).stem.removesuffix("_numpy") or stage.name.partition("_")[2]
    package = stage.counterpart.partition(".")[0]
    return f"{topic}_{package}.py" if package.isidentifier() else f"{topic}_library.py"


def notebook(percent: str) -> str:
    """Return a notebook's text, without outputs, made of a script in the percent format."""
    import json

    import jupytext

    book = jupytext.reads(percent, fmt="py:percent")
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number:02d}"  # random ids would make every copy differ
    book.metadata.setdefault(
        "kernelspec", {"display_name": "Python 3", "language": "python", "name": "python3"}
    )
    book.metadata.pop("jupytext", None)
    book["nbformat"], book["nbformat_minor"] = 4, 5
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"
