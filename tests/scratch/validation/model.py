"""A model that does no more than look at its data."""

import numpy as np

from firsthand.scratch.base import Classifier, Estimator
from firsthand.scratch.validation import check_X

X = np.arange(8.0).reshape(4, 2)
y = np.array([0, 1, 0, 1])


class Model(Classifier, Estimator):
    def predict(self, X):
        return np.zeros(len(check_X(self, X)))


def fitted(data=X):
    model = Model()
    check_X(model, data, fitting=True)
    model.coef_ = np.zeros(2)
    return model
