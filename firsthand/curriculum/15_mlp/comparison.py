# %% [markdown]
# # Your backpropagation against autograd
#
# PyTorch never saw our derivation. It records what is computed and applies the chain rule on
# its own. If both ways arrive at the same numbers, for every weight, in every layer, on every
# step, the derivation is right. That is what this notebook checks: first one gradient, then a
# hundred steps, then what the trained network has learned.

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_digits

from firsthand.compare import notebook
from firsthand.scratch.nn import Parameters

book = notebook.begin("15")
book

# %%
mlp = book.code
X, y = load_digits(return_X_y=True)
scale = X.std(axis=0)
X = (X - X.mean(axis=0)) / np.where(scale > 0, scale, 1.0)
order = np.random.default_rng(0).permutation(len(X))  # the last 400 are by other hands
X, y = X[order], y[order]
X_train, y_train, X_test, y_test = X[:1400], y[:1400], X[1400:], y[1400:]
print(f"{len(X_train)} digits of 8 by 8 pixels to train on, {len(X_test)} to test")

# %% [markdown]
# ## One gradient
#
# A network with 64 pixels, 32 hidden units and 10 digits, on 50 samples. Ours takes five lines.

# %%
rng = np.random.default_rng(0)
W1, b1 = mlp.init_weights(64, 32, rng), np.zeros(32)
W2, b2 = mlp.init_weights(32, 10, rng, 1.0), np.zeros(10)
batch, labels = X_train[:50], y_train[:50]

A1, Z2 = mlp.two_layer_forward(batch, W1, b1, W2, b2, "relu")
dZ2 = mlp.cross_entropy_backward(Z2, labels)
dW1, db1, dW2, db2 = mlp.two_layer_backward(dZ2, batch, A1, W2, "relu")
loss = mlp.cross_entropy(Z2, labels)

# %% [markdown]
# PyTorch's `nn.Linear` keeps its weight as (out, in), the transpose of our W. So we hand it
# `W.T`, and transpose its gradient before comparing.


# %%
def torch_twin(layers, bend=torch.nn.ReLU):
    """The same layers as modules, holding copies of the same numbers."""
    modules = []
    for W, b in layers:
        linear = torch.nn.Linear(*W.shape, dtype=torch.float64)
        linear.weight.data = torch.tensor(W.T.copy())
        linear.bias.data = torch.tensor(b.copy())
        modules += [linear, bend()]
    return torch.nn.Sequential(*modules[:-1])


twin = torch_twin([(W1, b1), (W2, b2)])
scores = twin(torch.tensor(batch))
theirs = torch.nn.functional.cross_entropy(scores, torch.tensor(labels))
theirs.backward()
first, second = twin[0], twin[2]

notebook.table(
    notebook.agree("scores", Z2, scores.detach().numpy()),
    notebook.agree("loss", loss, theirs.item()),
    notebook.agree("dW2", dW2, second.weight.grad.numpy().T),
    notebook.agree("db2", db2, second.bias.grad.numpy()),
    notebook.agree("dW1", dW1, first.weight.grad.numpy().T),
    notebook.agree("db1", db1, first.bias.grad.numpy()),
)

# %% [markdown]
# Every one of the 2,410 slopes agrees to rounding. A table of largest differences can hide where
# they sit, so here they all are: autograd to the right, ours upwards. A missing factor would
# tilt the line, a forgotten bend would scatter the points, a transposed matrix would make a
# cloud.

# %%
pairs = [
    ("dW1", dW1, first.weight.grad.numpy().T),
    ("db1", db1, first.bias.grad.numpy()),
    ("dW2", dW2, second.weight.grad.numpy().T),
    ("db2", db2, second.bias.grad.numpy()),
]
figure, axes = plt.subplots(1, 4, figsize=(9, 2.5), constrained_layout=True)
for axis, (name, ours, autograd) in zip(axes, pairs, strict=True):
    edge = 1.1 * np.abs(autograd).max()
    axis.axline((0, 0), slope=1, color=notebook.SOFT, linewidth=1)
    axis.scatter(autograd.ravel(), ours.ravel(), s=6, color=book.colour)
    axis.set(title=name, xlim=(-edge, edge), ylim=(-edge, edge), xlabel="autograd")
axes[0].set_ylabel(book.side)
plt.show()

# %% [markdown]
# ## A hundred steps
#
# One gradient could agree by luck. A trajectory cannot: each step starts where the last one
# ended, so a difference in any tensor grows into all of them. Both sides get the same batches.

# %%
sizes, rate, decay, n_steps = (64, 32, 16, 10), 0.1, 1e-3, 100
shapes = {}
for number, (n_in, n_out) in enumerate(pairwise(sizes), start=1):
    shapes |= {f"W{number}": (n_in, n_out), f"b{number}": (n_out,)}
theta, gradient = Parameters(shapes), Parameters(shapes)
layers = [(theta[f"W{l}"], theta[f"b{l}"]) for l in (1, 2, 3)]  # views: they see every step
for W, _ in layers:
    W[...] = mlp.init_weights(*W.shape, rng)
at_start = theta.copy()


def train_step(rows):
    """One step of ours on some rows of the training data; returns the loss before it."""
    activations = mlp.forward_deep(X_train[rows], layers, "relu")
    dZ = mlp.cross_entropy_backward(activations[-1], y_train[rows])
    made = mlp.backward_deep(dZ, layers, activations, "relu")
    for number, (dW, db) in enumerate(made, start=1):
        gradient[f"W{number}"], gradient[f"b{number}"] = dW, db
    mlp.sgd_step(theta.flat, gradient.flat, rate, decay)
    return mlp.cross_entropy(activations[-1], y_train[rows])


twin = torch_twin(layers)
optimizer = torch.optim.SGD(twin.parameters(), lr=rate, weight_decay=decay)
losses, gaps = np.empty((n_steps, 2)), np.empty(n_steps)
for step in range(n_steps):
    rows = rng.choice(len(X_train), 64, replace=False)
    losses[step, 0] = train_step(rows)

    optimizer.zero_grad()
    scores = twin(torch.tensor(X_train[rows]))
    theirs = torch.nn.functional.cross_entropy(scores, torch.tensor(y_train[rows]))
    theirs.backward()
    optimizer.step()
    losses[step, 1] = theirs.item()
    gaps[step] = max(
        np.abs(W - linear.weight.detach().numpy().T).max()
        for (W, _), linear in zip(layers, twin[::2], strict=True)
    )

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), constrained_layout=True)
left.plot(
    losses[:, 1], "o", color=notebook.LIBRARY, markersize=4, fillstyle="none", label="PyTorch"
)
left.plot(losses[:, 0], color=book.colour, label=book.side)
left.set(xlabel="step", ylabel="loss of the batch")
left.legend()
right.semilogy(np.maximum(gaps, 1e-17), color=notebook.INK)
right.set(xlabel="step", ylabel="largest difference of a weight", ylim=(1e-17, 1e-12))
plt.show()

# %%
notebook.table(
    *(
        notebook.agree(f"W{l} after {n_steps} steps", W, linear.weight.detach().numpy().T)
        for l, ((W, _), linear) in enumerate(zip(layers, twin[::2], strict=True), start=1)
    ),
    notebook.agree("losses", losses[:, 0], losses[:, 1]),
)

# %% [markdown]
# The weights differ in the last digits of float64, because the two sides add up in another
# order, and every step rounds once more. After a hundred steps the difference is still far
# below anything that training could notice.
#
# ## The convention
#
# Both sides are identical once
#
# - `nn.Linear.weight` is read as W transposed,
# - both losses are means over the batch (`reduction="mean"`, the default),
# - `weight_decay` pulls at weights **and** biases, and is added to the gradient,
# - gradients are set to zero before each backward pass: PyTorch adds, ours returns new ones.
#
# The third is easy to miss: most textbooks do not decay biases, `torch.optim.SGD` does unless
# they are put into a parameter group of their own.
#
# ## What was learned
#
# Each hidden unit weighs the 64 pixels. Drawn as pictures, its weights show what switches it on
# (one colour) and off (the other): at the start, and by how much some thirty epochs changed them.

# %%
for _ in range(600):
    train_step(rng.choice(len(X_train), 64, replace=False))

figure, axes = plt.subplots(2, 8, figsize=(9, 2.4), constrained_layout=True)
for row, W in enumerate((at_start["W1"], theta["W1"] - at_start["W1"])):
    edge = np.abs(W[:, :8]).max()
    for k in range(8):
        axes[row, k].imshow(W[:, k].reshape(8, 8), cmap="PuOr", vmin=-edge, vmax=edge)
        axes[row, k].set(xticks=[], yticks=[])
axes[0, 0].set_ylabel("start")
axes[1, 0].set_ylabel("change")
plt.show()

# %%
read = mlp.forward_deep(X_test, layers, "relu")[-1].argmax(axis=1)
print(f"{np.mean(read == y_test):.1%} of {len(y_test)} unseen digits are read right")

# %% [markdown]
# The random start has no structure. What training added does: neighbouring pixels move together,
# since they carry the same stroke. Nobody told the network which pixels are neighbours; it
# had to find out from the data. A convolution (stage 21) is told, and needs far fewer examples.
