"""Graded checks of stage 06. ``impl`` is the learner's module, blanks filled in by ours."""

import numpy as np

from firsthand.study.checking import (
    NUMERICAL_SLOPE,
    check,
    close,
    equal,
    finite_difference,
    holds,
    library,
    unchanged,
)

DIFFERENCES = "central differences of the loss are exact to about 1e-9"
CURVATURE = "the Hessian comes from central differences of the gradient"
STOPPED = "scikit-learn stops when its gradient is below 1e-10"


# sigmoid


@check("logistic.sigmoid", oracle="published values")
def known_points(impl, rng):
    z = np.log([1.0, 3.0, 1 / 3, 9.0, 1e9])
    close(impl.sigmoid(z), [0.5, 0.75, 0.25, 0.9, 1e9 / (1e9 + 1)], case={"z": z})
    close(impl.sigmoid(np.array([[1.0]])), [[0.7310585786300049]], case={"z": np.array([[1.0]])})
    close(impl.sigmoid(np.array(0.0)), 0.5, case={"z": np.array(0.0)})


@check("logistic.sigmoid", oracle="property: sigmoid(-z) = 1 - sigmoid(z)")
def symmetric_at_any_size(impl, rng):
    z = rng.normal(scale=[[1.0], [30.0], [1000.0]], size=(3, 20))
    close(impl.sigmoid(-z), 1 - impl.sigmoid(z), case={"z": z})
    ends = np.array([-np.inf, np.inf])
    equal(impl.sigmoid(ends), [0.0, 1.0], case={"z": ends})


@check("logistic.sigmoid", oracle="property: far to the left it is exp(z)")
def small_probabilities_keep_their_digits(impl, rng):
    z = rng.uniform(-700, -40, size=8)
    ratio = impl.sigmoid(z) / np.exp(z)
    close(ratio, np.ones(8), case={"z": z}, of="sigmoid(z) / exp(z)")


@check("logistic.sigmoid", oracle="PyTorch")
def agrees_with_torch(impl, rng):
    torch = library("torch")
    z = rng.normal(scale=8.0, size=rng.integers(1, 6, size=rng.integers(1, 4)))
    kept = z.copy()
    close(impl.sigmoid(z), torch.sigmoid(torch.from_numpy(z)).numpy(), case={"z": kept})
    unchanged(kept, z, of="z", case={"z": kept})


# logit


@check("logistic.logit", oracle="published values")
def odds_that_everybody_knows(impl, rng):
    p = np.array([0.5, 0.8, 0.1, 0.75])
    expected = np.log([1.0, 4.0, 1 / 9, 3.0])
    close(impl.logit(p), expected, case={"p": p})
    close(impl.logit(np.array(0.5)), 0.0, case={"p": np.array(0.5)})


@check("logistic.logit", oracle="property: it undoes the sigmoid")
def undoes_the_sigmoid(impl, rng, reference):
    z = rng.uniform(-700, 3, size=(2, 6))
    p = reference.sigmoid(z)
    close(impl.logit(p), z, case={"p": p})


@check("logistic.logit", oracle="SciPy")
def agrees_with_scipy(impl, rng):
    p = rng.uniform(0.01, 0.99, size=rng.integers(1, 9))
    kept = p.copy()
    close(impl.logit(p), library("scipy.special").logit(p), case={"p": kept})
    unchanged(kept, p, of="p", case={"p": kept})


# boundary


@check("logistic.boundary", oracle="hand-computed line")
def a_line_drawn_by_hand(impl, rng):
    w, x1 = np.array([1.0, 2.0]), np.array([0.0, 2.0, -6.0])
    close(impl.boundary(x1, w, -4.0), [2.0, 1.0, 5.0], case={"x1": x1, "w": w, "b": -4.0})
    case = {"x1": x1, "w": w, "b": -4.0, "threshold": 0.8}
    close(impl.boundary(x1, w, -4.0, 0.8), (np.log(4.0) + 4 - x1) / 2, case=case)
    for of_any_shape in (x1[:, None], x1[0]):
        case = {"x1": of_any_shape, "w": w, "b": -4.0}
        close(impl.boundary(np.array(of_any_shape), w, -4.0), 2 - of_any_shape / 2, case=case)


@check("logistic.boundary", oracle="property: every point of it has p = threshold")
def its_points_have_the_threshold_probability(impl, rng, reference):
    w, b = rng.choice([-1, 1], 2) * rng.uniform(0.3, 2, 2), rng.normal()
    x1, threshold = rng.normal(size=rng.integers(1, 6)), rng.uniform(0.1, 0.9)
    case = {"x1": x1, "w": w, "b": b, "threshold": threshold}
    points = np.column_stack([x1, impl.boundary(x1, w, b, threshold)])
    p = reference.sigmoid(points @ w + b)
    close(p, np.full(len(x1), threshold), case=case, of="p on the boundary")


@check("logistic.boundary", oracle="geometry: it is perpendicular to w")
def perpendicular_to_the_weights(impl, rng):
    w, b, x1 = rng.choice([-1, 1], 2) * rng.uniform(0.3, 2, 2), rng.normal(), rng.normal(size=2)
    along = np.array([x1[1] - x1[0], np.diff(impl.boundary(x1, w, b, 0.3))[0]])
    close(along @ w, 0.0, case={"x1": x1, "w": w, "b": b}, of="direction of the line times w")


# binary_cross_entropy


@check("logistic.binary_cross_entropy", oracle="hand-computed")
def losses_worked_out_by_hand(impl, rng):
    z, y = np.array([np.log(3.0), np.log(3.0)]), np.array([1.0, 0.0])
    case = {"z": z, "y": y}
    value = impl.binary_cross_entropy(z[:1], y[:1])
    close(value, np.log(4 / 3), case={"z": z[:1], "y": y[:1]})
    close(impl.binary_cross_entropy(z, y), (np.log(4 / 3) + np.log(4)) / 2, case=case)
    weight = np.array([3.0, 1.0])
    expected = (3 * np.log(4 / 3) + np.log(4)) / 4
    case = case | {"sample_weight": weight}
    close(impl.binary_cross_entropy(z, y, weight), expected, case=case)
    z, y = np.array([1e6, 800.0, 0.0]), np.array([0.0, 1.0, 1.0])  # lost, sure, undecided
    close(impl.binary_cross_entropy(z, y), (1e6 + np.log(2)) / 3, case={"z": z, "y": y})


@check("logistic.binary_cross_entropy", oracle="SciPy's log_expit")
def large_log_odds_cost_what_they_should(impl, rng):
    special = library("scipy.special")
    z = rng.normal(scale=rng.choice([1.0, 30.0, 2000.0]), size=rng.integers(1, 30))
    y = rng.integers(0, 2, len(z)).astype(float)
    z[0] = np.copysign(1000.0, 0.5 - y[0])  # wrong beyond what p can say
    kept = z.copy()
    expected = -np.mean(special.log_expit(np.where(y == 1, z, -z)))
    close(impl.binary_cross_entropy(z, y), expected, case={"z": kept, "y": y})
    unchanged(kept, z, of="z", case={"z": kept, "y": y})


@check("logistic.binary_cross_entropy", oracle="scikit-learn's log_loss")
def agrees_with_log_loss(impl, rng, reference):
    log_loss = library("sklearn.metrics").log_loss
    z = rng.normal(scale=2.0, size=rng.integers(2, 30))
    y, weight = rng.integers(0, 2, len(z)).astype(float), rng.uniform(0.1, 3, len(z))
    expected = log_loss(y, reference.sigmoid(z), sample_weight=weight, labels=[0, 1])
    case = {"z": z, "y": y, "sample_weight": weight}
    close(impl.binary_cross_entropy(z, y, weight), expected, case=case)


@check("logistic.binary_cross_entropy", oracle="property: linear in soft labels")
def soft_labels_mix_the_two_losses(impl, rng):
    z, t = rng.normal(size=rng.integers(1, 4)) * 3, rng.uniform(0.1, 0.9)
    y = np.full(len(z), t)
    for weight in (None, rng.uniform(0.5, 2, len(z))):
        one = impl.binary_cross_entropy(z, np.ones(len(z)), weight)
        zero = impl.binary_cross_entropy(z, np.zeros(len(z)), weight)
        case = {"z": z, "y": y, "sample_weight": weight}
        close(impl.binary_cross_entropy(z, y, weight), t * one + (1 - t) * zero, case=case)


# gradient


@check("logistic.gradient", oracle="hand-computed")
def two_samples_by_hand(impl, rng):
    X, y = np.array([[2.0], [4.0]]), np.array([0.0, 1.0])
    w, b = np.array([0.0]), np.log(3.0)  # p = 3/4 for both
    case = {"X": X, "y": y, "w": w, "b": b}
    dw, db = impl.gradient(X, y, w, b)
    close(dw, [(0.75 * 2 - 0.25 * 4) / 2], case=case, of="dw")
    close(db, (0.75 - 0.25) / 2, case=case, of="db")
    X, y, w, b = np.array([[2.0]]), np.array([0.25]), np.array([0.5]), np.log(3.0) - 1
    case = {"X": X, "y": y, "w": w, "b": b, "l2": 0.4}  # p = 3/4 again, and a soft label
    dw, db = impl.gradient(X, y, w, b, 0.4)
    close(dw, [0.5 * 2 + 0.4 * 0.5], case=case, of="dw")
    close(db, 0.5, case=case, of="db")


@check("logistic.gradient", oracle="finite differences")
def is_the_slope_of_the_loss(impl, rng, reference):
    X, y, w, b, l2 = binary_problem(rng)
    case = {"X": X, "y": y, "w": w, "b": b, "l2": l2}

    def objective(w, b):
        return reference.binary_cross_entropy(X @ w + b, y) + l2 / 2 * (w @ w)

    dw, db = impl.gradient(X, y, w, b, l2)
    slope = finite_difference(lambda v: objective(v, b), w)
    close(dw, slope, case=case, of="dw", rtol=NUMERICAL_SLOPE, why=DIFFERENCES)
    slope = finite_difference(lambda v: objective(w, v), b)
    close(db, slope, case=case, of="db", rtol=NUMERICAL_SLOPE, why=DIFFERENCES)


@check("logistic.gradient", oracle="PyTorch's autograd")
def agrees_with_autograd_at_any_size(impl, rng):
    torch = library("torch")
    X, y, w, b, l2 = binary_problem(rng)
    y = rng.choice([y, rng.uniform(size=len(y))])  # labels may be soft
    X *= rng.choice([1.0, 200.0])
    kept = (X.copy(), w.copy())
    case = {"X": kept[0], "y": y, "w": kept[1], "b": b, "l2": l2}
    tw, tb = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (w, b))
    z = torch.from_numpy(X) @ tw + tb
    loss = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.from_numpy(y))
    (loss + l2 / 2 * (tw * tw).sum()).backward()
    dw, db = impl.gradient(X, y, w, b, l2)
    close(dw, tw.grad.numpy(), case=case, of="dw")
    close(db, tb.grad.numpy(), case=case, of="db")
    unchanged(kept[0], X, of="X", case=case)
    unchanged(kept[1], w, of="w", case=case)


@check("logistic.gradient", oracle="property: a weight of 2 is the same row twice")
def weights_are_repeated_rows(impl, rng):
    X, y, w, b, l2 = binary_problem(rng)
    times = rng.integers(1, 4, len(y))
    times[0] = 3
    weight = times.astype(float)
    expected = impl.gradient(np.repeat(X, times, axis=0), np.repeat(y, times), w, b, l2)
    dw, db = impl.gradient(X, y, w, b, l2, weight)
    case = {"X": X, "y": y, "w": w, "b": b, "l2": l2, "sample_weight": weight}
    close(dw, expected[0], case=case, of="dw")
    close(db, expected[1], case=case, of="db")


# gradient_descent


@check("logistic.gradient_descent", oracle="the update rule, written out")
def two_steps_written_out(impl, rng):
    X, y, w, b, l2 = binary_problem(rng)
    rate, weight = rng.uniform(0.2, 1.5), rng.uniform(0.5, 2, len(y))
    case = {"X": X, "y": y, "w": w, "b": b, "learning_rate": rate, "n_steps": 2}
    case |= {"l2": l2, "sample_weight": weight}
    got = impl.gradient_descent(X, y, w, b, rate, 2, l2, weight)
    losses = []
    for step in range(3):
        p = 1 / (1 + np.exp(-(X @ w + b)))
        loss = -np.average(np.log(np.where(y == 1, p, 1 - p)), weights=weight)
        losses.append(loss + l2 / 2 * (w @ w))
        if step < 2:
            dz = weight / weight.sum() * (p - y)
            w, b = w - rate * (dz @ X + l2 * w), b - rate * dz.sum()
    close(got[0], w, case=case, of="w")
    close(got[1], b, case=case, of="b")
    close(got[2], losses, case=case, of="losses")


@check("logistic.gradient_descent", oracle="PyTorch's SGD")
def follows_torch_step_by_step(impl, rng):
    torch = library("torch")
    X, y, w, b, l2 = binary_problem(rng)
    rate, n_steps, weight = rng.uniform(0.05, 0.8), 3, rng.uniform(0.5, 2, len(y))
    case = {"X": X, "y": y, "w": w.copy(), "b": b, "learning_rate": rate, "n_steps": n_steps}
    case |= {"l2": l2, "sample_weight": weight}
    tw, tb = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (w, b))
    sgd = torch.optim.SGD([tw, tb], lr=rate)
    expected = []
    for _ in range(n_steps + 1):
        z = torch.from_numpy(X) @ tw + tb
        loss = torch.nn.functional.binary_cross_entropy_with_logits
        share = torch.from_numpy(weight / weight.sum())
        J = (share * loss(z, torch.from_numpy(y), reduction="none")).sum()
        J = J + l2 / 2 * (tw * tw).sum()
        expected.append(float(J.detach()))
        if len(expected) <= n_steps:
            sgd.zero_grad()
            J.backward()
            sgd.step()
    new_w, new_b, losses = impl.gradient_descent(X, y, w, b, rate, n_steps, l2, weight)
    close(new_w, tw.detach().numpy(), case=case, of="w")
    close(new_b, float(tb.detach()), case=case, of="b")
    close(losses, expected, case=case, of="losses")
    unchanged(case["w"], w, of="w", case=case)


@check("logistic.gradient_descent", oracle="property: a walk continues where it stopped")
def a_walk_continues_where_it_stopped(impl, rng):
    X, Y, W, b, l2 = softmax_problem(rng)
    kept = (W.copy(), b.copy())
    case = {"X": X, "y": Y, "w": kept[0], "b": kept[1], "learning_rate": 0.1, "l2": l2}
    whole = impl.gradient_descent(X, Y, W, b, 0.1, 5, l2)
    half = impl.gradient_descent(X, Y, W, b, 0.1, 2, l2)
    rest = impl.gradient_descent(X, Y, half[0], half[1], 0.1, 3, l2)
    unchanged(kept[0], W, of="w", case=case)
    unchanged(kept[1], b, of="b", case=case)
    close(rest[0], whole[0], case=case, of="w")
    close(rest[1], whole[1], case=case, of="b")
    close(np.append(half[2], rest[2][1:]), whole[2], case=case, of="losses")


@check("logistic.gradient_descent", oracle="the update rule of softmax, at a rate too large")
def weighs_samples_and_keeps_the_rate_it_was_given(impl, rng):
    X, _, W, b, l2 = softmax_problem(rng)
    Y, weight = rng.dirichlet(np.ones(len(b)), len(X)), rng.uniform(0.5, 2, len(X))
    case = {"X": X, "y": Y, "w": W, "b": b, "learning_rate": 20.0, "n_steps": 2}
    case |= {"l2": l2, "sample_weight": weight}
    got = impl.gradient_descent(X, Y, W, b, 20.0, 2, l2, weight)
    share, losses = weight / weight.sum(), []
    for step in range(3):
        Z = X @ W + b
        log_P = Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)
        losses.append(-share @ np.sum(Y * log_P, axis=1) + l2 / 2 * np.sum(W**2))
        if step < 2:
            dZ = share[:, None] * (np.exp(log_P) - Y)
            W, b = W - 20.0 * (X.T @ dZ + l2 * W), b - 20.0 * dZ.sum(axis=0)
    why = "a large step enlarges rounding too"
    close(got[0], W, case=case, of="w", rtol=1e-8, why=why)
    close(got[1], b, case=case, of="b", rtol=1e-8, why=why)
    close(got[2], losses, case=case, of="losses", rtol=1e-8, why=why)


@check("logistic.gradient_descent", oracle="property: at a minimum it stays, and goes on counting")
def makes_every_step_that_was_asked_for(impl, rng):
    x, y = rng.normal(), np.array([0.0, 1.0, 0.0, 1.0])
    X = np.array([[x], [x], [-x], [-x]])  # the two labels pull equally everywhere
    case = {"X": X, "y": y, "w": np.zeros(1), "b": 0.0, "learning_rate": 0.5, "n_steps": 4}
    w, b, losses = impl.gradient_descent(**case)
    close(w, [0.0], case=case, of="w")
    close(b, 0.0, case=case, of="b")
    close(losses, np.full(5, np.log(2)), case=case, of="losses")


@check("logistic.gradient_descent", oracle="property: no steps, no change")
def no_steps_change_nothing(impl, rng, reference):
    X, Y, W, b, l2 = softmax_problem(rng)
    case = {"X": X, "y": Y, "w": W, "b": b, "n_steps": 0, "l2": l2}
    new_W, new_b, losses = impl.gradient_descent(X, Y, W, b, 0.3, 0, l2)
    close(new_W, W, case=case, of="w")
    close(new_b, b, case=case, of="b")
    P = np.exp(X @ W + b) / np.exp(X @ W + b).sum(axis=1, keepdims=True)
    J = -np.mean(np.sum(Y * np.log(P), axis=1)) + l2 / 2 * np.sum(W**2)
    close(losses, [J], case=case, of="losses")


# newton_step


@check("logistic.newton_step", oracle="hand-computed")
def one_feature_by_hand(impl, rng):
    X, y = np.array([[-1.0], [1.0]]), np.array([0.0, 1.0])  # p = 1/2: dw = -1/2, curvature 1/4
    case = {"X": X, "y": y, "w": np.zeros(1), "b": 0.0}
    w, b = impl.newton_step(X, y, np.zeros(1), 0.0)
    close(w, [2.0], case=case, of="w")
    close(b, 0.0, case=case, of="b")
    w, _ = impl.newton_step(X, y, np.zeros(1), 0.0, 0.25)
    close(w, [1.0], case=case | {"l2": 0.25}, of="w")
    p = 1 / (1 + np.exp(-12.0))  # nearly flat there, so the step is long
    case = {"X": 0 * X, "y": y, "w": np.ones(1), "b": 12.0, "l2": 0.25}
    w, b = impl.newton_step(0 * X, y, np.ones(1), 12.0, 0.25)
    close(w, [0.0], case=case, of="w")
    close(b, 12.0 - (p - 0.5) / (p * (1 - p)), case=case, of="b", rtol=1e-9)


@check("logistic.newton_step", oracle="finite differences of the gradient")
def divides_by_the_true_curvature(impl, rng, reference):
    X, y, w, b, l2 = binary_problem(rng, smallest=8)
    l2 += 0.05
    weight = rng.uniform(0.5, 3, len(y)) if rng.random() < 0.7 else None
    kept = (w.copy(), X.copy())
    case = {"X": X, "y": y, "w": kept[0], "b": b, "l2": l2, "sample_weight": weight}
    theta = np.append(w, b)

    def slope(theta):
        dw, db = reference.gradient(X, y, theta[:-1], theta[-1], l2, weight)
        return np.append(dw, db)

    columns = [(slope(theta + e) - slope(theta - e)) / 2e-5 for e in 1e-5 * np.eye(len(theta))]
    expected = theta - np.linalg.solve(np.array(columns), slope(theta))
    new_w, new_b = impl.newton_step(X, y, w, b, l2, weight)
    close(new_w, expected[:-1], case=case, of="w", rtol=NUMERICAL_SLOPE, why=CURVATURE)
    close(new_b, expected[-1], case=case, of="b", rtol=NUMERICAL_SLOPE, why=CURVATURE)
    unchanged(kept[0], w, of="w", case=case)
    unchanged(kept[1], X, of="X", case=case)


@check("logistic.newton_step", oracle="scikit-learn", repeats=2)
def ten_steps_arrive_where_scikit_learn_does(impl, rng):
    linear = library("sklearn.linear_model")
    X = rng.normal(size=(30, 2))
    y = (X @ [1.0, -1.0] + rng.normal(size=30) > 0).astype(float)
    l2 = 0.1
    model = linear.LogisticRegression(C=1 / (l2 * 30), tol=1e-10, solver="newton-cholesky")
    model.fit(X, y)
    w, b = np.zeros(2), 0.0
    for _ in range(10):
        w, b = impl.newton_step(X, y, w, b, l2)
    case = {"X": X, "y": y, "l2": l2, "steps": 10}
    close(w, model.coef_[0], case=case, of="w", rtol=1e-7, why=STOPPED)
    close(b, model.intercept_[0], case=case, of="b", rtol=1e-7, why=STOPPED)


@check("logistic.newton_step", oracle="property: a column that says nothing new changes nothing")
def copies_and_constants_change_no_prediction(impl, rng):
    X, y, w, b, _ = binary_problem(rng, smallest=12)
    padded = np.column_stack([X, X[:, 0], np.ones(len(y))])
    start = np.append(w, [0.0, 0.0])
    new_w, new_b = impl.newton_step(padded, y, start, b)
    short_w, short_b = impl.newton_step(X, y, w, b)
    case = {"X": padded, "y": y, "w": start, "b": b, "l2": 0.0}
    why = "a singular system is solved to half the digits"
    expected = X @ short_w + short_b
    close(padded @ new_w + new_b, expected, case=case, of="log-odds", rtol=1e-6, why=why)


# softmax


@check("logistic.softmax", oracle="hand-computed")
def scores_that_are_logarithms(impl, rng):
    Z = np.array([[0.0, np.log(3.0)], [np.log(2.0), np.log(2.0)], [-2000.0, 0.0]])
    close(impl.softmax(Z), [[0.25, 0.75], [0.5, 0.5], [0.0, 1.0]], case={"Z": Z})


@check("logistic.softmax", oracle="PyTorch")
def agrees_with_torch_in_any_shape(impl, rng):
    torch = library("torch")
    Z = rng.normal(scale=3.0, size=rng.integers(1, 5, size=rng.integers(1, 4)))
    kept = Z.copy()
    close(impl.softmax(Z), torch.softmax(torch.from_numpy(Z), -1).numpy(), case={"Z": kept})
    unchanged(kept, Z, of="Z", case={"Z": kept})


@check("logistic.softmax", oracle="SciPy")
def rows_far_apart_do_not_disturb_each_other(impl, rng):
    special = library("scipy.special")
    shape = rng.permutation([2, 3, 4])
    Z = rng.normal(size=shape)
    Z += rng.permuted(np.resize([0.0, 800.0, -2000.0, 1e5], shape[:2]), axis=1)[..., None]
    close(impl.softmax(Z), special.softmax(Z, axis=-1), case={"Z": Z})


@check("logistic.softmax", oracle="property: a number added to a row changes nothing")
def only_differences_count(impl, rng):
    Z, shift = rng.normal(size=(5, 4)), rng.normal(scale=10.0, size=(5, 1))
    P = impl.softmax(Z)
    close(P.sum(axis=1), np.ones(5), case={"Z": Z}, of="sum of each row")
    close(impl.softmax(Z + shift), P, case={"Z": Z, "added": shift})


# cross_entropy


@check("logistic.cross_entropy", oracle="hand-computed")
def scores_worked_out_by_hand(impl, rng):
    Z = np.log(np.array([[1.0, 3.0, 4.0], [2.0, 1.0, 1.0]]))
    Y = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])  # p = 1/2 and 1/4
    case = {"Z": Z, "Y": Y}
    close(impl.cross_entropy(Z, Y), np.log(8) / 2, case=case)
    weight = np.array([1.0, 3.0])
    close(impl.cross_entropy(Z, Y, weight), np.log(2 * 4**3) / 4, case=case | {"weight": weight})


@check("logistic.cross_entropy", oracle="SciPy's log_softmax")
def large_scores_cost_what_they_should(impl, rng):
    special = library("scipy.special")
    Z = rng.normal(scale=rng.choice([1.0, 900.0]), size=(rng.integers(1, 9), rng.integers(2, 6)))
    Z += rng.normal(scale=100.0, size=(len(Z), 1))
    y = rng.integers(0, Z.shape[1], len(Z))
    Z[0, y[0]] = Z[0].max() - 1200.0  # wrong beyond what p can say
    kept, Y = Z.copy(), np.eye(Z.shape[1])[y]
    expected = -np.mean(special.log_softmax(Z, axis=1)[np.arange(len(Z)), y])
    close(impl.cross_entropy(Z, Y), expected, case={"Z": kept, "Y": Y})
    unchanged(kept, Z, of="Z", case={"Z": kept, "Y": Y})


@check("logistic.cross_entropy", oracle="scikit-learn's log_loss")
def agrees_with_weighted_log_loss(impl, rng):
    metrics, special = library("sklearn.metrics"), library("scipy.special")
    Z = rng.normal(size=(rng.integers(2, 12), 3))
    y, weight = rng.integers(0, 3, len(Z)), rng.uniform(0.2, 3, len(Z))
    P = special.softmax(Z, axis=1)
    expected = metrics.log_loss(y, P, sample_weight=weight, labels=[0, 1, 2])
    case = {"Z": Z, "y": y, "sample_weight": weight}
    close(impl.cross_entropy(Z, np.eye(3)[y], weight), expected, case=case)


@check("logistic.cross_entropy", oracle="property: two classes are the binary loss")
def two_classes_are_the_binary_loss(impl, rng, reference):
    Z, t = rng.normal(scale=3.0, size=(6, 2)), rng.uniform(size=6)  # soft labels too
    Y = np.column_stack([1 - t, t])
    expected = reference.binary_cross_entropy(Z[:, 1] - Z[:, 0], t)
    close(impl.cross_entropy(Z, Y), expected, case={"Z": Z, "Y": Y})


# softmax_gradient


@check("logistic.softmax_gradient", oracle="hand-computed")
def one_sample_by_hand(impl, rng):
    X, Y = np.array([[2.0]]), np.array([[0.0, 1.0, 0.0]])
    W, b = np.zeros((1, 3)), np.log([1.0, 1.0, 2.0])  # P = 1/4, 1/4, 1/2
    case = {"X": X, "Y": Y, "W": W, "b": b}
    dW, db = impl.softmax_gradient(X, Y, W, b)
    close(dW, [[0.5, -1.5, 1.0]], case=case, of="dW")
    close(db, [0.25, -0.75, 0.5], case=case, of="db")


@check("logistic.softmax_gradient", oracle="finite differences")
def is_the_slope_of_the_softmax_loss(impl, rng, reference):
    X, Y, W, b, l2 = softmax_problem(rng)
    case = {"X": X, "Y": Y, "W": W, "b": b, "l2": l2}

    def objective(W, b):
        return reference.cross_entropy(X @ W + b, Y) + l2 / 2 * np.sum(W * W)

    dW, db = impl.softmax_gradient(X, Y, W, b, l2)
    slope = finite_difference(lambda V: objective(V, b), W)
    close(dW, slope, case=case, of="dW", rtol=NUMERICAL_SLOPE, why=DIFFERENCES)
    slope = finite_difference(lambda v: objective(W, v), b)
    close(db, slope, case=case, of="db", rtol=NUMERICAL_SLOPE, why=DIFFERENCES)


@check("logistic.softmax_gradient", oracle="PyTorch's autograd")
def agrees_with_autograd(impl, rng):
    torch = library("torch")
    X, Y, W, b, l2 = softmax_problem(rng)
    Y = rng.choice([Y, rng.dirichlet(np.ones(len(b)), len(X))])  # labels may be soft
    X *= rng.choice([1.0, 200.0])
    weight = rng.uniform(0.3, 3, len(X))
    kept = (X.copy(), Y.copy(), W.copy(), b.copy())
    case = dict(zip(("X", "Y", "W", "b"), kept, strict=True)) | {"l2": l2, "sample_weight": weight}
    tW, tb = (torch.tensor(v, requires_grad=True) for v in (W, b))
    logs = torch.log_softmax(torch.from_numpy(X) @ tW + tb, 1)
    losses = -(torch.from_numpy(Y) * logs).sum(1)
    (torch.from_numpy(weight / weight.sum()) @ losses + l2 / 2 * (tW * tW).sum()).backward()
    dW, db = impl.softmax_gradient(X, Y, W, b, l2, weight)
    close(dW, tW.grad.numpy(), case=case, of="dW")
    close(db, tb.grad.numpy(), case=case, of="db")
    for name, before, after in zip("XYWb", kept, (X, Y, W, b), strict=True):
        unchanged(before, after, of=name, case=case)


@check("logistic.softmax_gradient", oracle="property: what one class gains the others lose")
def the_classes_pull_against_each_other(impl, rng):
    X, Y, W, b, _ = softmax_problem(rng)
    dW, db = impl.softmax_gradient(X, Y, W, b)
    case = {"X": X, "Y": Y, "W": W, "b": b}
    equal(dW.shape, W.shape, case=case, of="shape of dW")
    close(dW.sum(axis=1), np.zeros(len(W)), case=case, of="dW summed over classes", atol=1e-9)
    holds(abs(db.sum()) < 1e-9, "db adds to zero over the classes", case=case, got=db)


def binary_problem(rng, smallest=1):
    """A random problem; sizes vary, so that no shape is right by luck."""
    n_samples, n_features = rng.integers(smallest, 30), rng.integers(1, 5)
    X = rng.normal(size=(n_samples, n_features))
    y = rng.integers(0, 2, n_samples).astype(float)
    return X, y, rng.normal(size=n_features), float(rng.normal()), float(rng.choice([0.0, 0.3]))


def softmax_problem(rng):
    """The same, with two to five classes, some of which may have no sample."""
    n_samples, n_features, n_classes = rng.integers(1, 20), rng.integers(1, 5), rng.integers(2, 6)
    X = rng.normal(size=(n_samples, n_features))
    Y = np.eye(n_classes)[rng.integers(0, n_classes, n_samples)]
    W, b = rng.normal(size=(n_features, n_classes)), rng.normal(size=n_classes)
    return X, Y, W, b, float(rng.choice([0.0, 0.3]))
