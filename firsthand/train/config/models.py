"""The ``model`` part of a configuration: which network, and its own settings.

A network's settings stand here and not beside its code, so that a configuration is checked before
PyTorch is imported.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge
from pydantic import Field

from firsthand.train.config.base import Section

Size = Annotated[int, Ge(1)]  # of a layer: none is empty
EVERY_TASK = ("tabular", "image", "text", "timeseries", "segmentation")


class ModelSection(Section):
    """What every network has; ``tasks`` are those it can be built for."""

    tasks: ClassVar[tuple[str, ...]] = EVERY_TASK

    pretrained: Path | None = Field(default=None, description="A file of weights to start from.")
    freeze: tuple[str, ...] = Field(
        default=(),
        description="Names, or beginnings of names, of the parts that do not learn at first.",
    )
    thaw_epoch: int | None = Field(
        default=None, ge=1, description="The epoch from which all parts learn."
    )
    body_lr: float = Field(
        default=1,
        gt=0,
        description="Learning rate of all but the last layer, as a multiple of train.lr.",
    )


class MLP(ModelSection):
    """Linear, BatchNorm, ReLU, dropout, as often as ``hidden`` has sizes."""

    tasks = ("tabular", "image", "timeseries")

    name: Literal["mlp"] = "mlp"
    hidden: tuple[Size, ...] = Field(
        default=(256, 128, 64), description="Sizes of the hidden layers."
    )
    dropout: float = Field(
        default=0.3, ge=0, lt=1, description="Share of the activations that is dropped."
    )


class Tabular(ModelSection):
    """For tables: quantities as waves, then an ensemble of perceptrons that share their weights."""

    tasks = ("tabular",)

    name: Literal["tabular"] = "tabular"
    hidden: tuple[Size, ...] = Field(
        default=(256, 256), min_length=1, description="Sizes of the hidden layers."
    )
    dropout: float = Field(
        default=0.1, ge=0, lt=1, description="Share of the activations that is dropped."
    )
    members: int = Field(default=8, ge=1, description="Perceptrons in the ensemble.")
    waves: int = Field(default=24, ge=1, description="Frequencies for each quantity.")
    wave_size: int = Field(default=12, ge=1, description="Numbers each quantity becomes by them.")
    frequency: float = Field(
        default=0.3, gt=0, description="Deviation of the first frequencies; higher: finer steps."
    )


class CNN(ModelSection):
    """Twice (3 x 3 convolution, BatchNorm, ReLU), then pooling, as often as there are channels."""

    tasks = ("image",)

    name: Literal["cnn"] = "cnn"
    channels: tuple[Size, ...] = Field(
        default=(32, 64), min_length=1, description="Of each stage; a stage halves the picture."
    )
    convolutions: int = Field(default=2, ge=1, description="In each stage.")
    hidden: int = Field(default=128, ge=0, description="Units before the last layer; 0: none.")
    dropout: float = Field(default=0.3, ge=0, lt=1, description="Before the last layer.")


class ResNet18(ModelSection):
    """Residual network of 18 layers, with the parameter names of torchvision's weights."""

    tasks = ("image",)

    name: Literal["resnet18"] = "resnet18"


class ResNetCifar(ModelSection):
    """Residual network for small pictures: three stages of 16, 32 and 64 channels."""

    tasks = ("image",)

    name: Literal["resnet_cifar"] = "resnet_cifar"
    depth: Literal[20, 32, 44, 56, 110] = Field(default=20, description="Layers that have weights.")


class WhitenedCNN(ModelSection):
    """A convolutional network for fast training on small pictures; its first layer is computed."""

    tasks = ("image",)

    name: Literal["whitened_cnn"] = "whitened_cnn"
    channels: tuple[Size, ...] = Field(
        default=(64, 256, 256), min_length=1, description="Of each stage; a stage halves the size."
    )
    views: Literal["none", "flip", "flip_shift"] = Field(
        default="none",
        description="When predicting, the mean over a picture and its mirror image (flip), and "
        "over both moved by a pixel along the diagonal (flip_shift).",
    )


class Bag(ModelSection):
    """The sum of the embeddings of a text's tokens and pairs of them, then one linear layer."""

    tasks = ("text",)

    name: Literal["bag"] = "bag"
    size: int = Field(default=64, ge=1, description="Of an embedding.")
    pairs: int = Field(
        default=2**16, ge=0, description="Places that pairs of neighbours share by a hash; 0: none."
    )
    dropout: float = Field(
        default=0.5, ge=0, lt=1, description="Share of the sum's components that is dropped."
    )


class LSTM(ModelSection):
    """Long short-term memory over the tokens of a text or the steps of a series."""

    tasks = ("text", "timeseries")

    name: Literal["lstm"] = "lstm"
    size: int = Field(default=64, ge=1, description="Of the memory, and of an embedding.")
    layers: int = Field(default=1, ge=1, description="One above the other.")
    both_ways: bool | None = Field(
        default=None, description="Read backwards, too; null: texts yes, series no."
    )
    dropout: float = Field(default=0.2, ge=0, lt=1, description="Between layers and at the end.")


class Transformer(ModelSection):
    """Blocks of attention over the tokens of a text or the steps of a series."""

    tasks = ("text", "timeseries")

    name: Literal["transformer"] = "transformer"
    size: int = Field(default=64, ge=1, description="Of an embedding; a multiple of heads.")
    heads: int = Field(default=4, ge=1, description="Of attention in a block.")
    layers: int = Field(default=2, ge=1, description="Blocks.")
    dropout: float = Field(default=0.1, ge=0, lt=1, description="In each block.")


class UNet(ModelSection):
    """Down to a small picture and up again, with the details of each level handed across."""

    tasks = ("segmentation",)

    name: Literal["unet"] = "unet"
    channels: tuple[Size, ...] = Field(
        default=(16, 32, 64, 128),
        min_length=2,
        description="Of each level; the next has half the height and width.",
    )
    dropout: float = Field(default=0.1, ge=0, lt=1, description="At the lowest level.")


class OwnModel(ModelSection):
    """A class of yours: ``Class(facts, **options)`` returns a torch.nn.Module."""

    name: Literal["own"] = "own"
    file: Path = Field(
        default=Path("models/model.py"), description="The file that defines the class."
    )
    cls: str = Field(default="Model", alias="class", description="The class in that file.")
    options: dict[str, Any] = Field(default={}, description="Arguments of the class.")


ModelSettings = Annotated[
    MLP
    | Tabular
    | CNN
    | ResNet18
    | ResNetCifar
    | WhitenedCNN
    | Bag
    | LSTM
    | Transformer
    | UNet
    | OwnModel,
    Field(discriminator="name"),
]
NETWORKS: tuple[type[ModelSection], ...] = (
    MLP,
    Tabular,
    CNN,
    ResNet18,
    ResNetCifar,
    WhitenedCNN,
    Bag,
    LSTM,
    Transformer,
    UNet,
    OwnModel,
)

# what is trained where no network is named
NETWORK_OF = {
    "tabular": "mlp",
    "image": "cnn",
    "text": "bag",
    "timeseries": "lstm",
    "segmentation": "unet",
}
