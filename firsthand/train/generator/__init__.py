"""Write a new project: a folder in the documented layout, after a look at its data."""

from __future__ import annotations

from firsthand.train.generator.creating import Created, Wish, create

__all__ = ["Created", "Wish", "create"]
