"""Wrong versions of stage 05 that people really write, and what to tell them."""

import numpy as np

from firsthand.scratch.linear.linear_regression import (
    centre,
    gradient,
    least_squares,
    loss,
    minibatches,
    predict,
)
from firsthand.study.checking import misconception

# predict


@misconception("linear.predict", "Your line goes through the origin: the intercept b is not added.")
def forgot_the_intercept(X, w, b):
    return X @ w


@misconception(
    "linear.predict",
    "You add b to the weights, so it gets multiplied by the features. It is added once, to each "
    "prediction.",
)
def added_the_intercept_to_the_weights(X, w, b):
    return X @ (w + b)


@misconception(
    "linear.predict",
    "X * w multiplies entry by entry and keeps one number a feature. A prediction is their sum: "
    "use X @ w.",
)
def multiplied_entry_by_entry(X, w, b):
    return X * w + b


@misconception(
    "linear.predict",
    "You return a column of shape (n_samples, 1). Subtracting y from it would broadcast to "
    "(n_samples, n_samples); "
    "return one axis, (n_samples,).",
)
def returned_a_column(X, w, b):
    return X @ w[:, None] + b


# loss


@misconception(
    "linear.loss",
    "The factor 1/2 is missing: J is half the mean square, so that its slope has no 2.",
)
def forgot_the_half(X, y, w, b, l2):
    return float(np.mean((X @ w + b - y) ** 2) + l2 / 2 * (w @ w))


@misconception(
    "linear.loss",
    "You sum the squares where J averages them: twice the data would cost twice as much.",
)
def summed_the_squares(X, y, w, b, l2):
    return float(np.sum((X @ w + b - y) ** 2) / 2 + l2 / 2 * (w @ w))


@misconception(
    "linear.loss",
    "You penalise the intercept too. Then the fit would depend on where the zero of y lies; only "
    "w is shrunk.",
)
def penalised_the_intercept_in_the_loss(X, y, w, b, l2):
    return loss(X, y, w, b, l2) + l2 / 2 * b**2


@misconception(
    "linear.loss", "The penalty is l2 / 2 times |w|^2; yours has no 1/2 and counts it twice."
)
def forgot_the_half_of_the_penalty(X, y, w, b, l2):
    return loss(X, y, w, b, 2 * l2)


@misconception(
    "linear.loss",
    "You divide the penalty by n_samples as well. Only the squares are averaged; l2 / 2 |w|^2 is "
    "added whole.",
)
def averaged_the_penalty(X, y, w, b, l2):
    return loss(X, y, w, b, l2 / len(y))


@misconception(
    "linear.loss",
    "You penalise the length |w|; the penalty is l2 / 2 times its square, w @ w.",
)
def penalised_the_length(X, y, w, b, l2):
    return loss(X, y, w, b, 0.0) + l2 / 2 * float(np.linalg.norm(w))


# gradient


@misconception(
    "linear.gradient",
    "Your slope is n_samples times too steep in the data: J is a mean over samples, so its "
    "gradient is one too.",
)
def forgot_the_mean(X, y, w, b, l2):
    residual = predict(X, w, b) - y
    return X.T @ residual + l2 * w, float(residual.sum())


@misconception(
    "linear.gradient",
    "Your sign is turned: the residual is prediction minus y. With y minus prediction, descent "
    "climbs.",
)
def turned_the_residual(X, y, w, b, l2):
    residual = y - predict(X, w, b)
    return X.T @ residual / len(y) + l2 * w, float(residual.mean())


@misconception(
    "linear.gradient",
    "A factor 2 is left over in the data term: the 1/2 in J cancels the 2 that the square brings "
    "down.",
)
def kept_the_two(X, y, w, b, l2):
    dw, db = gradient(X, y, w, b, 0.0)
    return 2 * dw + l2 * w, 2 * db


@misconception("linear.gradient", "The penalty is missing: l2 / 2 |w|^2 adds l2 w to dw.")
def forgot_the_penalty(X, y, w, b, l2):
    return gradient(X, y, w, b, 0.0)


@misconception(
    "linear.gradient",
    "The penalty l2 / 2 |w|^2 has slope l2 w; the half cancels, yours has 2 l2 w.",
)
def doubled_the_penalty(X, y, w, b, l2):
    return gradient(X, y, w, b, 2 * l2)


@misconception(
    "linear.gradient",
    "You shrink the intercept as well: db has no l2 term, because J does not penalise b.",
)
def penalised_the_intercept(X, y, w, b, l2):
    dw, db = gradient(X, y, w, b, l2)
    return dw, db + l2 * b


@misconception(
    "linear.gradient",
    "db is divided by n_samples twice. dz already carries 1/n: add it up, do not average it again.",
)
def averaged_the_intercept_twice(X, y, w, b, l2):
    dw, db = gradient(X, y, w, b, l2)
    return dw, db / len(y)


# gradient_descent


@misconception(
    "linear.gradient_descent",
    "You change w before you ask for the slope in b, so b steps with a slope from elsewhere. "
    "Take both slopes first, then step both.",
)
def stepped_b_after_w(X, y, learning_rate, n_steps, l2):
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [loss(X, y, w, b, l2)]
    for _ in range(n_steps):
        w = w - learning_rate * gradient(X, y, w, b, l2)[0]
        b = b - learning_rate * gradient(X, y, w, b, l2)[1]
        losses.append(loss(X, y, w, b, l2))
    return w, b, np.array(losses)


@misconception(
    "linear.gradient_descent",
    "You add the slope, which points uphill: the loss grows with every step. Subtract it.",
)
def walked_uphill(X, y, learning_rate, n_steps, l2):
    return _descend(X, y, -learning_rate, n_steps, l2)


@misconception(
    "linear.gradient_descent",
    "The walk starts at w = 1 where it should start at w = 0: with few steps the start decides "
    "the end.",
)
def started_at_ones(X, y, learning_rate, n_steps, l2):
    return _descend(X, y, learning_rate, n_steps, l2, start=1.0)


@misconception(
    "linear.gradient_descent",
    "The loss at the start is missing: before the first step there is one to note, n_steps + 1 in "
    "all.",
)
def forgot_the_first_loss(X, y, learning_rate, n_steps, l2):
    w, b, losses = _descend(X, y, learning_rate, n_steps, l2)
    return w, b, losses[1:]


@misconception(
    "linear.gradient_descent",
    "Your losses are one step late: losses[k] must be J after k steps, so compute it after the "
    "step, not before.",
)
def noted_the_loss_before_the_step(X, y, learning_rate, n_steps, l2):
    w, b, losses = _descend(X, y, learning_rate, n_steps, l2)
    return w, b, np.append(losses[:1], losses[:-1])


@misconception(
    "linear.gradient_descent",
    "Only w moves. The intercept needs its own step, b - learning_rate * db.",
)
def left_the_intercept_alone(X, y, learning_rate, n_steps, l2):
    w = np.zeros(X.shape[1])
    losses = [loss(X, y, w, 0.0, l2)]
    for _ in range(n_steps):
        w = w - learning_rate * gradient(X, y, w, 0.0, l2)[0]
        losses.append(loss(X, y, w, 0.0, l2))
    return w, 0.0, np.array(losses)


def _descend(X, y, learning_rate, n_steps, l2, start=0.0):
    w, b = np.full(X.shape[1], start), 0.0
    losses = [loss(X, y, w, b, l2)]
    for _ in range(n_steps):
        dw, db = gradient(X, y, w, b, l2)
        w, b = w - learning_rate * dw, b - learning_rate * db
        losses.append(loss(X, y, w, b, l2))
    return w, b, np.array(losses)


# largest_learning_rate


def _curvature(X, l2, *, intercept=True, free=True):
    X1 = np.column_stack([X, np.ones(len(X))]) if intercept else X
    penalty = np.full(X1.shape[1], l2)
    if intercept and free:
        penalty[-1] = 0.0
    return X1.T @ X1 / len(X) + np.diag(penalty)


@misconception(
    "linear.largest_learning_rate",
    "You forgot that b is stepped as well: append a column of ones to X before you take its "
    "curvature.",
)
def left_out_the_intercept(X, l2):
    return float(2 / max(np.linalg.eigvalsh(_curvature(X, l2, intercept=False))[-1], 1e-300))


@misconception(
    "linear.largest_learning_rate",
    "You add l2 on the whole diagonal. The last entry belongs to b, which is not penalised.",
)
def penalised_the_curvature_of_b(X, l2):
    return float(2 / np.linalg.eigvalsh(_curvature(X, l2, free=False))[-1])


@misconception(
    "linear.largest_learning_rate",
    "1 / lambda_max is a good learning rate, not the largest: a step multiplies the error by 1 - "
    "rate * lambda, "
    "which leaves [-1, 1] only past 2 / lambda_max.",
)
def stopped_at_one(X, l2):
    return float(1 / np.linalg.eigvalsh(_curvature(X, l2))[-1])


@misconception(
    "linear.largest_learning_rate",
    "You took the smallest eigenvalue. It decides how slow descent is; the largest decides where "
    "it explodes.",
)
def took_the_smallest_eigenvalue(X, l2):
    return float(2 / max(np.linalg.eigvalsh(_curvature(X, l2))[0], 1e-300))


@misconception(
    "linear.largest_learning_rate",
    "The curvature of a mean of squares is `X1.T @ X1` divided by n_samples; yours is the sum's, "
    "n_samples times too large.",
)
def curvature_of_the_sum(X, l2):
    return float(2 / np.linalg.eigvalsh(_curvature(X, l2 / len(X)) * len(X))[-1])


@misconception(
    "linear.largest_learning_rate", "The penalty bends J too: it adds l2 to the curvature in w."
)
def forgot_that_the_penalty_bends(X, l2):
    return float(2 / np.linalg.eigvalsh(_curvature(X, 0.0))[-1])


# minibatches


@misconception(
    "linear.minibatches",
    "The samples come in the order of the file. If that order means something, every batch is "
    "one-sided: shuffle.",
)
def forgot_to_shuffle(n_samples, batch_size, rng):
    order = np.arange(n_samples)
    return [order[i : i + batch_size] for i in range(0, n_samples, batch_size)]


@misconception(
    "linear.minibatches",
    "The last, smaller batch is dropped, so up to batch_size - 1 samples of every epoch are never "
    "seen.",
)
def dropped_the_rest(n_samples, batch_size, rng):
    batches = minibatches(n_samples, batch_size, rng)
    return [batch for batch in batches if len(batch) == batch_size]


@misconception(
    "linear.minibatches",
    "You draw with replacement: in an epoch some samples come twice and about a third never. Cut "
    "one permutation.",
)
def drew_with_replacement(n_samples, batch_size, rng):
    order = rng.integers(0, n_samples, size=n_samples)
    return [order[i : i + batch_size] for i in range(0, n_samples, batch_size)]


@misconception(
    "linear.minibatches",
    "You cut the samples into batch_size batches; batch_size is how many samples each batch holds.",
)
def took_the_size_for_the_number(n_samples, batch_size, rng):
    return np.array_split(rng.permutation(n_samples), min(batch_size, n_samples))


# minibatch_gradient_descent


def _walk(X, y, rate, n_epochs, size, l2, rng, step=gradient, note=loss, fixed=False):
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [loss(X, y, w, b, l2)]
    batches = minibatches(len(y), size, rng) if fixed else []
    for _ in range(n_epochs):
        for batch in batches or minibatches(len(y), size, rng):
            dw, db = step(X[batch], y[batch], w, b, l2)
            w, b = w - rate * dw, b - rate * db
            last = batch
        everything = note is loss
        losses.append(loss(X, y, w, b, l2) if everything else note(X[last], y[last], w, b, l2))
    return w, b, np.array(losses)


@misconception(
    "linear.minibatch_gradient_descent",
    "The batches are drawn once and every epoch repeats them. Call minibatches inside the loop "
    "over epochs.",
)
def shuffled_only_once(X, y, learning_rate, n_epochs, batch_size, l2, rng):
    return _walk(X, y, learning_rate, n_epochs, batch_size, l2, rng, fixed=True)


@misconception(
    "linear.minibatch_gradient_descent",
    "You divide a batch's slope by the number of all samples, which makes the steps too small. "
    "A batch is averaged over its own samples.",
)
def divided_by_all_samples(X, y, learning_rate, n_epochs, batch_size, l2, rng):
    def step(X_batch, y_batch, w, b, l2):
        dw, db = gradient(X_batch, y_batch, w, b, 0.0)
        part = len(y_batch) / len(y)
        return part * dw + l2 * w, part * db

    return _walk(X, y, learning_rate, n_epochs, batch_size, l2, rng, step)


@misconception(
    "linear.minibatch_gradient_descent",
    "Every step uses the slope of all the data: that is batch descent, repeated, at full price. "
    "Use X[batch], y[batch].",
)
def used_all_the_data(X, y, learning_rate, n_epochs, batch_size, l2, rng):
    def step(X_batch, y_batch, w, b, l2):
        return gradient(X, y, w, b, l2)

    return _walk(X, y, learning_rate, n_epochs, batch_size, l2, rng, step)


@misconception(
    "linear.minibatch_gradient_descent",
    "You share the penalty out among the batches. Each batch's slope stands for the whole J, "
    "penalty included.",
)
def shared_out_the_penalty(X, y, learning_rate, n_epochs, batch_size, l2, rng):
    def step(X_batch, y_batch, w, b, l2):
        return gradient(X_batch, y_batch, w, b, l2 * len(y_batch) / len(y))

    return _walk(X, y, learning_rate, n_epochs, batch_size, l2, rng, step)


@misconception(
    "linear.minibatch_gradient_descent",
    "You note the loss of the last batch, a noisy sample of what is asked: J on all the data "
    "after the epoch.",
)
def noted_the_last_batch(X, y, learning_rate, n_epochs, batch_size, l2, rng):
    def note(X_batch, y_batch, w, b, l2):
        return loss(X_batch, y_batch, w, b, l2)

    return _walk(X, y, learning_rate, n_epochs, batch_size, l2, rng, note=note)


# normal_equations


@misconception(
    "linear.normal_equations",
    "X @ X.T compares samples with samples. The unknowns are the weights, so G compares columns: "
    "X.T @ X.",
)
def compared_samples(X, y, penalty):
    return X @ X.T + penalty * np.eye(len(X)), X.T @ y


@misconception(
    "linear.normal_equations",
    "G + penalty adds the penalty to every entry. The slope of penalty |w|^2 / 2 is penalty times "
    "w: only the diagonal.",
)
def penalised_every_entry(X, y, penalty):
    return X.T @ X + penalty, X.T @ y


@misconception(
    "linear.normal_equations",
    "Here the squares are summed. You average them and leave the penalty whole, which makes it "
    "n_samples times as strong.",
)
def averaged_the_products(X, y, penalty):
    return X.T @ X / len(y) + penalty * np.eye(X.shape[1]), X.T @ y / len(y)


@misconception("linear.normal_equations", "The penalty is missing on the diagonal of G.")
def left_out_the_penalty(X, y, penalty):
    return X.T @ X, X.T @ y


@misconception(
    "linear.normal_equations",
    "You multiply the penalty by n_samples. That belongs to a J that averages; here it is added "
    "as it comes.",
)
def scaled_the_penalty(X, y, penalty):
    return X.T @ X + len(y) * penalty * np.eye(X.shape[1]), X.T @ y


# ridge_path


def _path(X, y, shrink, *, keep=True):
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    kept = s > max(X.shape) * np.finfo(float).eps * s.max() if keep else s > 0
    return (shrink(s[kept]) * (U[:, kept].T @ y)) @ Vt[kept]


@misconception(
    "linear.ridge_path",
    "You multiply by V where its transpose is wanted: np.linalg.svd returns V transposed already, "
    "and rows are weighted here.",
)
def transposed_once_too_often(X, y, penalties):
    U, s, Vt = np.linalg.svd(X, full_matrices=False)
    return (s / (s**2 + penalties[:, None]) * (U.T @ y)) @ Vt.T


@misconception(
    "linear.ridge_path",
    "1 / (s + penalty) is not the ridge solution: the normal equations square s, so the factor is "
    "s / (s^2 + penalty).",
)
def forgot_the_square(X, y, penalties):
    return _path(X, y, lambda s: 1 / (s + penalties[:, None]))


@misconception(
    "linear.ridge_path",
    "s^2 / (s^2 + penalty) is how much of the fitted values survives. The weights need another 1 "
    "/ s.",
)
def shrank_the_fit_only(X, y, penalties):
    return _path(X, y, lambda s: s**2 / (s**2 + penalties[:, None]))


@misconception(
    "linear.ridge_path",
    "You squared the penalty. In J it already multiplies |w|^2, so it joins s^2 as it is.",
)
def squared_the_penalty(X, y, penalties):
    return _path(X, y, lambda s: s / (s**2 + penalties[:, None] ** 2))


@misconception(
    "linear.ridge_path",
    "Directions that are only rounding stay in, and 1 / s blows them up. Drop singular values up "
    "to "
    "max(X.shape) * eps * s.max().",
)
def kept_every_direction(X, y, penalties):
    return _path(X, y, lambda s: s / (s**2 + penalties[:, None]), keep=False)


# closed_form


@misconception(
    "linear.closed_form",
    "The line is forced through the origin: the data are not centred, and there is no intercept.",
)
def left_out_b(X, y, l2):
    return least_squares(X, y, len(y) * l2), 0.0


@misconception(
    "linear.closed_form",
    "l2 has to be multiplied by n_samples: J averages the squares, least_squares sums them.",
)
def did_not_scale_the_penalty(X, y, l2):
    Xc, yc, x_mean, y_mean = centre(X, y)
    w = least_squares(Xc, yc, l2)
    return w, float(y_mean - x_mean @ w)


@misconception(
    "linear.closed_form",
    "b = mean(y) is right only for centred features. Back in the old coordinates it is mean(y) - "
    "mean(X) w.",
)
def took_the_mean_for_the_intercept(X, y, l2):
    Xc, yc, _, y_mean = centre(X, y)
    return least_squares(Xc, yc, len(y) * l2), y_mean


@misconception(
    "linear.closed_form",
    "A column of ones makes the intercept a weight like the others, so the penalty shrinks it. "
    "Centre instead.",
)
def penalised_the_column_of_ones(X, y, l2):
    v = least_squares(np.column_stack([X, np.ones(len(y))]), y, len(y) * l2)
    return v[:-1], float(v[-1])


@misconception(
    "linear.closed_form",
    "You standardised the features and returned their weights without dividing by the standard "
    "deviations again.",
)
def stayed_in_standard_units(X, y, l2):
    Xc, yc, x_mean, y_mean = centre(X, y)
    spread = Xc.std(axis=0)
    w = least_squares(Xc / np.where(spread > 0, spread, 1.0), yc, len(y) * l2)
    return w, float(y_mean - x_mean @ w)


# r2_score


@misconception(
    "linear.r2_score",
    "You return the unexplained part itself. R^2 is one minus that.",
)
def forgot_one_minus(y, prediction):
    return float(np.sum((y - prediction) ** 2) / max(np.sum((y - y.mean()) ** 2), 1e-300))


@misconception(
    "linear.r2_score",
    "You compare with predicting 0. The rival is the mean of y, so the total is the sum of (y - "
    "mean(y))^2.",
)
def rival_is_zero(y, prediction):
    return float(1 - np.sum((y - prediction) ** 2) / np.sum(y**2))


@misconception(
    "linear.r2_score",
    "You measured the spread of the predictions. The total is the spread of the true y.",
)
def spread_of_the_prediction(y, prediction):
    spread = np.sum((prediction - prediction.mean()) ** 2)
    return float(1 - np.sum((y - prediction) ** 2) / max(spread, 1e-300))


@misconception(
    "linear.r2_score",
    "The squared correlation forgives any wrong scale or offset and is never negative. R^2 "
    "compares errors.",
)
def squared_correlation(y, prediction):
    a, b = y - y.mean(), prediction - prediction.mean()
    return float((a @ b) ** 2 / max((a @ a) * (b @ b), 1e-300))


@misconception(
    "linear.r2_score",
    "You ask whether the total is exactly 0. The mean of equal numbers may be a rounding error "
    "off, as that of 0.1, 0.1, 0.1 is, and then the total is tiny instead. Ask whether every y "
    "equals the first.",
)
def constant_by_its_total(y, prediction):
    left, total = np.sum((y - prediction) ** 2), np.sum((y - y.mean()) ** 2)
    if total == 0:
        return float(left == 0)
    return float(1 - left / total)
