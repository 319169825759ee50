"""Pictures of stage 15, each computed by the functions that the learner writes."""

from functools import lru_cache

import numpy as np

from firsthand.scratch.nn import MLP
from firsthand.scratch.nn.losses import mean_squared_error, mean_squared_error_backward
from firsthand.scratch.nn.mlp import (
    activate_backward,
    cross_entropy,
    cross_entropy_backward,
    forward_deep,
    init_weights,
    linear,
    linear_backward_input,
    log_softmax,
    numerical_gradient,
    relu,
    sgd_step,
    two_layer_forward,
)
from firsthand.study.figures import (
    Choice,
    Curve,
    Dots,
    Field,
    Panel,
    Picture,
    Slider,
    Text,
    figure,
)

STEPS = 200
FOLD_EVERY = 40
EDGE, CELLS = 1.6, 45
GRID = np.linspace(-EDGE, EDGE, CELLS)
PLANE = np.stack(np.meshgrid(GRID, GRID), axis=-1).reshape(-1, 2)
BENDS = ("relu", "tanh")
SHAPES = ("moons", "circles", "xor")


@figure(
    "decision",
    controls=[
        Choice("shape", SHAPES, "moons", label="data"),
        Slider("units", 1, 16, 8, step=1, label="hidden units a layer"),
        Slider("depth", 0, 3, 1, step=1, label="hidden layers"),
        Choice("activation", BENDS, "relu"),
        Slider("learning_rate", 0.01, 10.0, 0.5, log=True, label="learning rate"),
        Slider("epoch", 0, STEPS, STEPS, step=1),
    ],
    caption=(
        "Probability of the first class over the plane, and the loss while it was learned. "
        "Every epoch is one step on all samples."
    ),
)
def decision(shape, units, depth, activation, learning_rate, epoch):
    X, y = points(shape)
    sizes = (2, *[units] * depth, 2)
    history, losses = trained(shape, sizes, activation, learning_rate)
    network = MLP(sizes, activation=activation)
    network.parameters.flat[...] = history[epoch]
    P = np.exp(log_softmax(network.forward(PLANE)))[:, 0]
    right = float(np.mean(network.forward(X).argmax(axis=1) == y))
    reached = losses[: epoch + 1]
    limit = float(max(1.0, np.nanmax(np.minimum(losses, 3.0))))
    return Picture(
        (
            Panel(
                (
                    Field(P.reshape(CELLS, CELLS), levels=(0.5,), diverging=True),
                    Dots(X[:, 0], X[:, 1], role=["ab"[k] for k in y]),
                ),
                x=(-EDGE, EDGE),
                y=(-EDGE, EDGE),
                equal=True,
                height=1.0,
            ),
            Panel(
                (
                    Curve(np.arange(STEPS + 1), np.minimum(losses, limit), role="soft"),
                    Curve(np.arange(epoch + 1), np.minimum(reached, limit), role="ours"),
                    Dots([epoch], [min(float(losses[epoch]), limit)], role="ours"),
                ),
                x=(0, STEPS),
                y=(0, limit),
                x_label="epoch",
                y_label="loss",
                height=0.6,
            ),
        ),
        reading=(
            f"{network.parameters.flat.size} parameters, loss {losses[epoch]:.3f}, "
            f"{right:.0%} of the {len(X)} points on the right side."
            + (" No hidden layer: the boundary is a line, whatever you do." if depth == 0 else "")
        ),
    )


@figure(
    "hidden_plane",
    controls=[
        Choice("activation", BENDS, "tanh"),
        Slider("epoch", 0, STEPS, STEPS, step=1),
    ],
    caption=(
        "XOR seen from the input, and from two hidden units. The dashed lines are where a unit's "
        "Z1 is 0; in the plane of the hidden units the network draws only a straight line."
    ),
)
def hidden_plane(activation, epoch):
    X, y = points("xor")
    history, _ = trained("xor", (2, 2, 2), activation, 1.0)
    network = MLP([2, 2, 2], activation=activation)
    network.parameters.flat[...] = history[epoch]
    (W1, b1), (W2, b2) = network.layers
    A1, Z2 = two_layer_forward(X, W1, b1, W2, b2, activation)
    P = np.exp(log_softmax(network.forward(PLANE)))[:, 0]
    roles = ["ab"[k] for k in y]
    w, c = W2[:, 0] - W2[:, 1], b2[0] - b2[1]  # scores are equal where w . a + c = 0
    low, high = A1.min(axis=0), A1.max(axis=0)
    margin = 0.12 * np.maximum(high - low, 0.5)
    box = (-EDGE, EDGE)
    across, along = zip((low - margin).tolist(), (high + margin).tolist(), strict=True)
    right = float(np.mean(Z2.argmax(axis=1) == y))
    return Picture(
        (
            Panel(
                (
                    Field(P.reshape(CELLS, CELLS), levels=(0.5,), diverging=True),
                    *(straight(W1[:, k], b1[k], box, box, dashed=True) for k in range(2)),
                    Dots(X[:, 0], X[:, 1], role=roles),
                ),
                x=(-EDGE, EDGE),
                y=(-EDGE, EDGE),
                x_label="x1",
                y_label="x2",
                title="input",
                equal=True,
                height=1.0,
            ),
            Panel(
                (
                    straight(w, c, across, along),
                    Dots(A1[:, 0], A1[:, 1], role=roles),
                ),
                x=across,
                y=along,
                x_label="first hidden unit",
                y_label="second hidden unit",
                title="hidden layer",
                height=1.0,
            ),
        ),
        reading=f"{right:.0%} right: "
        + (
            "the hidden layer has moved the points so that a line can part them."
            if right > 0.9
            else "no line parts the hidden points yet."
        ),
    )


@figure(
    "folds",
    controls=[
        Slider("units", 1, 12, 5, step=1, label="hidden units"),
        Slider("epoch", 0, 1200, 1200, step=FOLD_EVERY),
        Choice("start", ("random", "all equal"), "random", label="first weights"),
    ],
    caption=(
        "A two-layer relu network learns a curve. Every hidden unit adds one ramp, and so one fold "
        "to the curve, at its dot."
    ),
)
def folds(units, epoch, start):
    x, target = curve()
    history = folded(units, start)
    (W1, b1), (W2, b2) = history[epoch // FOLD_EVERY]
    grid = np.linspace(-1, 1, 121)
    A1 = relu(linear(grid[:, None], W1, b1))
    f = linear(A1, W2, b2)[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        kinks = -b1 / W1[0]
    seen = kinks[np.abs(kinks) < 1]
    Z = linear(relu(linear(x[:, None], W1, b1)), W2, b2)
    loss = float(mean_squared_error(Z, target[:, None]))
    bends = len(np.unique(seen.round(6)))
    return Picture(
        (
            Panel(
                (
                    Dots(x, target, role="soft", size=3),
                    Curve(grid, f, role="ours", label="network"),
                    Dots(seen, np.interp(seen, grid, f), role="ours", size=6),
                ),
                x=(-1, 1),
                y=(-1.6, 1.6),
                height=0.7,
            ),
            Panel(
                tuple(Curve(grid, A1[:, k] * W2[k, 0], role="soft") for k in range(units)),
                x=(-1, 1),
                y_label="each unit's part",
                height=0.7,
            ),
        ),
        reading=f"Mean squared error {loss:.3f}, {bends} fold{'s' * (bends != 1)} in view."
        + (" Equal units stay equal: together they are one fold." if start == "all equal" else ""),
    )


@figure(
    "gradient_flow",
    controls=[
        Choice("activation", BENDS, "tanh"),
        Slider("depth", 2, 40, 20, step=1, label="hidden layers"),
        Slider("gain", 0.25, 4.0, 1.0, log=True, label="gain of the first weights"),
    ],
    caption=(
        "Root mean square, layer by layer, of the activations on their way up and of the error dA "
        "on its way down, in a fresh network 64 units wide."
    ),
)
def gradient_flow(activation, depth, gain):
    rng = np.random.default_rng(0)
    layers = [(init_weights(64, 64, rng, gain), np.zeros(64)) for _ in range(depth)]
    activations = forward_deep(rng.normal(size=(64, 64)), [*layers, layers[0]], activation)
    dA = rng.normal(size=(64, 64))
    size = float(np.sqrt(np.mean(dA**2)))
    errors = [1.0]
    for l in range(depth, 1, -1):
        dZ = activate_backward(dA, activations[l], activation)
        dA = linear_backward_input(dZ, layers[l - 1][0])
        errors.append(float(np.sqrt(np.mean(dA**2))) / size)
    numbers = np.arange(1, depth + 1)
    up = [float(np.sqrt(np.mean(A**2))) for A in activations[1 : depth + 1]]
    first = errors[-1]
    verdict = "about as fast" if 0.5 < first < 2 else "faster" if first >= 2 else "more slowly"
    return Picture(
        (
            Panel(
                (
                    Curve(
                        numbers, np.maximum(up, 1e-12), role="ours", label="activations", dots=True
                    ),
                    Curve(
                        numbers,
                        np.maximum(errors[::-1], 1e-12),
                        role="bad",
                        label="error",
                        dots=True,
                    ),
                ),
                x_label="hidden layer",
                y_label="root mean square",
                log_y=True,
                height=0.6,
            ),
        ),
        reading=(
            f"The first layer gets {first:.2g} times the error of the last: it learns {verdict}."
        ),
    )


@figure(
    "gradient_check",
    controls=[
        Choice("precision", ("float64", "float32"), "float64"),
        Choice("activation", BENDS, "tanh"),
    ],
    caption=(
        "How far difference quotients are from backpropagation, against the step. Too long a step "
        "misses the curvature, too short a step drowns in rounding."
    ),
)
def gradient_check(precision, activation):
    exponents, central, forward = quotients(precision, activation)
    best = int(np.argmin(central))
    return Picture(
        (
            Panel(
                (
                    Curve(exponents, central, role="ours", label="central", dots=True),
                    Curve(exponents, forward, role="soft", label="forward", dashed=True),
                    Text(float(exponents[best]), float(central[best]) * 20, "best"),
                ),
                x_label="log10 of the step h",
                y_label="relative error",
                log_y=True,
                height=0.65,
            ),
        ),
        reading=(
            f"The best central step is about 1e{exponents[best]:.0f}, "
            f"with a relative error of {central[best]:.0e}."
            + (
                " One unit stands 1e-3 from its kink: longer steps cross it."
                if activation == "relu"
                else ""
            )
        ),
    )


def points(shape):
    """120 points of two classes in the plane, always the same."""
    rng = np.random.default_rng(4)
    n = 60
    y = np.repeat([0, 1], n)
    turn = rng.uniform(0, np.pi, size=2 * n)
    if shape == "moons":
        X = np.column_stack([np.cos(turn), np.sin(turn)])
        X[n:] = [1.0, 0.55] - X[n:]
        X = (X - [0.5, 0.27]) * [0.85, 1.2] + rng.normal(scale=0.1, size=X.shape)
    elif shape == "circles":
        radius = np.where(y == 0, 0.45, 1.15) + rng.normal(scale=0.1, size=2 * n)
        X = radius[:, None] * np.column_stack([np.cos(2 * turn), np.sin(2 * turn)])
    else:
        corners = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]]) * 0.8
        X = np.repeat(corners, n // 2, axis=0) + rng.normal(scale=0.22, size=(2 * n, 2))
    return X, y


@lru_cache(maxsize=64)
def trained(shape, sizes, activation, learning_rate):
    """Parameters and loss before the first step and after every one."""
    X, y = points(shape)
    network = MLP(sizes, activation=activation, random_state=3)
    theta, gradient = network.parameters.flat, network.gradients.flat
    history, losses = np.empty((STEPS + 1, theta.size)), np.empty(STEPS + 1)
    with np.errstate(over="ignore", invalid="ignore"):  # at rates that make it diverge
        for step in range(STEPS + 1):
            Z = network.forward(X)
            history[step], losses[step] = theta, cross_entropy(Z, y)
            network.backward(cross_entropy_backward(Z, y))
            sgd_step(theta, gradient, learning_rate)
    return history, losses


def curve():
    x = np.linspace(-1, 1, 40)
    return x, np.sin(3.5 * x) + 0.3 * x


@lru_cache(maxsize=32)
def folded(units, start):
    """The layers of a network that learns the curve, now and then."""
    x, target = curve()
    network = MLP([1, units, 1], random_state=1)
    if start == "all equal":
        network.parameters.flat[...] = 0.5
    else:
        W1 = np.where(np.arange(units) % 2, -1.0, 1.0)  # half of the units look left
        network.parameters["W1"] = W1[None, :]
        network.parameters["b1"] = -W1 * np.linspace(-0.9, 0.7, units)
    theta, gradient = network.parameters.flat, network.gradients.flat
    seen = []
    for step in range(1201):
        if step % FOLD_EVERY == 0:
            seen.append([(W.copy(), b.copy()) for W, b in network.layers])
        Z = network.forward(x[:, None])
        network.backward(mean_squared_error_backward(Z, target[:, None]))
        sgd_step(theta, gradient, 0.1)
    return seen


@lru_cache(maxsize=4)
def quotients(precision, activation):
    """Exponents of the step, and the errors of both quotients, in a network of 11 parameters."""
    rng = np.random.default_rng(2)
    dtype = np.dtype(precision)
    network = MLP([2, 2, 2], activation=activation, dtype=dtype, random_state=2)
    X, y = rng.normal(size=(6, 2)).astype(dtype), np.array([0, 1, 0, 1, 1, 0])
    theta = network.parameters.flat
    theta += 0.3 * rng.normal(size=theta.size)
    if activation == "relu":  # put the first unit 1e-3 from its kink on the first sample
        W1, b1 = network.layers[0]
        b1[0] += 1e-3 - (X[0] @ W1[:, 0] + b1[0])
    start = theta.copy()
    network.backward(cross_entropy_backward(network.forward(X), y))
    truth = network.gradients.flat.astype(np.float64)

    def loss(at):
        theta[...] = at
        return cross_entropy(network.forward(X), y)

    def error(slope):
        return float(np.abs(slope - truth).max() / np.abs(truth).max())

    here = float(loss(start))
    central, forward = [], []
    exponents = np.arange(-12.0, 0.0, 0.5) if precision == "float64" else np.arange(-6.0, 0.0, 0.25)
    for step in 10.0**exponents:
        central.append(error(numerical_gradient(loss, start, step)))
        one_sided = np.array(
            [(float(loss(start + e)) - here) / step for e in step * np.eye(len(start), dtype=dtype)]
        )
        forward.append(error(one_sided))
    return exponents, np.maximum(central, 1e-14), np.maximum(forward, 1e-14)


def straight(w, c, x, y, dashed=False):
    """The line w . p + c = 0 across a box, by abscissa where it is flat, else by ordinate."""
    if abs(w[1]) >= abs(w[0]):
        ends = np.array(x)
        return Curve(ends, -(w[0] * ends + c) / w[1], role="ink", dashed=dashed)
    ends = np.array(y)
    return Curve(-(w[1] * ends + c) / w[0], ends, role="ink", dashed=dashed)
