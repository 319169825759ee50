"""A study: trials that are stored as they end, so that it can be stopped, resumed and shared.

Trials are kept in a journal below outputs/tuning, or in a database that several machines reach. A
process that is killed loses the trial it was at; the next `tune` starts that one again.
"""

from __future__ import annotations

import json
import platform
import re
import warnings
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firsthand.library.support import require
from firsthand.train.config.base import NAMES
from firsthand.train.errors import ConfigError, RunError
from firsthand.train.figures import higher_is_better
from firsthand.train.seeds import seed_of
from firsthand.train.tuning.space import told, value_of

if TYPE_CHECKING:
    import optuna

    from firsthand.train.config import Config
    from firsthand.train.config.training import TrainSection
    from firsthand.train.config.tuning import TuneSection

ASKED = "asked"  # the study's attribute that holds the configuration it was made with
HEARTBEAT = 30  # seconds between two signs of life in a database
SEARCHED = "searched"  # and the one that holds its space


def folder_of(config: Config, project: Path, name: str) -> Path:
    """Return where a study's files are."""
    return project / config.folders.outputs / "tuning" / name


def open_study(config: Config, project: Path, name: str, *, worker: int = 0) -> optuna.Study:
    """Return the study of that name, made if there is none.

    Parameters
    ----------
    config : Config
    project : path
    name : str
    worker : int
        Which of several processes this is; each proposes from a seed of its own.

    Raises
    ------
    ConfigError
        If the study was made with another configuration, or its storage is no database.
    RunError
        If its storage cannot be reached or written.
    """
    optuna = require("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # each trial is told in a line of ours
    settings = config.tune
    if not re.fullmatch(NAMES, name):
        raise ConfigError(
            f"--study: {name!r} is no name of a study; letters, digits, dot, dash and underscore, "
            "and a letter or digit first."
        )
    study = optuna.create_study(
        study_name=name,
        storage=_storage(config, project, name),
        pruner=_pruner(settings, config.train.epochs),
        direction="minimize",
        load_if_exists=True,
    )
    _check_same(study, config, name)
    # a sampler begins where its seed says: whoever goes on, or joins, begins elsewhere
    machine = platform.node() if settings.storage else ""
    begun = len(study.get_trials(deepcopy=False))
    study.sampler = _sampler(settings, seed_of(config.seed, worker, begun, _number(machine)))
    return study


def _number(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:4])


def _storage(config: Config, project: Path, name: str) -> optuna.storages.BaseStorage:
    """Return the journal of a study, or the database that the configuration names."""
    optuna = require("optuna")
    if config.tune.storage is not None:
        try:
            with warnings.catch_warnings():
                # a process that is gone is told from one that is slow by its heartbeat
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                return optuna.storages.RDBStorage(
                    config.tune.storage,
                    heartbeat_interval=HEARTBEAT,
                    heartbeat_stale_trial_callback=optuna.storages.RetryHeartbeatStaleTrialCallback(),
                )
        except Exception as error:  # whatever the database's driver raises
            first = str(error).splitlines()[0]
            raise RunError(
                f"tune.storage: {config.tune.storage} cannot be used: {first}"
            ) from error
    from optuna.storages.journal import JournalFileBackend, JournalStorage

    folder = folder_of(config, project, name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return JournalStorage(JournalFileBackend(str(folder / "journal.log")))
    except OSError as error:
        raise RunError(f"{folder} cannot be written: {error.strerror}.") from error


def _sampler(settings: TuneSection, seed: int) -> optuna.samplers.BaseSampler:
    samplers = require("optuna").samplers
    match settings.sampler:
        case "random":
            return samplers.RandomSampler(seed=seed)
        case "gp":
            return samplers.GPSampler(seed=seed)
        case "grid":
            return samplers.BruteForceSampler(seed=seed)
        case "tpe":
            # constant_liar: processes that work at the same time do not propose the same
            return samplers.TPESampler(
                seed=seed, multivariate=True, constant_liar=settings.processes > 1
            )


def _pruner(settings: TuneSection, epochs: int) -> optuna.pruners.BasePruner:
    pruners = require("optuna").pruners
    match settings.pruner:
        case "median":
            return pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=settings.warmup_epochs)
        case "hyperband":
            return pruners.HyperbandPruner(settings.warmup_epochs + 1, epochs)
        case "none":
            return pruners.NopPruner()


def _check_same(study: optuna.Study, config: Config, name: str) -> None:
    """Refuse to mix trials of different problems in one study."""
    raw = config.model_dump(mode="json", by_alias=True, exclude={"tune", "threads", "device"})
    searched = config.tune.model_dump(mode="json")["space"]
    asked = study.user_attrs.get(ASKED)
    if asked is None:
        study.set_user_attr(ASKED, raw)
        study.set_user_attr(SEARCHED, searched)
        return
    changed = _differences(asked, raw) + _differences(study.user_attrs[SEARCHED], searched, "space")
    if changed:
        raise ConfigError(
            f"The study {name!r} was made with other settings: {', '.join(changed[:5])}. "
            "Give the new one a name of its own: --study NAME."
        )


def _differences(before: Any, after: Any, path: str = "") -> list[str]:
    """Return the keys at which two trees of plain values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            line
            for key in sorted(before.keys() | after.keys())
            for line in _differences(before.get(key), after.get(key), f"{path}.{key}".lstrip("."))
        ]
    return [] if before == after else [f"{path} ({json.dumps(before)} -> {json.dumps(after)})"]


def values_of(trial: optuna.trial.FrozenTrial) -> dict[str, Any]:
    """Return a trial's settings as they stand in a configuration."""
    return {key: value_of(stored) for key, stored in trial.params.items()}


def finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    """Return the trials that were trained to their end, the best first."""
    states = (require("optuna").trial.TrialState.COMPLETE,)
    trials = study.get_trials(deepcopy=False, states=states)
    return sorted(trials, key=lambda trial: (trial.value, trial.number))


def figure_of(train: TrainSection, value: float | None) -> float:
    """Return a trial's figure as it is, where a study stores one that is to fall."""
    if value is None:
        return float("nan")
    return -value if higher_is_better(train.monitor) else value


def line_of(trial: optuna.trial.FrozenTrial, train: TrainSection) -> str:
    """Return a trial in one line, for the terminal."""
    end = "" if trial.value is None else f"{figure_of(train, trial.value):.4g}"
    return (
        f"trial {trial.number:3}  {trial.state.name.lower():9} {end:>9}  {told(values_of(trial))}"
    )
