"""The ``train`` part of a configuration: the loop, the loss, the steps and what is kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firsthand.train.config.base import Section
from firsthand.train.config.schedules import OneCycle, Schedule

Share = Annotated[float, Field(ge=0, lt=1)]

Side = Annotated[int, Field(ge=4)]


class Checkpoints(Section):
    """How often the state of training is written, and how much of it is kept."""

    every_seconds: float | None = Field(
        default=60, ge=0, description="Besides the end of each epoch."
    )
    every_steps: int | None = Field(
        default=None, ge=1, description="Besides the end of each epoch."
    )
    keep: int = Field(
        default=2, ge=2, description="How many of the latest stay; the best stays, too."
    )


class TrainSection(Section):
    """How the network is trained."""

    epochs: int = Field(default=20, ge=1, description="Passes over the training part.")
    batch_size: int = Field(
        default=64, ge=1, description="Examples a step, in all processes together."
    )
    lr: float = Field(default=1e-3, gt=0, description="The learning rate.")
    optimizer: Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"] = (
        Field(default="adamw", description="The rule by which parameters step.")
    )
    momentum: float = Field(
        default=0.9, ge=0, lt=1, description="For momentum, nesterov and rmsprop."
    )
    betas: tuple[Share, Share] = Field(
        default=(0.9, 0.999),
        description="For adam and adamw: how much of the mean gradient and of its square stays.",
    )
    alpha: float = Field(
        default=0.99, ge=0, lt=1, description="For rmsprop: how much of the mean square stays."
    )
    eps: float | None = Field(
        default=None, gt=0, description="Added to the divisor of adaptive rules; null: PyTorch's."
    )
    bias_lr: float = Field(
        default=1,
        gt=0,
        description="Learning rate of biases and normalisations, as a multiple of lr.",
    )
    weight_decay: float = Field(
        default=1e-5, ge=0, description="Pull towards 0; not on biases and norms."
    )
    schedule: Schedule = Field(default_factory=OneCycle, description="How the rate moves.")
    loss: Literal[
        "auto",
        "cross_entropy",
        "binary_cross_entropy",
        "hinge",
        "focal",
        "dice",
        "cross_entropy_dice",
        "mse",
        "mae",
        "huber",
        "quantile",
    ] = Field(
        default="auto", description="auto: cross_entropy for classes and pixels, mse for numbers."
    )
    focal_gamma: float = Field(
        default=2, ge=0, description="For focal: how little it counts what is right already."
    )
    huber_delta: float = Field(
        default=1, gt=0, description="For huber: the error, in deviations, from which it is linear."
    )
    quantile: float = Field(
        default=0.5, gt=0, lt=1, description="For quantile: the share of targets below."
    )
    label_smoothing: float = Field(
        default=0, ge=0, lt=1, description="Share of a target spread over all."
    )
    class_weights: Literal["none", "balanced"] = Field(default="none", description="Of the loss.")
    clip_norm: float | None = Field(
        default=1.0, gt=0, description="Longest gradient; longer ones shrink."
    )
    accumulate: int = Field(
        default=1, ge=1, description="Parts a batch is computed in, to save memory."
    )
    precision: Literal["float32", "bf16", "fp16"] = Field(
        default="float32", description="Of the products."
    )
    ema: float | None = Field(
        default=None, gt=0, lt=1, description="Decay of averaged weights, if any."
    )
    channels_last: bool = Field(
        default=False, description="Memory layout of pictures; faster convolutions."
    )
    parallel: Literal["ddp", "fsdp"] = Field(
        default="ddp",
        description="Under torchrun: ddp holds the network in every process, fsdp a part in each.",
    )
    sync_batch_norm: bool = Field(
        default=False, description="Under torchrun: batch norm over the batches of all processes."
    )
    compile: bool = Field(
        default=False, description="torch.compile; where it cannot, goes on without."
    )
    patience: int | None = Field(
        default=10,
        ge=1,
        description="Epochs without improvement before training stops; null: never.",
    )
    monitor: str = Field(
        default="loss",
        description="The validation figure that chooses the best epoch: loss, accuracy, f1, ...",
    )
    max_minutes: float | None = Field(default=None, gt=0, description="Stop after so long.")
    check: bool = Field(default=True, description="Look for what is wrong before training starts.")
    detect_anomaly: bool = Field(
        default=False, description="Name the operation that made a NaN; slow."
    )
    checkpoints: Checkpoints = Field(default_factory=Checkpoints, description="What is kept.")
    curves: bool = Field(default=True, description="Draw curves.png after each epoch.")
    report: bool = Field(
        default=True, description="Judge the run when `firsthand train` is done: report.html."
    )
    tensorboard: bool = Field(
        default=True, description="Write curves for TensorBoard, where installed."
    )


class Augment(Section):
    """Random changes to training batches. All off by default.

    Pictures are normalised first: noise, brightness and contrast are in units of their deviation.
    """

    flip: bool | Literal["alternating"] = Field(
        default=False,
        description="Mirror pictures left to right, half of them; alternating: each in every "
        "second epoch.",
    )
    vertical_flip: bool = Field(
        default=False, description="Mirror pictures top to bottom, half of them."
    )
    crop: int = Field(
        default=0,
        ge=0,
        description="Shift pictures by up to so many pixels; reflected at the border.",
    )
    rotate: float = Field(
        default=0, ge=0, le=180, description="Turn pictures by up to so many degrees."
    )
    scale: float = Field(
        default=0, ge=0, lt=1, description="Show pictures larger or smaller by up to this share."
    )
    brightness: float = Field(
        default=0, ge=0, description="Add up to so much to all pixels of a picture."
    )
    contrast: float = Field(
        default=0,
        ge=0,
        le=1,
        description="Multiply a picture's distance from its mean by 1 give or take up to this.",
    )
    noise: float = Field(default=0, ge=0, description="Deviation of normal noise that is added.")
    cutout: int = Field(
        default=0, ge=0, description="Side of the square that is blanked, in pixels."
    )
    mixup: float = Field(
        default=0, ge=0, description="Alpha of the Beta that mixes pairs of examples."
    )
    sizes: tuple[tuple[Share, Side], ...] = Field(
        default=(),
        description="Pairs of a share of the training and the side that pictures are shrunk to "
        "from then on, such as [[0, 20], [0.4, 26], [0.7, 32]]: small ones are faster.",
    )
    cutmix: float = Field(
        default=0,
        ge=0,
        description="Alpha of the Beta of the area that pictures take from each other.",
    )
    drop_tokens: float = Field(
        default=0, ge=0, lt=1, description="Share of a text's tokens that is left out."
    )
