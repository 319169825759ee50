"""The loop of boosting, by hand on a few samples, and stage by stage on more."""

from itertools import islice

import numpy as np
import pytest

from firsthand.scratch.boosting.boosting import boost
from firsthand.scratch.boosting.losses import LogisticLoss, SoftmaxLoss, SquaredError
from firsthand.scratch.boosting.stages import BoostedTrees
from firsthand.scratch.trees.growing import Limits, grow_tree


def learner(X, max_depth=2):
    def grow(residual, curvature, weight):
        tree = grow_tree(
            X, residual, weight, criterion="squared_error", limits=Limits(max_depth=max_depth)
        )
        return tree, tree.apply(X)

    return grow


def problem(n=200):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3))
    return X, X[:, 0] * X[:, 1] + X[:, 2]


def test_two_stages_by_hand():
    X, y = np.array([[0.0], [1.0], [2.0]]), np.array([0.0, 3.0, 9.0])
    stages = boost(y, SquaredError(), learner(X, 1), 0.5, np.ones(3))
    # F = 4; r = -4 -1 5, cut before 9: leaves -2.5 and 5
    np.testing.assert_allclose(next(stages).F[:, 0], [2.75, 2.75, 6.5])
    # r = -2.75 0.25 2.5, cut after 0: leaves -2.75 and 1.375
    np.testing.assert_allclose(next(stages).F[:, 0], [1.375, 3.4375, 7.1875])


@pytest.mark.parametrize("loss", [SquaredError(), LogisticLoss(), SoftmaxLoss(3)])
def test_the_training_loss_falls_from_stage_to_stage(loss):
    X, y = problem()
    if loss.n_outputs == 3:
        y = np.digitize(y, [-0.5, 0.5]).astype(float)
    elif isinstance(loss, LogisticLoss):
        y = (y > 0).astype(float)
    weight = np.random.default_rng(1).uniform(0.5, 2.0, len(y))
    stages = islice(boost(y, loss, learner(X), 0.3, weight), 15)
    losses = [loss.mean(y, stage.F, weight) for stage in stages]
    assert (np.diff(losses) < 0).all()


def test_the_sum_of_the_trees_is_f():
    X, y = problem()
    loss = SquaredError()
    stages = list(islice(boost(y, loss, learner(X), 0.3, np.ones(len(y))), 10))
    model = BoostedTrees(loss.initial(y, np.ones(len(y))), [stage.trees for stage in stages])
    np.testing.assert_allclose(model.predict(X), stages[-1].F, atol=1e-12)
    for k, staged in enumerate(model.staged(X)):
        expected = BoostedTrees(model.initial, model.trees[: k + 1]).predict(X)
        np.testing.assert_allclose(staged, expected, atol=1e-12)


def test_samples_that_are_not_drawn_teach_nothing():
    X, y = problem()
    seen = []

    def grow(residual, curvature, weight):
        seen.append(weight > 0)
        return learner(X)(residual, curvature, weight)

    rng = np.random.default_rng(0)
    stages = boost(y, SquaredError(), grow, 0.3, np.ones(len(y)), subsample=0.25, rng=rng)
    drawn = [stage.drawn for stage in islice(stages, 3)]
    np.testing.assert_array_equal(drawn, seen)
    assert [mask.sum() for mask in drawn] == [50] * 3
    assert (drawn[0] != drawn[1]).any()


def test_a_leaf_answers_with_its_drawn_samples_alone():
    X, y = np.zeros((4, 1)), np.array([0.0, 1.0, 2.0, 30.0])
    rng = np.random.default_rng(3)
    stage = next(boost(y, SquaredError(), learner(X), 1.0, np.ones(4), subsample=0.5, rng=rng))
    np.testing.assert_allclose(stage.F[:, 0], y[stage.drawn].mean())
