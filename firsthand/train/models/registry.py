"""From a name in the configuration to a network.

`models/NAME.py` holds the network NAME and ``build(settings, facts)``, which returns it for a data
set. The last layer is called ``head``, so that a pretrained network can get a new one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

    from firsthand.train.config.models import ModelSettings
    from firsthand.train.data.contract import Facts


def build_model(settings: ModelSettings, facts: Facts) -> nn.Module:
    """Return a new network, with random weights or the pretrained ones that ``settings`` names.

    Raises
    ------
    ModelError
        If it does not fit the data, or its file cannot be used.
    """
    module = import_module(f"firsthand.train.models.{settings.name}")
    model: nn.Module = module.build(settings, facts)
    return model
