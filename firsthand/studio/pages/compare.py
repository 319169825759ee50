"""The Compare tab: both sides on the same data, number by number."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
