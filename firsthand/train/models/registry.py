"""From a name in the configuration to a network that fits the data.

`models/NAME.py` holds the network NAME and ``build(settings, facts)``, which returns it for a data
set. Its last layer is called ``head``, or as the module's ``HEAD`` says, so that a pretrained
network can get a new one. A network with a method ``look_at(inputs)`` is shown training examples
before it learns.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import torch

from firsthand.train.config.models import NETWORKS
from firsthand.train.errors import ModelError
from firsthand.train.models.own import told

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.config.models import ModelSettings
    from firsthand.train.data.contract import Examples, Facts

LOOKS_AT = 5000  # examples


@runtime_checkable
class Looks(Protocol):
    """A network that computes part of itself from training inputs."""

    def look_at(self, inputs: torch.Tensor, /) -> None:
        """Take inputs of shape (n, ...)."""
        ...


def build_model(settings: ModelSettings, facts: Facts, project: Path = Path()) -> nn.Module:
    """Return a new network with random weights, which PyTorch's global seed decides.

    Parameters
    ----------
    settings : settings of a network
    facts : Facts
    project : path
        The folder that paths in the settings start from.

    Raises
    ------
    ModelError
        If it does not fit the data, or its file cannot be used.
    """
    if facts.task not in settings.tasks:
        fitting = [n.model_fields["name"].default for n in NETWORKS if facts.task in n.tasks]
        raise ModelError(
            f"model.name={settings.name} is not for task {facts.task}; "
            f"choose one of {', '.join(fitting)}."
        )
    if settings.name == "own":
        settings = settings.model_copy(update={"file": project / settings.file})
    model: nn.Module = _module(settings).build(settings, facts)
    _probe(model, settings, facts)
    return model


def head_of(settings: ModelSettings) -> str:
    """Return the name of a network's last layer."""
    head: str = getattr(_module(settings), "HEAD", "head")
    return head


def show(model: nn.Module, examples: Examples) -> None:
    """Show training examples to a network that computes part of itself from them."""
    if isinstance(model, Looks):
        n = min(LOOKS_AT, len(examples))
        model.look_at(examples.batch(np.linspace(0, len(examples) - 1, n).astype(np.int64))[0])


def _module(settings: ModelSettings) -> Any:
    return import_module(f"firsthand.train.models.{settings.name}")


def _probe(model: nn.Module, settings: ModelSettings, facts: Facts) -> None:
    """Ask the network about two examples of zeros, and check the shape of what it answers."""
    kind = torch.int64 if facts.task == "text" else torch.float32
    x = torch.zeros(2, *facts.input_shape, dtype=kind)
    wanted = (2, facts.output_size)
    if facts.problem == "segmentation":
        wanted += facts.input_shape[1:]
    name = settings.name
    if settings.name == "own":
        name = f"{settings.cls} of {settings.file}"
    model.eval()
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        try:
            y = model(x)
        except Exception as error:
            file = settings.file if settings.name == "own" else Path(f"{settings.name}.py")
            raise ModelError(
                f"{name} cannot take inputs of shape {tuple(x.shape)}: {told(error, file)}"
            ) from error
    model.train()
    if not isinstance(y, torch.Tensor) or y.shape != wanted:
        came = f"shape {tuple(y.shape)}" if isinstance(y, torch.Tensor) else f"a {type(y).__name__}"
        raise ModelError(
            f"{name} answers {came} to inputs of shape {tuple(x.shape)}; "
            f"the data need a tensor of shape {wanted}."
        )
    if not any(True for _ in model.parameters()):
        raise ModelError(f"{name} has no parameters, so there is nothing to learn.")
