"""Airline passengers, month by month: an LSTM of ours beside what one would say without it.

    python benchmarks/airline.py
    python benchmarks/airline.py --epochs 20

144 months, 1949 to 1960. The first nine years are learnt from, the last three are the test; what
had to be chosen (window, units, epochs, decay) was chosen on 1956 and 1957, each from the years
before it. All models see the same: logarithms, their change from month to month, scaled by the
years learnt from alone.

    one step     each month of the test from the true months before it; nothing is learnt anew
    36 months    from the end of 1957, every forecast made from forecasts

Beside the LSTM: the same month of the year before; the same with the growth of the last known
year; and linear regression on the same windows. Errors are in thousands of passengers, the LSTM's
over seeds; its seeds train side by side, as trials of one network.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import argparse
import time
from collections.abc import Callable

import numpy as np

from firsthand.data import load_series
from firsthand.scratch.linear import LinearRegression
from firsthand.scratch.nn import Network, Progress, train
from firsthand.scratch.nn.losses import MeanSquaredError
from firsthand.scratch.nn.models import Forecaster, fit_scale, forecast, series_windows
from firsthand.scratch.nn.optimizers import AdamW

YEAR = 12


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    parser.add_argument("--years", type=int, default=9, help="to learn from")
    parser.add_argument("--test", type=int, default=3, help="years to forecast")
    parser.add_argument("--window", type=int, default=24)
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--decay", type=float, default=0.0, help="of the weights, by AdamW")
    parser.add_argument("--rate", type=float, default=5e-3)
    parser.add_argument("--seeds", type=int, default=20)
    return parser.parse_args()


def errors(said: np.ndarray, true: np.ndarray) -> tuple[float, float, float]:
    """Return mean absolute error, root of the mean square, and mean error in percent."""
    wrong = said - true
    return (
        float(np.abs(wrong).mean()),
        float(np.sqrt((wrong**2).mean())),
        float(100 * np.abs(wrong / true).mean()),
    )


def recursive(one: Callable[[np.ndarray], np.ndarray], window: np.ndarray, n: int) -> np.ndarray:
    """Return n values after a window (n_steps,), each from those before."""
    known = list(window)
    for _ in range(n):
        known.append(float(one(np.array(known[-len(window) :])[None])[0]))
    return np.array(known[len(window) :])


def main() -> None:
    start = time.perf_counter()
    given = arguments()
    _, passengers = load_series("airline", given.data)
    n_learnt, n_test = given.years * YEAR, given.test * YEAR
    passengers = passengers[: n_learnt + n_test]
    true = passengers[n_learnt:]
    steps = np.diff(np.log(passengers))  # steps[t] leads from month t to month t + 1
    scale = fit_scale(steps[: n_learnt - 1])
    scaled = scale.scaled(steps)
    X, y = series_windows(scaled[: n_learnt - 1], given.window)
    X_test, _ = series_windows(scaled[n_learnt - 1 - given.window :], given.window)

    def one_step(said: np.ndarray) -> np.ndarray:
        """Return months from scaled steps (..., n_test) that begin at the true month before."""
        return passengers[n_learnt - 1 : -1] * np.exp(scale.values(said))

    def far(said: np.ndarray) -> np.ndarray:
        """Return months from scaled steps (..., n_test) that follow each other."""
        return passengers[n_learnt - 1] * np.exp(np.cumsum(scale.values(said), axis=-1))

    year_before = passengers[n_learnt - YEAR : -YEAR]
    growth = (
        passengers[n_learnt - YEAR : n_learnt].sum()
        / passengers[n_learnt - 2 * YEAR : n_learnt - YEAR].sum()
    )
    last_year = np.tile(passengers[n_learnt - YEAR : n_learnt], given.test)
    moving = np.array(
        [
            passengers[t - YEAR : t].sum() / passengers[t - 2 * YEAR : t - YEAR].sum()
            for t in range(n_learnt, n_learnt + n_test)
        ]
    )
    linear = LinearRegression().fit(X[..., 0], y[:, 0])
    rows: list[tuple[str, np.ndarray, np.ndarray]] = [
        ("the year before", year_before, last_year),
        (
            "the year before, and its growth",
            year_before * moving,
            last_year * growth ** np.repeat(np.arange(1, given.test + 1), YEAR),
        ),
        (
            f"linear, {given.window} months",
            one_step(linear.predict(X_test[..., 0])),
            far(recursive(linear.predict, X_test[0, :, 0], n_test)),
        ),
    ]

    network = Network(Forecaster(n_hidden=given.hidden), trials=(given.seeds,), random_state=0)
    print("epoch  seconds  mean square of a scaled step, mean over seeds", flush=True)

    def tell(seen: Progress) -> None:
        if seen.batch == seen.n_batches and seen.epoch % max(given.epochs // 10, 1) == 0:
            passed = time.perf_counter() - start
            print(f"{seen.epoch:5} {passed:8.0f} {np.mean(seen.loss):8.4f}", flush=True)

    train(
        network,
        MeanSquaredError(),
        AdamW(given.rate, weight_decay=given.decay),
        X,
        y,
        n_epochs=given.epochs,
        batch_size=16,
        clip_norm=1.0,
        callbacks=[tell],
    )
    near = one_step(network.forward(X_test)[..., 0])  # (n_seeds, n_test)
    ahead = far(forecast(network, X_test[:1], n_test)[:, 0, :, 0])
    rows.append(
        (f"LSTM, mean of {given.seeds} seeds' forecasts", near.mean(axis=0), ahead.mean(axis=0))
    )

    print("-" * 72)
    print(f"{given.years} years learnt, {given.test} forecast; thousands of passengers")
    print(f"{'':34} {'one step':^22}   {f'{n_test} months':^22}")
    print(f"{'':34} {'MAE':>6} {'RMSE':>7} {'%':>6}   {'MAE':>8} {'RMSE':>7} {'%':>6}")
    for name, here, there in rows:
        a, b = errors(here, true), errors(there, true)
        print(
            f"{name:34} {a[0]:6.2f} {a[1]:7.2f} {a[2]:6.2f}   {b[0]:8.2f} {b[1]:7.2f} {b[2]:6.2f}"
        )
    each = np.array(
        [[*errors(a, true), *errors(b, true)] for a, b in zip(near, ahead, strict=True)]
    )
    for name, v in (
        ("LSTM, a seed alone: mean", each.mean(axis=0)),
        ("    deviation over seeds", each.std(axis=0, ddof=1)),
        ("    best seed", each.min(axis=0)),
        ("    worst seed", each.max(axis=0)),
    ):
        print(
            f"{name:34} {v[0]:6.2f} {v[1]:7.2f} {v[2]:6.2f}   {v[3]:8.2f} {v[4]:7.2f} {v[5]:6.2f}"
        )
    print(f"{network}, {given.epochs} epochs, seeds drawn from 0")
    print(f"in all {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
