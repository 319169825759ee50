"""From the ``augment`` part of a configuration to one function of a batch.

The order is that of the paths of light: the thing turns and moves, its tones change, something
stands before it, and then pairs are mixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import torch

from firsthand.train.augment.boxes import cutout
from firsthand.train.augment.mixing import cutmix, mixup
from firsthand.train.augment.moves import mirrored_in, moved
from firsthand.train.augment.randomness import coin, uniform, whole
from firsthand.train.augment.tokens import drop_tokens
from firsthand.train.augment.tones import brightness, contrast, noise
from firsthand.train.augment.warps import grid, warped, warped_mask
from firsthand.train.errors import ConfigError

if TYPE_CHECKING:
    from firsthand.train.config.training import Augment
    from firsthand.train.data.contract import Facts

_PICTURES = {"flip", "vertical_flip", "crop", "rotate", "scale", "cutout", "brightness", "contrast"}
# task: the keys that make sense for it
FITS = {
    "image": _PICTURES | {"mixup", "cutmix", "noise", "sizes"},
    "segmentation": _PICTURES | {"cutmix", "noise"},
    "tabular": {"mixup", "noise"},
    "timeseries": {"mixup", "noise"},
    "text": {"drop_tokens"},
}


class Augmentation(Protocol):
    """A random change of a batch, decided by the generator alone."""

    def __call__(
        self,
        inputs: torch.Tensor,
        targets: torch.Tensor,
        generator: torch.Generator,
        *,
        epoch: int = 0,
        index: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return (inputs, targets), changed.

        Parameters
        ----------
        inputs, targets : Tensor
            As `Examples.batch` gives them; they stay as they are.
        generator : torch.Generator
            Seeded by the caller with (seed, epoch, step).
        epoch : int
        index : Tensor of shape (n,), optional
            The examples' numbers in their part. Both are for the alternating flip; without an
            index it is a random one.

        Returns
        -------
        Tensors as they came; but mixed classes are probabilities of shape (n, n_classes).
        """
        ...


def augment(settings: Augment, facts: Facts) -> Augmentation | None:
    """Return the change that the settings describe, or None where there is none.

    Raises
    ------
    ConfigError
        If a key makes no sense for the task, or its value none for the pictures' size.
    """
    wanted = {name for name, value in settings if value}
    _check(settings, facts, wanted)
    if not wanted - {"sizes"}:  # which the loop sees to, for it knows how far training is
        return None
    if facts.task == "text":

        def of_texts(
            inputs: torch.Tensor,
            targets: torch.Tensor,
            generator: torch.Generator,
            *,
            epoch: int = 0,
            index: torch.Tensor | None = None,
        ) -> tuple[torch.Tensor, torch.Tensor]:
            return drop_tokens(inputs, settings.drop_tokens, generator), targets

        return of_texts
    n_classes = len(facts.classes)

    def of_numbers(
        inputs: torch.Tensor,
        targets: torch.Tensor,
        generator: torch.Generator,
        *,
        epoch: int = 0,
        index: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if wanted & {"rotate", "scale"}:
            inputs, targets = _warp(settings, facts, inputs, targets, generator)
        if wanted & {"flip", "vertical_flip", "crop"}:
            mirror = None
            if settings.flip == "alternating" and index is not None:
                mirror = mirrored_in(epoch, index)
            inputs, targets = _move(settings, facts, inputs, targets, generator, mirror)
        if settings.brightness:
            inputs = brightness(inputs, settings.brightness, generator)
        if settings.contrast:
            inputs = contrast(inputs, settings.contrast, generator)
        if settings.noise:
            inputs = noise(inputs, settings.noise, generator)
        if settings.cutout:
            inputs, hidden = cutout(inputs, settings.cutout, generator)
            if facts.problem == "segmentation":  # what cannot be seen is not asked for
                targets = targets.masked_fill(hidden, facts.ignore_index)
        if settings.cutmix:
            inputs, targets = cutmix(inputs, targets, settings.cutmix, n_classes, generator)
        if settings.mixup:
            inputs, targets = mixup(inputs, targets, settings.mixup, n_classes, generator)
        return inputs, targets

    return of_numbers


def _check(settings: Augment, facts: Facts, wanted: set[str]) -> None:
    fits = FITS[facts.task] - ({"mixup", "cutmix"} if facts.problem == "verification" else set())
    if wrong := sorted(wanted - fits):
        names = ", ".join(f"augment.{name}" for name in wrong)
        what = facts.task if facts.problem != "verification" else "verification"
        raise ConfigError(
            f"{names}: makes no sense for {what}. "
            f"Remove it; what can be used is {', '.join(sorted(fits))}."
        )
    if {"mixup", "cutmix"} <= wanted:
        raise ConfigError("augment.mixup and augment.cutmix both mix the targets; choose one.")
    if facts.task in ("image", "segmentation"):
        for name in ("crop", "cutout"):
            value, smallest = getattr(settings, name), min(facts.input_shape[-2:])
            if value >= smallest:
                raise ConfigError(
                    f"augment.{name} is {value} pixels, but the pictures have only {smallest}."
                )


def _warp(
    settings: Augment,
    facts: Facts,
    inputs: torch.Tensor,
    targets: torch.Tensor,
    generator: torch.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    degrees = uniform(len(inputs), generator, -settings.rotate, settings.rotate)
    zoom = uniform(len(inputs), generator, 1 - settings.scale, 1 + settings.scale)
    places = grid(degrees, zoom, inputs.shape, inputs.device)
    if facts.problem == "segmentation":
        targets = warped_mask(targets, places)
    return warped(inputs, places), targets


def _move(
    settings: Augment,
    facts: Facts,
    inputs: torch.Tensor,
    targets: torch.Tensor,
    generator: torch.Generator,
    mirror: torch.Tensor | None,
) -> tuple[torch.Tensor, torch.Tensor]:
    n, most = len(inputs), settings.crop
    dy = whole(n, -most, most, generator) if most else None
    dx = whole(n, -most, most, generator) if most else None
    if settings.flip and mirror is None:
        mirror = coin(n, generator)
    upside_down = coin(n, generator) if settings.vertical_flip else None
    if facts.problem == "segmentation":
        targets = moved(targets, dy, dx, mirror, upside_down)
    return moved(inputs, dy, dx, mirror, upside_down), targets
