"""A convention that was planted is found and stated; where there is none, that is said."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from firsthand.compare import Agreement, Dimension, Option, agree, search
from firsthand.compare.families import (
    ddof,
    documented,
    epsilon,
    intercept,
    layout,
    penalty_strength,
    reduction,
)

L2, N = 0.2, 40


@pytest.fixture(scope="module")
def problem() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 3))
    return X, X @ [1.0, -2.0, 0.5] + 3 + rng.normal(size=N)


def minimise(X: np.ndarray, y: np.ndarray, weight: float, penalised: bool) -> np.ndarray:
    """(w, b) that minimise |X w + b - y|^2 + weight |w|^2, b too where it is penalised."""
    X1 = np.column_stack([X, np.ones(len(y))])
    P = weight * np.diag([1.0] * X.shape[1] + [float(penalised)])
    return np.linalg.solve(X1.T @ X1 + P, X1.T @ y)


# what someone wrote: (weight of |w|^2 when squares are summed, in the words of the statement)
PLANTED = {
    "mean, half and half": (L2 * N, "alpha = l2 * n_samples"),
    "sum, no halves": (L2, "alpha = l2"),
    "mean with half, penalty without": (2 * L2 * N, "alpha = 2 * l2 * n_samples"),
    "mean without half, penalty with": (L2 * N / 2, "alpha = l2 * n_samples / 2"),
    "half the sum, penalty without": (2 * L2, "alpha = 2 * l2"),
    "sum, penalty with half": (L2 / 2, "alpha = l2 / 2"),
    "sum, penalty averaged": (L2 / N, "alpha = l2 / n_samples"),
    "an inverse strength": (1 / L2, "alpha = 1 / l2"),
}


@pytest.mark.parametrize("penalised", [False, True])
@pytest.mark.parametrize("case", PLANTED)
def test_every_planted_penalty_is_named(
    case: str, penalised: bool, problem: tuple[np.ndarray, np.ndarray]
) -> None:
    X, y = problem
    weight, says = PLANTED[case]
    planted = minimise(X, y, weight, penalised)
    X1 = np.column_stack([X, np.ones(N)])

    def under(values: Mapping[str, Any]) -> list[Agreement]:
        alpha = values["penalty"]
        if values["intercept"] == "penalised":
            found = Ridge(alpha=alpha, fit_intercept=False, solver="svd").fit(X1, y).coef_
        else:
            model = Ridge(alpha=alpha, solver="svd").fit(X, y)
            found = np.append(model.coef_, model.intercept_)
        return [agree("parameters", planted, found, tolerance=1e-9)]

    found = search([penalty_strength("alpha", L2, N), intercept()], under)
    more = " and the intercept is penalised like a weight" * penalised
    assert found.agrees
    assert found.statement.startswith(f"identical once {says}{more}")
    if (says, penalised) == ("alpha = l2 * n_samples", False):
        assert found.statement == "identical once alpha = l2 * n_samples"
    else:
        assert "(our module documents: alpha = l2 * n_samples)" in found.statement
    assert sum(attempt.agrees for attempt in found.tried) == 1
    assert "tell" not in found.statement


@pytest.mark.parametrize(
    ("strength", "says"),
    [
        (L2 * N, "C = 1 / (l2 * n_samples)"),
        (L2, "C = 1 / l2"),
        (2 * L2 * N, "C = 1 / (2 * l2 * n_samples)"),
        (L2 * N / 2, "C = 2 / (l2 * n_samples)"),
        (2 * L2, "C = 1 / (2 * l2)"),
        (L2 / 2, "C = 2 / l2"),
        (L2 / N, "C = n_samples / l2"),
        (1 / L2, "C = l2"),
    ],
)
def test_an_inverse_strength_is_written_as_one(strength: float, says: str) -> None:
    options = penalty_strength("C", L2, N).options
    named = {option.says: option.value for option in options}
    assert named[says] == pytest.approx(1 / strength)
    environment = {"l2": L2, "n_samples": N}
    assert eval(says.removeprefix("C = "), environment) == pytest.approx(1 / strength)


def test_c_is_what_scikit_learn_means_by_it() -> None:
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(N, 2)), rng.integers(0, 2, N)
    C = penalty_strength("C", L2, N).options[0].value
    model = LogisticRegression(C=C, tol=1e-12, solver="newton-cholesky").fit(X, y)
    p = model.predict_proba(X)[:, 1]
    np.testing.assert_allclose(X.T @ (p - y) / N + L2 * model.coef_[0], 0, atol=1e-10)


@pytest.mark.parametrize(
    ("planted", "says"),
    [
        (lambda r: np.mean(r**2), "identical as they are"),
        (lambda r: np.mean(r**2) / 2, "identical once J = mse / 2"),
        (lambda r: np.sum(r**2), "identical once J = n_samples * mse"),
        (lambda r: np.sum(r**2) / 2, "identical once J = n_samples / 2 * mse"),
        (lambda r: 2 * np.mean(r**2), "identical once J = 2 * mse"),
        (lambda r: np.mean(r**2) / len(r), "identical once J = mse / n_samples"),
    ],
)
def test_every_planted_reduction_is_named(planted: Any, says: str) -> None:
    residual = np.random.default_rng(2).normal(size=7)
    mse = float(np.mean(residual**2))

    def under(values: Mapping[str, Any]) -> list[Agreement]:
        return [agree("loss", planted(residual), values["reduction"] * mse)]

    assert search([reduction(7, "J", "mse")], under).statement.startswith(says)


def test_planted_layout_ddof_and_epsilon_are_named() -> None:
    rng = np.random.default_rng(3)
    W, v = rng.normal(size=(3, 2)), rng.normal(size=9)

    def matrices(values: Mapping[str, Any]) -> list[Agreement]:
        return [agree("weights", values["layout"](W), W.T)]

    def variances(values: Mapping[str, Any]) -> list[Agreement]:
        return [agree("variance", np.var(v, ddof=1), np.var(v, ddof=values["ddof"]))]

    def roots(values: Mapping[str, Any]) -> list[Agreement]:
        planted = np.sqrt(np.abs(v)) + 1e-3
        return [agree("denominator", planted, values["epsilon"](np.abs(v), 1e-3))]

    assert search([layout()], matrices).statement == "identical once weight = W.T"
    assert "divides by n_samples - 1 (ddof = 1)" in search([ddof()], variances).statement
    assert "outside the root: sqrt(v) + eps" in search([epsilon()], roots).statement


def test_a_square_matrix_that_is_symmetric_cannot_tell_its_transpose() -> None:
    W = np.array([[2.0, 1.0], [1.0, 5.0]])
    found = search([layout()], lambda v: [agree("weights", v["layout"](W), W)])
    assert found.statement.startswith("identical once weight = W.T; these data cannot tell")
    assert found.best.documented


def test_a_true_difference_is_not_talked_away() -> None:
    found = search([reduction(5, "J", "mse")], lambda v: [agree("J", 3.3, v["reduction"])])
    assert not found.agrees
    assert found.statement == (
        "not identical under any convention that we know; documented is as they are, and there "
        "they differ by 2.3e+00"
    )
    assert found.best.documented
    assert found.to_json()["agrees"] is False


def test_agreeing_on_nothing_is_no_agreement() -> None:
    assert not search([Dimension("d", (Option(1, "one"),))], lambda _: []).agrees


def test_one_option_is_documented() -> None:
    first = documented(reduction(5, "J", "mse"), lambda factor: factor == 0.5).options[0]
    assert first.says == "J = mse / 2"
    with pytest.raises(ValueError, match="0 options are documented"):
        documented(reduction(5, "J", "mse"), lambda factor: factor == 17)
