"""The pictures of stage 06, all computed by the functions the learner writes."""

from functools import cache

import numpy as np

from firsthand.scratch.linear import LogisticRegression
from firsthand.scratch.linear import logistic_regression as logistic
from firsthand.study.figures import (
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

WIDTH, HEIGHT = (0.0, 8.0), (0.0, 6.0)
GRID_X, GRID_Y = np.meshgrid(np.linspace(*WIDTH, 64), np.linspace(*HEIGHT, 48))
GRID = np.column_stack([GRID_X.ravel(), GRID_Y.ravel()])


@figure(
    "log_odds",
    controls=[Slider("z", -6.0, 6.0, 1.386, label="log-odds z")],
    caption="The same quantity on two axes: as a probability it bends, as odds on a logarithmic "
    "axis it is a line. The second point is one unit of z further on.",
)
def log_odds(z):
    axis = np.linspace(-7, 7, 141)
    here = np.array([z, z + 1])
    p, odds = logistic.sigmoid(here), np.exp(here)
    bend = Panel(
        (
            Curve([z, z, -7], [0, p[0], p[0]], role="soft", dashed=True),
            Curve(axis, logistic.sigmoid(axis), role="ours"),
            Dots(here, p, role=("ours", "ink"), size=6),
        ),
        x=(-7, 7),
        y=(0, 1),
        x_label="log-odds z",
        y_label="probability p",
        height=0.5,
    )
    straight = Panel(
        (Curve(axis, np.exp(axis), role="ours"), Dots(here, odds, role=("ours", "ink"), size=6)),
        x=(-7, 7),
        y=(1e-3, 1e3),
        x_label="log-odds z",
        y_label="odds p / (1 − p)",
        log_y=True,
        height=0.36,
    )
    reading = (
        f"z = {_signed(z, 2)} are odds of {_odds(odds[0])}, so p = {p[0]:.3f}. One unit further "
        f"the odds are e = 2.718 times as large, {_odds(odds[1])}, and p = {p[1]:.3f}: "
        f"{_signed(100 * (p[1] - p[0]), 1)} percentage points."
    )
    return Picture((bend, straight), reading)


def _signed(value, digits):
    return f"{value:+.{digits}f}".replace("-", "−")


def _odds(ratio):
    return f"{ratio:.3g} to 1" if ratio >= 1 else f"1 to {1 / ratio:.3g}"


@figure(
    "one_sample",
    controls=[
        Slider("z", -6.0, 6.0, -4.0, label="log-odds z"),
        Choice("label", ("1", "0"), "1", label="true class"),
    ],
    caption="What one sample costs, and how hard it pulls. Squared error is for comparison.",
)
def one_sample(z, label):
    y = float(label)
    axis = np.linspace(-6, 6, 121)
    p = logistic.sigmoid(axis)
    pull = 2 * (p - y) * p * (1 - p)
    cost = [logistic.binary_cross_entropy(np.array([v]), np.array([y])) for v in axis]
    now = logistic.binary_cross_entropy(np.array([z]), np.array([y]))
    p_now = float(logistic.sigmoid(np.array(z)))
    squared, bend = (p_now - y) ** 2, 2 * (p_now - y) * p_now * (1 - p_now)
    costs = Panel(
        (
            Curve(axis, cost, role="ours", label="cross-entropy"),
            Curve(axis, (p - y) ** 2, role="bad", label="(p − y)²", dashed=True),
            Dots([z, z], [now, squared], role=("ours", "bad"), size=5),
        ),
        x=(-6, 6),
        y=(0, 6.2),
        x_label="log-odds z",
        y_label="loss",
        height=0.48,
    )
    slopes = Panel(
        (
            Curve(axis, p - y, role="ours", label="p − y"),
            Curve(axis, pull, role="bad", label="2 (p − y) p (1 − p)", dashed=True),
            Dots([z, z], [p_now - y, bend], role=("ours", "bad"), size=5),
        ),
        x=(-6, 6),
        y=(-1.05, 1.05),
        x_label="log-odds z",
        y_label="slope in z",
        height=0.4,
    )
    reading = (
        f"p = {p_now:.3f} for a sample of class {label}: it costs {now:.2f} and pulls with "
        f"p − y = {_signed(p_now - y, 3)}. Squared error would pull with {_signed(bend, 3)}."
    )
    return Picture((costs, slopes), reading)


COLD = (
    (1.1, 1.3), (1.6, 2.6), (2.2, 0.9), (2.4, 1.9), (2.7, 3.3), (3.1, 2.4), (3.4, 1.2),
    (3.6, 3.0), (4.2, 2.2), (1.9, 4.0), (4.4, 3.4), (5.1, 1.5),
)  # fmt: skip
WARM = (
    (3.3, 4.4), (4.1, 4.9), (4.7, 3.9), (5.0, 5.1), (5.4, 3.1), (5.6, 4.3), (6.1, 2.4),
    (6.2, 3.7), (6.7, 4.8), (6.9, 3.0), (7.3, 4.1), (4.0, 2.9),
)  # fmt: skip


@figure(
    "clouds",
    controls=[
        Draggable("points", COLD + WARM, groups=("b",) * len(COLD) + ("a",) * len(WARM)),
        Slider("threshold", 0.05, 0.95, 0.5),
    ],
    caption="Drag a point. Colour is p, thin lines are p = 0.1, 0.25, 0.75 and 0.9; the thick line "
    "is where p equals the threshold.",
)
def clouds(points, threshold):
    y = np.repeat([0, 1], [len(COLD), len(WARM)])
    model = LogisticRegression(l2=0.01).fit(points, y)
    w, b = model.coef_[0], float(model.intercept_[0])
    said = logistic.sigmoid(logistic.log_odds(points, w, b)) > threshold
    missed, alarms = int(np.sum(~said & (y == 1))), int(np.sum(said & (y == 0)))
    lines = [_line(w, b, threshold)] if np.any(w) else []  # all points may lie on one another
    panel = _plane(w, b, (0.1, 0.25, 0.75, 0.9), lines, points, y, drag="points")
    reading = (
        f"log-odds of a disc = {_signed(w[0], 2)} x1 {_signed(w[1], 2)} x2 {_signed(b, 2)}. "
        f"We say disc where p is above {threshold:.2f}: discs missed {missed}, squares "
        f"called discs {alarms}. The mean loss is {model.losses_[-1] - 0.005 * w @ w:.3f}, "
        "whatever the threshold."
    )
    return Picture((panel,), reading)


def _plane(w, b, levels, lines, points, y, drag=""):
    """Probability as colour over the plane, with lines and the two classes on it."""
    p = logistic.sigmoid(logistic.log_odds(GRID, w, b)).reshape(GRID_X.shape)
    roles = tuple("a" if label else "b" for label in y)
    return Panel(
        (
            Field(p, levels=levels, diverging=True),
            *lines,
            Dots(points[:, 0], points[:, 1], role=roles, drag=drag, size=5),
        ),
        x=WIDTH,
        y=HEIGHT,
        x_label="x1",
        y_label="x2",
        equal=True,
    )


def _line(w, b, threshold=0.5):
    """The boundary inside the panel, whether it is steep or flat."""
    if abs(w[1]) >= abs(w[0]):
        x1 = np.array(WIDTH)
        return Curve(x1, logistic.boundary(x1, w, b, threshold), role="ink")
    x2 = np.array(HEIGHT)
    return Curve(logistic.boundary(x2, w[::-1], b, threshold), x2, role="ink")


_rng = np.random.default_rng(6)
CLOUD = np.vstack([_rng.normal((2.8, 2.3), 0.95, (30, 2)), _rng.normal((5.3, 3.9), 0.95, (30, 2))])
LABEL = np.repeat([0.0, 1.0], 30)
MIDDLE, SPREAD = CLOUD.mean(axis=0), CLOUD.std(axis=0)
SCALED = (CLOUD - MIDDLE) / SPREAD
N_STEPS = 60


@figure(
    "descent",
    controls=[
        Slider("learning_rate", 0.01, 100.0, 1.0, log=True, label="learning rate"),
        Slider("step", 0, N_STEPS, N_STEPS, step=1),
    ],
    caption="Sixty steps from w = 0, b = 0 on two clouds of 30 points, standardised. The picture "
    "shows the model after the chosen step.",
)
def descent(learning_rate, step):
    start = (np.zeros(2), 0.0)
    _, _, losses = logistic.gradient_descent(SCALED, LABEL, *start, learning_rate, N_STEPS)
    w, b, _ = logistic.gradient_descent(SCALED, LABEL, *start, learning_rate, step)
    raw, shift = w / SPREAD, float(b - (w / SPREAD) @ MIDDLE)  # the same model in x itself
    lines = [_line(raw, shift)] if np.any(raw) else []
    plane = _plane(raw, shift, (), lines, CLOUD, LABEL)
    top = float(max(0.75, losses.max() * 1.05))
    steps = np.arange(N_STEPS + 1)
    curve = Panel(
        (
            Curve(steps, losses, role="ours", animate=True),
            Curve([0, N_STEPS], [_least(), _least()], role="soft", dashed=True, label="minimum"),
            Dots([step], [losses[step]], role="ours", size=5),
        ),
        x=(0, N_STEPS),
        y=(0, top),
        x_label="step",
        y_label="loss J",
        height=0.4,
    )
    return Picture((plane, curve), _descent_reading(losses, step))


def _descent_reading(losses, step):
    told = f"J is {losses[0]:.3f} at the start, {losses[step]:.3f} after step {step}. "
    rises = int(np.sum(np.diff(losses) > 1e-9))
    gap = losses[-1] - _least()
    if rises:
        return f"{told}It rose in {rises} of {N_STEPS} steps: the learning rate is too high."
    near = np.flatnonzero(losses - _least() < 0.01)
    if len(near):
        return f"{told}It is within 0.01 of the minimum {_least():.3f} from step {near[0]} on."
    return f"{told}After {N_STEPS} steps it is still {gap:.3f} above the minimum {_least():.3f}."


@cache
def _least():
    """The loss at the minimum, by Newton."""
    return float(LogisticRegression(l2=0.0).fit(SCALED, LABEL).losses_[-1])


@figure(
    "newton",
    controls=[
        Choice("features", ("standardised", "x1 in hundredths"), "standardised"),
        Choice("rate", ("safe", "half of it", "twice it"), "safe", label="learning rate"),
    ],
    caption="What is left to gain after each step, on the same clouds. The safe learning rate is "
    "1 over a bound on the curvature.",
)
def newton(features, rate):
    X = SCALED * ([1.0, 1.0] if features == "standardised" else [100.0, 1.0])
    X1 = np.column_stack([X, np.ones(len(X))])
    safe = 4 * len(X) / np.linalg.eigvalsh(X1.T @ X1)[-1]
    chosen = safe * {"safe": 1.0, "half of it": 0.5, "twice it": 2.0}[rate]
    start = (np.zeros(2), 0.0)
    walked = logistic.gradient_descent(X, LABEL, *start, chosen, N_STEPS)[2] - _least()
    w, b = start
    jumped = [logistic.objective(X, LABEL, w, b) - _least()]
    while len(jumped) < 9 and jumped[-1] > 1e-14:
        w, b = logistic.newton_step(X, LABEL, w, b)
        jumped.append(logistic.objective(X, LABEL, w, b) - _least())
    panel = Panel(
        (
            Curve(np.arange(N_STEPS + 1), np.maximum(walked, 1e-16), role="soft", label="descent"),
            Curve(
                np.arange(len(jumped)),
                np.maximum(jumped, 1e-16),
                role="ours",
                dots=True,
                label="Newton",
            ),
        ),
        x=(0, N_STEPS),
        y=(1e-16, 2.0),
        x_label="step",
        y_label="J above its minimum",
        log_y=True,
        height=0.55,
    )
    reading = (
        f"Newton is at rounding after {len(jumped) - 1} steps, in any units. Descent with learning "
        f"rate {chosen:.2g} still has {walked[-1]:.2g} to go after {N_STEPS}."
    )
    return Picture((panel,), reading)


TRIO = (
    (1.0, 1.2), (1.7, 2.1), (2.3, 1.0), (2.6, 2.2), (3.2, 1.4), (2.0, 3.0), (1.2, 2.9),
    (5.4, 1.1), (6.0, 1.9), (6.6, 1.2), (5.2, 2.3), (7.0, 2.4), (4.4, 1.6), (6.3, 2.9),
    (3.4, 4.6), (4.1, 5.2), (4.8, 4.4), (3.8, 3.7), (5.3, 4.9), (2.9, 3.9), (4.6, 3.5),
)  # fmt: skip
CLASSES = ("a", "b", "c")
SHOWN = ("doubt", "p of disc", "p of square", "p of triangle")
NAMES = {"a": "disc", "b": "square", "c": "triangle"}


@figure(
    "softmax",
    controls=[
        Draggable("points", TRIO, groups=tuple(c for c in CLASSES for _ in range(7))),
        Choice(
            "shown", ("doubt", "p of disc", "p of square", "p of triangle"), "doubt", label="colour"
        ),
    ],
    caption="Drag a point. Lines are where the two largest scores tie; shade is where no class is "
    "likely, or where the chosen one is.",
)
def softmax(points, shown):
    y = np.repeat(CLASSES, 7)
    model = LogisticRegression(l2=0.01).fit(points, y)
    W, b = model.coef_.T, model.intercept_
    P = logistic.softmax(logistic.log_odds(GRID, W, b))
    doubt = shown == "doubt"
    surface = 1 - P.max(axis=1) if doubt else P[:, SHOWN.index(shown) - 1]
    panel = Panel(
        (
            Field(surface.reshape(GRID_X.shape), levels=() if doubt else (0.25, 0.5, 0.75)),
            *_ties(W, b),
            Dots(points[:, 0], points[:, 1], role=tuple(y), drag="points", size=5),
        ),
        x=WIDTH,
        y=HEIGHT,
        x_label="x1",
        y_label="x2",
        equal=True,
    )
    centre = logistic.softmax(logistic.log_odds(np.array([[4.0, 3.0]]), W, b))[0]
    told = ", ".join(f"{NAMES[c]} {p:.2f}" for c, p in zip(CLASSES, centre, strict=True))
    right = int(np.sum(model.predict(points) == y))
    reading = (
        f"In the centre of the picture: {told}. {right} of {len(y)} points lie in their own "
        f"region. Over the classes, each feature's weights add to {abs(W.sum(axis=1)).max():.0f}."
    )
    return Picture((panel,), reading)


def _ties(W, b):
    """Where two classes tie for the largest score: a part of a straight line for each pair."""
    for one, other in ((0, 1), (0, 2), (1, 2)):
        w, c = W[:, one] - W[:, other], b[one] - b[other]
        along = np.array([-w[1], w[0]]) / max(np.hypot(*w), 1e-12)
        foot = -c * w / max(w @ w, 1e-12)  # the point of the line nearest to the origin
        at = foot + along * np.linspace(-12, 12, 481)[:, None]
        Z = logistic.log_odds(at, W, b)
        third = Z[:, 3 - one - other]
        inside = (at >= 0).all(axis=1) & (at <= [WIDTH[1], HEIGHT[1]]).all(axis=1)
        kept = at[(third <= Z[:, one]) & inside]
        if len(kept):
            yield Curve(kept[:, 0], kept[:, 1], role="ink")


APART = np.array([0.4, 1.0, 1.5, 2.1, 2.7, 4.1, 4.6, 5.4, 6.0, 6.9])
SIDE = (APART > 3.4).astype(float)
STRENGTHS = np.logspace(-8, 0, 17)


@figure(
    "separable",
    controls=[Slider("l2", 1e-8, 1.0, 1e-2, log=True, label="l2")],
    caption="One feature separates the classes. Without a penalty no weight is large enough.",
)
def separable(l2):
    w, b, loss = _fit(l2)
    axis = np.linspace(0, 7.5, 201)
    p = logistic.sigmoid(logistic.log_odds(axis[:, None], np.array([w]), b))
    roles = tuple("a" if label else "b" for label in SIDE)
    curve = Panel(
        (
            Curve(axis, p, role="ours"),
            Curve([2.7, 2.7, 4.1, 4.1], [-0.06, 1.06, 1.06, -0.06], role="soft", dashed=True),
            Text(2.78, 0.9, "gap"),
            Dots(APART, SIDE, role=roles, size=5),
        ),
        x=(0, 7.5),
        y=(-0.06, 1.06),
        x_label="x",
        y_label="p",
        height=0.45,
    )
    growth = Panel(
        (
            Curve(np.log10(STRENGTHS), _weights(), role="ours"),
            Dots([np.log10(l2)], [abs(w)], role="ours", size=5),
        ),
        x=(-8, 0),
        x_label="log10 of l2",
        y_label="|w|",
        height=0.36,
    )
    reading = (
        f"w = {w:.2f}. Even the point next to the gap has p = {_closest(w, b):.4f} for its own "
        f"class, and the mean cross-entropy is {loss:.2g}."
    )
    return Picture((curve, growth), reading)


def _fit(l2):
    model = LogisticRegression(l2=l2).fit(APART[:, None], SIDE)
    w, b = float(model.coef_[0, 0]), float(model.intercept_[0])
    z = logistic.log_odds(APART[:, None], np.array([w]), b)
    return w, b, logistic.binary_cross_entropy(z, SIDE)


def _closest(w, b):
    z = logistic.log_odds(APART[:, None], np.array([w]), b)
    return float(logistic.sigmoid(np.where(SIDE == 1, z, -z)).min())


@cache
def _weights():
    return np.array([abs(_fit(l2)[0]) for l2 in STRENGTHS])
