"""Holt-Winters against a loop over one setting, and series that it must forecast exactly."""

import numpy as np
import pytest

from firsthand.train.baselines.holt_winters import ALPHAS, holt_winters


def test_a_line_with_a_season_is_forecast_exactly() -> None:
    t = np.arange(60)
    y = 5 + 2 * t + np.tile([3.0, -1.0, 0.0, -2.0], 15)
    said = holt_winters(y, np.array([40, 50]), 6, period=4, n_train=40)
    # the season is first taken from values along the line; smoothing moves it to its place
    np.testing.assert_allclose(said[0], y[41:47], atol=0.2)
    np.testing.assert_allclose(said[1], y[51:57], atol=0.2)


def test_without_season_and_slope_it_is_the_moving_average() -> None:
    y = np.random.default_rng(0).normal(size=200)
    said = holt_winters(y, np.arange(100, 190), 1, n_train=100)

    def smoothed(alpha: float) -> np.ndarray:
        level, found = y[0], np.zeros(200)
        for t, value in enumerate(y):
            level += alpha * (value - level)
            found[t] = level
        return found[100:190]

    near = [np.abs(smoothed(alpha) - said[:, 0]).max() for alpha in ALPHAS]
    assert min(near) < 0.6  # but for a small slope


def test_the_future_does_not_reach_a_forecast() -> None:
    y = np.random.default_rng(1).normal(size=80).cumsum()
    later = y.copy()
    later[61:] += 100
    said, again = (holt_winters(v, np.array([60]), 5, period=7, n_train=50) for v in (y, later))
    np.testing.assert_array_equal(said, again)


@pytest.mark.parametrize("period", [1, 12])
def test_one_step_is_what_the_equations_say(period: int) -> None:
    y = np.random.default_rng(2).normal(size=48).cumsum() + 20
    origins = np.arange(30, 47)
    one = holt_winters(y, origins, 1, period=period, n_train=30)[:, 0]
    many = holt_winters(y, origins, 4, period=period, n_train=30)
    np.testing.assert_array_equal(one, many[:, 0])
    assert many.shape == (17, 4)
