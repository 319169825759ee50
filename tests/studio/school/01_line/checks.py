import numpy as np

from firsthand.study.checking import check, close


@check("line.predict", oracle="the sum, written out")
def is_the_weighted_sum(impl, rng):
    n, d = rng.integers(1, 9, size=2)
    X, w, b = rng.normal(size=(n, d)), rng.normal(size=d), float(rng.normal())
    truth = [sum(X[i, j] * w[j] for j in range(d)) + b for i in range(n)]
    close(impl.predict(X, w, b), truth, case={"X": X, "w": w, "b": b}, of="f")


@check("line.predict", oracle="a number worked out by hand")
def by_hand(impl, rng):
    X, w = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([3.0, -1.0])
    close(impl.predict(X, w, 0.5), [1.5, -0.5], case={"X": X, "w": w, "b": 0.5}, of="f")


@check("line.loss", oracle="the sum, written out")
def is_half_the_mean_square(impl, rng):
    n, d = rng.integers(1, 9, size=2)
    X, w, b = rng.normal(size=(n, d)), rng.normal(size=d), float(rng.normal())
    y = rng.normal(size=n)
    truth = sum((X[i] @ w + b - y[i]) ** 2 for i in range(n)) / (2 * n)
    close(impl.loss(X, y, w, b), truth, case={"X": X, "y": y, "w": w, "b": b}, of="J")
