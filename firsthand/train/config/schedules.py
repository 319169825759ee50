"""The ``train.schedule`` part of a configuration: how the learning rate moves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firsthand.train.config.base import Section


class Warmed(Section):
    """A schedule that may start with a rise."""

    warmup: float = Field(default=0, ge=0, description="Epochs over which it rises from 0.")


class Constant(Warmed):
    """The learning rate stays."""

    name: Literal["constant"] = "constant"


class Steps(Warmed):
    """Smaller by a factor every few epochs."""

    name: Literal["step"] = "step"
    every: int = Field(default=30, ge=1, description="Epochs from one fall to the next.")
    factor: float = Field(default=0.1, gt=0, lt=1, description="What the rate is multiplied by.")


class Exponential(Warmed):
    """Smaller by a factor with every epoch, bit by bit in each step."""

    name: Literal["exponential"] = "exponential"
    factor: float = Field(
        default=0.95, gt=0, lt=1, description="What the rate is multiplied by in an epoch."
    )


class Linear(Warmed):
    """Down along a straight line."""

    name: Literal["linear"] = "linear"
    end: float = Field(
        default=0, ge=0, description="The last learning rate, as a share of the first."
    )


class Cosine(Warmed):
    """Down along half a cosine. Loshchilov & Hutter (2017)."""

    name: Literal["cosine"] = "cosine"
    end: float = Field(
        default=0, ge=0, description="The last learning rate, as a share of the first."
    )


class WarmRestarts(Warmed):
    """Half a cosine, again and again, each longer than the last. Loshchilov & Hutter (2017)."""

    name: Literal["warm_restarts"] = "warm_restarts"
    first: int = Field(default=10, ge=1, description="Epochs of the first period.")
    longer: int = Field(
        default=2, ge=1, description="How many times as long as the last each period is."
    )
    end: float = Field(
        default=0, ge=0, description="Where a period ends, as a share of where it starts."
    )


class OneCycle(Section):
    """Up to the learning rate, then down to almost 0. Smith & Topin (2018)."""

    name: Literal["one_cycle"] = "one_cycle"
    rise: float = Field(
        default=0.3, gt=0, lt=1, description="Share of the steps in which it rises."
    )
    start: float = Field(default=25, gt=1, description="The first rate is lr divided by this.")
    end: float = Field(default=1e4, gt=1, description="The last rate is the first divided by this.")
    shape: Literal["cosine", "linear"] = Field(
        default="cosine", description="Of the way up and of the way down."
    )


class Plateau(Warmed):
    """Smaller when the monitored figure stops improving."""

    name: Literal["plateau"] = "plateau"
    factor: float = Field(default=0.1, gt=0, lt=1, description="What the rate is multiplied by.")
    patience: int = Field(default=5, ge=0, description="Epochs without improvement before it is.")


Schedule = Annotated[
    Constant | Steps | Exponential | Linear | Cosine | WarmRestarts | OneCycle | Plateau,
    Field(discriminator="name"),
]
