"""Every network, on data of its task: shapes, gradients, seeds, and what is particular to each."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from firsthand.train.config import models as settings_of
from firsthand.train.data.contract import Facts
from firsthand.train.models import build_model
from firsthand.train.models.whitened_cnn import WhitenedCNN

TABLE = Facts("tabular", "classification", (6,), 3)
QUANTITIES = replace(TABLE, quantities=(0, 2, 5))
PICTURES = Facts("image", "classification", (3, 36, 34), 5)
TEXTS = Facts("text", "classification", (9,), 4, vocabulary=30)
SERIES = Facts("timeseries", "forecasting", (12, 2), 6)
MASKS = Facts("segmentation", "segmentation", (3, 13, 18), 4)

NETWORKS = {
    "mlp": (settings_of.MLP(hidden=(8, 7)), TABLE),
    "mlp of pictures": (settings_of.MLP(hidden=(8,), dropout=0), PICTURES),
    "tabular": (settings_of.Tabular(hidden=(8, 7), members=3, wave_size=4), QUANTITIES),
    "tabular without quantities": (settings_of.Tabular(hidden=(8,), members=2), TABLE),
    "cnn": (settings_of.CNN(channels=(4, 6), hidden=7), PICTURES),
    "cnn, nothing hidden": (settings_of.CNN(channels=(4,), hidden=0), PICTURES),
    "resnet18": (settings_of.ResNet18(), PICTURES),
    "resnet_cifar": (settings_of.ResNetCifar(), PICTURES),
    "whitened_cnn": (settings_of.WhitenedCNN(channels=(8, 12)), PICTURES),
    "whitened_cnn, six views": (
        settings_of.WhitenedCNN(channels=(8, 12), views="flip_shift"),
        PICTURES,
    ),
    "bag": (settings_of.Bag(size=6, pairs=50), TEXTS),
    "bag without pairs": (settings_of.Bag(size=6, pairs=0), TEXTS),
    "lstm of texts": (settings_of.LSTM(size=6, layers=2), TEXTS),
    "lstm of series": (settings_of.LSTM(size=6), SERIES),
    "lstm, both ways": (settings_of.LSTM(size=6, both_ways=True), SERIES),
    "transformer of texts": (settings_of.Transformer(size=8, heads=2), TEXTS),
    "transformer of series": (settings_of.Transformer(size=8, heads=2, layers=1), SERIES),
    "unet": (settings_of.UNet(channels=(4, 6, 8)), MASKS),
}
ALL = pytest.mark.parametrize(("settings", "facts"), NETWORKS.values(), ids=NETWORKS)


def inputs(facts: Facts, n: int = 4) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    if facts.task == "text":
        tokens = torch.randint(1, facts.vocabulary, (n, *facts.input_shape), generator=generator)
        tokens[0, 5:] = 0
        return tokens
    return torch.randn(n, *facts.input_shape, generator=generator)


def targets(facts: Facts, n: int = 4) -> torch.Tensor:
    generator = torch.Generator().manual_seed(2)
    places = facts.input_shape[1:] if facts.task == "segmentation" else ()
    return torch.randint(0, facts.output_size, (n, *places), generator=generator)


@ALL
def test_answers_have_the_shape_of_the_targets(settings, facts):
    model = build_model(settings, facts)
    assert model.training
    places = facts.input_shape[1:] if facts.task == "segmentation" else ()
    for mode in (True, False):
        assert model.train(mode)(inputs(facts)).shape == (4, facts.output_size, *places)


@ALL
def test_the_loss_moves_every_parameter(settings, facts):
    torch.manual_seed(0)
    model = build_model(settings, facts)
    functional.cross_entropy(model(inputs(facts)), targets(facts)).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().sum() > 0, name


@ALL
def test_the_seed_decides_the_weights_and_building_leaves_no_trace(settings, facts):
    states = []
    for _ in range(2):
        torch.manual_seed(3)
        model = build_model(settings, facts)
        states.append(model.state_dict())
        after = torch.rand(1)
    torch.manual_seed(3)
    again = build_model(settings, facts)
    assert torch.equal(after, torch.rand(1))
    for name, value in again.state_dict().items():
        assert torch.equal(value, states[0][name]), name
        assert torch.equal(value, states[1][name]), name


@ALL
def test_answers_do_not_depend_on_the_other_examples(settings, facts):
    model = build_model(settings, facts).eval()
    x = inputs(facts)
    with torch.no_grad():
        assert torch.allclose(model(x)[2:3], model(x[2:3]), atol=1e-5)


@pytest.mark.parametrize(
    "settings",
    [settings_of.Bag(size=6, pairs=50), settings_of.LSTM(size=6), settings_of.Transformer(size=8)],
    ids=lambda s: s.name,
)
def test_padding_changes_nothing(settings):
    model = build_model(settings, TEXTS).eval()
    text = torch.tensor([[4, 7, 9, 2]])
    padded = functional.pad(text, (0, 5))
    with torch.no_grad():
        assert torch.allclose(model(text), model(padded), atol=1e-6)
        assert not torch.allclose(model(text), model(text + 1), atol=1e-6)
        assert torch.isfinite(model(torch.zeros(1, 9, dtype=torch.int64))).all()


def test_a_bag_of_tokens_forgets_their_order_and_pairs_remember_it():
    a, b = torch.tensor([[4, 7, 9]]), torch.tensor([[9, 7, 4]])
    for pairs, forgets in ((0, True), (1000, False)):
        model = build_model(settings_of.Bag(size=6, pairs=pairs), TEXTS).eval()
        with torch.no_grad():
            assert torch.allclose(model(a), model(b)) is forgets


def test_a_forecast_follows_the_order_of_the_steps():
    for settings in (settings_of.LSTM(size=6), settings_of.Transformer(size=8)):
        model = build_model(settings, SERIES).eval()
        x = inputs(SERIES)
        with torch.no_grad():
            assert not torch.allclose(model(x), model(x.flip(1)), atol=1e-4)


@pytest.mark.parametrize(("height", "width"), [(13, 18), (8, 8), (5, 31)])
def test_masks_of_any_size(height, width):
    model = build_model(settings_of.UNet(channels=(4, 6, 8)), MASKS).eval()
    with torch.no_grad():
        assert model(torch.randn(1, 3, height, width)).shape == (1, 4, height, width)


def looked(views: str = "none") -> tuple[WhitenedCNN, torch.Tensor]:
    torch.manual_seed(0)
    model = build_model(settings_of.WhitenedCNN(channels=(8,), views=views), PICTURES)
    assert isinstance(model, WhitenedCNN)
    noise = torch.randn(300, 3, 17, 17)
    pictures = functional.interpolate(noise, scale_factor=2, mode="bilinear") + noise[:, :1].mean()
    model.look_at(pictures)
    return model, pictures


def test_the_first_layer_whitens():
    model, pictures = looked()
    first = functional.conv2d(pictures, model.filters[:12])
    second_moments = torch.einsum("nahw,nbhw->ab", first, first) / first[:, 0].numel()
    variance = second_moments.diagonal()
    assert torch.allclose(
        second_moments - variance.diag(), torch.zeros(12, 12), atol=0.01
    )  # uncorrelated
    assert variance.max() < 1.01  # below 1 only where a direction is almost empty
    assert (variance > 0.95).sum() >= 6
    assert torch.equal(model.filters[12:], -model.filters[:12])


def test_more_views_do_not_tell_a_picture_from_its_mirror_image():
    x = inputs(PICTURES)
    for views, blind in (("none", False), ("flip", True), ("flip_shift", True)):
        model, _ = looked(views)
        model.eval()
        with torch.no_grad():
            assert torch.allclose(model(x), model(x.flip(3)), atol=1e-5) is blind


def test_regression_has_an_output_for_each_target():
    facts = replace(TABLE, problem="regression", output_size=2)
    assert build_model(settings_of.MLP(hidden=(4,)), facts)(inputs(facts)).shape == (4, 2)
