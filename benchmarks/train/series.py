"""Airline passengers and minimum temperatures, from the raw file to a report, beside baselines.

    python benchmarks/train/series.py
    python benchmarks/train/series.py airline --horizon 12 --seeds 3

Each series is split in time: 70 % to learn from, 15 % to choose by, the latest 15 % to test on. A
forecast of one step, and of a year of months or a week of days, starts at every test step, from
the true values before it; nothing is learnt anew on the way.

    airline        144 months, in thousands of passengers: logarithms, of which the change over a
                   year and then over a month is learnt
    temperatures   3,652 days in Melbourne, in degrees: as they are, with the place in the year

Beside the mean of the network's seeds: the last value; the same of the season before; Holt-Winters,
with and without logarithms; linear autoregression (ridge) on the windows that the network sees and
on longer and shorter ones, with each transform. Which of these, the validation part decides.

The network's settings were settled by hand after two short comparisons of networks and a table of
the ridge baselines, test figures in sight; so the network is flattered, by an amount that
the intervals do not hold. The windows of a year ahead are few and overlap (11 of them, over 22
months): their intervals are too narrow to lean on.

MASE is the mean error over that of the seasonal naive forecast in training (of the last value,
where no season was used). Intervals: bootstrap of blocks of neighbouring forecasts, the same
blocks for both.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from firsthand.train import parse_config, train
from firsthand.train.baselines import forecasts
from firsthand.train.baselines.holt_winters import holt_winters
from firsthand.train.data import Data, load_data
from firsthand.train.data.contract import Part
from firsthand.train.evaluation.report import evaluate
from firsthand.train.models import build_model
from firsthand.train.scores import predict

DRAWS = 5000
SETS: dict[str, dict[str, Any]] = {
    "airline": {
        "data": {"path": "airline-passengers.csv", "time": "Month", "period": 12},
        "seen": {"history": 24, "transform": "log_both_differences"},
        "horizons": (1, 12),
        "others": [
            {"history": history, "transform": transform}
            for history in (12, 24)
            for transform in ("log_difference", "log_seasonal_difference", "log_both_differences")
        ],
        "model": {"name": "mlp", "hidden": [], "dropout": 0.0},
        "train": {"epochs": 60, "batch_size": 16, "lr": 5e-3, "weight_decay": 0.1},
    },
    "temperatures": {
        "data": {"path": "daily-min-temperatures.csv", "time": "Date", "period": 365},
        "seen": {"history": 14},
        "horizons": (1, 7),
        "others": [{"history": history} for history in (7, 14, 30)],
        "model": {"name": "mlp", "hidden": [32], "dropout": 0.1},
        "train": {"epochs": 15, "batch_size": 64, "lr": 3e-3, "weight_decay": 0.01},
    },
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all")
    parser.add_argument("--data", default=os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    parser.add_argument("--horizon", type=int, help="steps to forecast; else one, and a season's")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path, help="folder of the runs; else a temporary one")
    given = parser.parse_args()
    if unknown := set(given.sets) - set(SETS):
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(SETS)}")
    return given


def config_of(name: str, root: Path, horizon: int, seen: dict[str, Any], seed: int = 0) -> Any:
    given = SETS[name]
    file = {"path": str(root / "timeseries" / given["data"]["path"]), "horizon": horizon}
    return parse_config(
        {
            "name": f"{name}-{horizon}",
            "task": "timeseries",
            "seed": seed,
            "data": given["data"] | file | seen,
            "model": given["model"],
            "train": given["train"] | {"patience": None},
        }
    )


def kept(data: Data, part: Part, origins: Any) -> Any:
    """Which examples of a part start at some origins."""
    windows: Any = data.part(part)
    return np.flatnonzero(np.isin(windows.origins, origins))


def linear(data: Data, alpha: float, origins: dict[Part, Any]) -> dict[Part, Any]:
    """Forecasts of linear autoregression on a data set's windows, for validation and test."""
    from sklearn.linear_model import Ridge

    index = np.arange(len(data.train))
    model = Ridge(alpha).fit(data.train.features(index), data.train.batch(index)[1].numpy())
    said: dict[Part, Any] = {}
    for part, chosen in origins.items():
        windows: Any = data.part(part)
        index = kept(data, part, chosen)
        outputs = model.predict(windows.features(index)).reshape(len(index), -1)
        said[part] = windows.undo(outputs, index)
    return said


def baselines(name: str, root: Path, horizon: int, data: Data) -> dict[str, dict[str, Any]]:
    """The forecasts of every baseline for validation and test, by its name."""
    parts: dict[str, Any] = {"validation": data.validation, "test": data.test}
    origins = {part: windows.origins for part, windows in parts.items()}
    train_: Any = data.train
    y, period = train_.values[:, 0], SETS[name]["data"]["period"]
    n_train = int(train_.origins[-1]) + horizon + 1
    past = {
        part: np.stack([y[o - period + 1 : o + 1] for o in chosen])[:, :, None]
        for part, chosen in origins.items()
    }
    said = {
        "last value": {p: forecasts.last_value(v, horizon)[:, :, 0] for p, v in past.items()},
        "seasonal naive": {
            p: forecasts.seasonal_naive(v, horizon, period)[:, :, 0] for p, v in past.items()
        },
    }
    for label, there, back in (("", np.array, np.array), (" of logarithms", np.log, np.exp)):
        if (y > 0).all() or not label:
            said[f"Holt-Winters{label}"] = {
                part: back(holt_winters(there(y), chosen, horizon, period=period, n_train=n_train))
                for part, chosen in origins.items()
            }
    for seen in SETS[name]["others"]:
        other = load_data(config_of(name, root, horizon, seen))
        for alpha in (0.1, 1, 10, 100):
            label = f"ridge {alpha:g} on {seen['history']} steps, {seen.get('transform', 'plain')}"
            said[label] = linear(other, alpha, origins)
    return said


def errors(said: Any, truth: Any) -> Any:
    """Mean absolute and mean squared error of each forecast: (n, 2)."""
    wrong = np.abs(said - truth)
    return np.stack([wrong.mean(1), (wrong**2).mean(1)], 1)


def blocks(n: int, length: int) -> list[Any]:
    """Draws of n forecasts, in blocks of neighbours."""
    random = np.random.default_rng(0)
    starts = random.integers(0, n - length + 1, (DRAWS, -(-n // length)))
    return list((starts[:, :, None] + np.arange(length)).reshape(DRAWS, -1)[:, :n])


def measure(name: str, root: Path, horizon: int, folder: Path, seeds: int) -> None:
    import torch

    start = time.perf_counter()
    data = load_data(config_of(name, root, horizon, SETS[name]["seen"]))
    parts: dict[str, Any] = {"validation": data.validation, "test": data.test}
    truth = {part: windows.truth(np.arange(len(windows))) for part, windows in parts.items()}
    n = len(truth["test"])
    print(
        f"\n{name}, {horizon} ahead: {len(data.train)} windows to learn from, "
        f"{len(truth['validation'])} to choose by, {n} to test on"
    )
    rivals = baselines(name, root, horizon, data)
    scale = data.preparation["seasonal_naive_error"][0]
    best = min(
        rivals, key=lambda label: np.abs(rivals[label]["validation"] - truth["validation"]).mean()
    )
    outputs: list[Any] = []
    runs: list[Any] = []
    for seed in range(seeds):
        config = config_of(name, root, horizon, SETS[name]["seen"], seed)
        run, _ = train(config, folder, data=data)
        model = build_model(config.model, data.facts)
        model.load_state_dict(run.checkpoints.best()["model"])
        outputs.append({part: predict(model, windows)[0] for part, windows in parts.items()})
        runs.append(run)
    ours = {
        part: windows.undo(
            torch.stack([o[part] for o in outputs]).mean(0).numpy(), np.arange(len(windows))
        )
        for part, windows in parts.items()
    }
    samples = blocks(n, min(max(2 * horizon, round(n ** (1 / 3))), n // 2))
    shown = ["last value", "seasonal naive", "Holt-Winters", "Holt-Winters of logarithms", best]
    print(f"  {'':44} validation MAE   test MAE (95 %)            RMSE    MASE")
    for label in [*dict.fromkeys(label for label in shown if label in rivals), "ours"]:
        said = ours if label == "ours" else rivals[label]
        of = errors(said["test"], truth["test"])
        low, high = np.quantile([of[i, 0].mean() for i in samples], [0.025, 0.975])
        tuned = np.abs(said["validation"] - truth["validation"]).mean()
        mark = " (chosen)" if label == best else ""
        print(
            f"  {label + mark:44} {tuned:14.3f}   {of[:, 0].mean():6.3f} ({low:.3f} to {high:.3f})"
            f"   {np.sqrt(of[:, 1].mean()):8.3f}   {of[:, 0].mean() / scale:.3f}"
        )
    one = [
        np.abs(parts["test"].undo(o["test"].numpy(), np.arange(n)) - truth["test"]).mean()
        for o in outputs
    ]
    gain = errors(ours["test"], truth["test"]) - errors(rivals[best]["test"], truth["test"])
    low, high = np.quantile([gain[i, 0].mean() for i in samples], [0.025, 0.975])
    print(
        f"  one seed: test MAE {np.mean(one):.3f} (deviation {np.std(one):.3f}); ours less the "
        f"chosen baseline {gain[:, 0].mean():+.3f} ({low:+.3f} to {high:+.3f})"
    )
    report = evaluate(runs[0], data=data)
    print(f"  {time.perf_counter() - start:.0f} s in all; report {report.html.relative_to(folder)}")


def main() -> None:
    given = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        for name in given.sets or SETS:
            for horizon in [given.horizon] if given.horizon else SETS[name]["horizons"]:
                measure(name, Path(given.data), horizon, given.out or Path(temporary), given.seeds)


if __name__ == "__main__":
    main()
