"""Texts: labelled lines of a file, or a folder of files for each class."""

from __future__ import annotations

from firsthand.train.data.texts.encoding import prepare
from firsthand.train.data.texts.reading import load_texts

__all__ = ["load_texts", "prepare"]
