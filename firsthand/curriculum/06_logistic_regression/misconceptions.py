"""Wrong versions of stage 06 that people really write, and what to tell them."""

import numpy as np

from firsthand.scratch.linear.logistic_regression import (
    binary_cross_entropy,
    cross_entropy,
    gradient,
    logit,
    objective,
    shares,
    sigmoid,
    slope,
    softmax,
    softmax_gradient,
)
from firsthand.study.checking import misconception

# sigmoid


@misconception(
    "logistic.sigmoid",
    "exp(-z) overflows once z is below about -709. Use exp(-|z|), which is never above 1.",
)
def overflows(z):
    return 1 / (1 + np.exp(-z))


@misconception(
    "logistic.sigmoid",
    "Your curve falls: it is the sigmoid of -z, the probability of class 0. The exponent of "
    "1 / (1 + exp(-z)) has a minus.",
)
def falls(z):
    shrink = np.exp(-np.abs(z))
    return np.where(z >= 0, shrink, 1.0) / (1.0 + shrink)


@misconception(
    "logistic.sigmoid",
    "You cut z off at some value, so every smaller probability comes out the same. "
    "exp(-|z|) needs no cut.",
)
def clips(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


@misconception(
    "logistic.sigmoid",
    "For negative z you return 1 - p of |z|: true on paper, but p rounds to 1 and the difference "
    "to 0. Divide exp(z) by 1 + exp(z) instead.",
)
def subtracts_from_one(z):
    p = 1 / (1 + np.exp(-np.abs(z)))
    return np.where(z >= 0, p, 1 - p)


@misconception(
    "logistic.sigmoid",
    "This is tanh: the same shape, but from -1 to 1. A probability is (1 + tanh(z/2)) / 2.",
)
def is_tanh(z):
    return np.tanh(z)


# logit


@misconception(
    "logistic.logit", "These are the odds p / (1 - p); their logarithm is still missing."
)
def odds(p):
    return p / (1 - p)


@misconception(
    "logistic.logit",
    "This is the logarithm of p alone. Odds compare p with 1 - p, so that one half becomes zero.",
)
def log_of_p(p):
    return np.log(p)


@misconception(
    "logistic.logit",
    "The sign is opposite: (1 - p) / p are the odds against. Probable events have positive "
    "log-odds.",
)
def odds_against(p):
    return np.log((1 - p) / p)


@misconception(
    "logistic.logit",
    "You went from log-odds to probability again: that is the sigmoid, and logit is its inverse.",
)
def sigmoid_once_more(p):
    return sigmoid(p)


@misconception(
    "logistic.logit",
    "Log-odds are natural logarithms, the ones that exp undoes; yours has base 10.",
)
def base_ten(p):
    return np.log10(p / (1 - p))


# boundary


@misconception(
    "logistic.boundary",
    "You drew the line of p = 1/2 whatever the threshold. On the boundary the log-odds are "
    "logit(threshold), which is zero for 1/2 only.",
)
def always_one_half(x1, w, b, threshold=0.5):
    return -(b + w[0] * x1) / w[1]


@misconception(
    "logistic.boundary",
    "You set the log-odds to the threshold itself. It is a probability: its log-odds are "
    "logit(threshold).",
)
def threshold_as_log_odds(x1, w, b, threshold=0.5):
    return (threshold - b - w[0] * x1) / w[1]


@misconception(
    "logistic.boundary",
    "The intercept has the wrong sign: w1 x1 + w2 x2 + b = logit, so b goes over as -b.",
)
def intercept_with_wrong_sign(x1, w, b, threshold=0.5):
    return (logit(np.asarray(threshold)) + b - w[0] * x1) / w[1]


@misconception(
    "logistic.boundary",
    "The two weights are swapped: solve for x2, so divide by its weight, w[1].",
)
def weights_swapped(x1, w, b, threshold=0.5):
    return (logit(np.asarray(threshold)) - b - w[1] * x1) / w[0]


@misconception(
    "logistic.boundary",
    "The slope of the line has the wrong sign: w[0] x1 moves to the other side as -w[0] x1.",
)
def slope_with_wrong_sign(x1, w, b, threshold=0.5):
    return (logit(np.asarray(threshold)) - b + w[0] * x1) / w[1]


@misconception(
    "logistic.boundary",
    "This is the line where class 0 has the threshold's probability: logit has the wrong sign.",
)
def threshold_of_class_0(x1, w, b, threshold=0.5):
    return (-logit(np.asarray(threshold)) - b - w[0] * x1) / w[1]


# binary_cross_entropy


@misconception(
    "logistic.binary_cross_entropy",
    "You clip p before its logarithm, which caps the loss of a confident mistake at about 16. "
    "Write the loss in z, where nothing needs a clip: log(1 + exp(z)) - y z.",
)
def clips_the_probability(z, y, sample_weight=None):
    p = np.clip(sigmoid(z), 1e-7, 1 - 1e-7)
    losses = -y * np.log(p) - (1 - y) * np.log(1 - p)
    return float(shares(len(z), sample_weight) @ losses)


@misconception(
    "logistic.binary_cross_entropy",
    "A large z rounds p to 0 or 1, and log(0) follows. "
    "Write the loss in z: log(1 + exp(z)) - y z, with max(z, 0) + log(1 + exp(-|z|)).",
)
def takes_log_of_a_rounded_p(z, y, sample_weight=None):
    p = sigmoid(z)
    losses = -y * np.log(p) - (1 - y) * np.log(1 - p)
    return float(shares(len(z), sample_weight) @ losses)


@misconception(
    "logistic.binary_cross_entropy",
    "log(1 + exp(z)) - y z is right, but exp(z) overflows for large z. Take max(z, 0) out first.",
)
def overflows_in_softplus(z, y, sample_weight=None):
    return float(shares(len(z), sample_weight) @ (np.log(1 + np.exp(z)) - y * z))


@misconception(
    "logistic.binary_cross_entropy",
    "You add the losses up. The loss here is their mean, so that it does not grow with the data.",
)
def sums(z, y, sample_weight=None):
    weight = np.ones(len(z)) if sample_weight is None else sample_weight
    return float(weight.sum()) * binary_cross_entropy(z, y, sample_weight)


@misconception(
    "logistic.binary_cross_entropy",
    "Only the samples of class 1 cost anything in yours. Where y is 0, the loss is -log(1 - p).",
)
def forgets_class_0(z, y, sample_weight=None):
    softplus = np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z)))
    return float(shares(len(z), sample_weight) @ (y * softplus))


@misconception(
    "logistic.binary_cross_entropy",
    "You divide the weighted sum by the number of samples. A weighted mean divides by the sum of "
    "the weights: two equal weights of 5 must change nothing.",
)
def weights_do_not_add_to_one(z, y, sample_weight=None):
    weight = np.ones(len(z)) if sample_weight is None else sample_weight
    return float(weight.mean()) * binary_cross_entropy(z, y, sample_weight)


@misconception(
    "logistic.binary_cross_entropy",
    "You ignore sample_weight: the mean is weighted with shares(n_samples, sample_weight).",
)
def ignores_weights_in_the_loss(z, y, sample_weight=None):
    return binary_cross_entropy(z, y)


@misconception(
    "logistic.binary_cross_entropy",
    "The sign is opposite: you return the log-likelihood, which is at most zero. The loss is minus "
    "it.",
)
def log_likelihood(z, y, sample_weight=None):
    return -binary_cross_entropy(z, y, sample_weight)


# gradient


@misconception(
    "logistic.gradient",
    "The gradient of your loss term is n_samples times too large: J is a mean over samples, so "
    "its gradient is one too.",
)
def forgot_the_mean(X, y, w, b, l2=0.0, sample_weight=None):
    dz = sigmoid(X @ w + b) - y
    dz = dz if sample_weight is None else dz * sample_weight
    return X.T @ dz + l2 * w, float(dz.sum())


@misconception(
    "logistic.gradient",
    "The sigmoid's derivative p (1 - p) is one too many: for cross-entropy it cancels, and dz is "
    "just p - y.",
)
def kept_the_sigmoid_derivative(X, y, w, b, l2=0.0, sample_weight=None):
    p = sigmoid(X @ w + b)
    dz = shares(len(y), sample_weight) * (p - y) * p * (1 - p)
    return X.T @ dz + l2 * w, float(dz.sum())


@misconception(
    "logistic.gradient",
    "The residual is z - y in yours, as in linear regression. Compare the probability with the "
    "label: p - y, with p = sigmoid(z).",
)
def compares_log_odds_with_labels(X, y, w, b, l2=0.0, sample_weight=None):
    dz = shares(len(y), sample_weight) * (X @ w + b - y)
    return X.T @ dz + l2 * w, float(dz.sum())


@misconception(
    "logistic.gradient",
    "The loss term points downhill: dz is p - y, not y - p. Descent will subtract it.",
)
def points_downhill(X, y, w, b, l2=0.0, sample_weight=None):
    dw, db = gradient(X, y, w, b, 0.0, sample_weight)
    return -dw + l2 * w, -db


@misconception("logistic.gradient", "The penalty l2/2 |w|^2 has slope l2 w; yours has twice that.")
def doubled_the_penalty(X, y, w, b, l2=0.0, sample_weight=None):
    dw, db = gradient(X, y, w, b, l2, sample_weight)
    return dw + l2 * w, db


@misconception("logistic.gradient", "The penalty is missing: l2/2 |w|^2 adds l2 w to dw.")
def forgot_the_penalty(X, y, w, b, l2=0.0, sample_weight=None):
    return gradient(X, y, w, b, 0.0, sample_weight)


@misconception(
    "logistic.gradient",
    "You penalise the intercept too. It only sets how common class 1 is, and J leaves it free: db "
    "has no l2 in it.",
)
def penalised_the_intercept(X, y, w, b, l2=0.0, sample_weight=None):
    dw, db = gradient(X, y, w, b, l2, sample_weight)
    return dw, db + l2 * b


@misconception(
    "logistic.gradient",
    "You divide the penalty by n_samples. In J it stands beside the mean, not inside it.",
)
def averaged_the_penalty(X, y, w, b, l2=0.0, sample_weight=None):
    return gradient(X, y, w, b, l2 / len(y), sample_weight)


@misconception(
    "logistic.gradient",
    "You ignore sample_weight: multiply each p - y by its share of the mean.",
)
def ignores_weights_in_the_gradient(X, y, w, b, l2=0.0, sample_weight=None):
    return gradient(X, y, w, b, l2)


# gradient_descent


def _walk(X, y, w, b, learning_rate, n_steps, l2, sample_weight, move):
    """Descend with ``move`` in place of the right step."""
    losses = [objective(X, y, w, b, l2, sample_weight)]
    for _ in range(n_steps):
        w, b = move(w, b)
        losses.append(objective(X, y, w, b, l2, sample_weight))
    return w, b, np.array(losses)


@misconception(
    "logistic.gradient_descent",
    "You walk uphill: the gradient points to where J grows, so subtract it.",
)
def walks_uphill(X, y, w, b, learning_rate, n_steps, l2=0.0, sample_weight=None):
    def move(w, b):
        dw, db = slope(X, y, w, b, l2, sample_weight)
        return w + learning_rate * dw, b + learning_rate * db

    return _walk(X, y, w, b, learning_rate, n_steps, l2, sample_weight, move)


@misconception(
    "logistic.gradient_descent",
    "You move w first and then take the slope for b at the new w. Both slopes belong to the point "
    "before the step.",
)
def moves_one_after_the_other(X, y, w, b, learning_rate, n_steps, l2=0.0, sample_weight=None):
    def move(w, b):
        w = w - learning_rate * slope(X, y, w, b, l2, sample_weight)[0]
        return w, b - learning_rate * slope(X, y, w, b, l2, sample_weight)[1]

    return _walk(X, y, w, b, learning_rate, n_steps, l2, sample_weight, move)


@misconception(
    "logistic.gradient_descent",
    "losses has n_steps entries in yours: the loss at the start is missing. It is J before any "
    "step, then after each.",
)
def forgets_the_first_loss(X, y, w, b, learning_rate, n_steps, l2=0.0, sample_weight=None):
    losses = []
    for _ in range(n_steps):
        dw, db = slope(X, y, w, b, l2, sample_weight)
        w, b = w - learning_rate * dw, b - learning_rate * db
        losses.append(objective(X, y, w, b, l2, sample_weight))
    return w, b, np.array(losses)


@misconception(
    "logistic.gradient_descent",
    "losses has n_steps entries in yours: the loss after the last step is missing.",
)
def forgets_the_last_loss(X, y, w, b, learning_rate, n_steps, l2=0.0, sample_weight=None):
    losses = []
    for _ in range(n_steps):
        losses.append(objective(X, y, w, b, l2, sample_weight))
        dw, db = slope(X, y, w, b, l2, sample_weight)
        w, b = w - learning_rate * dw, b - learning_rate * db
    return w, b, np.array(losses)


@misconception(
    "logistic.gradient_descent",
    "You start from zeros whatever w and b came in. Start where the caller says.",
)
def starts_from_zeros(X, y, w, b, learning_rate, n_steps, l2=0.0, sample_weight=None):
    def move(w, b):
        dw, db = slope(X, y, w, b, l2, sample_weight)
        return w - learning_rate * dw, b - learning_rate * db

    return _walk(X, y, 0 * w, 0 * b, learning_rate, n_steps, l2, sample_weight, move)


@misconception(
    "logistic.gradient_descent",
    "`w -= ...` changes the caller's array: their starting point is gone. Write `w = w - ...`.",
)
def overwrites_the_start(X, y, w, b, learning_rate, n_steps, l2=0.0, sample_weight=None):
    def move(w, b):
        dw, db = slope(X, y, w, b, l2, sample_weight)
        w -= learning_rate * dw
        b = b - learning_rate * db
        return w, b

    return _walk(X, y, w, b, learning_rate, n_steps, l2, sample_weight, move)


@misconception(
    "logistic.gradient_descent",
    "The losses you record leave the penalty out, while the steps follow it. Record J, the "
    "objective that descent lowers.",
)
def records_the_loss_alone(X, y, w, b, learning_rate, n_steps, l2=0.0, sample_weight=None):
    losses = [objective(X, y, w, b, 0.0, sample_weight)]
    for _ in range(n_steps):
        dw, db = slope(X, y, w, b, l2, sample_weight)
        w, b = w - learning_rate * dw, b - learning_rate * db
        losses.append(objective(X, y, w, b, 0.0, sample_weight))
    return w, b, np.array(losses)


# newton_step


def _newton(X, y, w, b, l2, sample_weight, bend):
    """Take a Newton step with the Hessian that ``bend`` makes of its true parts."""
    p = sigmoid(X @ w + b)
    s = shares(len(y), sample_weight)
    X1 = np.column_stack([X, np.ones(len(y))])
    penalty = np.diag(np.append(np.full(len(w), l2), 0.0))
    H = bend(X1, p, s, penalty)
    dw, db = gradient(X, y, w, b, l2, sample_weight)
    step = np.linalg.lstsq(H, np.append(dw, db), rcond=None)[0]
    return w - step[:-1], b - float(step[-1])


@misconception(
    "logistic.newton_step",
    "Your Hessian is a sum over samples while the gradient is a mean, so the step is n_samples "
    "times too short. Weigh p (1 - p) with the shares.",
)
def curvature_is_a_sum(X, y, w, b, l2=0.0, sample_weight=None):
    def bend(X1, p, s, penalty):
        s = np.ones(len(y)) if sample_weight is None else sample_weight
        return X1.T @ (X1 * (s * p * (1 - p))[:, None]) + penalty

    return _newton(X, y, w, b, l2, sample_weight, bend)


@misconception(
    "logistic.newton_step",
    "The penalty is missing from the Hessian: l2/2 |w|^2 curves by l2 in the direction of every "
    "weight.",
)
def penalty_does_not_curve(X, y, w, b, l2=0.0, sample_weight=None):
    def bend(X1, p, s, penalty):
        return X1.T @ (X1 * (s * p * (1 - p))[:, None])

    return _newton(X, y, w, b, l2, sample_weight, bend)


@misconception(
    "logistic.newton_step",
    "You put l2 on the whole diagonal. The intercept is not penalised, so its entry gets none.",
)
def penalty_curves_the_intercept(X, y, w, b, l2=0.0, sample_weight=None):
    def bend(X1, p, s, penalty):
        return X1.T @ (X1 * (s * p * (1 - p))[:, None]) + l2 * np.eye(len(w) + 1)

    return _newton(X, y, w, b, l2, sample_weight, bend)


@misconception(
    "logistic.newton_step",
    "The curvature of the loss in z is missing: it is p (1 - p), and you took 1, as for least "
    "squares.",
)
def curvature_of_least_squares(X, y, w, b, l2=0.0, sample_weight=None):
    def bend(X1, p, s, penalty):
        return X1.T @ (X1 * s[:, None]) + penalty

    return _newton(X, y, w, b, l2, sample_weight, bend)


@misconception(
    "logistic.newton_step",
    "You divide each entry of the gradient by its own curvature. The parameters curve J together: "
    "solve with the whole Hessian.",
)
def only_the_diagonal(X, y, w, b, l2=0.0, sample_weight=None):
    def bend(X1, p, s, penalty):
        return np.diag(np.diag(X1.T @ (X1 * (s * p * (1 - p))[:, None]) + penalty))

    return _newton(X, y, w, b, l2, sample_weight, bend)


@misconception(
    "logistic.newton_step",
    "You ignore sample_weight in the curvature: heavy samples bend J more.",
)
def ignores_weights_in_the_curvature(X, y, w, b, l2=0.0, sample_weight=None):
    def bend(X1, p, s, penalty):
        return X1.T @ (X1 * (p * (1 - p) / len(y))[:, None]) + penalty

    return _newton(X, y, w, b, l2, sample_weight, bend)


@misconception(
    "logistic.newton_step",
    "You add the step. It solves H step = gradient, and the gradient points uphill: subtract it.",
)
def steps_uphill(X, y, w, b, l2=0.0, sample_weight=None):
    def bend(X1, p, s, penalty):
        return -X1.T @ (X1 * (s * p * (1 - p))[:, None]) - penalty

    return _newton(X, y, w, b, l2, sample_weight, bend)


# softmax


@misconception(
    "logistic.softmax",
    "exp overflows for scores above 709. Subtract each row's largest score first; the ratio does "
    "not change.",
)
def exponentials_overflow(Z):
    E = np.exp(Z)
    return E / E.sum(axis=-1, keepdims=True)


@misconception(
    "logistic.softmax",
    "You subtract the largest score of the whole array, so a row far below it underflows to 0 / 0. "
    "Subtract each row's own maximum.",
)
def one_maximum_for_all_rows(Z):
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=-1, keepdims=True)


@misconception(
    "logistic.softmax",
    "Your whole array adds to one. Each row is a distribution of its own: sum over the last axis.",
)
def normalises_the_whole_array(Z):
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum()


@misconception(
    "logistic.softmax",
    "Your columns add to one: you summed over the samples. The classes are the last axis.",
)
def sums_over_samples(Z):
    E = np.exp(Z - Z.max(axis=0, keepdims=True))
    return E / E.sum(axis=0, keepdims=True)


@misconception(
    "logistic.softmax",
    "You take a sigmoid of every score. Each is then a probability of its own, and a row does not "
    "add to one.",
)
def a_sigmoid_for_every_class(Z):
    return sigmoid(Z)


@misconception(
    "logistic.softmax",
    "You divide the scores by their sum without taking exp. Scores may be negative; exp is not.",
)
def normalises_the_scores(Z):
    return Z / Z.sum(axis=-1, keepdims=True)


# cross_entropy


@misconception(
    "logistic.cross_entropy",
    "You clip the probabilities before their logarithm, which caps the loss of a confident "
    "mistake. log softmax(Z) = Z - log(sum(exp(Z))) needs no clip.",
)
def clips_the_probabilities(Z, Y, sample_weight=None):
    P = np.clip(softmax(Z), 1e-7, 1.0)
    return float(-shares(len(Z), sample_weight) @ np.sum(Y * np.log(P), axis=1))


@misconception(
    "logistic.cross_entropy",
    "A probability that rounds to 0 has no logarithm. Do not take the log of softmax: "
    "log softmax(Z) = Z - log(sum(exp(Z))).",
)
def takes_log_of_softmax(Z, Y, sample_weight=None):
    return float(-shares(len(Z), sample_weight) @ np.sum(Y * np.log(softmax(Z)), axis=1))


@misconception(
    "logistic.cross_entropy",
    "You average over classes as well. The loss of a sample is the sum over its classes, of which "
    "one-hot labels leave one term.",
)
def averages_over_classes(Z, Y, sample_weight=None):
    return cross_entropy(Z, Y, sample_weight) / Z.shape[1]


@misconception(
    "logistic.cross_entropy",
    "You add the losses up. The loss here is their mean, so that it does not grow with the data.",
)
def sums_over_the_samples(Z, Y, sample_weight=None):
    weight = np.ones(len(Z)) if sample_weight is None else sample_weight
    return float(weight.sum()) * cross_entropy(Z, Y, sample_weight)


@misconception(
    "logistic.cross_entropy",
    "You also charge -log(1 - p) for every class that is not the label. Softmax has one outcome "
    "among many, and its likelihood is the p of the label alone.",
)
def adds_the_other_classes(Z, Y, sample_weight=None):
    P = softmax(Z)
    losses = -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P), axis=1)
    return float(shares(len(Z), sample_weight) @ losses)


@misconception(
    "logistic.cross_entropy",
    "You ignore sample_weight: the mean is weighted with shares(n_samples, sample_weight).",
)
def ignores_weights_of_samples(Z, Y, sample_weight=None):
    return cross_entropy(Z, Y)


# softmax_gradient


@misconception(
    "logistic.softmax_gradient",
    "The gradient of your loss term is n_samples times too large: the loss is a mean over samples.",
)
def forgot_the_mean_of_softmax(X, Y, W, b, l2=0.0, sample_weight=None):
    weight = np.ones(len(Y)) if sample_weight is None else sample_weight
    dZ = weight[:, None] * (softmax(X @ W + b) - Y)
    return X.T @ dZ + l2 * W, dZ.sum(axis=0)


@misconception(
    "logistic.softmax_gradient",
    "You divide by the number of classes too. The loss sums over classes and averages over "
    "samples.",
)
def averaged_over_classes(X, Y, W, b, l2=0.0, sample_weight=None):
    dW, db = softmax_gradient(X, Y, W, b, 0.0, sample_weight)
    return dW / Y.shape[1] + l2 * W, db / Y.shape[1]


@misconception(
    "logistic.softmax_gradient",
    "Your P is a sigmoid of each score, as if every class stood alone. The scores compete: "
    "use softmax.",
)
def one_sigmoid_each(X, Y, W, b, l2=0.0, sample_weight=None):
    dZ = shares(len(Y), sample_weight)[:, None] * (sigmoid(X @ W + b) - Y)
    return X.T @ dZ + l2 * W, dZ.sum(axis=0)


@misconception(
    "logistic.softmax_gradient",
    "P (1 - P) is one factor too many: it cancels against the logarithm, and dZ is just P - Y.",
)
def kept_the_softmax_derivative(X, Y, W, b, l2=0.0, sample_weight=None):
    P = softmax(X @ W + b)
    dZ = shares(len(Y), sample_weight)[:, None] * (P - Y) * P * (1 - P)
    return X.T @ dZ + l2 * W, dZ.sum(axis=0)


@misconception("logistic.softmax_gradient", "The penalty is missing: it adds l2 W to dW.")
def forgot_the_penalty_of_softmax(X, Y, W, b, l2=0.0, sample_weight=None):
    return softmax_gradient(X, Y, W, b, 0.0, sample_weight)


@misconception(
    "logistic.softmax_gradient",
    "The penalty l2/2 sum(W^2) has slope l2 W; yours has twice that.",
)
def doubled_the_penalty_of_softmax(X, Y, W, b, l2=0.0, sample_weight=None):
    dW, db = softmax_gradient(X, Y, W, b, l2, sample_weight)
    return dW + l2 * W, db


@misconception("logistic.softmax_gradient", "You penalise the intercepts too: db has no l2 in it.")
def penalised_the_intercepts(X, Y, W, b, l2=0.0, sample_weight=None):
    dW, db = softmax_gradient(X, Y, W, b, l2, sample_weight)
    return dW, db + l2 * b


@misconception(
    "logistic.softmax_gradient",
    "Your db is the same for every class, the sum of all of dZ, which is always 0. Sum over the "
    "samples only: each class has an entry of its own.",
)
def one_db_for_all_classes(X, Y, W, b, l2=0.0, sample_weight=None):
    dW, db = softmax_gradient(X, Y, W, b, l2, sample_weight)
    return dW, np.full_like(b, db.sum())
