"""A network of the user's: a class in a file of theirs."""

from __future__ import annotations

import sys
import traceback
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from torch import nn

from firsthand.train.config.spelling import did_you_mean
from firsthand.train.errors import ModelError

if TYPE_CHECKING:
    from firsthand.train.config import models as settings_of
    from firsthand.train.data.contract import Facts


def build(settings: settings_of.OwnModel, facts: Facts) -> nn.Module:
    """Return ``Class(facts, **options)``.

    Raises
    ------
    ModelError
        If the file is not there or does not run, or the class is missing, cannot be made or is no
        nn.Module.
    """
    module = _run(settings.file)
    if not hasattr(module, settings.cls):
        classes = [name for name, value in vars(module).items() if isinstance(value, type)]
        raise ModelError(
            f"{settings.file} defines no {settings.cls!r}.{did_you_mean(settings.cls, classes)} "
            "Set model.class to the name of your class."
        )
    try:
        model = getattr(module, settings.cls)(facts, **settings.options)
    except Exception as error:
        raise ModelError(
            f"{settings.cls}(facts, ...) of {settings.file} raised {told(error, settings.file)} "
            "It is called with the facts of the data and with model.options."
        ) from error
    if not isinstance(model, nn.Module):
        raise ModelError(
            f"{settings.cls} of {settings.file} makes a {type(model).__name__}; "
            "derive it from torch.nn.Module."
        )
    return model


def told(error: BaseException, file: Path) -> str:
    """Return what was raised, and on which line of a user's file, as a sentence."""
    if isinstance(error, SyntaxError):
        return f"SyntaxError in line {error.lineno}: {error.msg}."
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).name == file.name
    ]
    where = f" in line {lines[-1]}" if lines else ""
    return f"{type(error).__name__}{where}: {str(error).splitlines()[0] if str(error) else '-'}."


def _run(file: Path) -> ModuleType:
    """Run a file as a module; it may import what lies beside it and in the project's folder."""
    if not file.is_file():
        raise ModelError(
            f"There is no {file}; model.file names the file with your class, "
            "seen from the project's folder."
        )
    name = f"own_{file.stem}"
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ModelError(f"{file} is no Python file; its name ends in .py.")
    module = module_from_spec(spec)
    folder = file.resolve().parent
    paths = [str(folder), str(folder.parent)]
    sys.modules[name] = module  # dataclasses and pickles look their module up there
    sys.path[:0] = paths
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise ModelError(f"{file} raised {told(error, file)}") from error
    finally:
        for path in paths:
            sys.path.remove(path)
    return module
