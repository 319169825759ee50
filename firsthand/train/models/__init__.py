"""Networks, a file each, and the door to them."""

from __future__ import annotations

from firsthand.train.models.registry import build_model, head_of, show

__all__ = ["build_model", "head_of", "show"]
