# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Linear regression: yours and the library's
#
# Two programs that were written apart from each other are given the same 442 patients. If both
# understood the mathematics, they must agree to the last few digits, and where they do not,
# a convention differs and can be named. This notebook runs your functions where you have
# passed them, and ours for the rest.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LinearRegression, Ridge, SGDRegressor

from firsthand.compare import notebook
from firsthand.data import load

book = notebook.begin("05")
linear = book.code
book

# %% [markdown]
# ## The data
#
# Ten measurements of each patient, and how far diabetes had progressed a year later. The
# features come in their own units: an age of 50 stands beside a cholesterol ratio of 4.

# %%
diabetes = load("diabetes")
X, y = diabetes.X, diabetes.y
for name, low, high in zip(diabetes.feature_names, X.min(axis=0), X.max(axis=0), strict=True):
    print(f"{name:4} from {low:7.2f} to {high:7.2f}")

# %% [markdown]
# ## One feature: the fitted line
#
# Body mass index alone. The library's line is drawn thick, the scratch line over it: if you see
# two colours along one line, they agree.

# %%
bmi = X[:, [diabetes.feature_names.index("bmi")]]
w, b = linear.closed_form(bmi, y, 0.0)
model = LinearRegression().fit(bmi, y)

ends = np.array([[bmi.min()], [bmi.max()]])
fig, ax = plt.subplots(figsize=(7, 4))
ax.scatter(bmi, y, s=9, color=notebook.SOFT, alpha=0.6)
ax.plot(ends, model.predict(ends), color=notebook.LIBRARY, lw=6, alpha=0.5, label="scikit-learn")
ax.plot(ends, linear.predict(ends, w, b), color=book.colour, lw=1.8, label=book.side)
ax.set(xlabel="body mass index", ylabel="progression after a year")
ax.legend()
plt.show()

# %% [markdown]
# Each unit of body mass index goes with about ten more points of progression. It does not say
# that losing weight would undo them: the line describes, it does not intervene.
#
# ## All features: number by number

# %%
w, b = linear.closed_form(X, y, 0.0)
model = LinearRegression().fit(X, y)
fitted = linear.predict(X, w, b)

exact = dict(tolerance=1e-8, why="two exact solvers; rounding times the condition number")
notebook.table(
    notebook.agree("coefficients", w, model.coef_, **exact),
    notebook.agree("intercept", b, model.intercept_, **exact),
    notebook.agree("predictions", fitted, model.predict(X), **exact),
    notebook.agree("R²", linear.r2_score(y, fitted), model.score(X, y), **exact),
)

# %% [markdown]
# scikit-learn decomposes the centred matrix into singular values; `closed_form` solves the normal
# equations where they are well conditioned. Different roads, one minimum.
#
# ## Walking there
#
# Descent should find the same place. In the raw units it cannot in any reasonable time: the
# limit of the learning rate is set by the largest feature, and the smallest then hardly moves.
# Standardised, the same number of steps arrives.

# %%
Z = (X - X.mean(axis=0)) / X.std(axis=0)
walks = {}
for name, features in {"raw": X, "standardised": Z}.items():
    rate = 0.5 * linear.largest_learning_rate(features, 0.0)
    *found, losses = linear.gradient_descent(features, y, rate, 1500, 0.0)
    least = linear.loss(features, y, *linear.closed_form(features, y, 0.0), 0.0)
    walks[name] = (*found, losses - least)
    print(f"{name:13} learning rate {rate:.2g}, J above its minimum {losses[-1] - least:.2g}")

fig, ax = plt.subplots(figsize=(7, 3.5))
ax.plot(walks["raw"][2], color=notebook.SOFT, label="raw units")
ax.plot(walks["standardised"][2], color=book.colour, label="standardised")
ax.set(yscale="log", xlabel="step", ylabel="J above its minimum")
ax.legend()
plt.show()

# %% [markdown]
# The kink in the standardised curve is the condition number at work: the steep directions are done
# within a few steps, the flat ones (cholesterol and its parts, nearly collinear) take the rest.

# %%
model = LinearRegression().fit(Z, y)
w, b, _ = linear.gradient_descent(Z, y, 0.5 * linear.largest_learning_rate(Z, 0.0), 12000, 0.0)
near = dict(tolerance=1e-6, why="descent comes as near as its steps allow")
notebook.table(
    notebook.agree("coefficients", w, model.coef_, **near),
    notebook.agree("intercept", b, model.intercept_, **near),
    notebook.agree("predictions", linear.predict(Z, w, b), model.predict(Z), **near),
)

# %% [markdown]
# ## Ridge: one convention apart
#
# We average the squares and weigh the penalty by `l2`; `Ridge` sums them and weighs it by `alpha`.
# First the obvious guess, `alpha = l2`, which is wrong:

# %%
l2 = 0.05
w, b = linear.closed_form(Z, y, l2)
guess, right = Ridge(alpha=l2).fit(Z, y), Ridge(alpha=l2 * len(y)).fit(Z, y)
notebook.table(notebook.agree("alpha = l2", w, guess.coef_, **exact))

# %% [markdown]
# Multiply our loss by $2n$ and it becomes theirs, with $\alpha = n\lambda$:

# %%
notebook.table(
    notebook.agree("coefficients", w, right.coef_, **exact),
    notebook.agree("intercept", b, right.intercept_, **exact),
)

# %% [markdown]
# Along the whole path, from one singular value decomposition. Dots are scikit-learn's, one fit
# each.

# %%
penalties = np.geomspace(1e-2, 1e5, 80)
path = linear.ridge_path(Z, y - y.mean(), penalties)
fig, ax = plt.subplots(figsize=(7, 4))
ax.plot(penalties, path, color=book.colour, lw=1.2)
for alpha in penalties[::10]:
    ax.scatter([alpha] * 10, Ridge(alpha=alpha).fit(Z, y).coef_, s=14, color=notebook.LIBRARY)
for name, value in zip(diabetes.feature_names, path[0], strict=True):
    if abs(value) > 10:
        ax.annotate(name, (penalties[0], value), xytext=(-24, -3), textcoords="offset points")
ax.set(xscale="log", xlim=(2e-3, 1e5), xlabel="alpha", ylabel="coefficient")
plt.show()

# %% [markdown]
# `s1` and `s2` (total cholesterol and LDL) start large and opposite: they measure nearly the same,
# and least squares spends one against the other. A little penalty settles it.
#
# ## One sample a step
#
# Mini-batch descent with batches of one is the library's `SGDRegressor`, step by step, if both
# see the samples in the same order. Here `alpha = l2`: it averages, as we do.

# %%
rate, n_epochs, seed = 0.001, 5, 7
w, b, _ = linear.minibatch_gradient_descent(
    Z, y, rate, n_epochs, 1, l2, np.random.default_rng(seed)
)
rng = np.random.default_rng(seed)
theirs = SGDRegressor(alpha=l2, learning_rate="constant", eta0=rate, shuffle=False)
for _ in range(n_epochs):
    order = rng.permutation(len(y))
    theirs.partial_fit(Z[order], y[order])

steps = dict(tolerance=1e-9, why="2210 steps, each of which rounds")
notebook.table(
    notebook.agree("coefficients", w, theirs.coef_, **steps),
    notebook.agree("intercept", b, theirs.intercept_[0], **steps),
)

# %% [markdown]
# ## For your notes
#
# 1. Which feature would you drop first, and does the test error agree with you?
# 2. Take `0.9` and then `1.1` of `largest_learning_rate` above. Predict both curves first.
# 3. Where does the ridge path say that `alpha` begins to hurt? How would you find out?
