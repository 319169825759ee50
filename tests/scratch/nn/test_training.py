"""The loop: what it computes is PyTorch's loop, and what it does around it can be relied on."""

import numpy as np
import pytest
import torch

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.errors import DivergenceError
from firsthand.scratch.nn.layers import Flatten, Linear, ReLU, Tanh, TransformerBlock
from firsthand.scratch.nn.losses import CrossEntropy, MeanSquaredError
from firsthand.scratch.nn.optimizers import SGD, Adam, clip_by_norm
from firsthand.scratch.nn.training import Progress, batches, evaluate, train


def network(**how) -> Network:
    return Network(Sequential(Linear(2, 16), ReLU(), Linear(16, 3, gain=1)), **how)


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = rng.integers(3, size=120)
    return rng.normal(scale=0.4, size=(120, 2)) + np.array([[0, 2], [2, 0], [-2, -1]])[y], y


def test_every_epoch_sees_every_sample_once() -> None:
    rows = list(batches(10, 4, np.random.default_rng(0)))
    assert [len(part) for part in rows] == [4, 4, 2]
    assert sorted(np.concatenate(rows)) == list(range(10))


def test_the_loop_is_torchs(data) -> None:
    X, y = data
    ours = network()
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3))
    theirs = theirs.double()
    theirs.load_state_dict({k: torch.from_numpy(v) for k, v in ours.to_torch().items()})
    adam = torch.optim.Adam(theirs.parameters(), 0.01)
    rng = np.random.default_rng(7)
    for _ in range(3):
        for rows in batches(len(X), 32, rng):
            adam.zero_grad()
            scores = theirs(torch.from_numpy(X[rows]))
            torch.nn.functional.cross_entropy(scores, torch.from_numpy(y[rows])).backward()
            torch.nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
            adam.step()
    train(*(ours, CrossEntropy(), Adam(0.01), X, y), n_epochs=3, clip_norm=0.5, random_state=7)
    for name, value in ours.to_torch().items():
        np.testing.assert_allclose(value, theirs.state_dict()[name].numpy(), rtol=0, atol=1e-10)


def test_it_learns_and_tells_how(data) -> None:
    X, y = data
    made = network()
    history = train(made, CrossEntropy(), Adam(0.02), X, y, n_epochs=30)
    assert history.loss[-1] < 0.1 < history.loss[0]
    assert len(history.loss) == 30
    assert not made.training
    assert (made.forward(X).argmax(axis=1) == y).mean() > 0.97
    assert evaluate(made, CrossEntropy(), X, y, batch_size=50) == pytest.approx(
        evaluate(made, CrossEntropy(), X, y)
    )


def test_seeds_reproduce_bit_for_bit(data) -> None:
    flats = []
    for _ in range(2):
        made = network()
        train(made, CrossEntropy(), Adam(0.02), *data, n_epochs=3, random_state=1)
        flats.append(made.parameters.flat.copy())
    np.testing.assert_array_equal(*flats)


def test_the_best_weights_are_kept_and_patience_ends_it(data) -> None:
    X, y = data
    made = network()
    held_out = X[:30], (y[:30] + 1) % 3  # what is learnt makes these worse and worse
    history = train(
        *(made, CrossEntropy(), Adam(0.02), X[30:], y[30:]),
        n_epochs=50,
        held_out=held_out,
        patience=4,
    )
    assert history.stopped_early
    assert history.best_epoch == int(np.argmin(history.held_out)) + 1
    assert len(history.loss) == history.best_epoch + 4
    assert evaluate(made, CrossEntropy(), *held_out) == pytest.approx(min(history.held_out))


def test_trials_train_as_they_would_alone(data) -> None:
    X, y = data
    rates = np.array([[0.001], [0.02], [0.1]])
    many = network(trials=(3,))
    start = many.state_dict()
    held_out = X[:30], y[:30]
    seen = train(*(many, CrossEntropy(), Adam(rates), X, y), n_epochs=4, held_out=held_out)
    assert np.shape(seen.loss) == (4, 3)
    for trial in range(3):
        one = network()
        one.load_state_dict({name: value[trial] for name, value in start.items()})
        alone = train(
            *(one, CrossEntropy(), Adam(float(rates[trial, 0])), X, y),
            n_epochs=4,
            held_out=held_out,
        )
        np.testing.assert_allclose(one.parameters.flat, many.parameters.flat[trial], atol=1e-9)
        assert alone.best_epoch == seen.best_epoch[trial]


SHARED = {
    "sequences through a chain": (
        lambda: Sequential(Linear(6, 5), Tanh(), Linear(5, 6)),
        (6, 4, 6),
    ),
    "sequences through a block": (lambda: TransformerBlock(6, 2), (6, 4, 6)),
    "images": (lambda: Sequential(Flatten(), Linear(18, 6)), (6, 2, 3, 3)),
}


@pytest.mark.parametrize("name", SHARED)
def test_as_many_trials_as_samples_still_share_them(name: str) -> None:
    make, shape = SHARED[name]
    rng = np.random.default_rng(0)
    X = rng.normal(size=shape)
    y = rng.normal(size=(6, 4, 6) if len(shape) == 3 else (6, 6))
    many = Network(make(), trials=(3,))
    start = many.parameters.flat.copy()
    how = {"n_epochs": 2, "batch_size": 3, "held_out": (X[:3], y[:3])}
    seen = train(many, MeanSquaredError(), SGD(0.1), X, y, **how)
    for trial in range(3):
        one = Network(make())
        one.parameters.flat[...] = start[trial]
        alone = train(one, MeanSquaredError(), SGD(0.1), X, y, **how)
        np.testing.assert_allclose(one.parameters.flat, many.parameters.flat[trial], atol=1e-12)
        np.testing.assert_allclose(np.array(seen.held_out)[:, trial], alone.held_out, atol=1e-12)


def test_a_schedule_sets_the_rate_of_every_step(data) -> None:
    rates: list[float] = []

    def schedule(t: int) -> float:
        rates.append(0.1 / (t + 1))
        return rates[-1]

    history = train(*(network(), CrossEntropy(), SGD(), *data), n_epochs=2, schedule=schedule)
    assert rates == [0.1 / (t + 1) for t in range(8)]
    assert history.learning_rate == [rates[3], rates[7]]


def test_callbacks_see_every_batch_and_can_stop(data) -> None:
    seen: list[Progress] = []
    history = train(
        *(network(), CrossEntropy(), SGD(), *data),
        n_epochs=5,
        callbacks=(seen.append, lambda p: p.epoch == 2 and p.batch == 2),
    )
    assert [(p.epoch, p.batch) for p in seen] == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2)]
    assert history.stopped_early
    # the epoch that was cut short is averaged over the batches that it had, 32 samples each
    assert history.loss[1] == pytest.approx((seen[4].loss + seen[5].loss) / 2)


@pytest.mark.parametrize("trials", [(), (2,)])
def test_a_comparison_of_the_loss_stops_training(data, trials) -> None:
    how = {"n_epochs": 5, "batch_size": 120}
    for bound, n_epochs in ((np.inf, 1), (0, 5)):
        callback = lambda seen, bound=bound: seen.loss < bound  # noqa: E731 - as users write it
        made = network(trials=trials)
        seen = train(made, CrossEntropy(), SGD(), *data, callbacks=[callback], **how)
        assert len(seen.loss) == n_epochs


def test_what_the_history_holds_stays(data) -> None:
    optimizer = SGD(np.array([[0.1], [0.2]]))

    def halve(seen: Progress) -> None:
        optimizer.learning_rate *= 0.5

    made, how = network(trials=(2,)), {"n_epochs": 2, "batch_size": 120, "callbacks": [halve]}
    history = train(made, CrossEntropy(), optimizer, *data, **how)
    np.testing.assert_array_equal(np.ravel(history.learning_rate), [0.1, 0.2, 0.05, 0.1])


def test_held_out_data_that_are_no_numbers_are_named(data) -> None:
    X, y = data
    held_out = np.where(np.arange(120)[:, None] == 7, np.nan, X), y
    with pytest.raises(DivergenceError, match=r"held-out data after epoch 1: X itself"):
        train(network(), CrossEntropy(), SGD(), X, y, n_epochs=2, held_out=held_out)
    far = np.full((4, 2), 1e308), y[:4]
    told = r"held-out data after epoch 1: 0 \(Linear"
    with pytest.raises(DivergenceError, match=told), np.errstate(all="ignore"):
        train(network(), CrossEntropy(), SGD(), X, y, n_epochs=2, held_out=far)


def test_the_trial_that_diverges_is_named(data) -> None:
    X, y = data
    made = network(trials=(3,))
    made.modules["2"].W[1] = 1e308
    made.modules["0"].W[1] = 1e3
    told = r"of trial 1 is nan .*: 2 \(Linear 16 -> 3\)"
    with pytest.raises(DivergenceError, match=told), np.errstate(all="ignore"):
        train(made, CrossEntropy(), SGD(), X, y, n_epochs=1)
    made = network(trials=(3,))
    made.modules["2"].b[2] = np.nan
    with pytest.raises(DivergenceError, match=r"of trial 2 is nan .*, 2\.b first"):
        train(made, CrossEntropy(), SGD(), X, y, n_epochs=1)


def test_trials_are_judged_as_they_are_trained(data) -> None:
    found = evaluate(network(trials=(3,)), CrossEntropy(), *data)
    assert found.shape == (3,)


def test_a_loss_that_is_no_number_names_who_began() -> None:
    X, y = np.ones((4, 2)), np.ones((4, 3))
    made = network()
    made.modules["2"].b[0] = np.inf
    with pytest.raises(DivergenceError, match="grown beyond all bounds"), np.errstate(all="ignore"):
        train(made, MeanSquaredError(), SGD(0.1), X, y, n_epochs=1)
    made = network()
    assert made.first_not_finite(np.full((4, 2), np.nan)) == "X"
    assert made.first_not_finite(X) is None
    made.parameters.flat[...] = 1e300
    with pytest.raises(DivergenceError, match=r"2 \(Linear 16 -> 3\)"), np.errstate(all="ignore"):
        train(made, MeanSquaredError(), SGD(0.1), X, y, n_epochs=1)


def test_clipping_is_what_it_says(data) -> None:
    g = np.array([[3.0, 4.0], [0.3, 0.4]])
    clip_by_norm(g, 1.0)
    np.testing.assert_allclose(np.linalg.norm(g, axis=1), [1, 0.5], rtol=1e-5)


def test_what_cannot_be_trained_on_is_told(data) -> None:
    X, y = data
    with pytest.raises(DataError, match="120 samples, but y has 119"):
        train(network(), CrossEntropy(), SGD(), X, y[1:], n_epochs=1)
    with pytest.raises(DataError, match="no samples"):
        train(network(), CrossEntropy(), SGD(), X[:0], y[:0], n_epochs=1)
    for held_out in ((X[:0], y[:0]), (X, y[1:])):
        with pytest.raises(DataError, match=r"no samples|y has 119"):
            train(network(), CrossEntropy(), SGD(), X, y, n_epochs=1, held_out=held_out)
    for bad in ({"clip_norm": 0}, {"clip_norm": np.nan}, {"patience": 0}, {"patience": 1.5}):
        with pytest.raises(ParameterError, match=next(iter(bad))):
            train(network(), CrossEntropy(), SGD(), X, y, n_epochs=1, held_out=data, **bad)
    with pytest.raises(DataError, match="held_out"):
        train(network(), CrossEntropy(), SGD(), X, y, n_epochs=1, patience=3)


def test_augmented_batches_are_what_is_learnt_from(data) -> None:
    X, y = data
    seen: list[np.ndarray] = []

    def moved(batch: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        seen.append(batch + rng.normal(size=2))
        return seen[-1]

    made, twin = network(), network()
    train(made, CrossEntropy(), SGD(0.1), X, y, n_epochs=1, batch_size=120, augment=moved)
    rows = next(batches(120, 120, np.random.default_rng(0)))
    assert not np.allclose(seen[0], X[rows])
    train(twin, CrossEntropy(), SGD(0.1), seen[0], y[rows], n_epochs=1, batch_size=120)
    np.testing.assert_allclose(made.parameters.flat, twin.parameters.flat, rtol=0, atol=1e-12)
