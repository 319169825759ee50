"""The configuration of a project: YAML, checked by a schema in which every key is described."""

from __future__ import annotations

from firsthand.train.config.keys import Key, all_keys
from firsthand.train.config.loading import dump_config, load_config, parse_config
from firsthand.train.config.schema import Config

__all__ = ["Config", "Key", "all_keys", "dump_config", "load_config", "parse_config"]
