"""Pictures of stage 07, computed by the perceptron of scratch itself."""

from functools import cache
from itertools import cycle

import numpy as np

from firsthand.scratch.linear.perceptron import (
    margin,
    mistake_bound,
    predict,
    train,
    train_averaged,
    update,
)
from firsthand.scratch.linear.separability import widest_line
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

GATES = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TRUTH = {
    "AND": np.array([-1.0, -1.0, -1.0, 1.0]),
    "OR": np.array([-1.0, 1.0, 1.0, 1.0]),
    "XOR": np.array([-1.0, 1.0, 1.0, -1.0]),
    "NAND": np.array([1.0, 1.0, 1.0, -1.0]),
    "NOR": np.array([1.0, -1.0, -1.0, -1.0]),
}
UNIT = (-0.6, 1.6)


def walk(X, y, most):
    """Visit the samples in turn; return the weights, the zeros first, and whom each move was for.

    Ends after ``most`` moves, or when all samples in a row were right.
    """
    weights, corrected, right = [(np.zeros(X.shape[1]), 0.0)], [], 0
    visits = cycle(range(len(X)))
    while right < len(X) and len(corrected) < most:
        i = next(visits)
        w, b = weights[-1]
        if y[i] * (X[i] @ w + b) > 0:
            right += 1
        else:
            weights.append(update(X[i], y[i], w, b))
            corrected.append(i)
            right = 0
    return weights, corrected


def sides(w, b, x, y, reach=0.3):
    """Return the field of which side is which; it fades within ``reach`` of the line."""
    length = np.linalg.norm(w)
    across, up = np.meshgrid(np.linspace(*x, 41), np.linspace(*y, 41))
    z = across * w[0] + up * w[1] + b
    if length == 0:
        return Field(np.full(z.shape, np.sign(b)), diverging=True, middle=0.0)
    return Field(np.tanh(z / length / reach), levels=(0.0,), diverging=True, middle=0.0)


def line(w, b, x, y, role, label, *, dashed=False):
    """Return the line x . w + b = 0 as it crosses the panel."""
    w1, w2 = w
    if abs(w2) >= abs(w1):
        at = np.linspace(*x, 2)
        return Curve(at, -(b + w1 * at) / (w2 or 1.0), role, label=label, dashed=dashed)
    at = np.linspace(*y, 2)
    return Curve(-(b + w2 * at) / w1, at, role, label=label, dashed=dashed)


def classes(y):
    return tuple("a" if label > 0 else "b" for label in y)


def signed(value):
    return f"{value:+.0f}".replace("-", "\u2212").replace("+0", "0")


@figure(
    "gates",
    controls=[
        Choice("gate", ("AND", "OR", "XOR"), "AND"),
        Slider("moves", 0, 18, 6, step=1, label="mistakes so far"),
    ],
    caption="One mistake at a time. The four inputs are visited in turn; each mistake moves the "
    "line. Discs are true (+1), squares false (\u22121).",
)
def gates(gate, moves):
    y = TRUTH[gate]
    weights, corrected = walk(GATES, y, 40)
    now = min(moves, len(corrected))
    w, b = weights[now]
    marks = [sides(w, b, UNIT, UNIT)]
    if now:
        x1, x2 = GATES[corrected[now - 1]]
        marks.append(Dots([x1], [x2], "bad", size=9.0, label="just corrected"))
    marks.append(Dots(GATES[:, 0], GATES[:, 1], classes(y), size=5.5))
    _, _, mistakes = train(GATES, y, max_epochs=10)
    begun = int(np.searchsorted(np.cumsum(mistakes), now)) if now else -1
    roles = tuple("ours" if k <= begun else "soft" for k in range(len(mistakes)))
    wrong = int(np.sum(y * (GATES @ w + b) <= 0))
    weights_told = f"w = ({signed(w[0])}, {signed(w[1])}), b = {signed(b)}"
    if now == 0:
        reading = "All weights are zero: there is no line yet, and every input is on it."
    elif wrong == 0:
        reading = f"After {now} mistakes {weights_told}: all four inputs are right, for ever."
    else:
        x1, x2 = GATES[corrected[now - 1]].astype(int)
        reading = (
            f"Mistake {now}, at ({x1}, {x2}), gave {weights_told}. "
            f"Wrong or on the line now: {wrong} of the four inputs."
        )
    labels = tuple(str(k + 1) for k in range(len(mistakes)))
    return Picture(
        (
            Panel(tuple(marks), x=UNIT, y=UNIT, x_label="x1", y_label="x2", equal=True),
            Panel(
                (Bars(labels, mistakes, roles),),
                x_label="pass",
                y_label="mistakes",
                y=(0, 4.4),
                height=0.3,
            ),
        ),
        reading,
    )


@figure(
    "cycle",
    controls=[
        Choice("gate", ("AND", "XOR"), "XOR"),
        Slider("moves", 0, 24, 8, step=1, label="mistakes so far"),
    ],
    caption="The three weights after each mistake. On AND they come to rest; on XOR they come "
    "round to zero after every four mistakes, and will do so for ever.",
)
def weights_go_round(gate, moves):
    y = TRUTH[gate]
    weights, corrected = walk(GATES, y, 24)
    table = np.array([[*w, b] for w, b in weights])
    now = min(moves, len(corrected))
    steps = np.arange(len(table))
    marks = []
    for column, (role, label) in enumerate([("a", "w1"), ("b", "w2"), ("c", "b")]):
        marks.append(Curve(steps, table[:, column], role, label=label, dots=True))
        marks.append(Dots([now], [table[now, column]], role, size=6.0))
    counts = np.bincount(corrected[:now], minlength=4)
    told = ", ".join(map(str, counts))
    if now and not table[now].any():
        reading = (
            f"After {now} mistakes all weights are zero again. The inputs were corrected "
            f"{told} times: these moves cancel, which proves that no line exists."
        )
    elif now == len(corrected) and now < 24:
        reading = f"After {now} mistakes no input is wrong, and the weights rest."
    else:
        reading = f"After {now} mistakes; the four inputs were corrected {told} times."
    panel = Panel(
        tuple(marks),
        x=(-0.5, 24.5),
        x_label="mistakes",
        y_label="weight",
        height=0.5,
    )
    return Picture((panel,), reading)


@figure(
    "squeeze",
    controls=[
        Choice("gate", ("AND", "OR"), "AND"),
        Slider("centre", 0.0, 1.5, 0.5, step=0.25, label="centre of the inputs"),
    ],
    caption="The proof as a picture. After k mistakes the squared length of (w, b) is at least "
    "k\u00b2\u03b3\u00b2 and at most k R\u00b2; where the two meet, no further mistake is "
    "possible. A centre of 0.5 is the gate as it was; a centre of 0 makes its inputs \u00b1\u00bd.",
)
def squeeze(gate, centre):
    X, y = GATES - 0.5 + centre, TRUTH[gate]
    best = widest_line(X, y)
    radius = float(np.max(np.sum(X**2, axis=1))) + 1
    bound = mistake_bound(X, y, *best)
    weights, corrected = walk(X, y, 5000)
    made = len(corrected)
    lengths = [float(w @ w + b * b) for w, b in weights]
    k = np.linspace(0, 1.1 * bound, 80)
    proof = Panel(
        (
            Curve(k, radius * k, "b", label="at most k R\u00b2"),
            Curve(k, k**2 * radius / bound, "a", label="at least k\u00b2\u03b3\u00b2"),
            Curve(np.arange(made + 1), lengths, "ours", label="|(w, b)|\u00b2", animate=True),
            Dots([made], [lengths[-1]], "ours", size=5.0),
            Text(bound, radius * bound, f"(R/\u03b3)\u00b2 = {bound:.0f}", "ink"),
        ),
        x=(0, 1.1 * bound),
        y=(0, 1.2 * radius * bound),
        x_label="mistakes k",
        height=0.7,
    )
    return Picture(
        (proof,),
        f"R\u00b2 = {radius:.2f} and \u03b3 = {np.sqrt(radius / bound):.3f} allow at most "
        f"{bound:.0f} mistakes; it made {made}.",
    )


def cloud(gap):
    """Return samples pushed ``gap`` away from a slanted line, labelled by their side."""
    X = np.random.default_rng(7).uniform(-1, 1, size=(12, 2))
    normal = np.array([0.6, 0.8])
    side = np.where(X @ normal > 0.0, 1.0, -1.0)
    return X + (side * gap)[:, None] * normal + np.array([1.0, 0.5]), side


@cache
def scanned():
    """Return (gaps, bounds, mistakes of six orders each): the same cloud, pushed apart."""
    gaps = np.geomspace(0.04, 0.8, 9)
    bounds, made = [], []
    for gap in gaps:
        X, y = cloud(gap)
        bounds.append(mistake_bound(X, y, *widest_line(X, y)))
        orders = map(np.random.default_rng, range(6))
        made.append([sum(train(X, y, max_epochs=10**4, rng=rng)[2]) for rng in orders])
    return gaps, np.array(bounds), np.array(made)


@figure(
    "margin",
    controls=[Slider("gap", 0.04, 0.8, 0.2, log=True, label="gap between the classes")],
    caption="The same cloud of samples, its halves pushed apart by a gap: the bound, and the "
    "mistakes that six orders of the samples really made. Both axes are logarithmic.",
)
def margin_and_mistakes(gap):
    gaps, bounds, made = scanned()
    X, y = cloud(gap)
    line_found = widest_line(X, y)
    bound = mistake_bound(X, y, *line_found)
    now = [sum(train(X, y, max_epochs=10**4, rng=np.random.default_rng(s))[2]) for s in range(6)]
    places = np.repeat(np.log10(gaps), made.shape[1])
    here = np.full(len(now), np.log10(gap))
    panel = Panel(
        (
            Curve(np.log10(gaps), bounds, "ink", label="bound (R/\u03b3)\u00b2"),
            Dots(places, made.ravel(), "soft", size=2.6, label="other gaps"),
            Dots(here, now, "ours", size=4.5, label="six orders"),
            Dots(here[:1], [bound], "ink", size=5.0),
        ),
        x_label="log10 of the gap",
        y_label="mistakes",
        log_y=True,
        height=0.6,
    )
    width = margin(X, y, *line_found)
    return Picture(
        (panel,),
        f"With a gap of {gap:.2f} a line keeps {width:.2f} from every sample. The bound is "
        f"{bound:.0f}; six orders made {min(now)} to {max(now)} mistakes.",
    )


START = (
    (-1.2, 0.9), (-0.6, 1.3), (-0.2, 0.5), (-1.4, -0.1), (0.3, 1.4),
    (1.2, -0.8), (0.5, -1.2), (0.4, -0.2), (1.4, 0.3), (-0.3, -1.3),
)  # fmt: skip
LABELS = np.array([1.0] * 5 + [-1.0] * 5)
WINDOW = (-2.0, 2.0)


@figure(
    "any_line",
    controls=[
        Draggable("points", START, groups=classes(LABELS)),
        Slider("order", 1, 30, 1, step=1, label="order of the samples"),
    ],
    caption="Drag the points. Each grey line is where one order of the samples stopped, or was "
    "stopped after 30 passes. The shades are one order's last weights, with their average.",
)
def any_line(points, order):
    passes = 30
    marks = []
    for seed in range(100, 110):
        w, b, _ = train(points, LABELS, 1.0, passes, np.random.default_rng(seed))
        if w.any():
            marks.append(line(w, b, WINDOW, WINDOW, "soft", ""))
    w, b, mistakes = train(points, LABELS, 1.0, passes, np.random.default_rng(order))
    rng = np.random.default_rng(order)
    mean_w, mean_b, _ = train_averaged(points, LABELS, 1.0, passes, rng)
    best = widest_line(points, LABELS)
    marks = [sides(w, b, WINDOW, WINDOW), *marks]
    marks.append(line(mean_w, mean_b, WINDOW, WINDOW, "c", "average"))
    if best and np.any(best[0]):
        marks.append(line(*best, WINDOW, WINDOW, "ink", "widest", dashed=True))
    marks.append(Dots(points[:, 0], points[:, 1], classes(LABELS), drag="points", size=5.5))
    if best is None:
        right = int(np.sum(predict(points, mean_w, mean_b) == LABELS))
        reading = (
            f"No line separates these points: after {passes} passes the last one still made "
            f"{mistakes[-1]} mistakes. The average gets {right} of {len(points)} right."
        )
    elif mistakes[-1]:
        reading = f"A line exists, but {passes} passes were not enough to find it."
    else:
        reading = (
            f"{sum(mistakes)} mistakes in {len(mistakes)} passes. The line keeps "
            f"{margin(points, LABELS, w, b):.2f} from the nearest point, the average "
            f"{margin(points, LABELS, mean_w, mean_b):.2f}, the widest line "
            f"{margin(points, LABELS, *best):.2f}."
        )
    panel = Panel(tuple(marks), x=WINDOW, y=WINDOW, x_label="x1", y_label="x2", equal=True)
    return Picture((panel,), reading)


@figure(
    "three_neurons",
    controls=[Choice("pair", ("OR, NAND", "OR, AND", "AND, NOR", "OR, OR"), "OR, NAND")],
    caption="Two perceptrons look at the inputs, a third at the two of them. Above, what the "
    "three compute together; below, the four inputs as the third one sees them.",
)
def three_neurons(pair):
    first, second = pair.split(", ")
    (w1, b1, _), (w2, b2, _) = train(GATES, TRUTH[first]), train(GATES, TRUTH[second])
    hidden = np.column_stack([predict(GATES, w1, b1), predict(GATES, w2, b2)])
    w, b, mistakes = train(hidden, TRUTH["XOR"], max_epochs=30)
    across, up = np.meshgrid(np.linspace(*UNIT, 61), np.linspace(*UNIT, 61))
    plane = np.column_stack([across.ravel(), up.ravel()])
    seen = np.column_stack([predict(plane, w1, b1), predict(plane, w2, b2)])
    together = predict(seen, w, b).reshape(across.shape)
    inputs = Panel(
        (
            Field(together, diverging=True, middle=0.0),
            line(w1, b1, UNIT, UNIT, "ink", first),
            line(w2, b2, UNIT, UNIT, "ink", second, dashed=True),
            Dots(GATES[:, 0], GATES[:, 1], classes(TRUTH["XOR"]), size=5.5),
        ),
        x=UNIT,
        y=UNIT,
        x_label="x1",
        y_label="x2",
        title="the inputs",
        height=0.62,
    )
    window = (-1.8, 1.8)
    apart = hidden + 0.06 * np.array([[-1, 0], [0, 1], [0, -1], [1, 0]])  # some coincide
    inner = Panel(
        (
            sides(w, b, window, window),
            Dots(apart[:, 0], apart[:, 1], classes(TRUTH["XOR"]), size=5.5),
        ),
        x=window,
        y=window,
        x_label=first,
        y_label=second if second != first else f"{second} again",
        title="what the third neuron sees",
        height=0.62,
    )
    right = int(np.sum(predict(hidden, w, b) == TRUTH["XOR"]))
    if mistakes[-1] == 0:
        reading = (
            f"{first} and {second} bring both true inputs of XOR to one side: the third neuron "
            f"learned to separate them in {sum(mistakes)} mistakes."
        )
    else:
        reading = (
            f"Two neurons that compute the same add nothing: the third sees true and false inputs "
            f"in one place, and gets {right} of 4 right."
        )
    return Picture((inputs, inner), reading)
