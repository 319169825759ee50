import numpy as np

from firsthand.study.checking import misconception


@misconception("line.predict", "You left out the intercept: every prediction is off by `b`.")
def forgets_the_intercept(X, w, b):
    return X @ w


@misconception("line.loss", "You summed where the mean is asked for: this is n times too large.")
def sums(X, y, w, b):
    return float(np.sum((X @ w + b - y) ** 2) / 2)
