"""What all parts of a configuration share: unknown keys are refused, nothing changes later."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

NAMES = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$"  # of projects, runs and studies: safe as folders


class Section(BaseModel):
    """A part of a configuration. Each key has a description, which the documents are made of."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, coerce_numbers_to_str=True
    )
