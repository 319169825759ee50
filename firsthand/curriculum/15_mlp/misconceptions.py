"""Wrong versions of stage 15 that people really write, and what to tell them."""

import numpy as np

from firsthand.scratch.nn.mlp import (
    activate,
    activate_backward,
    cross_entropy_backward,
    linear,
    linear_backward_input,
    linear_backward_parameters,
    log_softmax,
)
from firsthand.study.checking import misconception


@misconception(
    "mlp.relu", "You return |Z|: a negative entry should become 0, not its mirror image."
)
def mirrored(Z):
    return np.abs(Z)


@misconception(
    "mlp.relu",
    "You return the mask, 0 or 1, where the unit is on. ReLU passes the value itself; the "
    "mask is its slope.",
)
def returned_the_slope(Z):
    return (Z > 0).astype(Z.dtype)


@misconception(
    "mlp.relu",
    "You let a small part of the negative side through. That is leaky ReLU; here negative "
    "entries become 0.",
)
def leaked(Z):
    return np.where(Z > 0, Z, 0.01 * Z)


@misconception(
    "mlp.relu",
    "You wrote the zeros into Z itself. The caller still needs Z; np.maximum makes a new array.",
)
def clipped_in_place(Z):
    Z[Z < 0] = 0
    return Z


@misconception(
    "mlp.relu_backward",
    "You pass dA through everywhere. Where the unit was off (A is 0) a change of Z changes "
    "nothing, so dZ is 0 there. (A >= 0 does not tell the two apart: relu is never negative. "
    "A > 0 does.)",
)
def passed_everything(dA, A):
    return dA.copy()


@misconception(
    "mlp.relu_backward",
    "You clip the error itself: negative entries of dA become 0. The mask comes from A, not "
    "from dA.",
)
def bent_the_error(dA, A):
    return np.maximum(dA, 0)


@misconception(
    "mlp.relu_backward",
    "You multiply by A instead of by the slope of relu, which is 1 where A > 0 and 0 elsewhere.",
)
def multiplied_by_the_activation(dA, A):
    return dA * A


@misconception(
    "mlp.relu_backward",
    "You return the slope alone. The chain rule multiplies it by the error dA that arrives "
    "from above.",
)
def forgot_the_upstream_of_relu(dA, A):
    return (A > 0).astype(float)


@misconception(
    "mlp.tanh_backward",
    "You took tanh of A again. A is tanh(Z) already, so the slope is 1 - A^2, not 1 - tanh(A)^2.",
)
def bent_twice(dA, A):
    return dA * (1 - np.tanh(A) ** 2)


@misconception(
    "mlp.tanh_backward",
    "A (1 - A) is the slope of the sigmoid. That of tanh is 1 - A^2.",
)
def took_the_slope_of_the_sigmoid(dA, A):
    return dA * A * (1 - A)


@misconception(
    "mlp.tanh_backward",
    "The square is missing: the slope of tanh is 1 - A^2, and 1 - A is above 1 for negative A.",
)
def forgot_the_square(dA, A):
    return dA * (1 - A)


@misconception(
    "mlp.tanh_backward",
    "You return the slope alone. The chain rule multiplies it by the error dA that arrives "
    "from above.",
)
def forgot_the_upstream_of_tanh(dA, A):
    return 1 - A * A


@misconception("mlp.linear", "The bias is missing: Z = X W + b.")
def forgot_the_bias(X, W, b):
    return X @ W


@misconception("mlp.linear", "You subtract b; it is added to every row.")
def subtracted_the_bias(X, W, b):
    return X @ W - b[..., None, :]


@misconception(
    "mlp.linear",
    "For one network this is right. With a leading axis, b of shape (T, n_out) lines up with "
    "the samples: make it (T, 1, n_out) by `b[..., None, :]`, so that each network adds its own "
    "b to every sample.",
)
def let_the_bias_line_up_with_samples(X, W, b):
    return X @ W + b


@misconception(
    "mlp.linear",
    "You compute X (W + b), which multiplies the bias by the features. It belongs outside the "
    "product.",
)
def added_the_bias_to_the_weights(X, W, b):
    return X @ (W + b[..., None, :])


@misconception(
    "mlp.linear_backward_parameters",
    "You average over samples. dZ carries the 1/n of the loss already, so dW and db are plain "
    "sums; now they are n_samples times too small.",
)
def averaged_again(dZ, X):
    dW, db = linear_backward_parameters(dZ, X)
    return dW / dZ.shape[-2], db / dZ.shape[-2]


@misconception(
    "mlp.linear_backward_parameters",
    "dW is right, but db is a mean over samples. b is added to every sample, so its slope is "
    "the sum of dZ over them.",
)
def averaged_the_bias(dZ, X):
    dW, db = linear_backward_parameters(dZ, X)
    return dW, db / dZ.shape[-2]


@misconception(
    "mlp.linear_backward_parameters",
    "Your dW is transposed: (n_out, n_in), as PyTorch keeps its weight. Here W is (n_in, "
    "n_out), and `X.mT @ dZ` has its shape.",
)
def transposed_the_gradient(dZ, X):
    dW, db = linear_backward_parameters(dZ, X)
    return dW.mT, db


@misconception(
    "mlp.linear_backward_parameters",
    "You summed dZ over the outputs. db has one entry an output: sum over the samples, the "
    "last axis but one.",
)
def summed_over_outputs(dZ, X):
    dW, _ = linear_backward_parameters(dZ, X)
    return dW, dZ.sum(axis=-1)


@misconception(
    "mlp.linear_backward_parameters",
    ".T reverses all axes, so with a leading axis the networks and the features change "
    "places. Swap the last two only: X.mT.",
)
def reversed_all_axes(dZ, X):
    return X.T @ dZ, dZ.sum(axis=-2)


@misconception(
    "mlp.linear_backward_parameters",
    "b has the shape (n_out,), so its gradient has, too: you kept the error of every sample. "
    "Sum over them.",
)
def kept_the_samples(dZ, X):
    dW, _ = linear_backward_parameters(dZ, X)
    return dW, dZ.copy()


@misconception(
    "mlp.linear_backward_input",
    "You sent the error forwards, through W instead of back through W transposed: dX[i, j] "
    "collects dZ[i, k] W[j, k] over the outputs k.",
)
def went_forwards_again(dZ, W):
    return dZ @ W


@misconception(
    "mlp.linear_backward_input",
    "You averaged over the outputs. Every output that an input touches adds its part: dX is a "
    "sum over k.",
)
def averaged_over_outputs(dZ, W):
    return dZ @ W.mT / W.shape[-1]


@misconception(
    "mlp.linear_backward_input",
    "Your dX is transposed: it must have one row a sample, like X. The order is dZ times W "
    "transposed.",
)
def put_features_first(dZ, W):
    return W @ dZ.mT


@misconception(
    "mlp.linear_backward_input",
    ".T reverses all axes, so with a leading axis the networks and the features change "
    "places. Swap the last two only: W.mT.",
)
def reversed_all_axes_of_w(dZ, W):
    return dZ @ W.T


@misconception(
    "mlp.log_softmax",
    "exp(Z) overflows above 709. Subtract each row's maximum first; it cancels in the quotient.",
)
def overflows(Z):
    return Z - np.log(np.exp(Z).sum(axis=-1, keepdims=True))


@misconception(
    "mlp.log_softmax",
    "You return probabilities; their logarithm is asked for. (Do not take the log of them: 0 "
    "has none.)",
)
def returned_probabilities(Z):
    return np.exp(log_softmax(Z))


@misconception(
    "mlp.log_softmax",
    "You took the log of a softmax that has underflowed to 0. Work with logarithms "
    "throughout: Z - max - log(sum(exp(Z - max))).",
)
def took_the_log_of_zero(Z):
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return np.log(E / E.sum(axis=-1, keepdims=True))


@misconception(
    "mlp.log_softmax",
    "You added a small number to keep log away from 0. It bends every log-probability and "
    "caps the loss; no such constant is needed.",
)
def padded_the_logarithm(Z):
    return np.log(np.exp(log_softmax(Z)) + 1e-8)


@misconception(
    "mlp.log_softmax",
    "You normalised over the wrong axis: each row is one sample, and its classes (the last "
    "axis) share a probability of 1.",
)
def normalised_down_the_samples(Z):
    return log_softmax(Z.mT).mT


@misconception(
    "mlp.log_softmax",
    "You subtracted the largest score of the whole array. A row far below it underflows to a "
    "sum of 0; subtract each row's own maximum.",
)
def subtracted_one_maximum_for_all(Z):
    shifted = Z - Z.max()
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@misconception(
    "mlp.cross_entropy", "The sign is missing: a log-probability is negative, a loss is not."
)
def forgot_the_sign(Z, y):
    return _mean_surprise(Z, y) * -1


@misconception("mlp.cross_entropy", "You summed over samples. The loss is their mean.")
def summed_the_samples(Z, y):
    return _mean_surprise(Z, y) * Z.shape[-2]


@misconception(
    "mlp.cross_entropy",
    "You averaged over classes as well. Of each row only the true class counts; divide by "
    "n_samples alone.",
)
def averaged_over_classes(Z, y):
    return _mean_surprise(Z, y) / Z.shape[-1]


@misconception(
    "mlp.cross_entropy",
    "You averaged the probability of the true class and took the log of that. The mean is "
    "over the logs: -mean(log P), not -log(mean P).",
)
def took_the_log_of_the_mean(Z, y):
    Y = y[..., None] == np.arange(Z.shape[-1])
    return -np.log(np.exp(log_softmax(Z)).sum(axis=-1, where=Y).mean(axis=-1))


@misconception(
    "mlp.cross_entropy",
    "You took the scores for log-probabilities. Raw scores do not add up to anything; pass "
    "them through log_softmax.",
)
def took_scores_for_logs(Z, y):
    Y = y[..., None] == np.arange(Z.shape[-1])
    return -Z.sum(axis=-1, where=Y).mean(axis=-1)


@misconception(
    "mlp.cross_entropy",
    "You averaged over the networks, too. Each network of the leading axis has a loss of its "
    "own: average over the samples only.",
)
def merged_the_networks(Z, y):
    return np.mean(_mean_surprise(Z, y))


@misconception(
    "mlp.cross_entropy_backward",
    "Your gradient is n_samples times too large: the loss is a mean over samples, so P - Y is "
    "divided by n_samples.",
)
def forgot_the_mean(Z, y):
    return cross_entropy_backward(Z, y) * Z.shape[-2]


@misconception(
    "mlp.cross_entropy_backward",
    "The sign is opposite: the slope is P - Y. A true class with too little probability needs "
    "a higher score, so its slope is negative.",
)
def took_y_minus_p(Z, y):
    return -cross_entropy_backward(Z, y)


@misconception(
    "mlp.cross_entropy_backward",
    "You multiplied by P (1 - P), the slope of a softmax entry in its own score. The whole "
    "derivative collapses to P - Y: that factor has cancelled.",
)
def kept_the_slope_of_softmax(Z, y):
    P = np.exp(log_softmax(Z))
    return cross_entropy_backward(Z, y) * P * (1 - P)


@misconception(
    "mlp.cross_entropy_backward",
    "You divided by the number of classes instead of the number of samples.",
)
def divided_by_the_classes(Z, y):
    return cross_entropy_backward(Z, y) * Z.shape[-2] / Z.shape[-1]


@misconception(
    "mlp.cross_entropy_backward",
    "You took the gradient with respect to P, which is -1 / P at the true class. The loss is "
    "a function of the scores Z.",
)
def stopped_at_the_probabilities(Z, y):
    Y = y[..., None] == np.arange(Z.shape[-1])
    with np.errstate(over="ignore"):
        return -Y * np.exp(-log_softmax(Z)) / Z.shape[-2]


@misconception(
    "mlp.init_weights",
    "All weights are 0. Every hidden unit then computes the same, gets the same gradient and "
    "stays the same: the layer has one unit.",
)
def started_at_zero(n_in, n_out, rng, gain=2.0):
    return np.zeros((n_in, n_out))


@misconception(
    "mlp.init_weights",
    "You multiplied by gain / n_in, which is the variance. Draws are scaled by the standard "
    "deviation, its square root.",
)
def scaled_by_the_variance(n_in, n_out, rng, gain=2.0):
    return rng.normal(size=(n_in, n_out)) * (gain / n_in)


@misconception(
    "mlp.init_weights",
    "You divided by n_out. A unit adds up n_in terms, so it is n_in that the variance has to "
    "make up for.",
)
def divided_by_the_outputs(n_in, n_out, rng, gain=2.0):
    return rng.normal(size=(n_in, n_out)) * np.sqrt(gain / n_out)


@misconception(
    "mlp.init_weights",
    "Your draws are not scaled: a unit with n_in inputs then has a variance n_in times that "
    "of its inputs, and signals explode layer by layer.",
)
def did_not_scale(n_in, n_out, rng, gain=2.0):
    return rng.normal(size=(n_in, n_out))


@misconception(
    "mlp.init_weights",
    "The spread is right, but the draws are uniform (kurtosis 1.8). The weights asked for are "
    "normal: rng.normal.",
)
def drew_uniformly(n_in, n_out, rng, gain=2.0):
    return rng.uniform(-1, 1, size=(n_in, n_out)) * np.sqrt(3 * gain / n_in)


@misconception(
    "mlp.two_layer_forward",
    "You bent the scores as well. A relu on the scores forbids negative ones; the last layer "
    "stays linear.",
)
def bent_the_scores(X, W1, b1, W2, b2, activation="relu"):
    A1 = activate(linear(X, W1, b1), activation)
    return A1, activate(linear(A1, W2, b2), activation)


@misconception(
    "mlp.two_layer_forward",
    "There is no bend: two linear layers in a row are one linear layer, with weights W1 W2, "
    "whatever the number of units.",
)
def forgot_the_bend(X, W1, b1, W2, b2, activation="relu"):
    A1 = linear(X, W1, b1)
    return A1, linear(A1, W2, b2)


@misconception(
    "mlp.two_layer_forward",
    "The scores are right, but you return the hidden layer before its bend. The backward pass "
    "needs A1 = g(Z1).",
)
def returned_z1(X, W1, b1, W2, b2, activation="relu"):
    Z1 = linear(X, W1, b1)
    return Z1, linear(activate(Z1, activation), W2, b2)


@misconception(
    "mlp.two_layer_forward",
    "You always bend by relu. The caller says how in `activation`; hand it on to `activate`.",
)
def ignored_the_activation(X, W1, b1, W2, b2, activation="relu"):
    A1 = activate(linear(X, W1, b1), "relu")
    return A1, linear(A1, W2, b2)


@misconception(
    "mlp.two_layer_forward",
    "You added b1 after the bend. It belongs inside, where it decides at which point the unit "
    "bends: A1 = g(X W1 + b1).",
)
def bent_before_the_bias(X, W1, b1, W2, b2, activation="relu"):
    A1 = activate(X @ W1, activation) + b1[..., None, :]
    return A1, linear(A1, W2, b2)


@misconception(
    "mlp.two_layer_backward",
    "The slope of the bend is missing: `dZ1 = dA1 * g'(Z1)`. The second layer's gradients are "
    "right, the first's are not.",
)
def skipped_the_bend(dZ2, X, A1, W2, activation="relu"):
    dW2, db2 = linear_backward_parameters(dZ2, A1)
    dW1, db1 = linear_backward_parameters(linear_backward_input(dZ2, W2), X)
    return dW1, db1, dW2, db2


@misconception(
    "mlp.two_layer_backward",
    "In dW2 you put the slope of the bend where the second layer's input belongs, which is A1. "
    "The slope is for the error on its way to Z1.",
)
def used_the_slope_as_input(dZ2, X, A1, W2, activation="relu"):
    slope = activate_backward(np.ones_like(A1), A1, activation)
    dW2, db2 = linear_backward_parameters(dZ2, slope)
    dZ1 = activate_backward(linear_backward_input(dZ2, W2), A1, activation)
    return *linear_backward_parameters(dZ1, X), dW2, db2


@misconception(
    "mlp.two_layer_backward",
    "You always went back through relu. Where the hidden layer is tanh, its slope is 1 - A1^2.",
)
def always_went_through_relu(dZ2, X, A1, W2, activation="relu"):
    dW2, db2 = linear_backward_parameters(dZ2, A1)
    dZ1 = activate_backward(linear_backward_input(dZ2, W2), A1, "relu")
    return *linear_backward_parameters(dZ1, X), dW2, db2


@misconception(
    "mlp.two_layer_backward",
    "You averaged over samples in each layer. The 1/n stands in dZ2 once, and every sum "
    "passes it on.",
)
def averaged_in_every_layer(dZ2, X, A1, W2, activation="relu"):
    n = X.shape[-2]
    dW2, db2 = linear_backward_parameters(dZ2, A1)
    dZ1 = activate_backward(linear_backward_input(dZ2, W2), A1, activation)
    dW1, db1 = linear_backward_parameters(dZ1, X)
    return dW1 / n, db1 / n, dW2 / n, db2 / n


@misconception(
    "mlp.two_layer_backward",
    "The four gradients are right but in another order: return (dW1, db1, dW2, db2), as the "
    "parameters stand.",
)
def returned_them_backwards(dZ2, X, A1, W2, activation="relu"):
    dW2, db2 = linear_backward_parameters(dZ2, A1)
    dZ1 = activate_backward(linear_backward_input(dZ2, W2), A1, activation)
    return dW2, db2, *linear_backward_parameters(dZ1, X)


@misconception(
    "mlp.sgd_step",
    "You walked uphill: the gradient points where the loss rises, so it is subtracted.",
)
def went_uphill(theta, gradient, learning_rate, weight_decay=0.0):
    theta += learning_rate * (gradient + weight_decay * theta)


@misconception(
    "mlp.sgd_step",
    "`theta = theta - ...` makes a new array and gives it a name inside your function. The "
    "caller's theta, and every layer that is a view into it, never moves. Use `theta -= ...`.",
)
def bound_a_new_array(theta, gradient, learning_rate, weight_decay=0.0):
    theta = theta - learning_rate * (gradient + weight_decay * theta)


@misconception(
    "mlp.sgd_step",
    "The decay is not multiplied by the learning rate. In the SGD of PyTorch it is added to "
    "the gradient, before the step.",
)
def decayed_beside_the_step(theta, gradient, learning_rate, weight_decay=0.0):
    theta -= learning_rate * gradient + weight_decay * theta


@misconception(
    "mlp.sgd_step",
    "You ignored weight_decay: it adds weight_decay * theta to the gradient.",
)
def ignored_the_decay(theta, gradient, learning_rate, weight_decay=0.0):
    theta -= learning_rate * gradient


@misconception(
    "mlp.sgd_step",
    "The step is right, but `gradient += ...` changed the caller's gradient. Add the decay to "
    "a new array: gradient + weight_decay * theta.",
)
def changed_the_gradient(theta, gradient, learning_rate, weight_decay=0.0):
    gradient += weight_decay * theta
    theta -= learning_rate * gradient


@misconception(
    "mlp.numerical_gradient",
    "You divided by the step; the two points are 2 * step apart, so your slopes are twice too "
    "large.",
)
def divided_by_one_step(loss, theta, step=1e-5):
    return 2 * _central(loss, theta, step)


@misconception(
    "mlp.numerical_gradient",
    "You compared with the loss at theta itself. That forward difference is wrong by an "
    "amount in h; the central one by h^2.",
)
def looked_forward_only(loss, theta, step=1e-5):
    slope, here = np.empty_like(theta), loss(theta.copy())
    for i in range(theta.size):
        at = theta.copy()
        at[i] += step
        slope[i] = (loss(at) - here) / step
    return slope


@misconception(
    "mlp.numerical_gradient",
    "You did not put an entry back before moving the next one: each slope is measured at "
    "another point than theta.",
)
def left_entries_moved(loss, theta, step=1e-5):
    slope, at = np.empty_like(theta), theta.copy()
    for i in range(theta.size):
        at[i] += step
        above = loss(at)
        at[i] -= 2 * step
        slope[i] = (above - loss(at)) / (2 * step)
    return slope


@misconception(
    "mlp.numerical_gradient",
    "You moved all entries at once. That gives the slope along the diagonal, one number; each "
    "entry's slope needs the others to stand still.",
)
def moved_everything_at_once(loss, theta, step=1e-5):
    return np.full_like(theta, (loss(theta + step) - loss(theta - step)) / (2 * step))


@misconception(
    "mlp.numerical_gradient",
    "The sign is opposite: it is the loss above minus the loss below.",
)
def subtracted_the_other_way(loss, theta, step=1e-5):
    return -_central(loss, theta, step)


@misconception(
    "mlp.forward_deep",
    "You bent the last layer as well. Scores are not bent; the activation follows every layer "
    "but the last.",
)
def bent_every_layer(X, layers, activation="relu"):
    made = [X]
    for W, b in layers:
        made.append(activate(linear(made[-1], W, b), activation))
    return made


@misconception(
    "mlp.forward_deep",
    "There is no bend between the layers: a stack of linear layers is one linear layer.",
)
def bent_no_layer(X, layers, activation="relu"):
    made = [X]
    for W, b in layers:
        made.append(linear(made[-1], W, b))
    return made


@misconception(
    "mlp.forward_deep",
    "The input is missing at the front of the list. The first layer's gradient needs X, so "
    "entry 0 is X itself.",
)
def left_out_the_input(X, layers, activation="relu"):
    return _deep(X, layers, activation)[1:]


@misconception(
    "mlp.forward_deep",
    "You keep Z before the bend and pass it on through the bend; the list must hold what the "
    "next layer reads, A = g(Z).",
)
def kept_the_unbent(X, layers, activation="relu"):
    made, A = [X], X
    for W, b in layers:
        made.append(linear(A, W, b))
        A = activate(made[-1], activation)
    return made


@misconception(
    "mlp.forward_deep",
    "You always bend by relu; hand `activation` on to `activate`.",
)
def always_bent_by_relu(X, layers, activation="relu"):
    return _deep(X, layers, "relu")


@misconception(
    "mlp.backward_deep",
    "You passed the error from layer to layer without the slope of the bend: between two "
    "layers comes `dZ = dA * g'(Z)`.",
)
def skipped_every_bend(dZ, layers, activations, activation="relu"):
    made = []
    for l in range(len(layers) - 1, -1, -1):
        made.insert(0, linear_backward_parameters(dZ, activations[l]))
        dZ = linear_backward_input(dZ, layers[l][0])
    return made


@misconception(
    "mlp.backward_deep",
    "The gradients are right but stand from the last layer to the first. Return them in the "
    "order of `layers`.",
)
def returned_last_layer_first(dZ, layers, activations, activation="relu"):
    return _deep_backward(dZ, layers, activations, activation)[::-1]


@misconception(
    "mlp.backward_deep",
    "You go back through the bend before the weights, and so through that of the layer above. "
    "First `dA = dZ @ W.mT`, then the slope, read from `activations[l]`, the input of layer l.",
)
def read_the_slope_one_layer_too_high(dZ, layers, activations, activation="relu"):
    made = [linear_backward_parameters(dZ, activations[-2])]
    for l in range(len(layers) - 1, 0, -1):
        dA = activate_backward(dZ, activations[l + 1], activation)
        dZ = linear_backward_input(dA, layers[l][0])
        made.insert(0, linear_backward_parameters(dZ, activations[l - 1]))
    return made


@misconception(
    "mlp.backward_deep",
    "You also sent dZ at the scores through the bend. Nothing bends the scores, so nothing is "
    "to be undone there.",
)
def unbent_the_scores(dZ, layers, activations, activation="relu"):
    return _deep_backward(
        activate_backward(dZ, activations[-1], activation), layers, activations, activation
    )


@misconception(
    "mlp.backward_deep",
    "You always went back through relu. Where the activation is tanh, its slope is 1 - A^2.",
)
def always_unbent_relu(dZ, layers, activations, activation="relu"):
    return _deep_backward(dZ, layers, activations, "relu")


@misconception(
    "mlp.backward_deep",
    "You averaged over samples in every layer. The 1/n of the loss stands in dZ once, and the "
    "sums pass it on.",
)
def averaged_at_every_depth(dZ, layers, activations, activation="relu"):
    n = dZ.shape[-2]
    made = _deep_backward(dZ, layers, activations, activation)
    return [(dW / n, db / n) for dW, db in made]


def _mean_surprise(Z, y):
    Y = y[..., None] == np.arange(Z.shape[-1])
    return -log_softmax(Z).sum(axis=-1, where=Y).mean(axis=-1)


def _central(loss, theta, step):
    slope = np.empty_like(theta)
    for i in range(theta.size):
        above, below = theta.copy(), theta.copy()
        above[i] += step
        below[i] -= step
        slope[i] = (loss(above) - loss(below)) / (2 * step)
    return slope


def _deep(X, layers, activation):
    made = [X]
    for W, b in layers[:-1]:
        made.append(activate(linear(made[-1], W, b), activation))
    return [*made, linear(made[-1], *layers[-1])]


def _deep_backward(dZ, layers, activations, activation):
    made = [linear_backward_parameters(dZ, activations[-2])]
    for l in range(len(layers) - 1, 0, -1):
        dZ = activate_backward(linear_backward_input(dZ, layers[l][0]), activations[l], activation)
        made.insert(0, linear_backward_parameters(dZ, activations[l - 1]))
    return made
