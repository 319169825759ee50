"""Adult incomes and California house prices, from the raw file to a report, beside tuned baselines.

    python benchmarks/train/tables.py
    python benchmarks/train/tables.py housing --seeds 3

The network is `tabular`: quantities as waves, an ensemble of perceptrons that share their weights.
It is trained with several seeds on the same parts; "together" is the mean of their outputs
(probabilities, for classes). Baselines learn from the same rows and the same inputs: a logistic or
ridge regression, a random forest, and LightGBM. Settings of each, drawn at random, are chosen by
the validation part; LightGBM also stops by it. The test part is looked at once.

    adult      32,561 people to learn from, 15 % of them to choose by; 16,281 in a file of their own
               to test on. The figure is the accuracy; always "<=50K" is right in 76.4 %
    housing    20,640 districts of California: 70 % to learn from, 15 % to choose by, 15 % to test
               on. The figure is the root of the mean squared error, in dollars

Intervals of 95 % are by the bootstrap over test rows; those of differences take both models on the
same rows.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from firsthand.train import Config, parse_config, train
from firsthand.train.data import Data, load_data
from firsthand.train.evaluation.report import evaluate
from firsthand.train.models import build_model
from firsthand.train.scores import predict

DRAWS = 5000
NAMES = (
    "age,workclass,fnlwgt,education,education_num,marital_status,occupation,relationship,race,sex,"
    "capital_gain,capital_loss,hours_per_week,native_country,income"
)
SETS: dict[str, dict[str, Any]] = {
    "adult": {
        "data": {
            "path": "tabular/adult-train.csv",
            "test_path": "tabular/adult-test.csv",
            "names": NAMES.split(","),
            "target": "income",
        },
        "model": {"frequency": 2.0, "dropout": 0.1},
        "train": {"epochs": 20, "lr": 3e-3},
    },
    "housing": {
        "data": {"path": "tabular/california_housing.csv", "target": "median_house_value"},
        "model": {"frequency": 2.0, "dropout": 0.05},
        "train": {"epochs": 100, "lr": 3e-3},
    },
}
TRAIN = {"batch_size": 256, "weight_decay": 0.03, "patience": None}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all")
    parser.add_argument("--data", default=os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--draws", type=int, default=12, help="settings of each baseline")
    parser.add_argument("--epochs", type=int, help="fewer, to try")
    parser.add_argument("--out", type=Path, help="folder of the runs; else a temporary one")
    given = parser.parse_args()
    if unknown := set(given.sets) - set(SETS):
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(SETS)}")
    return given


def config_of(name: str, root: Path, seed: int, epochs: int | None) -> Config:
    given = SETS[name]
    keys = {k: str(root / v) if "path" in k else v for k, v in given["data"].items()}
    more = {} if epochs is None else {"epochs": epochs}
    return parse_config(
        {
            "name": name,
            "task": "tabular",
            "seed": seed,
            "data": keys | {"scale": "quantile"},
            "model": {"name": "tabular"} | given["model"],
            "train": TRAIN | given["train"] | more,
        }
    )


def matrix(data: Data, part: str) -> tuple[np.ndarray, np.ndarray]:
    examples = data.part(part)
    every = np.arange(len(examples))
    return examples.features(every), examples.batch(every)[1].numpy().reshape(len(examples))


def baselines(data: Data, n_draws: int) -> dict[str, np.ndarray]:
    """Return test predictions of each baseline with the settings that validation chose."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LogisticRegression, Ridge

    classes = data.facts.problem == "classification"
    rng = np.random.default_rng(0)
    X, y = matrix(data, "train")

    def said(model: Any) -> Callable[[np.ndarray], np.ndarray]:
        model.fit(X, y)
        return (lambda A: model.predict_proba(A)[:, 1]) if classes else model.predict

    def linear(first: bool) -> Callable[[np.ndarray], np.ndarray]:
        strength = 1.0 if first else 10 ** rng.uniform(-3, 2)
        return said(
            LogisticRegression(C=strength, max_iter=1000) if classes else Ridge(1 / strength)
        )

    def forest(first: bool) -> Callable[[np.ndarray], np.ndarray]:
        make = RandomForestClassifier if classes else RandomForestRegressor
        chosen = {"min_samples_leaf": 1, "max_features": 1 / 3}
        if not first:
            chosen = {
                "min_samples_leaf": int(rng.integers(1, 11)),
                "max_features": float(rng.uniform(0.1, 0.8)),
            }
        return said(make(200, random_state=0, **chosen))

    chosen = {
        "regression" if not classes else "logistic": best_of(linear, data, n_draws),
        "random forest": best_of(forest, data, max(n_draws // 3, 1)),
        "LightGBM": best_of(lambda first: boosted(data, rng, first=first), data, n_draws),
    }
    X_test, _ = matrix(data, "test")
    return {name: predict_with(X_test) for name, predict_with in chosen.items()}


def boosted(data: Data, rng: Any, *, first: bool) -> Callable[[np.ndarray], np.ndarray]:
    import lightgbm

    chosen: dict[str, Any] = {
        "objective": "binary" if data.facts.problem == "classification" else "regression",
        "learning_rate": 0.05,
        "verbosity": -1,
        "num_threads": 1,
        "seed": 0,
    }
    if not first:
        chosen |= {
            "num_leaves": int(2 ** rng.uniform(3.5, 7)),
            "min_child_samples": int(2 ** rng.uniform(2, 6)),
            "feature_fraction": float(rng.uniform(0.4, 1)),
            "bagging_fraction": float(rng.uniform(0.6, 1)),
            "bagging_freq": 1,
            "lambda_l2": float(10 ** rng.uniform(-2, 1.3)),
        }
    fit, watch = (lightgbm.Dataset(*matrix(data, part)) for part in ("train", "validation"))
    stop = lightgbm.early_stopping(60, verbose=False)
    return lightgbm.train(chosen, fit, 3000, valid_sets=[watch], callbacks=[stop]).predict


def best_of(fit: Callable[[bool], Any], data: Data, n_draws: int) -> Any:
    X, y = matrix(data, "validation")
    classes = data.facts.problem == "classification"
    fitted = [fit(i == 0) for i in range(n_draws)]
    return min(fitted, key=lambda predict_with: losses(predict_with(X), y, classes).mean())


def losses(predicted: np.ndarray, y: np.ndarray, classes: bool) -> np.ndarray:
    """Return what each row costs: 1 for a wrong class, or the squared error."""
    return ((predicted > 0.5) != y).astype(float) if classes else (predicted - y) ** 2


def learnt(config: Config, data: Data, folder: Path) -> tuple[np.ndarray, Path, float]:
    """Return test predictions of one training, its report, and its minutes."""
    start = time.monotonic()
    run, _ = train(config, folder)
    model = build_model(config.model, data.facts)
    model.load_state_dict(run.checkpoints.best()["model"])
    outputs, _ = predict(model, data.test)
    minutes = (time.monotonic() - start) / 60
    report = evaluate(run, data=data).html
    classes = data.facts.problem == "classification"
    predicted = outputs.softmax(1)[:, 1] if classes else outputs[:, 0]
    return predicted.numpy(), report, minutes


def told(name: str, cost: np.ndarray, data: Data, against: np.ndarray | None) -> str:
    """Return a line: the figure, its interval, and the interval of the difference."""
    rng = np.random.default_rng(0)
    draws = rng.multinomial(len(cost), np.full(len(cost), 1 / len(cost)), DRAWS) / len(cost)
    classes, std = data.facts.problem == "classification", data.facts.target_std[0]

    def figure(mean: Any) -> Any:
        return 100 * (1 - mean) if classes else np.sqrt(mean) * std

    form = ".2f" if classes else ",.0f"
    values = figure(draws @ cost)
    low, high = np.quantile(values, (0.025, 0.975))
    line = f"{name:22} {figure(cost.mean()):{form}}  [{low:{form}}, {high:{form}}]"
    if against is None:
        return line
    difference = values - figure(draws @ against)
    low, high = np.quantile(difference, (0.025, 0.975))
    return f"{line}   minus LightGBM [{low:+{form}}, {high:+{form}}]"


def measure(name: str, given: argparse.Namespace, out: Path) -> None:
    root = Path(given.data).resolve()
    configs = [config_of(name, root, seed, given.epochs) for seed in range(given.seeds)]
    data = load_data(configs[0])
    classes = data.facts.problem == "classification"
    what = "accuracy in %" if classes else "root mean squared error in dollars"
    print(f"{name}: {what}, {len(data.test):,} test rows, 95 % intervals", flush=True)
    _, y = matrix(data, "test")
    costs = {n: losses(p, y, classes) for n, p in baselines(data, given.draws).items()}
    for rival, cost in costs.items():
        print(told(rival, cost, data, None), flush=True)
    everything: list[np.ndarray] = []
    for seed, config in enumerate(configs):
        predicted, report, minutes = learnt(config, data, out)
        everything.append(predicted)
        line = told(f"tabular, seed {seed}", losses(predicted, y, classes), data, costs["LightGBM"])
        print(f"{line}   {minutes:.1f} min   {report}", flush=True)
    together = losses(np.mean(everything, 0), y, classes)
    print(told(f"tabular, {given.seeds} together", together, data, costs["LightGBM"]), flush=True)


def main() -> None:
    given = arguments()
    warnings.filterwarnings("ignore", module="sklearn|lightgbm")
    with tempfile.TemporaryDirectory() as temporary:
        out = given.out or Path(temporary)
        for name in given.sets or SETS:
            measure(name, given, out)


if __name__ == "__main__":
    main()
