"""Which mask belongs to which picture: the same name, in folders of pictures and of masks.

images/a.jpg  masks/a.png                       the parts are held out
images/train/a.jpg  masks/train/a.png           parts of their own
train/images/a.jpg  train/masks/a.png
train/a.jpg  trainannot/a.png                   or train_masks, train_labels
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firsthand.train.data.contract import Part
from firsthand.train.data.pictures.files import PART_NAMES, root_of
from firsthand.train.data.pictures.stores import Store, open_store
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from firsthand.train.config.data import SegmentationData
    from firsthand.train.data.bad import Bad

_MASKS_OF_A_PART = re.compile(r"(.+?)[_-]?(?:annot|annotations|masks?|labels)", re.IGNORECASE)


@dataclass(frozen=True)
class MaskedFile:
    """A picture's file and its mask's.

    Attributes
    ----------
    store : Store
    image, mask : str
        Names in the store.
    part : str or None
        Where they came with one.
    """

    store: Store
    image: str
    mask: str
    part: Part | None

    @property
    def source(self) -> str:
        """The picture's place, for a person."""
        return f"{self.store.path.name}/{self.image}"

    @property
    def mask_source(self) -> str:
        """The mask's place, for a person."""
        return f"{self.store.path.name}/{self.mask}"


def masked_files(
    path: Path, settings: SegmentationData, bad: Bad, part: Part | None = None
) -> tuple[list[MaskedFile], tuple[str, ...]]:
    """Return (pictures with their masks in the order of their names, the names in classes.txt).

    Raises
    ------
    DataError
        If there are none, or one has no counterpart and is not to be skipped.
    """
    store = open_store(path)
    root = root_of(store)
    found: dict[str, dict[tuple[Part | None, str], str]] = {"image": {}, "mask": {}}
    for name in store.names:
        place = _place(name[len(root) :], settings)
        if name.startswith(root) and place is not None:
            kind, own, stem = place
            if stem_key := found[kind].get((own, stem)):
                bad.row(
                    f"{path.name}/{name}",
                    f"it has the name of {stem_key}, and only one can count",
                )
                continue
            found[kind][own, stem] = name
    images, masks = found["image"], found["mask"]
    if not images or not masks:
        what = "pictures" if not images else "masks"
        raise DataError(
            f"{path} holds no {what}: there is no folder {settings.images}/ with "
            f"{settings.masks}/ beside it, nor train/ with trainannot/. "
            "Set data.images and data.masks."
        )
    for key, name in images.items():
        if key not in masks:
            bad.row(f"{path.name}/{name}", "it has no mask of its name")
    for key, name in masks.items():
        if key not in images:
            bad.row(f"{path.name}/{name}", "it is a mask without a picture of its name")
    files = [
        MaskedFile(store, name, masks[key], part or key[0])
        for key, name in images.items()
        if key in masks
    ]
    return files, _class_names(store, root)


def _place(name: str, settings: SegmentationData) -> tuple[str, Part | None, str] | None:
    """Return (image or mask, part, what both of a pair are called), or None."""
    pieces = name.split("/")
    part = PART_NAMES.get(pieces[0].lower())
    kind = None
    of_masks = _MASKS_OF_A_PART.fullmatch(pieces[0])
    if part:
        pieces = pieces[1:]
    elif of_masks and (part := PART_NAMES.get(of_masks[1].lower())):
        kind, pieces = "mask", pieces[1:]
    inside = "/".join(pieces)
    for own, folder in (("image", settings.images), ("mask", settings.masks)):
        if kind is None and inside.startswith(f"{folder}/"):
            kind, pieces = own, inside[len(folder) + 1 :].split("/")
            if part is None and len(pieces) > 1 and (part := PART_NAMES.get(pieces[0].lower())):
                pieces = pieces[1:]
    if kind is None and part is None:
        return None
    *folders, last = pieces
    stem = last.rpartition(".")[0] or last
    if kind == "mask":
        stem = stem.removesuffix(settings.mask_suffix)
    return kind or "image", part, "/".join([*folders, stem])


def _class_names(store: Store, root: str) -> tuple[str, ...]:
    """Return the names in a file classes.txt: one a line, or a number and a name."""
    name = next((n for n in (f"{root}classes.txt", "classes.txt") if n in store.names), None)
    if name is None:
        return ()
    lines = store.read(name).decode("utf-8", "replace").split("\n")
    names = [re.sub(r"^\d+\s+", "", line.strip()) for line in lines]
    return tuple(name for name in names if name)
