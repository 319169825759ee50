"""Graded checks of stage 05. ``impl`` is the learner's module, blanks filled in by ours."""

import numpy as np

from firsthand.study.checking import check, close, equal, finite_difference, holds, unchanged

DESCENT = 1e-8  # hundreds of steps, each rounding a little
SOLVED = 1e-8  # two exact algorithms differ by rounding times the condition number
SUMMED = "sums in another order round differently"


def problem(rng, n_samples=None, n_features=None):
    """A random problem; sizes vary so that no shape is right by luck."""
    n_samples = n_samples or rng.integers(5, 40)
    n_features = n_features or rng.integers(2, 6)
    X = rng.normal(size=(n_samples, n_features)) + rng.normal(size=n_features)
    y = rng.normal(size=n_samples) + 2
    return X, y, rng.normal(size=n_features), rng.normal(), rng.uniform(0.2, 2.0)


# predict


@check("linear.predict", oracle="numbers worked out by hand", repeats=1)
def three_samples_of_two_features(impl, rng):
    X, w, b = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([10.0, 1.0]), 0.5
    close(impl.predict(X, w, b), [12.5, 34.5, 56.5], case=dict(X=X, w=w, b=b))


@check("linear.predict", oracle="scikit-learn")
def is_what_scikit_learn_predicts(impl, rng):
    from sklearn.linear_model import LinearRegression

    X, _, w, b, _ = problem(rng)
    model = LinearRegression()
    model.coef_, model.intercept_ = w, b
    kept = X.copy(), w.copy()
    close(impl.predict(X, w, b), model.predict(X), case=dict(X=X, w=w, b=b), why=SUMMED)
    unchanged(kept[0], X, of="X", case=dict(X=kept[0], w=kept[1], b=b))
    unchanged(kept[1], w, of="w", case=dict(X=kept[0], w=kept[1], b=b))


@check("linear.predict", oracle="property: one row, one feature")
def smallest_shapes(impl, rng):
    X, w, b = rng.normal(size=(1, 1)), rng.normal(size=1), rng.normal()
    close(impl.predict(X, w, b), [X[0, 0] * w[0] + b], case=dict(X=X, w=w, b=b))


# loss


@check("linear.loss", oracle="numbers worked out by hand", repeats=1)
def three_residuals(impl, rng):
    X, y = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 9.0])
    case = dict(X=X, y=y, w=np.array([2.0]), b=1.0, l2=0.5)
    close(impl.loss(**case), 23 / 6, case=case)  # (4 + 9 + 4)/6 + 0.25 * 4


@check("linear.loss", oracle="scikit-learn")
def half_the_mean_squared_error_and_the_penalty(impl, rng):
    from sklearn.metrics import mean_squared_error

    X, y, w, b, l2 = problem(rng)
    case = dict(X=X, y=y, w=w, b=b, l2=l2)
    expected = mean_squared_error(y, X @ w + b) / 2 + l2 / 2 * float(np.sum(w**2))
    close(impl.loss(X, y, w, b, l2), expected, case=case, why=SUMMED)


@check("linear.loss", oracle="property: the intercept is free, the data are averaged")
def neither_a_shift_nor_a_copy_costs(impl, rng):
    X, y, w, b, l2 = problem(rng)
    J = impl.loss(X, y, w, b, l2)
    shifted = dict(X=X, y=y + 50, w=w, b=b + 50, l2=l2)
    close(impl.loss(**shifted), J, case=shifted, rtol=1e-9)
    twice = dict(X=np.vstack([X, X]), y=np.append(y, y), w=w, b=b, l2=l2)
    close(impl.loss(**twice), J, case=twice)


# gradient


@check("linear.gradient", oracle="numbers worked out by hand", repeats=1)
def the_slope_at_three_samples(impl, rng):
    X, y = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 9.0])
    case = dict(X=X, y=y, w=np.array([2.0]), b=1.0, l2=0.5)
    dw, db = impl.gradient(**case)  # residuals 2, 3, -2
    close(dw, [5 / 3], case=case, of="dw")  # (2 + 6 - 6)/3 + 0.5 * 2
    close(db, 1.0, case=case, of="db")


@check("linear.gradient", oracle="finite differences")
def is_the_slope_of_the_loss(impl, rng, reference):
    X, y, w, b, l2 = problem(rng)
    case = dict(X=X, y=y, w=w, b=b, l2=l2)
    dw, db = impl.gradient(X, y, w, b, l2)
    slope_w = finite_difference(lambda v: reference.loss(X, y, v, b, l2), w)
    slope_b = finite_difference(lambda v: reference.loss(X, y, w, v, l2), b)
    close(dw, slope_w, case=case, of="dw", rtol=1e-6, why="central differences")
    close(db, slope_b, case=case, of="db", rtol=1e-6, why="central differences")


@check("linear.gradient", oracle="scikit-learn")
def vanishes_where_scikit_learn_stops(impl, rng):
    from sklearn.linear_model import Ridge

    X, y, _, _, l2 = problem(rng)
    model = Ridge(alpha=l2 * len(y)).fit(X, y)
    case = dict(X=X, y=y, w=model.coef_, b=float(model.intercept_), l2=l2)
    dw, db = impl.gradient(**case)
    close(dw, np.zeros(X.shape[1]), case=case, of="dw at the minimum", rtol=1e-9)
    close(db, 0.0, case=case, of="db at the minimum", rtol=1e-9)


@check("linear.gradient", oracle="property: one sample, inputs untouched")
def one_sample(impl, rng):
    X, y, w, b, _ = problem(rng, n_samples=1)
    for l2, scale in [(0.0, 1.0), (0.7, 1000.0)]:
        case = dict(X=scale * X, y=scale * y, w=w.copy(), b=b, l2=l2)
        residual = scale * float(X[0] @ w) + b - scale * y[0]
        dw, db = impl.gradient(scale * X, scale * y, w, b, l2)
        close(dw, residual * scale * X[0] + l2 * w, case=case, of="dw")
        close(db, residual, case=case, of="db")
    unchanged(case["w"], w, of="w", case=case)


# gradient_descent


@check("linear.gradient_descent", oracle="numbers worked out by hand", repeats=1)
def two_steps(impl, rng):
    case = dict(X=np.array([[1.0], [3.0]]), y=np.array([2.0, 4.0]))
    case |= dict(learning_rate=0.1, n_steps=2, l2=1.0)
    w, b, losses = impl.gradient_descent(**case)
    # step 1: dw = -7, db = -3; step 2: residuals -1 and -1.6, dw = -2.2, db = -1.3
    close(w, [0.92], case=case, of="w")
    close(b, 0.43, case=case, of="b")
    close(losses, [5.0, 1.135, 0.69285], case=case, of="losses")  # ends at -0.65 and -0.81


def quadratic(X, y, l2):
    """Curvature H and right-hand side c of J in v = (w, b): its slope is H v - c."""
    X1 = np.column_stack([X, np.ones(len(y))])
    H = X1.T @ X1 / len(y) + l2 * np.diag([1.0] * X.shape[1] + [0.0])
    return H, X1.T @ y / len(y)


@check("linear.gradient_descent", oracle="eigenvalues of the curvature")
def every_step_shrinks_the_error_by_a_known_factor(impl, rng):
    X, y, _, _, l2 = problem(rng)
    H, c = quadratic(X, y, l2)
    eigenvalues, Q = np.linalg.eigh(H)
    rate, n_steps = rng.uniform(0.2, 1.2) / eigenvalues[-1], int(rng.integers(1, 12))
    best = np.linalg.solve(H, c)
    expected = best - Q @ ((1 - rate * eigenvalues) ** n_steps * (Q.T @ best))
    case = dict(X=X, y=y, learning_rate=rate, n_steps=n_steps, l2=l2)
    w, b, _ = impl.gradient_descent(**case)
    close(w, expected[:-1], case=case, of="w", rtol=DESCENT)
    close(b, expected[-1], case=case, of="b", rtol=DESCENT)


@check("linear.gradient_descent", oracle="the algebra of one step, again and again")
def walks_on_at_any_rate_and_keeps_every_loss(impl, rng):
    X, y, _, _, l2 = problem(rng)
    H, c = quadratic(X, y, l2)
    v, losses = np.zeros(len(c)), []
    rate = rng.choice([0.7, 2.1]) / np.linalg.eigvalsh(H)[-1]  # the second one diverges
    for _ in range(7):
        losses.append(v @ H @ v / 2 - c @ v + y @ y / (2 * len(y)))
        v = v - rate * (H @ v - c)
    case = dict(X=X, y=y, learning_rate=rate, n_steps=6, l2=l2)
    close(impl.gradient_descent(**case)[2], losses, case=case, of="losses", rtol=DESCENT)
    flat = dict(X=X, y=0 * y, learning_rate=rate, n_steps=3, l2=l2)  # starts at the minimum
    close(impl.gradient_descent(**flat)[2], np.zeros(4), case=flat, of="losses")


@check("linear.gradient_descent", oracle="scikit-learn", repeats=1)
def arrives_at_scikit_learns_minimum(impl, rng):
    from sklearn.linear_model import Ridge

    X, y, _, _, l2 = problem(rng, n_samples=30, n_features=2)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    eigenvalues = np.linalg.eigvalsh(quadratic(X, y, l2)[0])
    rate = 2 / (eigenvalues[0] + eigenvalues[-1])  # shrinks both ends of the spectrum alike
    case = dict(X=X, y=y, learning_rate=rate, n_steps=80, l2=l2)
    w, b, _ = impl.gradient_descent(**case)
    model = Ridge(alpha=l2 * len(y)).fit(X, y)
    close(w, model.coef_, case=case, of="w", rtol=1e-4, why="80 steps come this near")
    close(b, model.intercept_, case=case, of="b", rtol=1e-4, why="80 steps come this near")


@check("linear.gradient_descent", oracle="scikit-learn's mean squared error")
def losses_belong_to_where_we_stood(impl, rng):
    from sklearn.metrics import mean_squared_error

    X, y, _, _, l2 = problem(rng)
    kept = X.copy(), y.copy()
    for n_steps in (0, 1, 4):
        case = dict(X=kept[0], y=kept[1], learning_rate=0.02, n_steps=n_steps, l2=l2)
        w, b, losses = impl.gradient_descent(X, y, 0.02, n_steps, l2)
        equal(len(losses), n_steps + 1, case=case, of="the number of losses")
        J = mean_squared_error(y, X @ w + b) / 2 + l2 / 2 * np.sum(w**2)
        close(losses[0], np.mean(y**2) / 2, case=case, of="losses[0]")
        close(losses[n_steps], J, case=case, of="the last loss")
    unchanged(kept[0], X, of="X", case=case)
    unchanged(kept[1], y, of="y", case=case)


# largest_learning_rate


@check("linear.largest_learning_rate", oracle="numbers worked out by hand", repeats=1)
def where_the_curvature_is_diagonal(impl, rng):
    spread, nothing = np.array([[-2.0], [2.0], [-2.0], [2.0]]), np.zeros((3, 1))
    case = dict(X=spread, l2=1.0)
    close(impl.largest_learning_rate(**case), 0.4, case=case)  # diag(4 + 1, 1)
    # diag(l2, 1): b has no penalty; the last two curvatures are nearly the same
    for l2, limit in [(0.0, 2.0), (0.5, 2.0), (4.0, 0.5), (1.0001, 2 / 1.0001)]:
        case = dict(X=nothing, l2=l2)
        close(impl.largest_learning_rate(**case), limit, case=case)


@check("linear.largest_learning_rate", oracle="finite differences")
def is_two_over_the_largest_curvature(impl, rng, reference):
    X, y, w, b, l2 = problem(rng)
    at = np.append(w, b)

    def slope(v):
        dw, db = reference.gradient(X, y, v[:-1], float(v[-1]), l2)
        return np.append(dw, db)

    H = np.array([finite_difference(lambda v, j=j: slope(v)[j], at) for j in range(len(at))])
    limit = 2 / np.linalg.norm(H, 2)
    case = dict(X=X, l2=l2)
    close(impl.largest_learning_rate(X, l2), limit, case=case, rtol=1e-6, why="central differences")


@check("linear.largest_learning_rate", oracle="property: descent settles below, diverges above")
def parts_calm_from_explosion(impl, rng, reference):
    X, y, _, _, l2 = problem(rng)
    case = dict(X=X, l2=l2)
    limit = impl.largest_learning_rate(X, l2)
    with np.errstate(all="ignore"):  # a limit that is far too large may overflow
        below = reference.gradient_descent(X, y, 0.98 * limit, 300, l2)[2]
        above = reference.gradient_descent(X, y, 1.02 * limit, 300, l2)[2]
    holds(below[-1] < below[0], "2 % below the limit the loss falls", case=case, got=limit)
    holds(above[-1] > above[100], "2 % above the limit the loss grows", case=case, got=limit)


# minibatches


@check("linear.minibatches", oracle="property: every sample once, all batches full but the last")
def is_a_partition(impl, rng):
    n_samples, batch_size = int(rng.integers(12, 40)), int(rng.integers(3, 9))
    for n, size in [(n_samples, batch_size), (12, 4), (5, 50), (6, 1), (1, 1)]:
        case = dict(n_samples=n, batch_size=size)
        batches = list(impl.minibatches(n, size, np.random.default_rng(int(rng.integers(1000)))))
        sizes = [size] * (n // size) + ([n % size] if n % size else [])
        equal([len(batch) for batch in batches], sizes, case=case, of="the batch sizes")
        equal(np.sort(np.concatenate(batches)), np.arange(n), case=case, of="all indices, sorted")


@check("linear.minibatches", oracle="NumPy's own permutation")
def keeps_the_order_that_was_drawn(impl, rng):
    n_samples, batch_size = int(rng.integers(12, 40)), int(rng.integers(2, 8))
    seed = int(rng.integers(1000))
    case = dict(n_samples=n_samples, batch_size=batch_size, seed=seed)
    batches = impl.minibatches(n_samples, batch_size, np.random.default_rng(seed))
    twin = np.random.default_rng(seed)
    equal(
        np.concatenate(list(batches)),
        twin.permutation(n_samples),
        case=case,
        of="the batches, joined",
    )
    epochs = np.random.default_rng(seed)
    impl.minibatches(n_samples, batch_size, epochs)
    second = np.concatenate(list(impl.minibatches(n_samples, batch_size, epochs)))
    equal(second, twin.permutation(n_samples), case=case, of="the next epoch's batches, joined")


@check("linear.minibatches", oracle="property: indices that can select rows")
def batches_select_rows(impl, rng):
    X, batch_size = rng.normal(size=(11, 2)), 4
    case = dict(n_samples=11, batch_size=batch_size)
    batches = list(impl.minibatches(11, batch_size, np.random.default_rng(3)))
    equal(len(batches), 3, case=case, of="the number of batches")
    for batch in batches:
        whole = isinstance(batch, np.ndarray) and batch.dtype.kind in "iu"
        holds(whole, "a batch is an array of integers", case=case, got=batch)
    total = np.sum([X[batch].sum(axis=0) for batch in batches], axis=0)
    close(total, X.sum(axis=0), case=case, of="the sum over all batches")


# minibatch_gradient_descent


def shuffled(n_samples, n_epochs, seed):
    """The orders in which the epochs of a run with this seed show the samples."""
    rng = np.random.default_rng(seed)
    return [rng.permutation(n_samples) for _ in range(n_epochs)]


@check("linear.minibatch_gradient_descent", oracle="the algebra of one step, batch by batch")
def follows_every_batch(impl, rng):
    X, y, _, _, l2 = problem(rng, n_samples=rng.integers(7, 15))
    batch_size, n_epochs, seed = int(rng.integers(2, 5)), 2, int(rng.integers(1000))
    case = dict(X=X, y=y, learning_rate=0.03, n_epochs=n_epochs, batch_size=batch_size, l2=l2)
    w, b, _ = impl.minibatch_gradient_descent(**case, rng=np.random.default_rng(seed))
    v = np.zeros(X.shape[1] + 1)
    for order in shuffled(len(y), n_epochs, seed):
        for start in range(0, len(y), batch_size):
            H, c = quadratic(X[order][start:][:batch_size], y[order][start:][:batch_size], l2)
            v = v - 0.03 * (H @ v - c)
    close(w, v[:-1], case=case | dict(seed=seed), of="w", rtol=DESCENT)
    close(b, v[-1], case=case | dict(seed=seed), of="b", rtol=DESCENT)


@check("linear.minibatch_gradient_descent", oracle="scikit-learn's SGDRegressor")
def one_sample_a_step_is_scikit_learns_sgd(impl, rng):
    from sklearn.linear_model import SGDRegressor

    X, y, _, _, l2 = problem(rng, n_samples=rng.integers(5, 12))
    rate, n_epochs, seed = 0.01, 2, int(rng.integers(1000))
    case = dict(X=X, y=y, learning_rate=rate, n_epochs=n_epochs, batch_size=1, l2=l2)
    w, b, _ = impl.minibatch_gradient_descent(**case, rng=np.random.default_rng(seed))
    model = SGDRegressor(alpha=l2, learning_rate="constant", eta0=rate, shuffle=False)
    for order in shuffled(len(y), n_epochs, seed):
        model.partial_fit(X[order], y[order])
    close(w, model.coef_, case=case | dict(seed=seed), of="w", rtol=DESCENT)
    close(b, model.intercept_[0], case=case | dict(seed=seed), of="b", rtol=DESCENT)


@check("linear.minibatch_gradient_descent", oracle="property: one batch is plain descent")
def one_batch_of_everything(impl, rng, reference):
    X, y, _, _, l2 = problem(rng)
    case = dict(X=X, y=y, learning_rate=0.05, n_epochs=5, batch_size=len(y) + 3, l2=l2)
    w, b, losses = impl.minibatch_gradient_descent(**case, rng=np.random.default_rng(0))
    w_all, b_all, losses_all = reference.gradient_descent(X, y, 0.05, 5, l2)
    close(w, w_all, case=case, of="w", rtol=DESCENT)
    close(b, b_all, case=case, of="b", rtol=DESCENT)
    close(losses, losses_all, case=case, of="losses", rtol=DESCENT)


@check("linear.minibatch_gradient_descent", oracle="the minimum, and a rate that is too large")
def no_epoch_is_left_out(impl, rng):
    X, y, _, _, l2 = problem(rng, n_samples=7)
    steep = 4 / np.linalg.eigvalsh(quadratic(X, y, l2)[0])[-1]
    for target, rate in [(0 * y, 0.1), (y, steep)]:  # nothing to learn; no way to learn it
        case = dict(X=X, y=target, learning_rate=rate, n_epochs=3, batch_size=7, l2=l2)
        _, _, losses = impl.minibatch_gradient_descent(**case, rng=np.random.default_rng(2))
        H, c = quadratic(X, target, l2)
        v, expected = np.zeros(len(c)), []
        for _ in range(4):
            expected.append(v @ H @ v / 2 - c @ v + target @ target / 14)
            v = v - rate * (H @ v - c)
        close(losses, expected, case=case, of="losses", rtol=DESCENT)


@check("linear.minibatch_gradient_descent", oracle="scikit-learn's mean squared error")
def losses_are_of_all_the_data(impl, rng):
    from sklearn.metrics import mean_squared_error

    X, y, _, _, l2 = problem(rng, n_samples=rng.integers(5, 12))
    for n_epochs in (0, 2):
        case = dict(X=X, y=y, learning_rate=0.02, n_epochs=n_epochs, batch_size=3, l2=l2)
        w, b, losses = impl.minibatch_gradient_descent(**case, rng=np.random.default_rng(1))
        equal(len(losses), n_epochs + 1, case=case, of="the number of losses")
        J = mean_squared_error(y, X @ w + b) / 2 + l2 / 2 * np.sum(w**2)
        close(losses[0], np.mean(y**2) / 2, case=case, of="losses[0]")
        close(losses[n_epochs], J, case=case, of="the last loss")


# normal_equations


@check("linear.normal_equations", oracle="numbers worked out by hand", repeats=1)
def three_rows_two_columns(impl, rng):
    case = dict(X=np.array([[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]]), y=np.array([1.0, 2.0, 3.0]))
    case |= dict(penalty=0.5)
    G, c = impl.normal_equations(**case)
    close(G, [[10.5, 2.0], [2.0, 5.5]], case=case, of="G")
    close(c, [10.0, 4.0], case=case, of="c")


@check("linear.normal_equations", oracle="finite differences")
def is_half_the_slope_of_the_squares(impl, rng):
    X, y, w, _, penalty = problem(rng)
    case = dict(X=X, y=y, penalty=penalty)
    G, c = impl.normal_equations(X, y, penalty)
    equal(np.shape(G), (X.shape[1],) * 2, case=case, of="the shape of G")
    slope = finite_difference(lambda v: np.sum((X @ v - y) ** 2) + penalty * np.sum(v**2), w)
    at_zero = finite_difference(lambda v: np.sum((X @ v - y) ** 2), np.zeros_like(w))
    close(c, -at_zero / 2, case=case, of="c", rtol=1e-6, why="central differences")
    close(G @ w - c, slope / 2, case=case, of="G w - c", rtol=1e-6, why="central differences")


@check("linear.normal_equations", oracle="scikit-learn")
def is_solved_by_scikit_learns_ridge(impl, rng):
    from sklearn.linear_model import Ridge

    X, y, _, _, penalty = problem(rng)
    case = dict(X=X, y=y, penalty=penalty)
    G, c = impl.normal_equations(X.copy(), y.copy(), penalty)
    w = Ridge(alpha=penalty, fit_intercept=False).fit(X, y).coef_
    close(G @ w, c, case=case, of="G w, with scikit-learn's w", rtol=SOLVED)
    close(G, X.T @ X + np.diag([penalty] * X.shape[1]), case=case, of="G")


# ridge_path


@check("linear.ridge_path", oracle="scikit-learn")
def every_row_is_scikit_learns_ridge(impl, rng):
    from sklearn.linear_model import Ridge

    X, y, *_ = problem(rng)
    penalties = rng.permutation(np.array([0.01, 0.5, 3.0, 40.0]))
    case = dict(X=X, y=y, penalties=penalties)
    expected = [Ridge(alpha=a, fit_intercept=False).fit(X, y).coef_ for a in penalties]
    close(impl.ridge_path(X, y, penalties), np.array(expected), case=case, rtol=SOLVED)


@check("linear.ridge_path", oracle="a diagonal X, solved by hand", repeats=1)
def rounding_is_left_out_and_nothing_else(impl, rng):
    edge = 256 * np.finfo(float).eps * 4.0  # max(X.shape) * eps * the largest singular value
    for shape in [(256, 4), (4, 256)]:
        X, y = np.zeros(shape), np.zeros(shape[0])
        X[[0, 1, 2, 3], [0, 1, 2, 3]] = [4.0, 2 * edge, edge, edge / 2]
        y[:4] = [8.0, edge, edge, edge]
        case = dict(X=X, y=y, penalties=np.array([0.0, 9.0, edge**2]))
        w = impl.ridge_path(**case)
        expected = np.zeros((3, shape[1]))
        expected[0, :2] = [2.0, 0.5]
        expected[1, :2] = [8 * 4 / 25, 2 * edge * edge / 9]
        expected[2, :2] = [2.0, 2 / 5]
        close(w, expected, case=case)


@check("linear.ridge_path", oracle="NumPy's pseudo-inverse")
def no_penalty_gives_the_shortest_solution(impl, rng):
    X, y, *_ = problem(rng, n_samples=12, n_features=4)
    twins, empty = X.copy(), X.copy()
    twins[:, 3] = twins[:, 1]
    empty[:, 2] = 0.0
    for design, target in [(X, y), (twins, y), (empty, y), (X.T.copy(), y[:4]), (0 * X, y)]:
        case = dict(X=design, y=target, penalties=np.zeros(1))
        expected = np.linalg.pinv(design) @ target
        close(impl.ridge_path(**case), expected[None], case=case, rtol=SOLVED)


@check("linear.ridge_path", oracle="property: a larger penalty never lengthens w")
def shrinks(impl, rng):
    X, y, *_ = problem(rng)
    penalties = np.geomspace(1e-3, 1e4, 12)
    lengths = np.linalg.norm(impl.ridge_path(X, y, penalties), axis=1)
    case = dict(X=X, y=y, penalties=penalties)
    holds(bool(np.all(np.diff(lengths) < 0)), "|w| falls", case=case, got=lengths)


# closed_form


@check("linear.closed_form", oracle="Anscombe (1973)", repeats=1)
def anscombes_first_line(impl, rng):
    X = np.array([10.0, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5])[:, None]
    y = np.array([8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68])
    case = dict(X=X, y=y, l2=0.0)
    w, b = impl.closed_form(**case)
    close(w, [55.01 / 110], case=case, of="w")  # published: y = 3.00 + 0.500 x
    close(b, 82.51 / 11 - 9 * 55.01 / 110, case=case, of="b")


@check("linear.closed_form", oracle="scikit-learn")
def is_scikit_learns_solution(impl, rng):
    from sklearn.linear_model import LinearRegression, Ridge

    X, y, _, _, l2 = problem(rng, n_samples=rng.integers(8, 40))
    for penalty in (l2, 0.0):
        case = dict(X=X, y=y, l2=penalty)
        model = (Ridge(alpha=penalty * len(y)) if penalty else LinearRegression()).fit(X, y)
        w, b = impl.closed_form(X, y, penalty)
        close(w, model.coef_, case=case, of="w", rtol=SOLVED)
        close(b, model.intercept_, case=case, of="b", rtol=SOLVED)


@check("linear.closed_form", oracle="property: there the slope is zero")
def no_slope_is_left(impl, rng, reference):
    X, y, _, _, l2 = problem(rng)
    case = dict(X=X, y=y, l2=l2)
    w, b = impl.closed_form(X.copy(), y.copy(), l2)
    dw, db = reference.gradient(X, y, w, b, l2)
    close(dw, np.zeros(X.shape[1]), case=case, of="dw there", rtol=1e-9)
    close(db, 0.0, case=case, of="db there", rtol=1e-9)


@check("linear.closed_form", oracle="NumPy's pseudo-inverse of the centred data")
def the_shortest_of_many(impl, rng):
    X, y, *_ = problem(rng, n_samples=12, n_features=4)
    X[:, 1], X[:, 3] = X[:, 0], 0.1  # a twin and a constant
    for design, target in [(X, y), (X[:3], y[:3]), (X[:1], y[:1])]:
        case = dict(X=design, y=target, l2=0.0)
        w, b = impl.closed_form(**case)
        centred = design - design.mean(axis=0)
        centred[:, 3] = 0.0
        close(w, np.linalg.pinv(centred) @ (target - target.mean()), case=case, of="w", rtol=SOLVED)
        close(b, float(np.mean(target - design @ w)), case=case, of="b", rtol=SOLVED)


# r2_score


@check("linear.r2_score", oracle="numbers worked out by hand", repeats=1)
def half_explained(impl, rng):
    case = dict(y=np.array([1.0, 2.0, 3.0]), prediction=np.array([1.0, 2.0, 2.0]))
    close(impl.r2_score(**case), 0.5, case=case)


@check("linear.r2_score", oracle="scikit-learn")
def is_scikit_learns_score(impl, rng):
    from sklearn.metrics import r2_score

    y = rng.normal(size=rng.integers(2, 30)) + 5
    for prediction in (y + 0.3 * rng.normal(size=len(y)), rng.normal(size=len(y)), 2 * y):
        case = dict(y=y, prediction=prediction)
        close(impl.r2_score(y, prediction), r2_score(y, prediction), case=case, rtol=1e-9)
        case = dict(y=1e-9 * y, prediction=1e-9 * prediction)  # metres instead of nanometres
        score = r2_score(y, prediction)
        close(impl.r2_score(**case), score, case=case, of="the score in other units", rtol=1e-9)
    far = dict(y=y + 1e7, prediction=y + 1e7 + 0.5)
    score = r2_score(y, y + 0.5)
    close(impl.r2_score(**far), score, case=far, rtol=1e-6, why="1e7 + y keeps nine digits of y")


@check("linear.r2_score", oracle="property: perfect is 1, the mean is 0, constants are decided")
def landmarks(impl, rng):
    y = rng.integers(-5, 6, size=8).astype(float)
    y[:2] = [6.0, -6.0]
    constant = np.full(4, 3.0)
    off = constant + np.array([0.0, 0.0, 0.0, 1.0])
    for truth, prediction, score in [
        (y, y, 1.0),
        (y, np.full(8, y.mean()), 0.0),
        (constant, constant, 1.0),
        (constant, off, 0.0),
        (y[:1], y[:1], 1.0),
        (y[:1], y[:1] + 1, 0.0),
        (np.full(3, 0.1), np.array([0.1, 0.1, 0.2]), 0.0),  # the mean of 0.1, 0.1, 0.1 is off
        (np.full(3, 0.1), np.full(3, 0.1), 1.0),
        (np.full(3, 2.0), np.full(3, 2.0 + 1e-9), 0.0),
    ]:
        case = dict(y=truth, prediction=prediction)
        close(impl.r2_score(truth, prediction), score, case=case)
