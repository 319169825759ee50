"""Wrong versions of stage 07 that people really write, and what to tell them."""

import numpy as np

from firsthand.scratch.linear.perceptron import epoch, margin, update
from firsthand.study.checking import misconception

# predict


@misconception(
    "perceptron.predict",
    "np.sign(0) is 0, which is no label: a sample exactly on the line has to get -1 like every "
    "score that is not above zero.",
)
def used_the_sign(X, w, b):
    return np.sign(X @ w + b)


@misconception(
    "perceptron.predict",
    "You give +1 to a sample exactly on the line. Only a score above zero is +1; zero is -1.",
)
def tie_is_positive(X, w, b):
    return np.where(X @ w + b >= 0, 1.0, -1.0)


@misconception(
    "perceptron.predict",
    "Your labels are 0 and 1; here they are -1 and +1, so that y z is positive exactly when the "
    "prediction is right.",
)
def zero_and_one(X, w, b):
    return np.where(X @ w + b > 0, 1.0, 0.0)


@misconception(
    "perceptron.predict",
    "The bias is missing, so your line always passes through the origin.",
)
def forgot_the_bias(X, w, b):
    return np.where(X @ w > 0, 1.0, -1.0)


@misconception(
    "perceptron.predict",
    "You compare x . w with b itself. The score is x . w + b, so the line lies where x . w = -b.",
)
def bias_as_threshold(X, w, b):
    return np.where(X @ w > b, 1.0, -1.0)


# update


@misconception(
    "perceptron.update",
    "You move on every sample. The perceptron learns from mistakes alone: where y (x . w + b) is "
    "above zero, w and b stay.",
)
def moved_when_right(x, y, w, b, learning_rate=1.0):
    return w + learning_rate * y * x, b + learning_rate * y


@misconception(
    "perceptron.update",
    "A sample on the line counts as a mistake. You leave it, and from weights of zero, where "
    "every sample is on the line, you would never learn anything.",
)
def left_a_tie_alone(x, y, w, b, learning_rate=1.0):
    if y * (x @ w + b) >= 0:
        return w, b
    return w + learning_rate * y * x, b + learning_rate * y


@misconception(
    "perceptron.update",
    "You move the wrong way: adding y x raises y times the score, subtracting it makes the "
    "mistake worse.",
)
def moved_the_wrong_way(x, y, w, b, learning_rate=1.0):
    if y * (x @ w + b) > 0:
        return w, b
    return w - learning_rate * y * x, b - learning_rate * y


@misconception(
    "perceptron.update",
    "The bias stays where it was. It is a weight on a feature that is always 1, so it moves by "
    "learning_rate * y.",
)
def forgot_the_bias_moves(x, y, w, b, learning_rate=1.0):
    if y * (x @ w + b) > 0:
        return w, b
    return w + learning_rate * y * x, b


@misconception(
    "perceptron.update",
    "You move w by the learning rate, but the bias by a whole y.",
)
def whole_step_for_the_bias(x, y, w, b, learning_rate=1.0):
    if y * (x @ w + b) > 0:
        return w, b
    return w + learning_rate * y * x, b + y


@misconception(
    "perceptron.update",
    "You move in proportion to y - z, how far the score is from the label. That is the delta rule "
    "of Adaline, least squares; a perceptron's step does not depend on how wrong it was.",
)
def delta_rule(x, y, w, b, learning_rate=1.0):
    z = x @ w + b
    if y * z > 0:
        return w, b
    return w + learning_rate * (y - z) * x, b + learning_rate * (y - z)


@misconception(
    "perceptron.update",
    "Your step is twice too large: with labels -1 and +1, y minus the prediction is 2 or -2. The "
    "rule with that difference belongs to the labels 0 and 1.",
)
def difference_of_signs(x, y, w, b, learning_rate=1.0):
    z = x @ w + b
    error = y - (1.0 if z > 0 else -1.0) if z != 0 else 2 * y
    return w + learning_rate * error * x, b + learning_rate * error


# epoch


@misconception(
    "perceptron.epoch",
    "You judge all samples by the weights at the start of the pass and then make all the moves. "
    "Each sample must meet the weights that the ones before it have left.",
)
def judged_all_at_once(X, y, w, b, learning_rate, order):
    wrong = np.flatnonzero(y[order] * (X[order] @ w + b) <= 0)
    chosen = order[wrong]
    w = w + learning_rate * y[chosen] @ X[chosen]
    return w, b + learning_rate * float(y[chosen].sum()), len(chosen)


@misconception(
    "perceptron.epoch",
    "You visit the samples from first to last, whatever order says.",
)
def ignored_the_order(X, y, w, b, learning_rate, order):
    return epoch(X, y, w, b, learning_rate, np.arange(len(X)))


@misconception(
    "perceptron.epoch",
    "You count the samples that were right. What tells when to stop, and what the theorem "
    "bounds, are the mistakes.",
)
def counted_the_right_ones(X, y, w, b, learning_rate, order):
    w, b, mistakes = epoch(X, y, w, b, learning_rate, order)
    return w, b, len(order) - mistakes


@misconception(
    "perceptron.epoch",
    "You count after the move, and so only the mistakes that one move did not mend. A mistake is "
    "counted when the sample is met.",
)
def counted_after_the_move(X, y, w, b, learning_rate, order):
    mistakes = 0
    for i in order:
        w, b = update(X[i], y[i], w, b, learning_rate)
        mistakes += int(y[i] * (X[i] @ w + b) <= 0)
    return w, b, mistakes


@misconception(
    "perceptron.epoch",
    "Every move starts again from the weights of the beginning, so only the last mistake of the "
    "pass is remembered.",
)
def forgot_earlier_moves(X, y, w, b, learning_rate, order):
    w_start, b_start, mistakes = w, b, 0
    for i in order:
        if y[i] * (X[i] @ w + b) <= 0:
            w, b = w_start + learning_rate * y[i] * X[i], b_start + learning_rate * y[i]
            mistakes += 1
    return w, b, mistakes


# train


@misconception(
    "perceptron.train",
    "You draw one order and keep it. Each pass needs a permutation of its own.",
)
def shuffled_once(X, y, learning_rate=1.0, max_epochs=100, rng=None):
    order = np.arange(len(X)) if rng is None else rng.permutation(len(X))
    return passes(X, y, learning_rate, max_epochs, lambda: order)


@misconception(
    "perceptron.train",
    "The samples are shuffled and their labels are not, so that they no longer belong together.",
)
def shuffled_the_samples_alone(X, y, learning_rate=1.0, max_epochs=100, rng=None):
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    natural = np.arange(len(X))
    for _ in range(max_epochs):
        order = natural if rng is None else rng.permutation(len(X))
        w, b, count = epoch(X[order], y, w, b, learning_rate, natural)
        mistakes.append(count)
        if count == 0:
            break
    return w, float(b), mistakes


@misconception(
    "perceptron.train",
    "You never use rng: the samples are visited in the same order each pass.",
)
def never_shuffled(X, y, learning_rate=1.0, max_epochs=100, rng=None):
    return passes(X, y, learning_rate, max_epochs, lambda: np.arange(len(X)))


@misconception(
    "perceptron.train",
    "The pass without a mistake is missing from your list. It was made, and it is the proof that "
    "training has ended.",
)
def left_out_the_clean_pass(X, y, learning_rate=1.0, max_epochs=100, rng=None):
    w, b, mistakes = passes(X, y, learning_rate, max_epochs, drawn(X, rng))
    return w, b, [m for m in mistakes if m]


@misconception(
    "perceptron.train",
    "You go on after a pass free of mistakes. Nothing can change any more: stop there.",
)
def never_stopped(X, y, learning_rate=1.0, max_epochs=100, rng=None):
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    order = drawn(X, rng)
    for _ in range(max_epochs):
        w, b, count = epoch(X, y, w, b, learning_rate, order())
        mistakes.append(count)
    return w, float(b), mistakes


@misconception(
    "perceptron.train",
    "You start each pass from zero again, and so forget what the pass before has learned.",
)
def started_again_each_pass(X, y, learning_rate=1.0, max_epochs=100, rng=None):
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    order = drawn(X, rng)
    for _ in range(max_epochs):
        w, b, count = epoch(X, y, np.zeros(X.shape[1]), 0.0, learning_rate, order())
        mistakes.append(count)
        if count == 0:
            break
    return w, float(b), mistakes


@misconception(
    "perceptron.train",
    "You stop as soon as a pass makes no fewer mistakes than the one before. Mistakes may rise on "
    "the way to a solution; only a pass without any ends the training.",
)
def lost_patience(X, y, learning_rate=1.0, max_epochs=100, rng=None):
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    order = drawn(X, rng)
    for _ in range(max_epochs):
        w, b, count = epoch(X, y, w, b, learning_rate, order())
        mistakes.append(count)
        if count == 0 or (len(mistakes) > 1 and count >= mistakes[-2]):
            break
    return w, float(b), mistakes


# train_averaged


@misconception(
    "perceptron.average",
    "You average the weights at the end of each pass. The average runs over every step, that is "
    "over every sample visited.",
)
def averaged_the_passes(X, y, learning_rate=1.0, n_epochs=10, rng=None):
    w, b, w_all, b_all, mistakes = np.zeros(X.shape[1]), 0.0, [], [], []
    order = drawn(X, rng)
    for _ in range(n_epochs):
        w, b, count = epoch(X, y, w, b, learning_rate, order())
        mistakes.append(count)
        w_all.append(w)
        b_all.append(b)
    return np.mean(w_all, axis=0), float(np.mean(b_all)), mistakes


@misconception(
    "perceptron.average",
    "You average only over the steps that made a mistake. Weights that judge a hundred samples "
    "rightly must count a hundred times: that is the point of averaging.",
)
def averaged_the_mistakes(X, y, learning_rate=1.0, n_epochs=10, rng=None):
    visited, _, mistakes = steps(X, y, learning_rate, n_epochs, rng)
    moved = [v for k, v in enumerate(visited[1:]) if not np.array_equal(v, visited[k])]
    mean = np.mean(moved, axis=0)
    return mean[:-1], float(mean[-1]), mistakes


@misconception(
    "perceptron.average",
    "The zeros from before the first step are in your average.",
)
def averaged_the_start_too(X, y, learning_rate=1.0, n_epochs=10, rng=None):
    visited, _, mistakes = steps(X, y, learning_rate, n_epochs, rng)
    mean = np.mean(visited, axis=0)
    return mean[:-1], float(mean[-1]), mistakes


@misconception(
    "perceptron.average",
    "You return the weights of the last step, not their average.",
)
def returned_the_last(X, y, learning_rate=1.0, n_epochs=10, rng=None):
    _, (w, b), mistakes = steps(X, y, learning_rate, n_epochs, rng)
    return w, b, mistakes


@misconception(
    "perceptron.average",
    "w is averaged and b is not; the bias is a weight like the others.",
)
def bias_not_averaged(X, y, learning_rate=1.0, n_epochs=10, rng=None):
    visited, (_, b), mistakes = steps(X, y, learning_rate, n_epochs, rng)
    return np.mean(visited[1:], axis=0)[:-1], b, mistakes


@misconception(
    "perceptron.average",
    "You judge and move the average. The walk is made by the current weights; their average only "
    "watches, and is read at the end.",
)
def walked_with_the_average(X, y, learning_rate=1.0, n_epochs=10, rng=None):
    w, b, total, n_steps, mistakes = np.zeros(X.shape[1]), 0.0, 0.0, 0, []
    order = drawn(X, rng)
    for _ in range(n_epochs):
        mistakes.append(0)
        for i in order():
            mistakes[-1] += int(y[i] * (X[i] @ w + b) <= 0)
            moved, moved_b = update(X[i], y[i], w, b, learning_rate)
            total, n_steps = total + np.append(moved, moved_b), n_steps + 1
            w, b = total[:-1] / n_steps, float(total[-1] / n_steps)
    return w, b, mistakes


# margin


@misconception(
    "perceptron.margin",
    "That is the smallest score, not a distance: it doubles when w and b double, though the line "
    "stays. Divide by the length of w.",
)
def score_instead_of_distance(X, y, w, b):
    if not np.any(w):
        raise ValueError("w is zero")
    return float(np.min(y * (X @ w + b)))


@misconception(
    "perceptron.margin",
    "You drop the sign, so a sample on the wrong side looks safe. Multiply the score by y.",
)
def unsigned(X, y, w, b):
    length = np.linalg.norm(w)
    if length == 0:
        raise ValueError("w is zero")
    return float(np.min(np.abs(X @ w + b)) / length)


@misconception(
    "perceptron.margin",
    "The margin is that of the sample that is worst off, not the mean over all of them.",
)
def mean_distance(X, y, w, b):
    length = np.linalg.norm(w)
    if length == 0:
        raise ValueError("w is zero")
    return float(np.mean(y * (X @ w + b)) / length)


@misconception(
    "perceptron.margin",
    "You divide by the squared length of w; the distance of x from the line is |x . w + b| / |w|.",
)
def squared_length(X, y, w, b):
    if not np.any(w):
        raise ValueError("w is zero")
    return float(np.min(y * (X @ w + b)) / np.sum(w**2))


@misconception(
    "perceptron.margin",
    "The bias is no direction in the space of X: divide by the length of w alone, not of (w, b).",
)
def bias_in_the_length(X, y, w, b):
    if not np.any(w):
        raise ValueError("w is zero")
    return float(np.min(y * (X @ w + b)) / np.sqrt(np.sum(w**2) + b**2))


# mistake_bound


@misconception(
    "perceptron.bound",
    "R has to be the length of the longest (x, 1), the sample as the theorem sees it; yours is "
    "that of x alone.",
)
def forgot_the_one_in_the_radius(X, y, w, b):
    X1 = np.column_stack([X, np.ones(len(X))])
    gamma = separating(margin(X1, y, np.append(w, b), 0.0))
    return float(np.max(np.sum(X**2, axis=1))) / gamma**2


@misconception(
    "perceptron.bound",
    "Your gamma is the margin in the space of X. With the bias as a weight, distances are "
    "measured between (x, 1) and a plane through the origin, so divide by the length of (w, b).",
)
def margin_without_the_bias(X, y, w, b):
    gamma = separating(margin(X, y, w, b))
    return float(np.max(np.sum(X**2, axis=1)) + 1) / gamma**2


@misconception(
    "perceptron.bound",
    "The bound is the square of R / gamma: half as wide a margin allows four times the mistakes.",
)
def not_squared(X, y, w, b):
    X1 = np.column_stack([X, np.ones(len(X))])
    gamma = separating(margin(X1, y, np.append(w, b), 0.0))
    return float(np.max(np.linalg.norm(X1, axis=1))) / gamma


@misconception(
    "perceptron.bound",
    "You never divide by the length of (w, b), so the bound shrinks when you merely multiply "
    "the weights, though the line stays the same.",
)
def score_as_margin(X, y, w, b):
    gamma = separating(float(np.min(y * (X @ w + b))))
    return float(np.max(np.sum(X**2, axis=1)) + 1) / gamma**2


@misconception(
    "perceptron.bound",
    "You return a number for a line that does not separate the classes. The square hides the "
    "sign of gamma; the theorem needs it positive.",
)
def accepted_any_line(X, y, w, b):
    X1 = np.column_stack([X, np.ones(len(X))])
    gamma = float(np.min(y * (X @ w + b))) / np.sqrt(np.sum(w**2) + b**2)
    return float(np.max(np.sum(X1**2, axis=1))) / max(gamma**2, 1e-300)


# rules_out_a_line


@misconception(
    "perceptron.no_line",
    "You only ask whether the moves of w cancel. The bias must come back too: otherwise the "
    "perceptron is not where it was.",
)
def forgot_the_bias_returns(X, y, counts):
    return bool(np.all(counts >= 0) and np.any(counts) and not np.any((counts * y) @ X))


@misconception(
    "perceptron.no_line",
    "You only ask whether the bias comes back, that is whether both classes were counted "
    "equally often. The moves of w must cancel too.",
)
def forgot_the_weights_return(X, y, counts):
    return bool(np.all(counts >= 0) and np.any(counts) and not np.sum(counts * y))


@misconception(
    "perceptron.no_line",
    "Counts of zero cancel on any data; a perceptron that made no mistake has proved nothing.",
)
def nothing_proves_something(X, y, counts):
    moves = counts * y
    return bool(np.all(counts >= 0) and not np.any(moves @ X) and not np.sum(moves))


@misconception(
    "perceptron.no_line",
    "A count cannot be negative. With negative ones, moves cancel on data that a line separates.",
)
def negative_counts(X, y, counts):
    moves = counts * y
    return bool(np.any(counts) and not np.any(moves @ X) and not np.sum(moves))


@misconception(
    "perceptron.no_line",
    "Every sample need not be counted: those that were never a mistake in the cycle have count 0, "
    "and the proof stands without them.",
)
def wanted_every_sample(X, y, counts):
    moves = counts * y
    return bool(np.all(counts > 0) and not np.any(moves @ X) and not np.sum(moves))


# what several of them share


def drawn(X, rng):
    """Return a function that draws the order of the next pass."""
    return lambda: np.arange(len(X)) if rng is None else rng.permutation(len(X))


def passes(X, y, learning_rate, max_epochs, order):
    """Train as one should, in the orders that ``order()`` returns."""
    w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
    for _ in range(max_epochs):
        w, b, count = epoch(X, y, w, b, learning_rate, order())
        mistakes.append(count)
        if count == 0:
            break
    return w, float(b), mistakes


def steps(X, y, learning_rate, n_epochs, rng):
    """Return the weights (w, b) as one row for each step, the start first; the last; mistakes."""
    w, b, visited, mistakes = np.zeros(X.shape[1]), 0.0, [np.zeros(X.shape[1] + 1)], []
    order = drawn(X, rng)
    for _ in range(n_epochs):
        mistakes.append(0)
        for i in order():
            mistakes[-1] += int(y[i] * (X[i] @ w + b) <= 0)
            w, b = update(X[i], y[i], w, b, learning_rate)
            visited.append(np.append(w, b))
    return np.array(visited), (w, float(b)), mistakes


def separating(gamma):
    """Refuse a margin that is not positive, as the right version does."""
    if gamma <= 0:
        raise ValueError("does not separate")
    return gamma
