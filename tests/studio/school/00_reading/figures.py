import numpy as np

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

START = ((-1.0, -0.5), (0.0, 0.5), (1.0, 1.0))


@figure(
    "line",
    controls=[
        Slider("slope", -2.0, 2.0, 0.75),
        Choice("side", ("above", "below"), "above"),
        Draggable("points", START, groups=("a", "b", "c")),
    ],
    caption="Drag a point; the line is $w x$.",
)
def line(slope, side, points):
    x = np.linspace(-2, 2, 30)
    marks = (
        Curve(x, slope * x, role="ours", label="the line", animate=True),
        Dots(points[:, 0], points[:, 1], role=("a", "b", "c"), drag="points", size=5),
        Text(0, 0, "origin"),
    )
    gap = points[:, 1] - slope * points[:, 0]
    bars = Bars(("one", "two", "three"), gap if side == "above" else -gap, role=("a", "b", "c"))
    return Picture(
        (Panel(marks, x=(-2, 2), y=(-2, 2), x_label="x", y_label="y"), Panel((bars,), height=0.4)),
        f"The slope is {slope:.2f}; the points lie {np.sum(gap):.2f} {side} it.",
    )


@figure("bowl", controls=[Slider("width", 0.1, 10.0, 1.0, log=True)], caption="A bowl.")
def bowl(width):
    x, y = np.meshgrid(np.linspace(-1, 1, 40), np.linspace(-1, 1, 30))
    height = x**2 / width + y**2
    loss = np.exp(-np.arange(30) / 5)
    return Picture(
        (
            Panel((Field(height, levels=(0.2, 0.5, 1.0)),), x=(-1, 1), y=(-1, 1)),
            Panel((Curve(np.arange(30), loss),), log_y=True, x_label="step", y_label="loss"),
        ),
        "Steeper is narrower.",
    )
