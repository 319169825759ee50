# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The perceptron: yours and a theorem
#
# No library stands on the other side this time, on purpose: a call to `fit` would hide the
# twenty lines that are the whole algorithm. But your code need not take its own word for
# it. Novikoff's theorem says how many mistakes it may make, and an unrelated method, least
# squares under a constraint, says how wide a margin can be. This notebook holds the code
# against both. It runs your functions where you have passed them, and ours for the rest.

# %%
import matplotlib.pyplot as plt
import numpy as np

from firsthand.compare import notebook
from firsthand.data import load
from firsthand.library.margin import widest_margin
from firsthand.scratch.linear.separability import nearest_to_origin

book = notebook.begin("07")
perceptron = book.code
book

# %% [markdown]
# ## Three gates
#
# AND and OR are learned. XOR is not, and the mistakes of its passes show how: four each time.

# %%
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
gates = {
    "AND": np.array([-1.0, -1.0, -1.0, 1.0]),
    "OR": np.array([-1.0, 1.0, 1.0, 1.0]),
    "XOR": np.array([-1.0, 1.0, 1.0, -1.0]),
}
for name, y in gates.items():
    w, b, mistakes = perceptron.train(X, y, max_epochs=9)
    right = int(np.sum(perceptron.predict(X, w, b) == y))
    print(f"{name:4} w = {w}, b = {b:+.0f}: {right} of 4 right, mistakes of each pass {mistakes}")

# %%
fig, axes = plt.subplots(1, 3, figsize=(9, 3.2), sharey=True)
ends = np.array([-0.5, 1.5])
for ax, (name, y) in zip(axes, gates.items(), strict=True):
    w, b, mistakes = perceptron.train(X, y, max_epochs=9)
    for label, marker, colour in [(1, "o", notebook.CLASS[0]), (-1, "s", notebook.CLASS[1])]:
        ax.scatter(*X[y == label].T, marker=marker, s=90, color=colour, zorder=3)
    if w.any():
        ax.plot(ends, -(b + w[0] * ends) / w[1], color=book.colour)
    else:
        ax.text(0.5, 0.5, "no line: all weights are zero", ha="center", va="center")
    ax.set(title=name, xlabel="$x_1$", xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), aspect="equal")
axes[0].set_ylabel("$x_2$")
plt.show()

# %% [markdown]
# That every pass over XOR ends at zero weights is not bad luck, it is a proof. In each
# pass every input was corrected once, and the four moves cancelled. A line that exists could
# never be left behind like this.

# %%
once_each = np.array([1, 1, 1, 1])
for name, y in gates.items():
    print(
        f"{name:4} ruled out by one mistake on each input: "
        f"{perceptron.rules_out_a_line(X, y, once_each)}"
    )

# %% [markdown]
# ## The bound, from an unrelated method
#
# The tightest bound comes from the widest margin. Two methods know where that is, and
# neither has ever heard of a perceptron. The signed samples $y_i (x_i, 1)$ span a convex body;
# Wolfe's method finds how far it stays from the origin. Non-negative least squares finds the
# weights with the widest margin; of these, your functions compute margin and bound. By duality
# the distance and the margin are one number.

# %%
rows = []
for name in ("AND", "OR"):
    y = gates[name]
    X1 = np.column_stack([X, np.ones(4)])
    distance = np.linalg.norm(nearest_to_origin(y[:, None] * X1))
    _, best = widest_margin(y[:, None] * X1)
    R_squared = np.max(np.sum(X1**2, axis=1))
    bound = perceptron.mistake_bound(X, y, best[:-1], best[-1])
    rows.append(notebook.agree(f"{name}: margin", perceptron.margin(X1, y, best, 0.0), distance))
    rows.append(notebook.agree(f"{name}: bound", bound, R_squared / distance**2))
notebook.table(*rows)

# %% [markdown]
# AND may cost 51 mistakes and OR 27. In the order of the truth table they cost 18 and 9.
#
# ## Real flowers
#
# The 50 flowers of *Iris setosa* are separable from the other 100: training ends, and the
# theorem applies. A thousand orders of the samples, from the same zero weights:

# %%
iris = load("iris")
y = np.where(iris.y == 0, 1.0, -1.0)
X1 = np.column_stack([iris.X, np.ones(len(y))])
_, best = widest_margin(y[:, None] * X1)
bound = perceptron.mistake_bound(iris.X, y, best[:-1], best[-1])
made = [
    sum(perceptron.train(iris.X, y, 1.0, 500, np.random.default_rng(seed))[2])
    for seed in range(1000)
]
print(
    f"bound {bound:.0f}, mistakes made: {min(made)} to {max(made)}, half of the orders "
    f"at most {np.median(made):.0f}"
)
assert max(made) <= bound

# %%
fig, ax = plt.subplots(figsize=(7, 3.2))
ax.hist(made, bins=np.arange(min(made), max(made) + 2) - 0.5, color=book.colour, alpha=0.85)
ax.axvline(bound, color=notebook.INK, lw=1.5)
ax.annotate(
    f"the theorem: {bound:.0f}", (bound, 0), (-8, 90), textcoords="offset points", ha="right"
)
ax.set(xlabel="mistakes until all flowers are right", ylabel="orders")
plt.show()

# %% [markdown]
# The bound holds for every order, also for the worst one, which a thousand draws need not have met.
#
# ## Where no line exists: last weights against their average
#
# Tell *versicolor* from *virginica* by the petals alone: no line does it. The last weights
# of each training depend on which flower happened to come last; their average hardly does.

# %%
petals = iris.X[50:, 2:]
petals = (petals - petals.mean(axis=0)) / petals.std(axis=0)
y = np.where(iris.y[50:] == 2, 1.0, -1.0)
rates = {"last": [], "average": []}
fig, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharex=True, sharey=True)
ends = np.array([-2.5, 2.5])
for seed in range(25):
    for kind, fit in [("last", perceptron.train), ("average", perceptron.train_averaged)]:
        w, b, _ = fit(petals, y, 1.0, 20, np.random.default_rng(seed))
        rates[kind].append(float(np.mean(perceptron.predict(petals, w, b) == y)))
        shown = axes[list(rates).index(kind)]
        shown.plot(ends, -(b + w[0] * ends) / w[1], color=book.colour, lw=1, alpha=0.5)
for ax, kind in zip(axes, rates, strict=True):
    for label, marker, colour in [(1, "o", notebook.CLASS[0]), (-1, "s", notebook.CLASS[1])]:
        ax.scatter(*petals[y == label].T, marker=marker, s=16, color=colour, zorder=3)
    low, high = min(rates[kind]), max(rates[kind])
    ax.set(
        title=f"{kind}: {low:.0%} to {high:.0%} right",
        xlabel="petal length",
        xlim=(-2.5, 2.5),
        ylim=(-2.6, 2.6),
    )
axes[0].set_ylabel("petal width")
plt.show()

# %% [markdown]
# ## What a library would add
#
# scikit-learn's `Perceptron` is the same walk: with `shuffle=False, tol=None` its weights are
# yours to the last digit (the checks of this stage compare them). What it adds is not in the
# mathematics: sparse input, a penalty, an early stop, and a name for each of them.
