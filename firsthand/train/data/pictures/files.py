"""Where the pictures of a folder or zip are: a folder a class, below folders of parts or not.

cats/ dogs/                          one folder a class; the parts are held out
train/cats/ ... val/cats/ test/      parts of their own
photos/cats/ ...                     a single folder around it all is passed through
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from firsthand.train.data.contract import Finding, Part
from firsthand.train.data.pictures.stores import Store, open_store
from firsthand.train.errors import DataError

PART_NAMES: dict[str, Part] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


@dataclass(frozen=True)
class PictureFile:
    """A file with a picture, and what its place says of it.

    Attributes
    ----------
    store : Store
    name : str
        In the store.
    label : str
        The folder that names its class.
    part : str or None
        Where it came with one.
    """

    store: Store
    name: str
    label: str
    part: Part | None

    @property
    def source(self) -> str:
        """Its place, for a person."""
        return f"{self.store.path.name}/{self.name}"


def picture_files(path: Path, part: Part | None = None) -> tuple[list[PictureFile], list[Finding]]:
    """Return (the files of a folder or zip in the order of their names, what was noticed).

    ``part`` says which part all of them are, whatever the folders are called.

    Raises
    ------
    DataError
        If there are no folders of classes.
    """
    store = open_store(path)
    root = root_of(store)
    files: list[PictureFile] = []
    loose: list[str] = []
    below = [name[len(root) :] for name in store.names if name.startswith(root)]
    has_parts = _has_parts(below)
    for rest in below:
        pieces = rest.split("/")
        own = PART_NAMES.get(pieces[0].lower()) if has_parts else None
        pieces = pieces[1:] if own else pieces
        if len(pieces) < 2:
            loose.append(rest)
            continue
        files.append(PictureFile(store, root + rest, pieces[0], part or own))
    if not files:
        raise DataError(
            f"{path} has no folders with pictures in them; put those of each class into a folder "
            "that is called as the class, or set data.format."
        )
    findings = _of_empty_folders(store, root, has_parts)
    if loose:
        findings.append(
            Finding("loose", f"{_several(loose)}: in no folder of a class; not read.", "note")
        )
    return files, findings


def root_of(store: Store) -> str:
    """Return the beginning that all names share, as long as it is a single folder, with its "/"."""
    root = ""
    while True:
        inside = {n[len(root) :].split("/")[0] for n in store.names if n.startswith(root)}
        deeper = {
            n[len(root) :].split("/")[1]
            for n in store.names
            if n.startswith(root) and n[len(root) :].count("/") >= 2
        }
        (only, *more) = inside or {""}
        if more or not deeper or only.lower() in PART_NAMES:
            return root
        root += f"{only}/"


def groups_of(names: list[str], pattern: str) -> list[str]:
    """Return what each name's group is called: what the pattern, or its first bracket, matches.

    Raises
    ------
    DataError
        If the pattern is none, or does not match a name.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise DataError(
            f"data.split.group: {pattern!r} is no regular expression: {error}."
        ) from error
    groups: list[str] = []
    for name in names:
        match = compiled.search(name)
        if match is None:
            raise DataError(f"data.split.group: {pattern!r} matches nothing in {name!r}.")
        groups.append(match[1] if compiled.groups else match[0])
    return groups


def _has_parts(below: list[str]) -> bool:
    """Whether the folders at the top are parts: one is called train, and files lie two deeper."""
    tops = {name.split("/")[0].lower() for name in below if name.count("/") >= 2}
    return any(PART_NAMES.get(top) == "train" for top in tops)


def _of_empty_folders(store: Store, root: str, has_parts: bool) -> list[Finding]:
    depth = root.count("/") + (2 if has_parts else 1)
    used = {"/".join(name.split("/")[:depth]) for name in store.names}
    deep = [f for f in store.folders if f.startswith(root) and f.count("/") == depth - 1]
    empty = [folder for folder in deep if folder not in used]
    return [
        Finding("empty", f"{store.path.name}/{name} is a folder of a class without a picture.")
        for name in empty
    ]


def _several(names: list[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
