"""Pictures with a class each: folders, zips, and the files of MNIST and CIFAR-10.

For verification the classes are people (or things) to be told apart, and each part has its own:
whether two pictures show the same one is asked of people that nobody learnt from.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from firsthand.train.data.bad import Bad
from firsthand.train.data.contract import Data, Examples, Facts, Part
from firsthand.train.data.pictures.collection import (
    Collection,
    collect_files,
    collect_known,
    read_again,
)
from firsthand.train.data.pictures.decoding import conform, from_array, open_picture
from firsthand.train.data.pictures.examples import Pictures, StreamedPictures
from firsthand.train.data.pictures.files import PictureFile, groups_of, picture_files
from firsthand.train.data.pictures.findings import of_copies, of_counts
from firsthand.train.data.pictures.known import cifar_batches, idx_pairs, read_known
from firsthand.train.data.pictures.normalisation import Normalisation, chosen
from firsthand.train.data.pictures.parts import PARTS, grouped, parted
from firsthand.train.data.pictures.stores import as_counted
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from firsthand.train.config.data import ImageData


def load_images(settings: ImageData, seed: int) -> Data:
    """Return pictures, split and prepared.

    Raises
    ------
    DataError
        If a file or a label cannot be used.
    """
    bad = Bad(settings.bad, settings.max_bad, "files")
    all_of = _collect(settings, bad)
    n_read = len(all_of.labels)
    verifying = settings.problem == "verification"
    if not verifying:
        all_of = _without_unlearnt(all_of, bad)
    numbers = numbered(all_of.labels)
    groups = _groups(all_of, settings)
    parts = _parts(all_of, numbers, groups, settings, seed)
    learnt = {all_of.labels[i] for i in parts["train"]}
    names = learnt if verifying else set(all_of.labels)
    classes: tuple[str, ...] = tuple(sorted(names, key=as_counted))
    if len(classes) < 2:
        only = f"only the class {classes[0]!r}" if classes else "no class"
        raise DataError(f"{settings.path} has {only} to learn; two are needed.")
    normalise = chosen(settings.normalise, all_of.sums(parts["train"]))
    counted = Counter(all_of.labels[i] for i in parts["train"])
    counts = [counted[c] for c in classes]
    examples = {
        name: examples_of(all_of, numbers, rows, normalise, settings)
        for name, rows in parts.items()
    }
    facts = Facts(
        "image",
        "verification" if verifying else "classification",
        all_of.shape,
        settings.embedding if verifying else len(classes),
        classes,
        tuple(counts),
        target_names=("class",),
    )
    findings = [
        *bad.findings(n_read + len(bad.named), "pictures"),
        *all_of.findings,
        *of_copies(all_of.digests, all_of.labels, all_of.sources, parts),
        *([] if verifying else of_counts(classes, counts)),
    ]
    preparation = {
        "shape": list(all_of.shape),
        "resize": settings.size is not None,
        "mean": list(normalise.mean),
        "std": list(normalise.std),
    }
    return Data(
        examples["train"],
        examples["validation"],
        examples["test"],
        facts,
        preparation,
        tuple(findings),
        fingerprint(all_of.digests, all_of.labels, parts),
        _slices(all_of, parts),
        grouped(groups, parts),
    )


def prepare(
    images: Image | NDArray[np.uint8] | bytes | str | Path | Sequence[Any],
    preparation: dict[str, Any],
) -> torch.Tensor:
    """Return new pictures as the network learnt to see them.

    Parameters
    ----------
    images : a picture, or a sequence of them
        Each a file's path, its bytes, a Pillow image, or bytes of shape (height, width) or
        (height, width, 3).
    preparation : dict
        `Data.preparation`.

    Returns
    -------
    Tensor of shape (n, channels, height, width), float32.

    Raises
    ------
    DataError
        If one is no picture, or of another size where the data had no data.size.
    """
    if isinstance(images, (list, tuple)):
        return torch.cat([prepare(image, preparation) for image in images])
    channels, *size = preparation["shape"]
    picture = _opened(images)
    if not preparation["resize"] and [picture.height, picture.width] != size:
        raise DataError(
            f"The picture has {picture.height} x {picture.width} pixels; the network learnt from "
            f"{size[0]} x {size[1]}. Bring it to that size."
        )
    pixels = conform(picture, (size[0], size[1]), "grey" if channels == 1 else "colour")
    normalise = Normalisation(tuple(preparation["mean"]), tuple(preparation["std"]))
    return normalise(torch.from_numpy(pixels[None]))


def fingerprint(
    digests: Sequence[bytes], labels: Sequence[str], parts: dict[Part, NDArray[np.int64]]
) -> str:
    """Return SHA-256 of the pictures, their labels and their parts."""
    whole = hashlib.sha256()
    for name in PARTS:
        whole.update(name.encode())
        for i in parts[name]:
            whole.update(digests[i] + labels[int(i)].encode() + b"\0")
    return whole.hexdigest()


def _collect(settings: ImageData, bad: Bad) -> Collection:
    """Return all pictures, those of ``test_path`` as the test part."""
    path = Path(settings.path)
    if not path.exists():
        raise DataError(f"There is no {path}. Set data.path to a folder or zip of pictures.")
    known = known_files(path, settings.format)
    if known:
        if settings.test_path is not None:
            raise DataError(
                "data.test_path: the files of MNIST and CIFAR-10 bring their test part; remove it."
            )
        return collect_known(read_known(known), settings)
    files, findings = picture_files(path)
    if settings.test_path is not None:
        tested, more = picture_files(Path(settings.test_path), "test")
        files = [f for f in files if f.part != "test"] + tested
        findings += more
    collected = collect_files(files, settings, bad)
    collected.findings[:0] = findings
    return collected


def known_files(path: Path, form: str) -> list[tuple[Path, ...]]:
    """Return the files of MNIST or CIFAR-10 in a folder, those of a picture set together."""
    if not path.is_dir():
        if form in ("idx", "cifar"):
            raise DataError(f"{path} is no folder; data.format: {form} is a folder of files.")
        return []
    pairs: list[tuple[Path, ...]] = [*idx_pairs(path)] if form in ("auto", "idx") else []
    batches: list[tuple[Path, ...]] = (
        [(p,) for p in cifar_batches(path)] if form in ("auto", "cifar") else []
    )
    if form in ("idx", "cifar") and not pairs + batches:
        names = "*images-idx3-ubyte" if form == "idx" else "data_batch_1 ..."
        raise DataError(f"{path} has no files {names}, which data.format: {form} asks for.")
    return pairs or batches


def _without_unlearnt(all_of: Collection, bad: Bad) -> Collection:
    """Leave out what is of a class that no training example can be of."""
    learnable = {
        label for label, part in zip(all_of.labels, all_of.given, strict=True)
        if part in (None, "train")
    }  # fmt: skip
    keep: list[int] = []
    for i, label in enumerate(all_of.labels):
        if label in learnable:
            keep.append(i)
        else:
            bad.row(
                all_of.sources[i],
                f"its class {label!r} is only in the part {all_of.given[i]}, not in training",
            )
    if len(keep) == len(all_of.labels):
        return all_of
    return Collection(
        [all_of.labels[i] for i in keep],
        [all_of.given[i] for i in keep],
        [all_of.sources[i] for i in keep],
        [all_of.digests[i] for i in keep],
        None if all_of.totals is None else all_of.totals[keep],
        all_of.shape,
        None if all_of.pixels is None else all_of.pixels[keep],
        [all_of.files[i] for i in keep] if all_of.files else [],
        all_of.findings,
    )


def _groups(all_of: Collection, settings: ImageData) -> list[str] | None:
    """Return what stays together in one part: of each picture its group, or its person."""
    split = settings.split
    if settings.problem == "verification":
        if split.group is not None or split.kind not in ("auto", "grouped"):
            raise DataError("data.split: verification divides by people; remove kind and group.")
        return all_of.labels
    if split.group is not None:
        return groups_of(all_of.sources, split.group)
    if split.kind in ("grouped", "time"):
        raise DataError(
            f"data.split.kind: {split.kind} needs more than pictures tell; for grouped, set "
            "data.split.group to a regular expression that finds the group in a file's name."
        )
    return None


def _parts(
    all_of: Collection,
    numbers: NDArray[np.int64],
    groups: list[str] | None,
    settings: ImageData,
    seed: int,
) -> dict[Part, NDArray[np.int64]]:
    split = settings.split
    stratified = split.kind in ("auto", "stratified")
    return parted(all_of.given, numbers if stratified else None, groups, split, seed)


def numbered(labels: list[str]) -> NDArray[np.int64]:
    """Return the number of each label among all, in order."""
    names = sorted(set(labels), key=as_counted)
    number = {name: i for i, name in enumerate(names)}
    return np.array([number[label] for label in labels], np.int64)


def examples_of(
    all_of: Collection,
    targets: NDArray[np.int64],
    rows: NDArray[np.int64],
    normalise: Normalisation,
    settings: ImageData,
) -> Examples:
    """Return some of the pictures as a part."""
    sources = [all_of.sources[i] for i in rows]
    if all_of.pixels is not None:
        pixels = torch.from_numpy(all_of.pixels[rows])
        return Pictures(pixels, torch.from_numpy(targets[rows]), sources, normalise)
    files, own = [all_of.files[i] for i in rows], targets[rows]

    def read(i: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        return read_again(files[i], settings, all_of.shape), own[i]

    return StreamedPictures(read, sources, normalise)


def folders_of(files: Sequence[PictureFile]) -> list[str]:
    """Return the folders between a class and each of its pictures."""
    return ["/".join(f.name.split("/")[:-1]).partition(f.label)[2].strip("/") for f in files]


def _slices(
    all_of: Collection, parts: dict[Part, NDArray[np.int64]]
) -> dict[str, dict[Part, list[str]]]:
    """Return the folders between a class and its pictures, where there are several."""
    if not all_of.files:
        return {}
    folders = folders_of(all_of.files)
    if len(set(folders)) < 2:
        return {}
    return {"folder": {name: [folders[i] for i in rows] for name, rows in parts.items()}}


def _opened(image: Any) -> Image:
    """Return a picture of mode L or RGB."""
    if isinstance(image, (str, Path)):
        try:
            return open_picture(Path(image).read_bytes())[0]
        except OSError as error:
            raise DataError(f"{image} cannot be read: {error.strerror}.") from error
        except DataError as error:
            raise DataError(f"{image}: {error}.") from error
    if isinstance(image, bytes):
        try:
            return open_picture(image)[0]
        except DataError as error:
            raise DataError(f"The picture cannot be used: {error}.") from error
    if isinstance(image, np.ndarray):
        if image.dtype != np.uint8 or image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,)):
            raise DataError(
                f"A picture is bytes (height, width) or (height, width, 3); got {image.dtype} of "
                f"shape {image.shape}."
            )
        return from_array(image[None] if image.ndim == 2 else image.transpose(2, 0, 1))
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
