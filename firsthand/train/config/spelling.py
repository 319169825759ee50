"""Misspelt and misplaced keys: what was probably meant, and where it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from firsthand.train.config.base import Section
from firsthand.train.config.keys import all_keys, fields_of

# names that other tools give to a key
_ELSEWHERE = {
    "learning_rate": "train.lr",
    "num_epochs": "train.epochs",
    "n_epochs": "train.epochs",
    "max_epochs": "train.epochs",
    "bs": "train.batch_size",
    "wd": "train.weight_decay",
    "l2": "train.weight_decay",
    "scheduler": "train.schedule",
    "lr_scheduler": "train.schedule",
    "criterion": "train.loss",
    "grad_clip": "train.clip_norm",
    "gradient_clip": "train.clip_norm",
    "max_norm": "train.clip_norm",
    "early_stopping": "train.patience",
    "amp": "train.precision",
    "random_state": "seed",
    "random_seed": "seed",
    "num_workers": "threads",
    "hidden_dims": "model.hidden",
    "hidden_sizes": "model.hidden",
    "dropout_rate": "model.dropout",
    "label": "data.target",
    "data_path": "data.path",
    "val_split": "data.split.validation",
    "test_split": "data.split.test",
}


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt one is nearest to, if any is near."""
    folded = {word.lower().replace("-", "_"): word for word in known}
    near = get_close_matches(name.lower().replace("-", "_"), folded, n=1)
    return folded[near[0]] if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean ...?" for a misspelt name, or an empty text.

    Examples
    --------
    >>> did_you_mean("acuracy", ["loss", "accuracy"])
    " Did you mean 'accuracy'?"
    """
    near = nearest(name, known)
    return f" Did you mean {near!r}?" if near else ""


def where_it_belongs(path: tuple[str, ...], owner: type[Section]) -> str:
    """Say of a key that ``owner`` does not have what was probably meant."""
    name, above = path[-1], ".".join(path[:-1])
    here = [known for known in fields_of(owner) if (above, known) != ("data", "task")]
    full = ".".join(path)
    of_others = [key.only for key in all_keys() if key.path == full]
    if of_others:
        return f"is a key of {', '.join(of_others)}, not of {_kind(owner)}."
    near = nearest(name, here)
    if near is not None and near.lower() == name.lower():
        return _meant(above, near)
    homes = [key.path for key in all_keys() if key.path.rpartition(".")[2] == name]
    if homes:
        return f"does not belong here, but there: {', '.join(dict.fromkeys(homes))}."
    if name in _ELSEWHERE:
        return f"is no key here. Did you mean {_ELSEWHERE[name]}?"
    if near is not None:
        return _meant(above, near)
    far = nearest(name, [key.path.rpartition(".")[2] for key in all_keys()])
    if far is not None:
        home = next(key.path for key in all_keys() if key.path.rpartition(".")[2] == far)
        return f"is no key here. Did you mean {home}?"
    return f"is no key here. There are: {', '.join(here)}."


def _meant(above: str, name: str) -> str:
    return f"is no key. Did you mean {above + '.' if above else ''}{name}?"


def _kind(owner: type[Section]) -> str:
    """Return the name of a kind of section, such as "cnn"."""
    for tag in ("name", "task"):
        if tag in owner.model_fields:
            return str(owner.model_fields[tag].default)
    return "this section"
