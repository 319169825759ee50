"""Losses against PyTorch, scikit-learn and sums by hand; what they leave out; what they refuse."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import functional

from firsthand.train.config.training import TrainSection
from firsthand.train.data.contract import Facts
from firsthand.train.losses import balanced, build_loss

CLASSES = Facts("tabular", "classification", (4,), 3, class_counts=(5, 1, 2))
NUMBERS = Facts("tabular", "regression", (4,), 2)
PIXELS = Facts(
    "segmentation", "segmentation", (3, 4, 5), 3, class_counts=(50, 30, 9), ignore_index=255
)
OF_CLASSES = ["cross_entropy", "focal", "binary_cross_entropy", "hinge"]


def loss(facts: Facts, name: str, **keys):
    return build_loss(TrainSection.model_validate({"loss": name, **keys}), facts)


@pytest.fixture
def scores() -> torch.Tensor:
    return torch.randn(7, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


Y = torch.tensor([0, 2, 1, 0, 0, 2, 1])


def by_hand(scores: torch.Tensor, one) -> float:
    """The mean over examples of ``one(probabilities, scores, class)``, without any tensors."""
    values = []
    for z, y in zip(scores.tolist(), Y.tolist(), strict=True):
        e = np.exp(np.array(z) - max(z))
        values.append(one(e / e.sum(), z, y))
    return float(np.mean(values))


FORMULAS = {
    "cross_entropy": lambda p, z, y: -np.log(p[y]),
    "focal": lambda p, z, y: -((1 - p[y]) ** 2) * np.log(p[y]),
    "binary_cross_entropy": lambda p, z, y: np.mean(
        [np.log1p(np.exp(-z[j] if j == y else z[j])) for j in range(3)]
    ),
    "hinge": lambda p, z, y: np.mean([max(0, 1 - z[y] + z[j]) for j in range(3) if j != y]),
}


@pytest.mark.parametrize("name", OF_CLASSES)
def test_losses_of_classes_by_hand(scores, name):
    assert loss(CLASSES, name)(scores, Y).item() == pytest.approx(by_hand(scores, FORMULAS[name]))


def test_auto_is_cross_entropy_for_classes_and_squares_for_numbers(scores):
    y = torch.randn(7, 2)
    expected = functional.cross_entropy(scores, Y)
    assert torch.allclose(loss(CLASSES, "auto")(scores, Y), expected)
    x = torch.randn(7, 2)
    assert torch.allclose(loss(NUMBERS, "auto")(x, y), ((x - y) ** 2).mean())


def test_hinge_is_pytorchs_but_for_whom_it_is_divided_by(scores):
    theirs = functional.multi_margin_loss(scores, Y) * 3 / 2  # by the other classes, not by all
    assert torch.allclose(loss(CLASSES, "hinge")(scores, Y), theirs)


def test_focal_without_gamma_is_cross_entropy(scores):
    flat = loss(CLASSES, "focal", focal_gamma=0)(scores, Y)
    assert torch.allclose(flat, functional.cross_entropy(scores, Y))


def test_numbers():
    x, y = torch.tensor([[0.0, 3.0]]), torch.tensor([[0.5, 1.0]])  # errors 0.5 and -2
    for name, keys, expected in (
        ("mse", {}, (0.25 + 4) / 2),
        ("mae", {}, (0.5 + 2) / 2),
        ("huber", {"huber_delta": 1.0}, (0.125 + 1.5) / 2),
        ("quantile", {"quantile": 0.9}, (0.45 + 0.2) / 2),
    ):
        assert loss(NUMBERS, name, **keys)(x, y).item() == pytest.approx(expected), name


def test_the_best_constant_under_the_quantile_loss_is_the_quantile():
    y = torch.randn(4001, 1, generator=torch.Generator().manual_seed(0)).sort(0).values
    of = loss(NUMBERS, "quantile", quantile=0.8)
    losses = [of(torch.full_like(y, c), y).item() for c in np.linspace(0, 2, 201)]
    assert np.linspace(0, 2, 201)[np.argmin(losses)] == pytest.approx(y[3200].item(), abs=0.01)


def test_class_weights_are_scikit_learns():
    y = [0] * 5 + [1] + [2] * 2
    theirs = compute_class_weight("balanced", classes=np.arange(3), y=y)
    assert balanced(CLASSES).numpy() == pytest.approx(theirs)
    with_none = replace(CLASSES, class_counts=(6, 0, 2))
    assert balanced(with_none).tolist() == pytest.approx([4 / 9, 0, 4 / 3])


@pytest.mark.parametrize("name", OF_CLASSES)
def test_a_balanced_loss_is_the_mean_of_repeated_examples(scores, name):
    facts = replace(CLASSES, class_counts=(2, 4, 4))  # class 0 weighs twice as much as the others
    repeated = torch.cat([scores, scores[Y == 0]]), torch.cat([Y, Y[Y == 0]])
    weighted = loss(facts, name, class_weights="balanced")(scores, Y)
    assert torch.allclose(weighted, loss(facts, name)(*repeated))


def test_smoothed_labels_are_probabilities(scores):
    soft = functional.one_hot(Y, 3).double() * 0.8 + 0.2 / 3
    for name in ("cross_entropy", "binary_cross_entropy"):
        smoothed = loss(CLASSES, name, label_smoothing=0.2)(scores, Y)
        assert torch.allclose(smoothed, loss(CLASSES, name)(scores, soft)), name


@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy"])
def test_a_mixture_weighs_what_its_classes_do(scores, name):
    facts = replace(CLASSES, class_counts=(2, 4, 4))
    of = loss(facts, name, class_weights="balanced")
    for one, weight in enumerate(balanced(facts).tolist()):
        whole = functional.one_hot(torch.full((len(scores),), one), 3).double()
        assert torch.allclose(of(scores, whole), weight * loss(facts, name)(scores, whole)), one


def pixels() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(2, 3, 4, 5, generator=generator)
    return z, torch.randint(0, 3, (2, 4, 5), generator=generator)


@pytest.mark.parametrize("name", [*OF_CLASSES, "dice", "cross_entropy_dice"])
@pytest.mark.parametrize("weights", ["none", "balanced"])
def test_pixels_that_are_ignored_change_nothing(name, weights):
    z, y = pixels()
    of = loss(PIXELS, name, class_weights=weights)
    y[0, :2] = 255
    z.requires_grad_()
    value = of(z, y)
    value.backward()
    assert z.grad is not None
    assert z.grad[0, :, :2].abs().sum() == 0
    assert z.grad[1].abs().sum() > 0
    other = z.detach().clone()
    other[0, :, :2] = 7.0
    assert torch.allclose(value, of(other, y))


@pytest.mark.parametrize("name", [*OF_CLASSES, "dice", "cross_entropy_dice"])
def test_a_batch_of_nothing_but_ignored_pixels_is_finite(name):
    z, y = pixels()
    for weights in ("none", "balanced"):
        value = loss(PIXELS, name, class_weights=weights)(
            z.requires_grad_(), torch.full_like(y, 255)
        )
        assert torch.isfinite(value)
        value.backward()
        assert torch.isfinite(z.grad).all()


def test_dice_is_0_for_the_mask_itself_and_near_1_for_another():
    _, y = pixels()
    sure = 50 * functional.one_hot(y, 3).movedim(-1, 1).float()
    of = loss(PIXELS, "dice")
    assert of(sure, y).item() == pytest.approx(0, abs=1e-6)
    assert of(sure, (y + 1) % 3).item() > 0.9
    both = loss(PIXELS, "cross_entropy_dice")
    expected = of(sure / 50, y) + functional.cross_entropy(sure / 50, y)
    assert torch.allclose(both(sure / 50, y), expected)
