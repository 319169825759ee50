"""Graded checks of stage 15: autograd, finite differences, hand-computed values, properties."""

from itertools import pairwise

import numpy as np

from firsthand.study.checking import (
    NUMERICAL_SLOPE,
    check,
    close,
    equal,
    finite_difference,
    holds,
    library,
    raises,
)

SLOPE = {"rtol": NUMERICAL_SLOPE, "why": "central differences carry about ten digits"}
TRIALS = ((), (3,), (2, 2))
GRADIENTS = ("dW1", "db1", "dW2", "db2")
STEP = "1e-5 added to a number near 1 keeps eleven digits of it"


@check("mlp.relu", oracle="values by hand")
def clips_below_zero(impl, rng):
    Z = np.array([[-2.0, -0.5, 0.0], [0.25, 3.0, -1e-300]])
    close(impl.relu(Z), [[0.0, 0.0, 0.0], [0.25, 3.0, 0.0]], case={"Z": Z})


@check("mlp.relu", oracle="property: relu(z) - relu(-z) = z")
def splits_a_number_into_its_two_sides(impl, rng):
    Z = rng.normal(scale=10.0, size=sizes(rng, 1, 3))
    close(impl.relu(Z) - impl.relu(-Z), Z, case={"Z": Z})


@check("mlp.relu", oracle="PyTorch")
def is_torch_relu(impl, rng):
    torch = library("torch")
    Z = rng.normal(size=(*trials(rng), 4, 3)).astype(rng.choice(["float32", "float64"]))
    A = impl.relu(Z)
    close(A, torch.relu(torch.tensor(Z)).numpy(), case={"Z": Z})
    equal(str(A.dtype) == str(Z.dtype), True, case={"Z": Z}, of="whether the dtype is kept")
    Z = np.abs(Z)
    new = impl.relu(Z) is not Z
    holds(new, "the result is a new array, also where nothing is clipped", case={"Z": Z}, got=Z)


@check("mlp.relu_backward", oracle="values by hand")
def passes_where_the_unit_was_on(impl, rng):
    dA, A = np.array([3.0, -4.0, 5.0, 7.0, 2.0]), np.array([0.0, 0.5, 2.0, 0.0, 1e-12])
    close(impl.relu_backward(dA, A), [0.0, -4.0, 5.0, 0.0, 2.0], case={"dA": dA, "A": A})


@check("mlp.relu_backward", oracle="finite differences")
def relu_slope_is_measured(impl, rng, reference):
    Z = away_from_zero(rng, sizes(rng, 1, 4, count=2))
    dA = rng.normal(size=Z.shape)
    A = np.maximum(Z, 0)
    dZ = impl.relu_backward(dA, A)
    close(
        dZ,
        finite_difference(lambda Z: float(np.sum(dA * np.maximum(Z, 0))), Z),
        case={"dA": dA, "A": A},
        of="dZ",
        **SLOPE,
    )


@check("mlp.relu_backward", oracle="PyTorch autograd")
def relu_slope_is_autograds(impl, rng):
    Z = rng.normal(size=(*trials(rng), 3, 4))
    Z[..., 0, :] = 0.0  # every one at the kink
    dA = rng.normal(size=Z.shape)
    (expected,) = autograd(lambda torch, Z: torch.relu(Z), dA, Z)
    A = np.maximum(Z, 0)
    close(impl.relu_backward(dA, A), expected, case={"dA": dA, "A": A}, of="dZ")


@check("mlp.tanh_backward", oracle="values by hand")
def slope_at_known_heights(impl, rng):
    dA, A = np.array([2.0, 2.0, -4.0, 1.0]), np.array([0.0, 0.5, -0.5, 1.0])
    close(impl.tanh_backward(dA, A), [2.0, 1.5, -3.0, 0.0], case={"dA": dA, "A": A})


@check("mlp.tanh_backward", oracle="finite differences")
def tanh_slope_is_measured(impl, rng):
    Z = rng.normal(size=sizes(rng, 1, 4, count=2))
    dA, A = rng.normal(size=Z.shape), np.tanh(Z)
    dZ = impl.tanh_backward(dA, A)
    expected = finite_difference(lambda Z: float(np.sum(dA * np.tanh(Z))), Z)
    close(dZ, expected, case={"dA": dA, "A": A}, of="dZ", **SLOPE)


@check("mlp.tanh_backward", oracle="PyTorch autograd")
def tanh_slope_is_autograds(impl, rng):
    Z = rng.normal(scale=2.0, size=(*trials(rng), 3, 4))
    dA, A = rng.normal(size=Z.shape), np.tanh(Z)
    (expected,) = autograd(lambda torch, Z: torch.tanh(Z), dA, Z)
    close(impl.tanh_backward(dA, A), expected, case={"dA": dA, "A": A}, of="dZ")


@check("mlp.linear", oracle="values by hand")
def one_sample_by_hand(impl, rng):
    X, W, b = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0, 5.0], [6.0, 7.0, 8.0]]), np.arange(3.0)
    close(impl.linear(X, W, b), [[15.0, 19.0, 23.0]], case={"X": X, "W": W, "b": b})


@check("mlp.linear", oracle="property: a sum over features, sample by sample")
def every_row_is_a_weighted_sum(impl, rng):
    X, W, b = layer(rng)
    expected = [
        [sum(x[j] * W[j, k] for j in range(len(x))) + b[k] for k in range(len(b))] for x in X
    ]
    close(impl.linear(X, W, b), expected, case={"X": X, "W": W, "b": b})


@check("mlp.linear", oracle="PyTorch")
def is_torch_linear_with_w_transposed(impl, rng):
    torch = library("torch")
    X, W, b = layer(rng)
    expected = torch.nn.functional.linear(*map(torch.tensor, (X, W.T.copy(), b))).numpy()
    close(impl.linear(X, W, b), expected, case={"X": X, "W": W, "b": b})


@check("mlp.linear", oracle="property: networks side by side are networks one by one")
def many_layers_at_once(impl, rng):
    X, W, b = layer(rng, (3,))
    expected = np.stack([X[t] @ W[t] + b[t] for t in range(3)])
    close(impl.linear(X, W, b), expected, case={"X": X, "W": W, "b": b})
    close(
        impl.linear(X[0], W, b),
        np.stack([X[0] @ W[t] + b[t] for t in range(3)]),
        case={"X": X[0], "W": W, "b": b},
        of="Z of shared data",
    )
    grid = X, np.stack([W, 2 * W]), np.stack([b, 3 * b])  # two leading axes
    expected = np.stack(
        [[X[t] @ (k * W[t]) + (k + k // 2) * b[t] for t in range(3)] for k in (1, 2)]
    )
    close(impl.linear(*grid), expected, case=dict(zip("XWb", grid, strict=True)))


@check("mlp.linear_backward_parameters", oracle="values by hand")
def two_samples_by_hand(impl, rng):
    dZ, X = np.array([[1.0], [10.0]]), np.array([[2.0, 3.0], [4.0, 5.0]])
    dW, db = impl.linear_backward_parameters(dZ, X)
    case = {"dZ": dZ, "X": X}
    close(dW, [[42.0], [53.0]], case=case, of="dW")
    close(db, [11.0], case=case, of="db")


@check("mlp.linear_backward_parameters", oracle="finite differences")
def parameter_slopes_are_measured(impl, rng):
    X, W, b = layer(rng)
    dZ = rng.normal(size=(len(X), len(b)))
    dW, db = impl.linear_backward_parameters(dZ, X)
    case = {"dZ": dZ, "X": X}
    slope_W = finite_difference(lambda W: float(np.sum(dZ * (X @ W + b))), W)
    slope_b = finite_difference(lambda b: float(np.sum(dZ * (X @ W + b))), b)
    close(dW, slope_W, case=case, of="dW", **SLOPE)
    close(db, slope_b, case=case, of="db", **SLOPE)


@check("mlp.linear_backward_parameters", oracle="PyTorch autograd")
def parameter_slopes_are_autograds(impl, rng):
    for lead, own in ((), ()), ((3,), ()), ((3,), (3,)), ((2, 2), (2, 2)):
        _, W, b = layer(rng, lead)
        X = rng.normal(size=(*own, int(rng.integers(1, 6)), W.shape[-2]))
        dZ = rng.normal(size=(*lead, X.shape[-2], b.shape[-1]))
        slope_W, slope_b = autograd(
            lambda torch, W, b, X=X: affine(torch, torch.tensor(X), W, b), dZ, W, b
        )
        dW, db = impl.linear_backward_parameters(dZ, X)
        case = {"dZ": dZ, "X": X}
        close(dW, slope_W, case=case, of="dW")
        close(db, slope_b, case=case, of="db")


@check(
    "mlp.linear_backward_parameters",
    oracle="property: networks side by side are networks one by one",
)
def many_parameter_slopes_at_once(impl, rng):
    X, _, b = layer(rng, (3,))
    dZ = rng.normal(size=(*X.shape[:2], b.shape[-1]))
    dW, db = impl.linear_backward_parameters(dZ, X)
    case = {"dZ": dZ, "X": X}
    close(dW, np.stack([X[t].T @ dZ[t] for t in range(3)]), case=case, of="dW")
    close(db, np.stack([dZ[t].sum(axis=0) for t in range(3)]), case=case, of="db")


@check("mlp.linear_backward_input", oracle="values by hand")
def one_error_by_hand(impl, rng):
    dZ, W = np.array([[1.0, 10.0]]), np.array([[2.0, 3.0], [4.0, 5.0], [6.0, 7.0]])
    close(impl.linear_backward_input(dZ, W), [[32.0, 54.0, 76.0]], case={"dZ": dZ, "W": W})


@check("mlp.linear_backward_input", oracle="finite differences")
def input_slope_is_measured(impl, rng):
    X, W, b = layer(rng)
    dZ = rng.normal(size=(len(X), len(b)))
    expected = finite_difference(lambda X: float(np.sum(dZ * (X @ W + b))), X)
    close(impl.linear_backward_input(dZ, W), expected, case={"dZ": dZ, "W": W}, of="dX", **SLOPE)


@check("mlp.linear_backward_input", oracle="PyTorch autograd")
def input_slope_is_autograds(impl, rng):
    for lead in TRIALS:
        X, W, b = layer(rng, lead)
        dZ = rng.normal(size=(*lead, X.shape[-2], b.shape[-1]))
        expected, _, _ = autograd(affine, dZ, X, W, b)
        case = {"dZ": dZ, "W": W}
        close(impl.linear_backward_input(dZ, W), expected, case=case, of="dX")


@check(
    "mlp.linear_backward_input", oracle="property: networks side by side are networks one by one"
)
def many_input_slopes_at_once(impl, rng):
    X, W, b = layer(rng, (3,))
    dZ = rng.normal(size=(*X.shape[:2], b.shape[-1]))
    expected = np.stack([dZ[t] @ W[t].T for t in range(3)])
    close(impl.linear_backward_input(dZ, W), expected, case={"dZ": dZ, "W": W}, of="dX")


@check("mlp.log_softmax", oracle="values by hand")
def log_probabilities_by_hand(impl, rng):
    Z = np.log([[1.0, 3.0, 4.0], [2.0, 2.0, 4.0]])
    expected = np.log([[0.125, 0.375, 0.5], [0.25, 0.25, 0.5]])
    close(impl.log_softmax(Z), expected, case={"Z": Z})


@check("mlp.log_softmax", oracle="property: exp of it adds to one, differences are those of Z")
def is_a_distribution(impl, rng):
    Z = rng.normal(scale=rng.choice([0.1, 5.0]), size=sizes(rng, 2, 6, count=2))
    log_P = impl.log_softmax(Z)
    close(log_P - log_P[:, :1], Z - Z[:, :1], case={"Z": Z}, of="differences within a row")
    close(np.exp(log_P).sum(axis=1), np.ones(len(Z)), case={"Z": Z}, of="the sum of P")


@check("mlp.log_softmax", oracle="values by hand, far apart")
def stays_finite_for_any_score(impl, rng):
    for Z, expected in (
        ([0.0, 1000.0], [-1000.0, 0.0]),
        ([-1e5, -1e5], [-np.log(2), -np.log(2)]),
        ([1e5, 0.0], [0.0, -1e5]),
        ([0.0, 2.0], [-2.0 - np.log1p(np.exp(-2.0)), -np.log1p(np.exp(-2.0))]),
    ):
        close(impl.log_softmax(np.array([Z])), [expected], case={"Z": np.array([Z])})


@check("mlp.log_softmax", oracle="property: a row is alone in the world")
def rows_do_not_disturb_each_other(impl, rng):
    Z = rng.normal(size=(2, 3, 4)) + np.array([[-2000.0], [0.0], [2000.0]])
    alone = [impl.log_softmax(Z[t, i : i + 1]) for t in range(2) for i in range(3)]
    close(impl.log_softmax(Z), np.reshape(alone, Z.shape), case={"Z": Z})


@check("mlp.log_softmax", oracle="PyTorch")
def is_torch_log_softmax(impl, rng):
    torch = library("torch")
    Z = rng.normal(scale=3.0, size=(*trials(rng), 4, 5))
    expected = torch.log_softmax(torch.tensor(Z), dim=-1).numpy()
    close(impl.log_softmax(Z), expected, case={"Z": Z})


@check("mlp.cross_entropy", oracle="values by hand")
def loss_by_hand(impl, rng):
    Z, y = np.log([[1.0, 3.0], [1.0, 1.0], [4.0, 1.0]]), np.array([1, 0, 1])
    expected = -(np.log(0.75) + np.log(0.5) + np.log(0.2)) / 3
    close(impl.cross_entropy(Z, y), expected, case={"Z": Z, "y": y})


@check("mlp.cross_entropy", oracle="property: equal scores cost log(n_classes)")
def knowing_nothing_costs_log_of_the_classes(impl, rng):
    n_samples, n_classes = sizes(rng, 2, 9, count=2)
    Z, y = np.full((n_samples, n_classes), rng.normal()), rng.integers(n_classes, size=n_samples)
    close(impl.cross_entropy(Z, y), np.log(n_classes), case={"Z": Z, "y": y})


@check("mlp.cross_entropy", oracle="values by hand, far apart")
def sure_and_wrong_costs_the_distance(impl, rng):
    Z, y = np.array([[0.0, 2000.0], [0.0, 1000.0]]), np.array([0, 1])
    close(impl.cross_entropy(Z, y), 1000.0, case={"Z": Z, "y": y})


@check("mlp.cross_entropy", oracle="PyTorch")
def is_torch_cross_entropy(impl, rng):
    torch = library("torch")
    Z, y = scores(rng, trials(rng))
    y[..., 0] = 0
    Z = np.append(Z, np.zeros_like(Z[..., :1]), axis=-1)  # a class that nobody belongs to
    costs = torch.nn.functional.cross_entropy(
        torch.tensor(Z.reshape(-1, Z.shape[-1])), torch.tensor(y.ravel()), reduction="none"
    )
    expected = costs.numpy().reshape(y.shape).mean(axis=-1)
    close(impl.cross_entropy(Z, y), expected, case={"Z": Z, "y": y})
    pair = Z + np.zeros((2, *Z.shape)), y
    twice = np.stack([expected, expected])
    close(impl.cross_entropy(*pair), twice, case={"Z": pair[0], "y": y}, of="two losses")


@check("mlp.cross_entropy", oracle="property: networks side by side are networks one by one")
def one_loss_for_each_network(impl, rng):
    Z, y = scores(rng, (3,))
    alone = [
        float(np.mean([-log_p(z, k) for z, k in zip(Z[t], y[t], strict=True)])) for t in range(3)
    ]
    close(impl.cross_entropy(Z, y), alone, case={"Z": Z, "y": y}, of="the three losses")
    shared = [
        float(np.mean([-log_p(z, k) for z, k in zip(Z[t], y[0], strict=True)])) for t in range(3)
    ]
    close(
        impl.cross_entropy(Z, y[0]), shared, case={"Z": Z, "y": y[0]}, of="losses of shared labels"
    )


@check("mlp.cross_entropy_backward", oracle="values by hand")
def error_by_hand(impl, rng):
    Z, y = np.log([[1.0, 3.0], [1.0, 1.0]]), np.array([1, 0])
    expected = [[0.125, -0.125], [-0.25, 0.25]]
    close(impl.cross_entropy_backward(Z, y), expected, case={"Z": Z, "y": y}, of="dZ")


@check("mlp.cross_entropy_backward", oracle="finite differences")
def loss_slope_is_measured(impl, rng, reference):
    Z, y = scores(rng)
    dZ = impl.cross_entropy_backward(Z, y)
    expected = finite_difference(lambda Z: float(reference.cross_entropy(Z, y)), Z)
    close(dZ, expected, case={"Z": Z, "y": y}, of="dZ", **SLOPE)


@check("mlp.cross_entropy_backward", oracle="property: a row of the gradient adds to zero")
def scores_only_matter_by_their_differences(impl, rng):
    Z, y = scores(rng)
    Z *= 500.0
    dZ = impl.cross_entropy_backward(Z, y)
    close(dZ.sum(axis=-1), np.zeros(len(Z)), case={"Z": Z, "y": y}, of="sums of rows")
    most = float(np.abs(dZ).sum(axis=-1).max())
    holds(
        most <= 2 / len(Z) + 1e-12,
        "no row weighs more than 2 / n_samples",
        case={"Z": Z, "y": y},
        got=most,
    )


@check("mlp.cross_entropy_backward", oracle="PyTorch autograd")
def loss_slope_is_autograds(impl, rng):
    lead = trials(rng)
    Z, y = scores(rng, lead)
    y = y[(0,) * len(lead)] if rng.random() < 0.5 else y

    def losses(torch, Z):
        labels = torch.tensor(np.broadcast_to(y, Z.shape[:-1]).copy())
        picked = torch.log_softmax(Z, -1).gather(-1, labels[..., None])
        return -picked[..., 0].mean(-1)

    (expected,) = autograd(losses, np.ones(lead), Z)
    close(impl.cross_entropy_backward(Z, y), expected, case={"Z": Z, "y": y}, of="dZ")


@check(
    "mlp.cross_entropy_backward", oracle="property: networks side by side are networks one by one"
)
def one_error_for_each_network(impl, rng):
    Z, y = scores(rng, (3,))
    case = {"Z": Z, "y": y[0]}
    expected = np.stack([impl.cross_entropy_backward(Z[t], y[0]) for t in range(3)])
    close(impl.cross_entropy_backward(Z, y[0]), expected, case=case, of="dZ of shared labels")
    single = {"Z": Z.astype(np.float32), "y": y}
    got = str(impl.cross_entropy_backward(**single).dtype)
    equal(got == "float32", True, case=single, of="whether the dtype is kept")


@check("mlp.init_weights", oracle="property: mean and variance of the draws")
def variance_is_gain_over_inputs(impl, rng):
    n_in, n_out = int(rng.integers(40, 60)), int(rng.integers(120, 160))
    gain = float(rng.uniform(0.5, 4))
    W = impl.init_weights(n_in, n_out, rng, gain)
    case = {"n_in": n_in, "n_out": n_out, "gain": gain}
    equal(W.shape, (n_in, n_out), case=case, of="the shape")
    variance_is(W, gain / n_in, case)
    mean, spread = float(W.mean()), float(np.sqrt(gain / n_in))
    holds(abs(mean) < spread / 10, "the mean should be near 0", case=case, got=mean)
    narrow = impl.init_weights(2, 3500, rng, gain)
    variance_is(narrow, gain / 2, {"n_in": 2, "n_out": 3500, "gain": gain})


@check("mlp.init_weights", oracle="property: the fourth moment of a normal is 3")
def draws_are_normal_and_gain_is_two(impl, rng):
    W = impl.init_weights(100, 70, rng)
    case = {"n_in": 100, "n_out": 70}
    variance_is(W, 0.02, case)
    kurtosis = float(np.mean(W**4) / np.mean(W**2) ** 2)
    holds(2.5 < kurtosis < 3.5, "a normal has kurtosis 3 (a uniform 1.8)", case=case, got=kurtosis)
    largest = float(np.max(np.abs(W)) / np.sqrt(0.02))
    holds(largest > 3.001, "of 7000 draws some are beyond 3 deviations", case=case, got=largest)
    equal(str(W.dtype) == "float64", True, case=case, of="whether the dtype is float64")


@check("mlp.init_weights", oracle="property: all from rng")
def seeds_repeat_and_units_differ(impl, rng):
    seed = int(rng.integers(1000))
    case = {"n_in": 4, "n_out": 5, "seed": seed}
    W = impl.init_weights(4, 5, np.random.default_rng(seed), 1.0)
    close(
        impl.init_weights(4, 5, np.random.default_rng(seed), 1.0), W, case=case, of="the same seed"
    )
    used = np.random.default_rng(seed)
    first, second = impl.init_weights(4, 5, used, 1.0), impl.init_weights(4, 5, used, 1.0)
    fresh = bool(np.all(first != second))
    holds(fresh, "the next layer's draws from rng should be new ones", case=case, got=second)
    other = impl.init_weights(4, 5, np.random.default_rng(seed + 1), 1.0)
    holds(bool(np.all(other != W)), "another seed should draw other weights", case=case, got=other)
    distinct = len(np.unique(W))
    equal(distinct, 20, case=case, of="how many entries differ")


@check("mlp.two_layer_forward", oracle="values by hand")
def a_network_by_hand(impl, rng):
    X = np.array([[1.0, 2.0], [2.0, 1.0]])
    W1, b1 = np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([0.0, 0.5])
    W2, b2 = np.array([[2.0, -1.0], [4.0, 1.0]]), np.array([-1.0, -10.0])
    A1, Z2 = impl.two_layer_forward(X, W1, b1, W2, b2)
    case = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
    close(A1, [[0.0, 1.5], [1.0, 0.0]], case=case, of="A1")
    close(Z2, [[5.0, -8.5], [1.0, -11.0]], case=case, of="Z2")


@check("mlp.two_layer_forward", oracle="PyTorch")
def is_two_torch_layers(impl, rng):
    torch = library("torch")
    X, (W1, b1, W2, b2), activation = two_layers(rng)
    x, w1, c1, w2, c2 = map(torch.tensor, (X, W1, b1, W2, b2))
    hidden = getattr(torch, activation)(x @ w1 + c1.unsqueeze(-2))
    A1, Z2 = impl.two_layer_forward(X, W1, b1, W2, b2, activation)
    case = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2, "activation": activation}
    close(A1, hidden.numpy(), case=case, of="A1")
    close(Z2, (hidden @ w2 + c2.unsqueeze(-2)).numpy(), case=case, of="Z2")


@check("mlp.two_layer_forward", oracle="property: shuffled hidden units change no score")
def hidden_units_have_no_order(impl, rng):
    X, (W1, b1, W2, b2), activation = two_layers(rng, lead=())
    order = rng.permutation(len(b1))
    A1, Z2 = impl.two_layer_forward(X, W1, b1, W2, b2, activation)
    shuffled, again = impl.two_layer_forward(X, W1[:, order], b1[order], W2[order], b2, activation)
    case = {
        "X": X,
        "W1": W1,
        "b1": b1,
        "W2": W2,
        "b2": b2,
        "activation": activation,
        "order": order,
    }
    close(again, Z2, case=case, of="Z2 after the shuffle")
    close(shuffled, A1[:, order], case=case, of="A1 after the shuffle")


@check("mlp.two_layer_forward", oracle="property: an unknown activation is refused", repeats=1)
def refuses_an_unknown_bend(impl, rng):
    X, (W1, b1, W2, b2), _ = two_layers(rng, lead=())
    with raises(ValueError, case={"activation": "sine"}, because="there is no activation 'sine'"):
        impl.two_layer_forward(X, W1, b1, W2, b2, "sine")


@check("mlp.two_layer_backward", oracle="values by hand")
def backpropagation_by_hand(impl, rng):
    X, A1 = np.array([[1.0, 2.0]]), np.array([[3.0, 0.0]])
    W2, dZ2 = np.array([[2.0, -1.0], [4.0, 1.0]]), np.array([[0.5, -0.25]])
    case = {"dZ2": dZ2, "X": X, "A1": A1, "W2": W2}
    dW1, db1, dW2, db2 = impl.two_layer_backward(dZ2, X, A1, W2)
    close(dW1, [[1.25, 0.0], [2.5, 0.0]], case=case, of="dW1")
    close(db1, [1.25, 0.0], case=case, of="db1")
    close(dW2, [[1.5, -0.75], [0.0, 0.0]], case=case, of="dW2")
    close(db2, [0.5, -0.25], case=case, of="db2")


@check("mlp.two_layer_backward", oracle="finite differences")
def every_weight_is_measured(impl, rng, reference):
    X, theta, _ = two_layers(rng, lead=())
    y = rng.integers(theta[3].shape[-1], size=len(X))
    A1, Z2 = reference.two_layer_forward(X, *theta, "tanh")
    dZ2 = reference.cross_entropy_backward(Z2, y)
    made = impl.two_layer_backward(dZ2, X, A1, theta[2], "tanh")
    case = {"dZ2": dZ2, "X": X, "A1": A1, "W2": theta[2], "activation": "tanh"}
    for i in (2, 3, 0, 1):

        def loss(moved, i=i):
            _, Z = reference.two_layer_forward(X, *theta[:i], moved, *theta[i + 1 :], "tanh")
            return float(reference.cross_entropy(Z, y))

        close(made[i], finite_difference(loss, theta[i]), case=case, of=GRADIENTS[i], **SLOPE)


@check("mlp.two_layer_backward", oracle="PyTorch autograd", repeats=4)
def every_gradient_is_autograds(impl, rng):
    X, (W1, b1, W2, b2), activation = two_layers(rng)
    dZ2 = rng.normal(size=(*W2.shape[:-2], X.shape[-2], b2.shape[-1]))

    def network(torch, W1, b1, W2, b2):
        hidden = getattr(torch, activation)(affine(torch, torch.tensor(X), W1, b1))
        return affine(torch, hidden, W2, b2)

    expected = autograd(network, dZ2, W1, b1, W2, b2)
    bend = np.tanh if activation == "tanh" else lambda Z: np.maximum(Z, 0)
    A1 = bend(X @ W1 + b1[..., None, :])
    made = impl.two_layer_backward(dZ2, X, A1, W2, activation)
    case = {"dZ2": dZ2, "X": X, "A1": A1, "W2": W2, "activation": activation}
    for i in (2, 3, 0, 1):
        close(made[i], expected[i], case=case, of=GRADIENTS[i])


@check("mlp.sgd_step", oracle="values by hand")
def one_step_by_hand(impl, rng):
    theta, gradient = np.array([1.0, 2.0, -3.0]), np.array([10.0, 0.0, -1.0])
    case = {"theta": theta.copy(), "gradient": gradient, "learning_rate": 0.1}
    returned = impl.sgd_step(theta, gradient, 0.1)
    close(theta, [0.0, 2.0, -2.9], case=case, of="theta after the step")
    holds(
        returned is None, "the step is made in place and returns nothing", case=case, got=returned
    )


@check("mlp.sgd_step", oracle="values by hand, with decay")
def a_decayed_step_by_hand(impl, rng):
    theta, gradient = np.array([4.0, -8.0]), np.array([1.0, 2.0])
    case = {"theta": theta.copy(), "gradient": gradient, "learning_rate": 0.5, "weight_decay": 0.25}
    impl.sgd_step(theta, gradient, 0.5, 0.25)
    close(theta, [3.0, -8.0], case=case, of="theta after the step")


@check("mlp.sgd_step", oracle="torch.optim.SGD")
def ten_steps_of_torch(impl, rng):
    torch = library("torch")
    n, rate = int(rng.integers(1, 8)), float(rng.uniform(0.01, 1.0))
    decay = float(rng.choice([0.0, 0.3]))
    theta = rng.normal(size=n)
    weight = torch.nn.Parameter(torch.tensor(theta.copy()))
    optimizer = torch.optim.SGD([weight], lr=rate, weight_decay=decay)
    case = {"theta": theta.copy(), "learning_rate": rate, "weight_decay": decay}
    for step in range(1, 11):
        gradient = rng.normal(scale=100.0 ** (step % 3), size=n)
        weight.grad = torch.tensor(gradient)
        optimizer.step()
        impl.sgd_step(theta, gradient, rate, decay)
        close(theta, weight.detach().numpy(), case=case, of=f"theta after step {step}")


@check("mlp.sgd_step", oracle="property: a rate for each network")
def networks_step_at_rates_of_their_own(impl, rng):
    theta, gradient = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    rates = np.array([[0.1], [1.0], [10.0]])
    case = {"theta": theta.copy(), "gradient": gradient, "learning_rate": rates}
    expected = np.stack([theta[t] - rates[t, 0] * gradient[t] for t in range(3)])
    impl.sgd_step(theta, gradient, rates)
    close(theta, expected, case=case, of="theta after the step")


@check("mlp.numerical_gradient", oracle="calculus")
def slope_of_a_known_function(impl, rng):
    theta = rng.normal(size=int(rng.integers(1, 6)))
    weights = rng.normal(size=theta.size)

    def loss(at):
        return float(np.sin(at) @ weights + np.prod(at))

    others = [np.prod(np.delete(theta, i)) for i in range(theta.size)]
    expected = np.cos(theta) * weights + others
    close(impl.numerical_gradient(loss, theta), expected, case={"theta": theta}, **SLOPE)


@check("mlp.numerical_gradient", oracle="algebra: on a cube, central differences are 3 x^2 + h^2")
def the_step_is_central(impl, rng):
    theta, step = rng.normal(size=3), float(rng.uniform(0.2, 0.6))
    expected = 3 * theta**2 + step**2
    got = impl.numerical_gradient(lambda at: float(np.sum(at**3)), theta, step)
    close(got, expected, case={"theta": theta, "step": step})


@check("mlp.numerical_gradient", oracle="property: where the loss is asked")
def asks_on_both_sides_of_every_entry(impl, rng):
    theta = rng.uniform(1, 2, size=3)
    asked = []

    def loss(at):
        asked.append(np.array(at))
        return float(np.sum(at))

    impl.numerical_gradient(loss, theta)
    equal(len(asked), 6, case={"theta": theta}, of="how often the loss is asked")
    moved = np.stack(asked) - theta
    by_entry = np.sort(moved.reshape(3, 2, 3).transpose(1, 0, 2), axis=0)
    expected = np.stack([-1e-5 * np.eye(3), 1e-5 * np.eye(3)])
    close(
        by_entry, expected, case={"theta": theta}, of="the moves", rtol=1e-6, atol=1e-11, why=STEP
    )


@check("mlp.forward_deep", oracle="values by hand")
def three_layers_by_hand(impl, rng):
    X = np.array([[1.0, -2.0]])
    layers = [
        (np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([0.0, 0.5])),
        (np.array([[-1.0], [3.0]]), np.array([2.0])),
        (np.array([[-2.0, 1.0]]), np.array([0.0, 1.0])),
    ]
    made = impl.forward_deep(X, layers)
    case = {"X": X, "layers": layers}
    equal(len(made), 4, case=case, of="how many entries")
    close(made[3], [[-2.0, 2.0]], case=case, of="the scores")
    for l, expected in enumerate([X, [[1.0, 0.0]], [[1.0]]]):
        close(made[l], expected, case=case, of=f"entry {l}")


@check("mlp.forward_deep", oracle="PyTorch", repeats=4)
def is_a_stack_of_torch_layers(impl, rng):
    torch = library("torch")
    X, layers, activation = stack(rng)
    made = impl.forward_deep(X, layers, activation)
    case = {"X": X, "layers": layers, "activation": activation}
    equal(len(made), len(layers) + 1, case=case, of="how many entries")
    expected = torch.tensor(X)
    close(made[0], X, case=case, of="entry 0")
    for l, (W, b) in enumerate(layers, start=1):
        expected = affine(torch, expected, torch.tensor(W), torch.tensor(b))
        if l < len(layers):
            expected = getattr(torch, activation)(expected)
        close(made[l], expected.numpy(), case=case, of=f"entry {l}")


@check("mlp.forward_deep", oracle="property: the two-layer network, and the linear one")
def shallow_networks_are_special_cases(impl, rng, reference):
    X, (W1, b1, W2, b2), activation = two_layers(rng, lead=())
    made = impl.forward_deep(X, [(W1, b1), (W2, b2)], activation)
    A1, Z2 = reference.two_layer_forward(X, W1, b1, W2, b2, activation)
    case = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2, "activation": activation}
    close(made[1], A1, case=case, of="A1")
    close(made[2], Z2, case=case, of="Z")
    alone = impl.forward_deep(X, [(W1, b1)], activation)
    equal(len(alone), 2, case=case, of="how many entries one layer gives")
    close(alone[1], X @ W1 + b1, case=case, of="Z of a single layer")


@check("mlp.backward_deep", oracle="values by hand")
def deep_backpropagation_by_hand(impl, rng):
    layers = [
        (np.array([[1.0]]), np.array([0.0])),
        (np.array([[2.0, -3.0]]), np.array([0.0, 0.0])),
        (np.array([[5.0], [7.0]]), np.array([0.0])),
    ]
    activations = [np.array([[2.0]]), np.array([[2.0]]), np.array([[4.0, 0.0]]), np.array([[20.0]])]
    dZ = np.array([[0.1]])
    made = impl.backward_deep(dZ, layers, activations)
    case = {"dZ": dZ, "layers": layers, "activations": activations}
    expected = [([[2.0]], [1.0]), ([[1.0, 0.0]], [0.5, 0.0]), ([[0.4], [0.0]], [0.1])]
    same_gradients(made, expected, case)


@check("mlp.backward_deep", oracle="PyTorch autograd", repeats=4)
def deep_gradients_are_autograds(impl, rng, reference):
    X, layers, activation = stack(rng)
    activations = reference.forward_deep(X, layers, activation)
    dZ = rng.normal(size=activations[-1].shape)

    def network(torch, *parameters):
        A = torch.tensor(X)
        for l in range(0, len(parameters), 2):
            A = affine(torch, A, parameters[l], parameters[l + 1])
            A = getattr(torch, activation)(A) if l + 2 < len(parameters) else A
        return A

    slopes = autograd(network, dZ, *[p for pair in layers for p in pair])
    made = impl.backward_deep(dZ, layers, activations, activation)
    case = {"dZ": dZ, "layers": layers, "activations": activations, "activation": activation}
    same_gradients(made, list(zip(slopes[::2], slopes[1::2], strict=True)), case)


@check("mlp.backward_deep", oracle="finite differences", repeats=2)
def deep_gradients_are_measured(impl, rng, reference):
    X, layers, _ = stack(rng, lead=(), widest=3)
    activations = reference.forward_deep(X, layers, "tanh")
    dZ = rng.normal(size=activations[-1].shape)
    made = impl.backward_deep(dZ, layers, activations, "tanh")
    expected = []
    for l in range(len(layers)):
        slopes = []
        for part in range(2):

            def loss(moved, l=l, part=part):
                pair = (moved, layers[l][1]) if part == 0 else (layers[l][0], moved)
                changed = [*layers[:l], pair, *layers[l + 1 :]]
                return float(np.sum(dZ * reference.forward_deep(X, changed, "tanh")[-1]))

            slopes.append(finite_difference(loss, layers[l][part]))
        expected.append(tuple(slopes))
    case = {"dZ": dZ, "layers": layers, "activations": activations, "activation": "tanh"}
    same_gradients(made, expected, case, **SLOPE)


def variance_is(W, variance, case):
    """Some 7000 draws show their mean square to 1.7 %; 12 % are seven times that."""
    found = float(np.mean(W**2))
    message = f"the mean square of the draws should be {variance:.4g}, up to 12 %"
    holds(abs(found / variance - 1) < 0.12, message, case=case, got=found)


def sizes(rng, low, high, count=3):
    """Lengths from low to high, so that no shape is right by luck."""
    return tuple(int(n) for n in rng.integers(low, high + 1, size=count))


def trials(rng):
    """No leading axis, one, or two."""
    return TRIALS[rng.integers(len(TRIALS))]


def layer(rng, lead=()):
    """X, W, b of three different lengths, most of the time."""
    n_samples, n_in, n_out = sizes(rng, 1, 5)
    X = rng.normal(size=(*lead, n_samples, n_in))
    return X, rng.normal(size=(*lead, n_in, n_out)), rng.normal(size=(*lead, n_out))


def scores(rng, lead=()):
    n_samples, n_classes = sizes(rng, 2, 6, count=2)
    Z = rng.normal(scale=2.0, size=(*lead, n_samples, n_classes))
    return Z, rng.integers(n_classes, size=(*lead, n_samples))


def two_layers(rng, lead=None):
    """X, (W1, b1, W2, b2) and the name of an activation; X is shared now and then."""
    X, layers, activation = stack(rng, lead=lead, depth=2)
    return X, (*layers[0], *layers[1]), activation


def stack(rng, lead=None, depth=None, widest=4):
    lead = trials(rng) if lead is None else lead
    depth = int(rng.integers(1, 7)) if depth is None else depth
    widths = sizes(rng, 2, widest, count=depth + 1)
    layers = [
        (rng.normal(size=(*lead, n_in, n_out)), rng.normal(size=(*lead, n_out)))
        for n_in, n_out in pairwise(widths)
    ]
    own = lead if rng.random() < 0.5 else ()
    X = rng.normal(size=(*own, int(rng.integers(1, 6)), widths[0]))
    return X, layers, str(rng.choice(["relu", "tanh"]))


def away_from_zero(rng, shape):
    """Numbers at least 0.1 from the kink, where a difference quotient means something."""
    Z = rng.normal(size=shape)
    return Z + 0.1 * np.sign(Z)


def log_p(z, k):
    """log softmax(z)[k] of one sample, straight from the definition."""
    return float(np.log(np.exp(z[k]) / np.sum(np.exp(z))))


def affine(torch, X, W, b):
    return X @ W + b.unsqueeze(-2)


def autograd(function, upstream, *arrays):
    """Gradients of sum(upstream * function(torch, *arrays)) by PyTorch, one for each array."""
    torch = library("torch")
    leaves = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in arrays]
    function(torch, *leaves).backward(torch.tensor(upstream, dtype=torch.float64))
    return [leaf.grad.numpy() for leaf in leaves]


def same_gradients(made, expected, case, **tolerance):
    """Compare from the last layer to the first, in the order in which they are computed."""
    equal(len(made), len(expected), case=case, of="how many pairs of gradients")
    for l in range(len(expected), 0, -1):
        dW, db = made[l - 1]
        close(dW, expected[l - 1][0], case=case, of=f"dW{l}", **tolerance)
        close(db, expected[l - 1][1], case=case, of=f"db{l}", **tolerance)
