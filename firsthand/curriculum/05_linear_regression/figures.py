"""The pictures of stage 05, all computed by the functions the learner writes."""

import numpy as np

from firsthand.scratch.linear import linear_regression as linear
from firsthand.study.figures import (
    Bars,
    Choice,
    Curve,
    Dots,
    Draggable,
    Field,
    Panel,
    Picture,
    Slider,
    Text,
    figure,
)

STARTING_POINTS = (
    (0.8, 1.4),
    (1.8, 1.0),
    (2.7, 2.6),
    (4.1, 2.2),
    (5.2, 3.9),
    (6.6, 3.4),
    (7.4, 5.2),
)


@figure(
    "least_squares",
    controls=[Draggable("points", STARTING_POINTS, groups=("a",) * len(STARTING_POINTS))],
    caption="Drag a point. The line is the one with the least total area of squares.",
)
def least_squares(points):
    x, y = points[:, 0], points[:, 1]
    w, b = linear.closed_form(x[:, None], y, 0.0)
    fitted = linear.predict(x[:, None], w, b)
    squares = [_square(*corner) for corner in zip(x, y, fitted, strict=True)]
    ends = np.array([0.0, 9.0])
    marks = [
        *squares,
        Curve(ends, linear.predict(ends[:, None], w, b), role="ours", label="fitted line"),
        Dots([x.mean()], [y.mean()], role="ink", size=3, label="centre of the points"),
        Dots(x, y, role="a", drag="points", size=6),
    ]
    J = linear.loss(x[:, None], y, w, b, 0.0)
    reading = (
        f"w = {_signed(w[0])}, b = {_signed(b)}, J = {J:.3f}, "
        f"R² = {linear.r2_score(y, fitted):.2f}. "
        f"The residuals add up to {abs(np.sum(y - fitted)):.1f}, and the line passes through "
        "the centre of the points."
    )
    panel = Panel(tuple(marks), x=(0, 9), y=(0, 6.75), x_label="x", y_label="y", equal=True)
    return Picture((panel,), reading)


def _signed(value):
    """Two digits, with a minus sign that is not a hyphen."""
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _square(x, y, fitted):
    """The outline of a residual's square, drawn to the side with room."""
    side = y - fitted
    return Curve([x, x, x - side, x - side, x], [y, fitted, fitted, y, y], role="bad")


# 24 measurements of one feature, far from zero as measurements are
_rng = np.random.default_rng(5)
MEASURED = np.sort(_rng.uniform(0.5, 3.0, 24))
TARGET = -0.8 * MEASURED + 3.4 + 0.35 * _rng.normal(size=24)
FEATURES = {
    "as measured": MEASURED,
    "standardised": (MEASURED - MEASURED.mean()) / MEASURED.std(),
}
N_STEPS = 40


@figure(
    "descent",
    controls=[
        Slider("learning_rate", 0.01, 2.5, 0.1, log=True, label="learning rate"),
        Choice("feature", tuple(FEATURES), "as measured"),
    ],
    caption="Forty steps from w = 0, b = 0. Contours join places of equal loss.",
)
def descent(learning_rate, feature):
    x = FEATURES[feature]
    X = x[:, None]
    limit = linear.largest_learning_rate(X, 0.0)
    path, losses = _walk(X, learning_rate)
    least = linear.loss(X, TARGET, *linear.closed_form(X, TARGET, 0.0), 0.0)
    surface = _surface(x, path, w_range=(-2.2, 2.6), b_range=(-0.6, 4.0))
    above = np.maximum(losses - least, 1e-12)
    drawn = np.where(above < 1e9, above, np.nan)  # an explosion leaves the picture
    curve = Panel(
        (Curve(np.arange(N_STEPS + 1), drawn, role="ours", animate=True),),
        x_label="step",
        y_label="J above its minimum",
        log_y=True,
        height=0.4,
    )
    bowl = feature == "standardised"
    return Picture((surface, curve), _descent_reading(learning_rate, limit, above, bowl))


def _descent_reading(rate, limit, above, bowl):
    told = f"The limit 2/λmax is {limit:.3g}. "
    if rate > limit:
        return told + "You are past it: every step overshoots further than the last."
    if above[-1] < 1e-6 * above[0]:
        return told + f"After {N_STEPS} steps J is at its minimum to six digits."
    left = f"{100 * above[-1] / above[0]:.2g} % of the excess loss is left after {N_STEPS} steps"
    if bowl:
        return f"{told}{left[0].upper()}{left[1:]}; in a bowl every direction shrinks alike."
    if rate > 0.75 * limit:
        return f"{told}Close to it, the path zigzags across the valley; {left}."
    return f"{told}{left[0].upper()}{left[1:]}; across the valley it is quick, along it slow."


def _walk(X, learning_rate):
    """The places after every step, and their losses, by running longer and longer descents."""
    _, _, losses = linear.gradient_descent(X, TARGET, learning_rate, N_STEPS, 0.0)
    v, places = np.zeros(2), []
    for _ in range(N_STEPS + 1):
        places.append(v)
        dw, db = linear.gradient(X, TARGET, v[:1], float(v[1]), 0.0)
        v = v - learning_rate * np.append(dw, db)
    places = np.array(places)
    return np.where(np.abs(places) < 1e3, places, np.nan), losses


def _surface(x, path, w_range, b_range):
    """The loss over (w, b) from above, with a path on it and its lowest point."""
    W, B = np.meshgrid(np.linspace(*w_range, 56), np.linspace(*b_range, 42))
    residual = W[..., None] * x + B[..., None] - TARGET
    w, b = linear.closed_form(x[:, None], TARGET, 0.0)
    least = linear.loss(x[:, None], TARGET, w, b, 0.0)
    # the root of the excess grows like a distance, so contours are evenly spaced
    height = np.sqrt(np.maximum(np.mean(residual**2, axis=-1) / 2 - least, 0.0))
    levels = tuple(float(v) for v in height.max() * np.arange(1, 10) / 10)
    return Panel(
        (
            Field(height, levels=levels),
            Curve(path[:, 0], path[:, 1], role="ours", dots=True, animate=True),
            Dots([w[0]], [b], role="bad", label="minimum", size=5),
        ),
        x=w_range,
        y=b_range,
        x_label="w",
        y_label="b",
        height=0.7,
    )


@figure(
    "projection",
    controls=[
        Slider("w", -0.5, 2.0, 0.4),
        Draggable("target", ((1.6, 2.6),), groups=("a",)),
    ],
    caption="Two samples, one feature: data as arrows. Move w, and drag the target y.",
)
def projection(w, target):
    x, y = np.array([2.0, 0.8]), target[0]
    best = float(linear.least_squares(x[:, None], y, 0.0)[0])
    span, fit, foot = np.array([-0.6, 2.1]), w * x, best * x
    residual = y - fit
    corner = _right_angle(foot, x, y - foot)
    marks = (
        Curve(span * x[0], span * x[1], role="soft", dashed=True, label="all multiples of x"),
        Curve([0, y[0]], [0, y[1]], role="a"),
        Curve([0, fit[0]], [0, fit[1]], role="ours", label="w x"),
        Curve([fit[0], y[0]], [fit[1], y[1]], role="bad", label="residual"),
        Curve([foot[0], y[0]], [foot[1], y[1]], role="soft", dashed=True),
        Curve(corner[:, 0], corner[:, 1], role="soft"),
        Dots([fit[0]], [fit[1]], role="ours"),
        Dots([y[0]], [y[1]], role="a", drag="target", size=6),
        Text(1.9 * x[0], 1.9 * x[1] - 0.3, "x", role="soft"),
        Text(y[0] - 0.2, y[1] + 0.12, "y", role="a"),
    )
    reading = (
        f"|residual|² = {residual @ residual:.2f}, x · residual = {_signed(x @ residual)}. "
        f"The residual is shortest where it stands at a right angle on x: at w = {_signed(best)}."
    )
    panel = Panel(
        marks, x=(-1.2, 4.2), y=(-0.6, 3.45), x_label="sample 1", y_label="sample 2", equal=True
    )
    return Picture((panel,), reading)


def _right_angle(foot, along, up, size=0.16):
    """The little square that marks a right angle; nothing where the residual vanishes."""
    length = np.linalg.norm(up)
    if length < 1e-9:
        return np.tile(foot, (3, 1))
    a, u = size * along / np.linalg.norm(along), size * up / length
    return np.array([foot - a, foot - a + u, foot + u])


# Four features of which the first two say nearly the same; few and noisy samples
_rng = np.random.default_rng(3)
_common = _rng.normal(size=(212, 1))
_X = np.hstack([_common + 0.12 * _rng.normal(size=(212, 2)), _rng.normal(size=(212, 2))])
_y = _X @ np.array([1.0, 1.0, 0.6, 0.0]) + 1.5 * _rng.normal(size=212)
RIDGE_TRAIN, RIDGE_TEST = (_X[:12], _y[:12]), (_X[12:], _y[12:])
L2S = np.geomspace(1e-4, 100.0, 61)


@figure(
    "ridge_path",
    controls=[Slider("l2", 1e-4, 100.0, 0.003, log=True, label="l2")],
    caption="12 samples, four features; x₁ and x₂ are near twins. True weights: 1, 1, 0.6, 0.",
)
def ridge_path(l2):
    X, y = RIDGE_TRAIN
    Xc, yc, x_mean, y_mean = linear.centre(X, y)
    W = linear.ridge_path(Xc, yc, len(y) * L2S)
    now = linear.ridge_path(Xc, yc, np.array([len(y) * l2]))[0]
    errors = [_mean_square(*part, W, x_mean, y_mean) for part in (RIDGE_TRAIN, RIDGE_TEST)]
    best = L2S[np.argmin(errors[1])]
    s = np.linalg.svd(Xc, compute_uv=False)
    kept = s**2 / (s**2 + len(y) * l2)
    at, axis = np.log10(l2), np.log10(L2S)
    low, high = W.min() - 0.2, W.max() + 0.2
    roles = ("a", "b", "c", "soft")
    coefficients = Panel(
        (
            *(
                Curve(axis, W[:, j], role=roles[j], label=f"w{'₁₂₃₄'[j]}", dashed=j == 3)
                for j in range(4)
            ),
            Curve([at, at], [low, high], role="ink", dashed=True),
            Dots([at] * 4, now, role=roles),
        ),
        x=(-4, 2),
        y=(low, high),
        x_label="log₁₀ l2",
        y_label="coefficient",
        height=0.5,
    )
    top = 1.1 * max(errors[1].max(), errors[0].max())
    error = Panel(
        (
            Curve(axis, errors[0], role="soft", label="12 training samples"),
            Curve(axis, errors[1], role="ours", label="200 new samples"),
            Curve([at, at], [0, top], role="ink", dashed=True),
        ),
        x=(-4, 2),
        y=(0, top),
        x_label="log₁₀ l2",
        y_label="mean squared error",
        height=0.4,
    )
    bars = Panel(
        (Bars(tuple(f"s = {v:.1f}" for v in s), kept, role="ours"),),
        y=(0, 1),
        y_label="s² / (s² + n l2)",
        title="What is kept in each direction",
        height=0.3,
    )
    reading = (
        f"w = ({', '.join(map(_signed, now))}). The weakest direction, the difference of "
        f"the twins, keeps {100 * kept[-1]:.0f} %, the strongest {100 * kept[0]:.0f} %. New "
        f"samples are predicted best at l2 = {best:.2g}."
    )
    return Picture((coefficients, error, bars), reading)


def _mean_square(X, y, W, x_mean, y_mean):
    """The mean squared error of every row of W with its intercept."""
    residual = (X - x_mean) @ W.T + y_mean - y[:, None]
    return np.mean(residual**2, axis=0)


N_EPOCHS = 12


@figure(
    "batches",
    controls=[
        Slider("batch_size", 1, 24, 4, step=1, label="batch size"),
        Slider("learning_rate", 0.02, 0.4, 0.15, log=True, label="learning rate"),
    ],
    caption="Twelve epochs on 24 standardised samples: each dot is one step.",
)
def batches(batch_size, learning_rate):
    x = FEATURES["standardised"]
    X = x[:, None]
    rng = np.random.default_rng(0)
    v = np.zeros(2)
    path = [v]
    for _ in range(N_EPOCHS):
        for batch in linear.minibatches(len(x), batch_size, rng):
            dw, db = linear.gradient(X[batch], TARGET[batch], v[:1], float(v[1]), 0.0)
            v = v - learning_rate * np.append(dw, db)
            path.append(v)
    _, _, losses = linear.minibatch_gradient_descent(
        X, TARGET, learning_rate, N_EPOCHS, batch_size, 0.0, np.random.default_rng(0)
    )
    least = linear.loss(X, TARGET, *linear.closed_form(X, TARGET, 0.0), 0.0)
    above = np.maximum(losses - least, 1e-9)
    curve = Panel(
        (Curve(np.arange(N_EPOCHS + 1), above, role="ours", dots=True, animate=True),),
        x=(0, N_EPOCHS),
        x_label="epoch",
        y_label="J above its minimum",
        log_y=True,
        height=0.4,
    )
    path = np.array(path)
    tail = path[len(path) // 2 :] - np.append(*linear.closed_form(X, TARGET, 0.0))
    wander = np.sqrt(np.mean(np.sum(tail**2, axis=1)))
    n_steps = len(path) - 1
    reading = (
        f"{n_steps} steps of {batch_size} sample{'s' * (batch_size > 1)}. In the second half the "
        f"path is {wander:.2g} away from the minimum on average (root mean square)."
    )
    return Picture((_surface(x, path, (-1.6, 1.0), (-0.3, 2.6)), curve), reading)
