# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Logistic regression: yours and the library's
#
# 569 tumours, thirty measurements of each, and one question: malignant or not. The loss is convex,
# and with a penalty it has a single lowest point, so two programs that understood the same
# mathematics have no choice but to meet there. This notebook runs your functions where you have
# passed them, and ours for the rest.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression as Library
from sklearn.metrics import log_loss

from firsthand.compare import notebook
from firsthand.data import load

book = notebook.begin("06")
logistic = book.code
book

# %% [markdown]
# ## The data
#
# Class 1 is malignant here: the class that matters is the one worth naming. The features are
# standardised, so that one penalty means the same for all of them.

# %%
cancer = load("breast_cancer")
y = (np.asarray(cancer.y) == 0).astype(float)
X = (cancer.X - cancer.X.mean(axis=0)) / cancer.X.std(axis=0)
n, d = X.shape
print(f"{n} samples, {d} features, {y.mean():.0%} malignant")

# %% [markdown]
# ## One formula, no surprises: sigmoid and loss
#
# At random weights, before anything is learned.

# %%
rng = np.random.default_rng(6)
w, b = rng.normal(size=d) / np.sqrt(d), -0.5
z = logistic.log_odds(X, w, b)
p = logistic.sigmoid(z)
notebook.table(
    notebook.agree("cross-entropy", logistic.binary_cross_entropy(z, y), log_loss(y, p)),
    notebook.agree("log-odds of p", logistic.logit(p), z, tolerance=1e-9, why="1 - p rounds"),
)

# %% [markdown]
# ## Newton's walk to the minimum
#
# Eight or nine steps, and the number of correct digits doubles with each of the last ones. Gradient
# descent, at the largest rate that can never go uphill, is given two hundred.

# %%
l2 = 0.01
w, b = np.zeros(d), 0.0
newton = [logistic.objective(X, y, w, b, l2)]
for _ in range(9):
    w, b = logistic.newton_step(X, y, w, b, l2)
    newton.append(logistic.objective(X, y, w, b, l2))

X1 = np.column_stack([X, np.ones(n)])
rate = 1 / (np.linalg.eigvalsh(X1.T @ X1 / n)[-1] / 4 + l2)
_, _, walk = logistic.gradient_descent(X, y, np.zeros(d), 0.0, rate, 200, l2)

fig, ax = plt.subplots(figsize=(7, 3.6))
ax.plot(np.maximum(walk - newton[-1], 1e-17), color=notebook.SOFT, label="gradient descent")
ax.plot(np.maximum(np.array(newton) - newton[-1], 1e-17), "o-", color=book.colour, label="Newton")
ax.set(yscale="log", xlabel="step", ylabel="J above its minimum", ylim=(1e-17, 2), xlim=(0, 200))
ax.legend()
plt.show()

# %% [markdown]
# ## The same model in the library: a convention apart
#
# The obvious guess is `C = 1 / l2`. It is wrong:

# %%
settings = dict(solver="newton-cholesky", tol=1e-12, max_iter=200)
guess = Library(C=1 / l2, **settings).fit(X, y)
notebook.table(notebook.agree("coefficients, C = 1 / l2", w, guess.coef_[0]))

# %% [markdown]
# scikit-learn *sums* the losses and weighs the sum by $C$; we take their mean and weigh the
# penalty:
#
# $$C\sum_i \ell_i + \tfrac12\lVert w\rVert^2
# = Cn\,\Big[\tfrac1n\sum_i \ell_i + \tfrac{1}{2Cn}\lVert w\rVert^2\Big].$$
#
# The bracket is our $J$ with $\lambda = 1/(Cn)$. So `C = 1 / (l2 * n)`, and the two agree to the
# last digits that rounding leaves.

# %%
model = Library(C=1 / (l2 * n), **settings).fit(X, y)
z = logistic.log_odds(X, w, b)
near = dict(tolerance=1e-8, why="both are at the minimum up to rounding")
notebook.table(
    notebook.agree("coefficients", w, model.coef_[0], **near),
    notebook.agree("intercept", b, model.intercept_[0], **near),
    notebook.agree("log-odds", z, model.decision_function(X), **near),
    notebook.agree("probabilities", logistic.sigmoid(z), model.predict_proba(X)[:, 1], **near),
    notebook.agree_exactly("classes", (z > 0).astype(float), model.predict(X)),
)

# %% [markdown]
# ## The boundary, and what the colours mean
#
# Two features only, so that it can be drawn. The library's boundary is thick, the scratch one lies
# on it; the dashed lines are where the probability is 0.1 and 0.9. A doctor who counts a missed
# tumour nine times as dear as a false alarm would use the dashed line of 0.1.

# %%
pair = [cancer.feature_names.index(name) for name in ("mean radius", "mean texture")]
P = X[:, pair]
v, c = np.zeros(2), 0.0
for _ in range(10):
    v, c = logistic.newton_step(P, y, v, c, l2)
two = Library(C=1 / (l2 * n), **settings).fit(P, y)

edge = np.array([P[:, 0].min(), P[:, 0].max()])
fig, ax = plt.subplots(figsize=(7, 4.6))
for k, name in enumerate(("benign", "malignant")):
    ax.scatter(*P[y == k].T, s=10, color=notebook.CLASS[k], alpha=0.5, label=name)
theirs = -(two.intercept_[0] + two.coef_[0, 0] * edge) / two.coef_[0, 1]
ax.plot(edge, theirs, color=notebook.LIBRARY, lw=6, alpha=0.5, label="scikit-learn")
ax.plot(edge, logistic.boundary(edge, v, c), color=book.colour, label=book.side)
for threshold in (0.1, 0.9):
    ax.plot(edge, logistic.boundary(edge, v, c, threshold), "--", color=book.colour, lw=0.8)
ax.set(xlabel="mean radius (standardised)", ylabel="mean texture (standardised)")
ax.set_ylim(P[:, 1].min() - 0.2, P[:, 1].max() + 0.2)
ax.legend()
plt.show()
print(f"One standard deviation of radius multiplies the odds of malignancy by {np.exp(v[0]):.1f},")
print(f"one of texture by {np.exp(v[1]):.1f}.")

# %% [markdown]
# ## Three classes: softmax
#
# Iris, by descent on the softmax loss. Our $W$ has a column for each class, the library's `coef_` a
# row. The intercepts are free up to a common number, so they are compared about their mean.

# %%
iris = load("iris")
S = (iris.X - iris.X.mean(axis=0)) / iris.X.std(axis=0)
Y = logistic.one_hot(np.asarray(iris.y), 3)
W, c, walk = logistic.gradient_descent(S, Y, np.zeros((4, 3)), np.zeros(3), 1.0, 4000, l2)
three = Library(C=1 / (l2 * len(S)), **settings).fit(S, iris.y)
near = dict(tolerance=1e-6, why="descent comes as near as its steps allow")
notebook.table(
    notebook.agree("weights", W.T, three.coef_, **near),
    notebook.agree("intercepts", c - c.mean(), three.intercept_ - three.intercept_.mean(), **near),
    notebook.agree(
        "probabilities",
        logistic.softmax(logistic.log_odds(S, W, c)),
        three.predict_proba(S),
        **near,
    ),
    notebook.agree(
        "cross-entropy",
        logistic.cross_entropy(logistic.log_odds(S, W, c), Y),
        log_loss(iris.y, three.predict_proba(S)),
        **near,
    ),
)

# %% [markdown]
# ## Are the probabilities worth their name?
#
# Half of the tumours are held out, and the two features of the picture have to do. If the model is
# calibrated, then of those it gives 0.8, four in five are malignant: the points lie on the
# diagonal, up to the noise of so few samples.

# %%
half = rng.permutation(n)
seen, new = half[: n // 2], half[n // 2 :]
v, c = np.zeros(2), 0.0
for _ in range(10):
    v, c = logistic.newton_step(P[seen], y[seen], v, c, 1e-4)
p = logistic.sigmoid(logistic.log_odds(P[new], v, c))
groups = np.array_split(np.argsort(p), 8)
said = [p[g].mean() for g in groups]
happened = [y[new][g].mean() for g in groups]

fig, ax = plt.subplots(figsize=(4.4, 4.2))
ax.plot([0, 1], [0, 1], color=notebook.SOFT, lw=1)
ax.plot(said, happened, "o-", color=book.colour)
ax.set(xlabel="probability said", ylabel="share that was malignant")
plt.show()

# %% [markdown]
# ## For your notes
#
# 1. Set `l2 = 0` in Newton's walk and take thirty steps. What do the weights do, and why?
# 2. Which `C` would be the same model if you trained on the half `seen` only?
# 3. Choose a threshold for costs of your own, and count the missed and the alarms at it.
