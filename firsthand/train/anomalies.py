"""Find the operation that made a number that is not finite: slow, so only when asked for."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from firsthand.train.errors import DivergedError

if TYPE_CHECKING:
    from torch import nn


@contextmanager
def watched(model: nn.Module) -> Generator[None]:
    """Name the layer, or the operation of the way back, that first gives NaN or infinity.

    Raises
    ------
    DivergedError
        As soon as one does.
    """
    hooks = [
        module.register_forward_hook(_refusing(name, module))
        for name, module in model.named_modules()
        if not any(True for _ in module.children())
    ]
    try:
        with warnings.catch_warnings():
            # PyTorch warns that this is slow, and tells the way forward as a warning
            warnings.simplefilter("ignore")
            with torch.autograd.set_detect_anomaly(True):
                yield
    except RuntimeError as error:
        if "returned nan" not in str(error):
            raise
        operation = str(error).split("'")[1]
        raise DivergedError(
            f"On the way back, {operation} gave NaN. The forward pass was finite; look for a root "
            "or a logarithm at 0, a division by 0, or 0 times infinity."
        ) from error
    finally:
        for hook in hooks:
            hook.remove()


def _refusing(name: str, module: nn.Module) -> Any:
    def hook(_: nn.Module, inputs: Any, output: Any) -> None:
        if isinstance(output, torch.Tensor) and not output.isfinite().all():
            came = next((x for x in inputs if isinstance(x, torch.Tensor)), None)
            weights = [n for n, p in module.named_parameters() if not p.isfinite().all()]
            cause = (
                f"its parameters {', '.join(weights)} are not finite"
                if weights
                else "its input is not finite"
                if came is not None and came.is_floating_point() and not came.isfinite().all()
                else "its input and parameters are finite"
            )
            raise DivergedError(
                f"Layer {name or 'the network'} ({type(module).__name__}) gave numbers that are "
                f"not finite; {cause}."
            )

    return hook
