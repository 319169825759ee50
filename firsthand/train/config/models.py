"""The ``model`` part of a configuration: which network, and its own settings.

A network's settings stand here and not beside its code, so that a configuration is checked before
PyTorch is imported.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from firsthand.train.config.base import Section


class ModelSection(Section):
    """What every network has."""

    pretrained: Path | None = Field(default=None, description="A file of weights to start from.")
    freeze: tuple[str, ...] = Field(
        default=(),
        description="Names, or beginnings of names, of the parts that do not learn at first.",
    )
    thaw_epoch: int | None = Field(
        default=None, ge=1, description="The epoch from which all parts learn."
    )


class MLP(ModelSection):
    """Linear, BatchNorm, ReLU, dropout, as often as ``hidden`` has sizes."""

    name: Literal["mlp"] = "mlp"
    hidden: tuple[int, ...] = Field(
        default=(256, 128, 64), description="Sizes of the hidden layers."
    )
    dropout: float = Field(
        default=0.3, ge=0, lt=1, description="Share of the activations that is dropped."
    )


class Bag(ModelSection):
    """The mean of vectors of words and of neighbouring words, then one linear layer."""

    name: Literal["bag"] = "bag"
    width: int = Field(default=64, ge=1, description="Numbers of a word's vector.")
    ngrams: int = Field(
        default=2, ge=1, le=5, description="Neighbouring words that have a vector together."
    )
    buckets: int = Field(
        default=2**17, ge=1, description="Vectors that neighbouring words share, by their hash."
    )
    dropout: float = Field(
        default=0.5, ge=0, lt=1, description="Share of the mean vector that is dropped."
    )
    word_dropout: float = Field(
        default=0.0, ge=0, lt=1, description="Share of its words that a text loses in training."
    )


class OwnModel(ModelSection):
    """A class of yours: ``Class(facts, **options)`` returns a torch.nn.Module."""

    name: Literal["own"] = "own"
    file: Path = Field(
        default=Path("models/model.py"), description="The file that defines the class."
    )
    cls: str = Field(default="Model", alias="class", description="The class in that file.")
    options: dict[str, Any] = Field(default={}, description="Arguments of the class.")


ModelSettings = Annotated[MLP | Bag | OwnModel, Field(discriminator="name")]
