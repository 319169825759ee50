"""With what a run was made: code, packages, machine, seed and data, as plain values.

Whoever wants the same numbers again finds here what has to be the same.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firsthand import __version__

if TYPE_CHECKING:
    from firsthand.train.config import Config
    from firsthand.train.data import Data

# those whose version can change a number, or the meaning of a file
PACKAGES = (
    "torch",
    "numpy",
    "pandas",
    "pyarrow",
    "pillow",
    "scikit-learn",
    "lightgbm",
    "optuna",
    "tensorboard",
    "pydantic",
    "pyyaml",
)


def environment(config: Config, data: Data, project: Path, now: datetime) -> dict[str, Any]:
    """Return what a run is made with.

    Parameters
    ----------
    config : Config
    data : Data
    project : path
        Whose folder is stated, for its outputs may be elsewhere, and whose commit, where it is
        under version control.
    now : datetime
        When training starts; a time without a zone is this machine's own.
    """
    return {
        "started": now.astimezone(UTC).isoformat(timespec="seconds"),
        "command": sys.argv,
        "firsthand": {"version": __version__, "git": _own_commit()},
        "project": {"folder": str(project.absolute()), "git": commit_of(project)},
        "seed": config.seed,
        "data_fingerprint": data.fingerprint,
        "examples": {
            "train": len(data.train),
            "validation": len(data.validation),
            "test": len(data.test),
        },
        "device": _device(config.device),
        "machine": {
            "platform": platform.platform(),
            "processor": _processor(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        },
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def commit_of(folder: Path) -> dict[str, Any] | None:
    """Return the commit that a folder is at and whether files differ from it; None without git."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    return {"commit": commit, "changed": bool(_git(folder, "status", "--porcelain", "--", "."))}


def _own_commit() -> dict[str, Any] | None:
    """Return the commit of this package; None where it was installed from a wheel."""
    here = Path(__file__).parent
    tracked = _git(here, "ls-files", "--error-unmatch", Path(__file__).name)
    return None if tracked is None else commit_of(here)


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git says, or None if it fails or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _device(asked: str) -> dict[str, Any]:
    import torch

    told: dict[str, Any] = {
        "asked": asked,
        "threads": torch.get_num_threads(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }
    if torch.cuda.is_available():
        told["gpus"] = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
        told["cuda"] = torch.version.cuda
    return told


def _processor() -> str:
    """Return the processor's name."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor()
