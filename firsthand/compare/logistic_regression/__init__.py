"""Stage 06: logistic regression against scikit-learn.

Two classes against ``LogisticRegression``, their loss against ``log_loss``, gradient descent
against where it must arrive; then more than two classes, by softmax, on iris and on digits.
"""

from __future__ import annotations

from firsthand.compare.bench import Bench
from firsthand.compare.comparison import Pair
from firsthand.compare.errors import CompareError
from firsthand.compare.logistic_regression.binary import compare_binary
from firsthand.compare.logistic_regression.descent import compare_descent
from firsthand.compare.logistic_regression.loss import compare_loss
from firsthand.compare.logistic_regression.softmax import compare_digits, compare_softmax
from firsthand.data import Dataset, load

__all__ = ["compare"]

MOST_PARAMETERS = 3000  # the library's Newton solves a system of that many equations


def compare(bench: Bench) -> tuple[tuple[Dataset, ...], tuple[Pair, ...]]:
    """Return the data that was used and the pairs that fit its number of classes."""
    given = bench.given
    if given is None:
        two, three, digits = load("breast_cancer"), load("iris"), load("digits")
        pairs = (*_of_two(bench, two), compare_softmax(bench, three.standardised()))
        return (two, three, digits), (*pairs, compare_digits(digits))
    if given.n_features * given.n_classes > MOST_PARAMETERS:
        raise CompareError(
            f"{given.name} has {given.n_features} features and {given.n_classes} classes; at most "
            f"{MOST_PARAMETERS} weights are compared. Leave columns out."
        )
    if given.n_classes == 2:
        return (given,), _of_two(bench, given)
    return (given,), (compare_softmax(bench, given.standardised()),)


def _of_two(bench: Bench, data: Dataset) -> tuple[Pair, ...]:
    scaled = data.standardised()
    return (
        compare_binary(bench, scaled, data),
        compare_loss(scaled),
        compare_descent(bench, scaled),
    )
