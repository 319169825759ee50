"""Graded checks of stage 07. ``impl`` is the learner's module, blanks filled in by ours."""

import numpy as np

from firsthand.study.checking import (
    check,
    close,
    equal,
    finite_difference,
    holds,
    library,
    raises,
    unchanged,
)

SAME_STEPS = 1e-9  # the same additions, in another order
SOLVED = 1e-5  # the oracle is an iterative solver, which stops near its optimum
WHY_SAME = "the same steps, added up in another order"
WHY_SOLVED = "the oracle is found by an iterative solver"

GATES = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
AND = np.array([-1.0, -1.0, -1.0, 1.0])
OR = np.array([-1.0, 1.0, 1.0, 1.0])
XOR = np.array([-1.0, 1.0, 1.0, -1.0])


def problem(rng, n_samples=None):
    """Samples, labels of both kinds and weights at random; sizes vary, no line is promised."""
    n_samples = n_samples or int(rng.integers(3, 20))
    X = rng.normal(size=(n_samples, int(rng.integers(2, 5)))) + rng.normal()
    y = np.where(rng.random(n_samples) < 0.5, 1.0, -1.0)
    y[:2] = -1.0, 1.0
    return X, y, rng.normal(size=X.shape[1]), float(rng.normal())


def separated(rng, gap=0.3):
    """Samples with a line between them, at least ``gap`` from each; (X, y, w, b)."""
    w = rng.normal(size=int(rng.integers(2, 4)))
    b = float(rng.normal())
    X = rng.normal(size=(int(rng.integers(6, 15)), len(w)))
    y = np.where(np.arange(len(X)) % 2, 1.0, -1.0)
    length = np.linalg.norm(w)
    distance = y * (gap + rng.random(len(X)))  # where each sample shall lie
    X += ((distance - (X @ w + b) / length) / length)[:, None] * w
    return X, y, w, b


def sklearn_passes(X, y, learning_rate, n_epochs, *, start=None, average=False):
    """Return scikit-learn's (w, b) after passes in the given order."""
    model = library("sklearn.linear_model").SGDClassifier(
        loss="perceptron",
        penalty=None,
        learning_rate="constant",
        eta0=learning_rate,
        max_iter=n_epochs,
        tol=None,
        shuffle=False,
        average=average,
    )
    w, b = start or (np.zeros(X.shape[1]), 0.0)
    model.fit(X, y, coef_init=w[None, :].copy(), intercept_init=np.array([b]))  # it works in place
    return model.coef_[0], float(model.intercept_[0])


# predict


@check("perceptron.predict", oracle="a truth table worked out by hand", repeats=1)
def a_neuron_that_is_and(impl, rng):
    case = dict(X=GATES, w=np.array([1.0, 1.0]), b=-1.5)
    close(impl.predict(**case), [-1.0, -1.0, -1.0, 1.0], case=case)
    case["b"] = -1.0  # two samples are on the line now
    close(impl.predict(**case), [-1.0, -1.0, -1.0, 1.0], case=case)
    case["b"] = 0.5
    close(impl.predict(**case), [1.0, 1.0, 1.0, 1.0], case=case)


@check("perceptron.predict", oracle="scikit-learn")
def is_what_scikit_learn_predicts(impl, rng):
    X, _, w, b = problem(rng)
    model = library("sklearn.linear_model").Perceptron()
    model.coef_, model.intercept_ = w[None, :], np.array([b])
    model.classes_ = np.array([-1.0, 1.0])
    case = dict(X=X, w=w, b=b)
    close(impl.predict(X, w, b), model.predict(X), case=case)


@check("perceptron.predict", oracle="property: only the side counts, not the distance")
def a_longer_w_changes_nothing(impl, rng):
    X, _, w, b = problem(rng)
    X, w = X[:1], np.rint(4 * w)
    on_the_line = dict(X=np.rint(4 * X), w=w, b=-float(np.rint(4 * X)[0] @ w))
    close(impl.predict(**on_the_line), [-1.0], case=on_the_line)
    short = dict(X=X, w=w, b=b)
    side = impl.predict(**short)
    for factor in (1000.0, 2.0**-80):
        other = dict(X=X, w=w * factor, b=b * factor)
        close(impl.predict(**other), side, case=other)
    opposite = dict(X=X, w=-w * 2.0**-80, b=-b * 2.0**-80)
    close(impl.predict(**opposite), -side, case=opposite)


# update


@check("perceptron.update", oracle="four cases worked out by hand", repeats=1)
def right_wrong_and_on_the_line(impl, rng):
    x, w = np.array([2.0, 1.0]), np.array([1.0, -1.0])
    for y, b, expected_w, expected_b in [
        (1.0, 0.0, [1.0, -1.0], 0.0),  # score 1, right
        (-1.0, 0.0, [0.0, -1.5], -0.5),  # score 1, wrong
        (-1.0, -1.0, [0.0, -1.5], -1.5),  # score 0: wrong for either label
        (1.0, -1.0, [2.0, -0.5], -0.5),
    ]:
        case = dict(x=x, y=y, w=w, b=b, learning_rate=0.5)
        got_w, got_b = impl.update(**case)
        close(got_w, expected_w, case=case, of="w")
        close(got_b, expected_b, case=case, of="b")
    case = dict(x=2.0**-40 * x, y=1.0, w=w, b=0.0)  # hardly on its side, but on it
    close(impl.update(**case)[1], 0.0, case=case, of="b")


@check("perceptron.update", oracle="finite differences")
def is_a_step_down_the_perceptron_loss(impl, rng):
    X, y, w, b = problem(rng)
    learning_rate = float(rng.uniform(0.2, 2.0))
    for x, target in zip(X, y, strict=True):

        def loss(w, b, x=x, target=target):
            return max(0.0, -target * (float(x @ w) + b))

        case = dict(x=x, y=target, w=w, b=b, learning_rate=learning_rate)
        got_w, got_b = impl.update(**case)
        down_w = w - learning_rate * finite_difference(lambda v: loss(v, b), w)
        down_b = b - learning_rate * finite_difference(lambda v: loss(w, v), b)
        close(got_w, down_w, case=case, of="w", rtol=1e-6, why="the slope is numerical")
        close(got_b, down_b, case=case, of="b", rtol=1e-6, why="the slope is numerical")


@check("perceptron.update", oracle="property: a mistake's score moves by learning_rate (|x|^2 + 1)")
def a_mistake_is_mended_by_a_known_amount(impl, rng):
    x, w, b = rng.normal(size=3), rng.normal(size=3), float(rng.normal())
    y = -1.0 if x @ w + b > 0 else 1.0
    case = dict(x=x, y=y, w=w, b=b)
    kept = x.copy(), w.copy()
    new_w, new_b = impl.update(x, y, w, b)  # a learning rate of 1 where none is given
    moved = y * (x @ np.asarray(new_w) + new_b) - y * (x @ kept[1] + b)
    close(moved, x @ x + 1, case=case, of="how far the score moved")
    unchanged(kept[1], w, of="w", case=case)
    unchanged(kept[0], x, of="x", case=case)


# epoch


@check("perceptron.epoch", oracle="one pass over AND by hand", repeats=1)
def first_pass_over_and(impl, rng):
    case = dict(X=GATES, y=AND, w=np.zeros(2), b=0.0, learning_rate=1.0, order=np.arange(4))
    w, b, mistakes = impl.epoch(**case)
    close(w, [1.0, 1.0], case=case, of="w")
    close(b, 0.0, case=case, of="b")
    equal(mistakes, 2, case=case, of="mistakes")
    whole = isinstance(mistakes, int | np.integer)
    holds(whole, "a number of mistakes is a whole number", case=case, got=mistakes)
    case |= dict(w=np.array([0.5, 2.0]), b=1.0, order=np.arange(0))  # nobody is visited
    w, b, mistakes = impl.epoch(**case)
    close(w, [0.5, 2.0], case=case, of="w")
    close(b, 1.0, case=case, of="b")
    equal(mistakes, 0, case=case, of="mistakes")


@check("perceptron.epoch", oracle="scikit-learn")
def is_a_pass_of_scikit_learn(impl, rng):
    X, y, w, b = problem(rng)
    order = rng.permutation(len(X))
    learning_rate = float(rng.uniform(0.2, 2.0))
    expected_w, expected_b = sklearn_passes(X[order], y[order], learning_rate, 1, start=(w, b))
    case = dict(X=X, y=y, w=w, b=b, learning_rate=learning_rate, order=order)
    kept = w.copy()
    got_w, got_b, _ = impl.epoch(**case)
    close(got_w, expected_w, case=case, of="w", rtol=SAME_STEPS, why=WHY_SAME)
    close(got_b, expected_b, case=case, of="b", rtol=SAME_STEPS, why=WHY_SAME)
    unchanged(kept, w, of="w", case=case)


@check("perceptron.epoch", oracle="property: a pass is made of its parts")
def two_halves_make_a_pass(impl, rng):
    X, y, w, b = problem(rng, n_samples=12)
    order = rng.integers(0, len(X), size=15)  # some samples twice, some never
    case = dict(X=X, y=y, w=w, b=b, learning_rate=0.7, order=order)
    whole_w, whole_b, whole = impl.epoch(**case)
    half_w, half_b, first = impl.epoch(**case | dict(order=order[:6]))
    half_w, half_b, second = impl.epoch(**case | dict(w=half_w, b=half_b, order=order[6:]))
    close(whole_w, half_w, case=case, of="w")
    close(whole_b, half_b, case=case, of="b")
    equal(whole, first + second, case=case, of="mistakes")
    single = [impl.epoch(**case | dict(order=order[:1]))[2], impl.epoch(**case)[2]]
    wrong = int(y[order[0]] * (X[order[0]] @ w + b) <= 0)
    equal(single, [wrong, whole], case=case, of="mistakes on the first sample, and on all")


@check("perceptron.epoch", oracle="property: a mistake moves b by learning_rate, up or down")
def mistakes_are_what_moved(impl, rng):
    X, y, w, b = problem(rng)
    y = np.ones(len(X))  # then every move of b is upwards
    case = dict(X=X, y=y, w=w, b=b - 3.0, learning_rate=0.25, order=rng.permutation(len(X)))
    _, new_b, mistakes = impl.epoch(**case)
    equal(mistakes, round((new_b - case["b"]) / 0.25), case=case, of="mistakes")
    case["b"] = 1e3
    equal(impl.epoch(**case)[2], 0, case=case, of="mistakes where all are right")


# train


@check("perceptron.train", oracle="AND, OR and XOR by hand", repeats=1)
def learns_two_gates_and_not_the_third(impl, rng):
    for y, expected_w, expected_b, expected in [
        (AND, [3.0, 2.0], -4.0, [2, 3, 3, 2, 2, 3, 2, 1, 0]),
        (OR, [2.0, 2.0], -1.0, [3, 1, 2, 2, 1, 0]),
    ]:
        case = dict(X=GATES, y=y)
        w, b, mistakes = impl.train(GATES, y)
        close(w, expected_w, case=case, of="w")
        close(b, expected_b, case=case, of="b")
        equal(mistakes, expected, case=case, of="mistakes")
    case = dict(X=GATES, y=XOR, learning_rate=1.0, max_epochs=6)
    w, b, mistakes = impl.train(**case)
    close(w, [0.0, 0.0], case=case, of="w")
    close(b, 0.0, case=case, of="b")
    equal(mistakes, [4] * 6, case=case, of="mistakes")
    equal(len(impl.train(GATES, XOR)[2]), 100, case=dict(X=GATES, y=XOR), of="number of passes")
    twice = dict(X=np.vstack([GATES, GATES]), y=np.append(XOR, XOR), max_epochs=12)
    equal(impl.train(**twice)[2], [8] * 12, case=twice, of="mistakes")


@check("perceptron.train", oracle="scikit-learn")
def is_the_training_of_scikit_learn(impl, rng):
    X, y, _, _ = problem(rng)
    learning_rate, n_epochs = float(rng.uniform(0.2, 2.0)), int(rng.integers(1, 6))
    expected_w, expected_b = sklearn_passes(X, y, learning_rate, n_epochs)
    case = dict(X=X, y=y, learning_rate=learning_rate, max_epochs=n_epochs)
    w, b, mistakes = impl.train(**case)
    close(w, expected_w, case=case, of="w", rtol=SAME_STEPS, why=WHY_SAME)
    close(b, expected_b, case=case, of="b", rtol=SAME_STEPS, why=WHY_SAME)
    holds(
        len(mistakes) == n_epochs or mistakes[-1] == 0,
        f"there should be {n_epochs} passes, or a last one free of mistakes",
        case=case,
        got=mistakes,
    )


@check("perceptron.train", oracle="property: the order of each pass is one permutation from rng")
def draws_a_new_order_each_pass(impl, rng, reference):
    X, y, _, _ = problem(rng)
    seed, n_epochs = int(rng.integers(10**6)), 4
    case = dict(X=X, y=y, learning_rate=0.5, max_epochs=n_epochs, rng=f"default_rng({seed})")
    got_w, got_b, got = impl.train(X, y, 0.5, n_epochs, np.random.default_rng(seed))
    same, w, b, mistakes = np.random.default_rng(seed), np.zeros(X.shape[1]), 0.0, []
    while len(mistakes) < n_epochs and (not mistakes or mistakes[-1]):
        w, b, count = reference.epoch(X, y, w, b, 0.5, same.permutation(len(X)))
        mistakes.append(count)
    close(got_w, w, case=case, of="w", rtol=SAME_STEPS, why=WHY_SAME)
    close(got_b, b, case=case, of="b", rtol=SAME_STEPS, why=WHY_SAME)
    equal(got, mistakes, case=case, of="mistakes")


@check("perceptron.train", oracle="property: Novikoff's theorem")
def ends_and_within_the_bound(impl, rng):
    X, y, w_star, b_star = separated(rng)
    X1, u = np.column_stack([X, np.ones(len(X))]), np.append(w_star, b_star)
    gamma = np.min(y * (X1 @ u)) / np.linalg.norm(u)
    bound = np.max(np.sum(X1**2, axis=1)) / gamma**2
    order = np.random.default_rng(int(rng.integers(10**6)))
    case = dict(X=X, y=y, max_epochs=2000)
    w, b, mistakes = impl.train(X, y, 1.0, 2000, order)
    equal(np.where(X @ np.asarray(w) + b > 0, 1.0, -1.0), y, case=case, of="the predictions")
    holds(
        sum(mistakes) <= bound,
        f"there should be at most {bound:.0f} mistakes",
        case=case,
        got=mistakes,
    )
    equal([int(m == 0) for m in mistakes], [0] * (len(mistakes) - 1) + [1], case=case, of="ends")


# train_averaged


@check("perceptron.average", oracle="two samples by hand", repeats=1)
def four_steps_on_two_samples(impl, rng):
    # weights after each step: (1, 1), (-1, 0), (0, 1), (-2, 0)
    case = dict(X=np.array([[1.0], [2.0]]), y=np.array([1.0, -1.0]), learning_rate=1.0, n_epochs=2)
    w, b, mistakes = impl.train_averaged(**case)
    close(w, [-0.5], case=case, of="w")
    close(b, 0.5, case=case, of="b")
    equal(mistakes, [2, 2], case=case, of="mistakes")


@check("perceptron.average", oracle="scikit-learn")
def is_the_average_of_scikit_learn(impl, rng):
    X, y, _, _ = problem(rng)
    learning_rate, n_epochs = float(rng.uniform(0.2, 2.0)), int(rng.integers(1, 4))
    expected_w, expected_b = sklearn_passes(X, y, learning_rate, n_epochs, average=True)
    case = dict(X=X, y=y, learning_rate=learning_rate, n_epochs=n_epochs)
    w, b, mistakes = impl.train_averaged(**case)
    close(w, expected_w, case=case, of="w", rtol=SAME_STEPS, why=WHY_SAME)
    close(b, expected_b, case=case, of="b", rtol=SAME_STEPS, why=WHY_SAME)
    equal(len(mistakes), n_epochs, case=case, of="the number of passes")


@check("perceptron.average", oracle="property: the mean of the weights after every visit")
def averages_every_visit_in_the_order_drawn(impl, rng, reference):
    X, y, _, _ = problem(rng)
    seed = int(rng.integers(10**6))
    case = dict(X=X, y=y, learning_rate=0.5, n_epochs=3, rng=f"default_rng({seed})")
    got_w, got_b, got = impl.train_averaged(X, y, 0.5, 3, np.random.default_rng(seed))
    same, w, b, seen, mistakes = np.random.default_rng(seed), np.zeros(X.shape[1]), 0.0, [], []
    for _ in range(3):
        mistakes.append(0)
        for i in same.permutation(len(X)):
            mistakes[-1] += int(y[i] * (X[i] @ w + b) <= 0)
            w, b = reference.update(X[i], y[i], w, b, 0.5)
            seen.append([*w, b])
    mean = np.mean(seen, axis=0)
    close(got_w, mean[:-1], case=case, of="w", rtol=SAME_STEPS, why=WHY_SAME)
    close(got_b, mean[-1], case=case, of="b", rtol=SAME_STEPS, why=WHY_SAME)
    equal(got, mistakes, case=case, of="mistakes")


@check("perceptron.average", oracle="OR by hand", repeats=1)
def goes_on_after_a_clean_pass(impl, rng):
    case = dict(X=GATES, y=OR)
    w, b, mistakes = impl.train_averaged(GATES, OR)
    equal(mistakes, [3, 1, 2, 2, 1, 0, 0, 0, 0, 0], case=case, of="mistakes")
    close(w, [64 / 40, 70 / 40], case=case, of="w")
    close(b, -26 / 40, case=case, of="b")


# margin


@check("perceptron.margin", oracle="a triangle of 3, 4 and 5", repeats=1)
def distances_on_a_grid(impl, rng):
    X, w = np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]]), np.array([3.0, 4.0])
    case = dict(X=X, y=np.array([-1.0, 1.0, 1.0]), w=w, b=-5.0)
    close(impl.margin(**case), 1.0, case=case)
    case["b"] = -20.0  # 4 from the origin now, and 1 from (3, 4)
    close(impl.margin(**case), 1.0, case=case)
    case["b"] = -30.0  # (3, 4) is 1 beyond the line
    close(impl.margin(**case), -1.0, case=case)
    one = dict(X=X[2:], y=np.array([1.0]), w=w, b=0.0)
    close(impl.margin(**one), 10.0, case=one)


@check("perceptron.margin", oracle="geometry: where the worst sample meets the line")
def moving_by_the_margin_reaches_the_line(impl, rng):
    X, y, w, b = problem(rng)
    case = dict(X=X, y=y, w=w, b=b)
    got = impl.margin(**case)
    away = y[:, None] * w / np.sqrt(np.sum(w**2))  # each sample's way to safety
    scores = y * ((X - got * away) @ w + b)
    close(np.min(scores), 0.0, case=case, of="the worst score after moving all by the margin")
    for factor in (3.7, 1e-12):
        scaled = dict(X=X, y=y, w=factor * w, b=factor * b)
        of = f"the margin of the same line, w {factor:g} times"
        close(impl.margin(**scaled), got, case=scaled, of=of)
    axis = np.eye(len(w))[0]  # a line along the other axes
    case = dict(X=X, y=y, w=axis, b=b)
    close(impl.margin(**case), np.min(y * (X[:, 0] + b)), case=case)


@check("perceptron.margin", oracle="scikit-learn's widest margin")
def the_widest_margin_is_one_over_the_length(impl, rng):
    X, y, _, _ = separated(rng)
    svc = library("sklearn.svm").SVC(kernel="linear", C=1e8, tol=1e-9).fit(X, y)
    case = dict(X=X, y=y, w=svc.coef_[0], b=float(svc.intercept_[0]))
    expected = 1 / np.linalg.norm(svc.coef_)
    close(impl.margin(**case), expected, case=case, rtol=SOLVED, why=WHY_SOLVED)


@check("perceptron.margin", oracle="property: a zero w draws no line")
def no_line_no_margin(impl, rng):
    X, y, w, b = problem(rng)
    case = dict(X=X, y=y, w=np.zeros_like(w), b=b)
    with raises(ValueError, case=case, because="w is zero"):
        impl.margin(**case)


# mistake_bound


@check("perceptron.bound", oracle="numbers worked out by hand", repeats=1)
def two_samples_on_a_line(impl, rng):
    case = dict(X=np.array([[-2.0], [2.0]]), y=np.array([-1.0, 1.0]), w=np.array([1.0]), b=0.0)
    close(impl.mistake_bound(**case), 5 / 4, case=case)
    # the nearest, (0, 1, 1), has score -1/2, and (w, b) the squared length 17/4
    case = dict(X=GATES, y=AND, w=np.array([1.0, 1.0]), b=-1.5)
    close(impl.mistake_bound(**case), 3 / (0.25 / 4.25), case=case)


@check("perceptron.bound", oracle="the formula for one feature")
def one_feature_in_closed_form(impl, rng):
    split = float(rng.normal())
    left, right = split - rng.uniform(0.2, 2, size=3), split + rng.uniform(0.2, 2, size=4)
    X = np.concatenate([left, right])[:, None]
    y = np.array([-1.0] * 3 + [1.0] * 4)
    nearest = min(split - left.max(), right.min() - split)
    longest = max(float(np.abs(X).max()), 0.0) ** 2 + 1
    case = dict(X=X, y=y, w=np.array([2.0]), b=-2.0 * split)
    close(impl.mistake_bound(**case), longest * (1 + split**2) / nearest**2, case=case)


@check("perceptron.bound", oracle="property: training never makes more mistakes")
def bounds_the_mistakes_of_any_order(impl, rng, reference):
    X, y, w, b = separated(rng)
    case = dict(X=X, y=y, w=w, b=b)
    bound = impl.mistake_bound(**case)
    for seed in range(3):
        order = np.random.default_rng(seed)
        made = sum(reference.train(X, y, 1.0, 5000, order)[2])
        holds(made <= bound, f"at least the {made} mistakes that were made", case=case, got=bound)
    for factor in (5.0, 1e-12):
        scaled = dict(X=X, y=y, w=factor * w, b=factor * b)
        close(impl.mistake_bound(**scaled), bound, case=scaled, of="the bound from the same line")
    alone = dict(X=X, y=np.ones(len(y)), w=0 * w, b=2.0)  # one class: the bias parts it from none
    bound = np.max(np.sum(X**2, axis=1)) + 1
    close(impl.mistake_bound(**alone), bound, case=alone, of="the bound for a single class")
    x = dict(X=X[:1], y=y[:1], w=y[0] * X[0], b=float(y[0]))
    close(impl.mistake_bound(**x), 1.0, case=x, of="the bound for one sample, from its own line")


@check("perceptron.bound", oracle="property: no separator, no bound")
def what_does_not_separate_is_refused(impl, rng):
    for w, b in [([1.0, 1.0], -3.0), ([-1.0, -1.0], 1.5), ([1.0, 1.0], -1.0), ([1.0, 1.0], -2.0)]:
        case = dict(X=GATES, y=AND, w=np.array(w), b=b)
        with raises(ValueError, case=case, because="a sample is on the line or beyond it"):
            impl.mistake_bound(**case)


# rules_out_a_line


@check("perceptron.no_line", oracle="truth tables worked out by hand", repeats=1)
def counts_on_the_gates(impl, rng):
    for y, counts, expected in [
        (XOR, [1, 1, 1, 1], True),
        (XOR, [3, 3, 3, 3], True),
        (XOR, [1, 1, 1, 0], False),
        (XOR, [2, 1, 1, 2], False),  # the features cancel, the labels do not
        (XOR, [1, 1, 0, 0], False),  # the labels cancel, the features do not
        (XOR, [0, 0, 0, 0], False),
        (XOR, [-1, -1, -1, -1], False),
        (AND, [1, 1, 1, 1], False),
        (AND, [3, 0, 0, 3], False),
    ]:
        case = dict(X=GATES, y=y, counts=np.array(counts))
        equal(impl.rules_out_a_line(**case), expected, case=case)
    origin = dict(X=np.zeros((2, 1)), y=np.array([1.0, 1.0]), counts=np.array([2, 1]))
    equal(impl.rules_out_a_line(**origin), False, case=origin)
    for last, counts, expected in [
        ([0.0, 0.0], [2, 1, 1, 1, -1], False),  # the moves cancel, but no count is negative
        ([0.0, 0.0], [0, 1, 1, 1, 1], True),
        ([2.0**-40, 0.0], [0, 1, 1, 1, 1], False),  # nearly cancels
        ([2.0**-40, -(2.0**-40)], [0, 1, 1, 1, 1], False),  # each feature must
    ]:
        case = dict(X=np.vstack([GATES, last]), y=np.append(XOR, -1.0), counts=np.array(counts))
        equal(impl.rules_out_a_line(**case), expected, case=case)
    half = dict(X=0.5 * GATES, y=AND, counts=np.array([0, 1, 0, 1]))
    equal(impl.rules_out_a_line(**half), False, case=half)


@check("perceptron.no_line", oracle="property: two segments that cross")
def crossing_segments_cannot_be_separated(impl, rng):
    centre, one, other = np.rint(rng.normal(scale=5, size=(3, int(rng.integers(1, 4)))))
    far = centre + 100.0  # a sample nobody counted
    X = np.array([centre + one, far, centre - one, centre + 2 * other, centre - other])
    y = np.array([1.0, 1.0, 1.0, -1.0, -1.0])
    case = dict(X=X, y=y, counts=np.array([3, 0, 3, 2, 4]))
    equal(impl.rules_out_a_line(**case), True, case=case)
    more = dict(X=X, y=y, counts=np.array([3, 1, 3, 2, 4]))
    equal(impl.rules_out_a_line(**more), False, case=more)
    less = dict(X=X, y=y, counts=np.array([-3, 0, -3, -2, -4]))
    equal(impl.rules_out_a_line(**less), False, case=less)


@check("perceptron.no_line", oracle="property: what a line separates is never ruled out")
def never_denies_a_line_that_is_there(impl, rng):
    X, y, _, _ = separated(rng)
    for _ in range(5):
        case = dict(X=X, y=y, counts=rng.integers(0, 4, len(X)))
        equal(impl.rules_out_a_line(**case), False, case=case)
