"""Pictures with a class each: folders, zips, and the files of MNIST and CIFAR-10."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from firsthand.train.data.contract import Data, Facts
from firsthand.train.data.known_pictures import KnownSet, cifar_batches, idx_pairs, read_known
from firsthand.train.data.normalisation import chosen, sums
from firsthand.train.data.picture_parts import parted
from firsthand.train.data.pictures import Pictures
from firsthand.train.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from firsthand.train.config.data import ImageData


def load_images(settings: ImageData, seed: int) -> Data:
    """Return pictures, split and prepared.

    Raises
    ------
    DataError
        If a file or a label cannot be used.
    """
    path = Path(settings.path)
    if not path.exists():
        raise DataError(f"There is no {path}. Set data.path to a folder or zip of pictures.")
    files = [*idx_pairs(path)] or [(p,) for p in cifar_batches(path)]
    return _from_known(read_known(files), settings, seed)


def _from_known(known: KnownSet, settings: ImageData, seed: int) -> Data:
    parts = parted(
        ["test" if t else None for t in known.is_test], known.labels, None, settings.split, seed
    )
    normalise = chosen(settings.normalise, sums(known.pixels[parts["train"]]))
    digest = hashlib.sha256(known.fingerprint.encode())

    def part(rows: NDArray[np.int64]) -> Pictures:
        digest.update(rows.data)
        return Pictures(
            torch.from_numpy(known.pixels[rows]),
            torch.from_numpy(known.labels[rows]),
            [known.sources[i] for i in rows],
            normalise,
        )

    train, validation, test = (part(parts[name]) for name in ("train", "validation", "test"))
    n_classes = len(known.classes)
    facts = Facts(
        "image",
        "classification",
        known.pixels.shape[1:],
        n_classes,
        known.classes,
        tuple(np.bincount(known.labels[parts["train"]], minlength=n_classes).tolist()),
        target_names=("class",),
    )
    return Data(
        train,
        validation,
        test,
        facts,
        {"mean": list(normalise.mean), "std": list(normalise.std)},
        fingerprint=digest.hexdigest(),
    )
