"""The pictures of stage 00: a first model, fitted by hand and then by the machine."""

import numpy as np

from firsthand.scratch.linear import linear_regression as linear
from firsthand.study.figures import Curve, Dots, Panel, Picture, Slider, Text, figure

# Twenty-six taxi rides: kilometres and minutes
_rng = np.random.default_rng(4)
KM = np.round(np.sort(_rng.uniform(0.8, 9.5, 26)), 1)
MINUTES = np.round(2.3 * KM + 5.5 + 2.2 * _rng.normal(size=26), 1)
W_BEST, B_BEST = linear.closed_form(KM[:, None], MINUTES, 0.0)
ENDS = np.array([0.0, 10.0])


def mean_square(w, b):
    """The mean squared error of minutes = w km + b: twice the loss without a penalty."""
    return 2 * linear.loss(KM[:, None], MINUTES, np.array([w]), b, 0.0)


def rides(w, b, role):
    """The rides, a line, and each ride's error as a stick."""
    fitted = linear.predict(KM[:, None], np.array([w]), b)
    sticks = [
        Curve([x, x], [y, f], role="bad") for x, y, f in zip(KM, MINUTES, fitted, strict=True)
    ]
    line = linear.predict(ENDS[:, None], np.array([w]), b)
    marks = (*sticks, Curve(ENDS, line, role=role), Dots(KM, MINUTES, role="ink"))
    return Panel(marks, x=(0, 10), y=(0, 36), x_label="kilometres", y_label="minutes", height=0.62)


@figure(
    "by_hand",
    controls=[
        Slider("w", 0.0, 5.0, 0.6, step=0.05, label="w, minutes a kilometre"),
        Slider("b", 0.0, 12.0, 10.0, step=0.25, label="b, minutes before it moves"),
    ],
    caption="26 taxi rides. Move w and b until the error is as small as you can make it.",
)
def by_hand(w, b):
    error, least = mean_square(w, b), mean_square(W_BEST[0], B_BEST)
    ws = np.linspace(0, 5, 101)
    slice_ = Panel(
        (
            Curve(ws, [mean_square(v, b) for v in ws], role="soft"),
            Dots([w], [error], role="yours", size=6),
            Curve([0, 5], [least, least], role="ours", dashed=True, label="the best line's error"),
        ),
        x=(0, 5),
        y=(0, 550),
        x_label="w",
        y_label="mean squared error",
        height=0.4,
    )
    if error < 1.02 * least:
        verdict = "Within 2 % of the best line there is: you are a good optimiser."
    elif error < 1.5 * least:
        verdict = f"The best line has {least:.1f}. Change both a little."
    else:
        verdict = f"The best line has {least:.1f}. The curve shows what w alone could still do."
    return Picture((rides(w, b, "yours"), slice_), f"Mean squared error {error:.1f}. {verdict}")


N_STEPS = 60


@figure(
    "by_machine",
    controls=[Slider("steps", 0, N_STEPS, 0, step=1)],
    caption="The same rides. At every step the machine follows the slope of the error down.",
)
def by_machine(steps):
    # distances are measured from their mean, so that one step size suits w and b
    x = (KM - KM.mean()) / KM.std()
    w, b, _ = linear.gradient_descent(x[:, None], MINUTES, 0.1, steps, 0.0)
    _, _, losses = linear.gradient_descent(x[:, None], MINUTES, 0.1, N_STEPS, 0.0)
    w_km = float(w[0] / KM.std())
    b_km = float(b - w_km * KM.mean())
    curve = Panel(
        (
            Curve(np.arange(N_STEPS + 1), 2 * losses, role="soft"),
            Dots([steps], [2 * losses[steps]], role="ours", size=6),
        ),
        x=(0, N_STEPS),
        x_label="step",
        y_label="mean squared error",
        height=0.4,
    )
    reading = (
        f"After {steps} steps: {w_km:.2f} minutes a kilometre and {b_km:.1f} minutes before it "
        f"moves. Mean squared error {2 * losses[steps]:.1f}; the least possible is "
        f"{mean_square(W_BEST[0], B_BEST):.1f}."
    )
    return Picture((rides(w_km, b_km, "ours"), curve), reading)


# Messages by their number of exclamation marks and capitals, in one score; 1 is spam
_rng = np.random.default_rng(8)
SCORE = np.concatenate([_rng.normal(2.6, 1.1, 30), _rng.normal(5.2, 1.2, 20)]).clip(0, 9)
SPAM = np.repeat([0, 1], [30, 20])
HEIGHT = _rng.uniform(-0.3, 0.3, 50)


@figure(
    "threshold",
    controls=[Slider("threshold", 0.0, 9.0, 6.5, step=0.1)],
    caption="50 messages by how much they shout. Everything right of the line is called spam.",
)
def threshold(threshold):
    missed = int(np.sum((threshold >= SCORE) & (SPAM == 1)))
    alarms = int(np.sum((threshold < SCORE) & (SPAM == 0)))
    places = np.linspace(0, 9, 181)
    errors = [np.sum((t < SCORE) != (SPAM == 1)) for t in places]
    roles = ["a" if spam else "b" for spam in SPAM]
    messages = Panel(
        (
            Dots(SCORE, SPAM + HEIGHT, role=roles),
            Curve([threshold] * 2, [-0.9, 1.9], role="yours"),
            Text(0.1, 1.5, "spam", role="a"),
            Text(0.1, -0.7, "wanted", role="b"),
        ),
        x=(0, 9),
        y=(-0.9, 1.9),
        x_label="shouting",
        height=0.4,
    )
    staircase = Panel(
        (
            Curve(places, errors, role="soft"),
            Dots([threshold], [missed + alarms], role="yours", size=6),
        ),
        x=(0, 9),
        x_label="threshold",
        y_label="mistakes",
        height=0.4,
    )
    reading = (
        f"{missed} spam let through, {alarms} wanted messages lost, {missed + alarms} mistakes. "
        f"The fewest possible are {min(errors)}. The staircase is flat almost everywhere."
    )
    return Picture((messages, staircase), reading)


# A curve with noise: 16 samples to learn from, 200 to be judged on
_rng = np.random.default_rng(6)


def nature(x):
    """What the samples come from, before the noise; no model is told."""
    return np.sin(1.7 * x) + 0.4 * x


X_SEEN = np.linspace(-1.9, 1.9, 16) + _rng.uniform(-0.1, 0.1, 16)
Y_SEEN = nature(X_SEEN) + 0.3 * _rng.normal(size=16)
X_NEW = _rng.uniform(-2, 2, 200)
Y_NEW = nature(X_NEW) + 0.3 * _rng.normal(size=200)
DEGREES = tuple(range(1, 13))


def powers(x, degree):
    """The columns x, x², ..., scaled so that none is huge on [-2, 2]."""
    return (x[:, None] / 2) ** np.arange(1, degree + 1)


def _fit(degree):
    return linear.closed_form(powers(X_SEEN, degree), Y_SEEN, 0.0)


def _errors(degree):
    w, b = _fit(degree)
    return [
        np.mean((linear.predict(powers(x, degree), w, b) - y) ** 2)
        for x, y in ((X_SEEN, Y_SEEN), (X_NEW, Y_NEW))
    ]


ERRORS = np.array([_errors(degree) for degree in DEGREES])


@figure(
    "generalisation",
    controls=[Slider("degree", 1, 12, 1, step=1, label="degree of the polynomial")],
    caption="Polynomials fitted to 16 samples and judged on 200 new ones from the same source.",
)
def generalisation(degree):
    w, b = _fit(degree)
    x = np.linspace(-2, 2, 161)
    fit = Panel(
        (
            Dots(X_NEW, Y_NEW, role="soft", size=1.5, label="new"),
            Curve(x, linear.predict(powers(x, degree), w, b), role="ours", label="fitted"),
            Dots(X_SEEN, Y_SEEN, role="ink", size=5, label="seen"),
        ),
        x=(-2, 2),
        y=(-3, 3),
        x_label="x",
        y_label="y",
        height=0.6,
    )
    seen, new = ERRORS[degree - 1]
    errors = Panel(
        (
            Curve(DEGREES, ERRORS[:, 0], role="soft", dots=True, label="on the 16 seen"),
            Curve(DEGREES, ERRORS[:, 1], role="ours", dots=True, label="on 200 new ones"),
            Dots([degree] * 2, [seen, new], role=("soft", "ours"), size=6),
        ),
        x=(0.5, 12.5),
        x_label="degree",
        y_label="mean squared error",
        log_y=True,
        height=0.45,
    )
    best = DEGREES[int(np.argmin(ERRORS[:, 1]))]
    if degree < best:
        verdict = "It is too stiff to follow the data: underfitting."
    elif degree == best:
        verdict = "No other degree does better on new data."
    else:
        verdict = "What it learned beyond the best degree is the noise of these 16: overfitting."
    reading = f"Error {seen:.3g} on what it saw, {new:.3g} on new data. {verdict}"
    return Picture((fit, errors), reading)
