"""Random changes of batches: what they keep, what they move together, what they refuse."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.train import ConfigError
from firsthand.train.augment import augment, averaged
from firsthand.train.augment.boxes import cutmix_boxes
from firsthand.train.augment.moves import mirrored_in, moved
from firsthand.train.augment.randomness import beta
from firsthand.train.augment.warps import grid, warped
from firsthand.train.config.training import Augment
from firsthand.train.data import Facts

IMAGE = Facts("image", "classification", (3, 12, 10), 4, classes=("a", "b", "c", "d"))
MASKS = replace(IMAGE, task="segmentation", problem="segmentation", ignore_index=255)
TABLE = Facts("tabular", "regression", (5,), 1)
TEXT = Facts("text", "classification", (7,), 2, classes=("a", "b"), vocabulary=9)


def dice(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(n: int = 6) -> torch.Tensor:
    return torch.randn(n, 3, 12, 10, generator=dice(99))


def changed(facts: Facts, x: torch.Tensor, y: torch.Tensor, seed: int = 0, **keys):
    change = augment(Augment(**keys), facts)
    assert change is not None
    return change(x, y, dice(seed))


def test_nothing_asked_nothing_done() -> None:
    assert augment(Augment(), IMAGE) is None


@given(dy=st.integers(-11, 11), dx=st.integers(-9, 9), mirror=st.booleans(), turn=st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_move_is_numpys_padding_and_a_window(dy: int, dx: int, mirror: bool, turn: bool) -> None:
    x = pictures(1)
    padded = np.pad(x[0].numpy(), ((0, 0), (11, 11), (9, 9)), mode="reflect")
    expected = padded[:, 11 + dy : 23 + dy, 9 + dx : 19 + dx]
    expected = expected[:, :, ::-1] if mirror else expected
    expected = expected[:, ::-1] if turn else expected
    got = moved(x, *map(torch.tensor, ([dy], [dx], [mirror], [turn])))[0]
    np.testing.assert_array_equal(got, expected)


def test_a_crop_shifts_by_no_more_than_it_says_and_by_all_of_it() -> None:
    x = torch.arange(12.0)[:, None].expand(400, 3, 12, 10)
    x_changed, _ = changed(IMAGE, x, torch.zeros(400, dtype=torch.long), crop=2)
    shifts = x_changed[:, 0, 6, 0] - 6
    assert set(shifts.int().tolist()) == {-2, -1, 0, 1, 2}


KEYS = [
    {"flip": True},
    {"vertical_flip": True},
    {"crop": 3},
    {"rotate": 30},
    {"scale": 0.3},
    {"brightness": 0.5},
    {"contrast": 0.5},
    {"noise": 0.5},
    {"cutout": 5},
    {"mixup": 0.4},
    {"cutmix": 1.0},
]


@pytest.mark.parametrize("keys", KEYS, ids=lambda keys: next(iter(keys)))
def test_the_same_generator_the_same_result_and_the_batch_stays(keys: dict) -> None:
    x, y = pictures(), torch.arange(6) % 4
    kept = x.clone()
    first, second = changed(IMAGE, x, y, **keys), changed(IMAGE, x, y, **keys)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert not torch.equal(changed(IMAGE, x, y, seed=1, **keys)[0], first[0])
    assert torch.equal(x, kept)
    assert first[0].shape == x.shape
    assert first[0].dtype == torch.float32
    assert torch.isfinite(first[0]).all()


@pytest.mark.parametrize("keys", [{"mixup": 0.4}, {"cutmix": 1.0}], ids=["mixup", "cutmix"])
def test_mixed_targets_are_probabilities_in_the_pictures_proportion(keys: dict) -> None:
    y = torch.arange(4)
    x = torch.eye(4)[:, :, None, None].expand(4, 4, 12, 10)  # channel c is 1 in pictures of class c
    x_mixed, y_mixed = changed(replace(IMAGE, input_shape=(4, 12, 10)), x, y, seed=3, **keys)
    torch.testing.assert_close(y_mixed.sum(1), torch.ones(4))
    torch.testing.assert_close(y_mixed, x_mixed.mean((2, 3)))
    assert ((y_mixed > 0) & (y_mixed < 1)).any()


def test_a_box_takes_the_share_that_was_drawn() -> None:
    box = cutmix_boxes(200, (40, 20), 1e6, dice())  # Beta(a, a) is 1/2 for a large a
    assert int(box.flatten(1).sum(1).max()) == round(40 * 0.5**0.5) * round(20 * 0.5**0.5)


def test_quantities_are_mixed_as_their_rows_are() -> None:
    x = torch.randn(50, 5, generator=dice())
    y = 3 * x[:, :1] - 1  # a straight line stays one
    x_mixed, y_mixed = changed(TABLE, x, y, mixup=0.5)
    torch.testing.assert_close(y_mixed, 3 * x_mixed[:, :1] - 1)


def test_beta_has_its_mean_and_variance() -> None:
    draws = beta(20_000, 0.4, dice())
    assert float(draws.mean()) == pytest.approx(0.5, abs=0.01)
    assert float(draws.var()) == pytest.approx(1 / (4 * (2 * 0.4 + 1)), abs=0.005)


GEOMETRY = [k for k in KEYS if set(k) & {"flip", "vertical_flip", "crop", "cutmix"}]


@pytest.mark.parametrize(
    "keys", [*GEOMETRY, {"flip": True, "crop": 3, "cutmix": 1.0}], ids=lambda k: "+".join(k)
)
def test_the_mask_moves_with_the_picture(keys: dict) -> None:
    mask = torch.randint(0, 4, (6, 12, 10), generator=dice(5))
    x = mask[:, None].expand(6, 3, 12, 10).float()
    x_changed, y_changed = changed(MASKS, x, mask, **keys)
    assert y_changed.dtype == torch.long
    assert torch.equal(x_changed[:, 0].long(), y_changed)
    assert not torch.equal(y_changed, mask)


def test_the_mask_turns_with_the_picture() -> None:
    mask = torch.zeros(8, 40, 40, dtype=torch.long)
    mask[:, 10:22, 5:30] = 3
    x = mask[:, None].expand(8, 3, 40, 40).float()
    facts = replace(MASKS, input_shape=(3, 40, 40))
    x_changed, y_changed = changed(facts, x, mask, rotate=40, scale=0.3)
    assert set(y_changed.unique().tolist()) == {0, 3}
    inside, outside = x_changed[:, 0] > 2.9, x_changed[:, 0] < 0.1
    assert (y_changed[inside] == 3).all()  # away from edges, where the picture is between both
    assert (y_changed[outside] == 0).all()
    assert float((inside | outside).float().mean()) > 0.9


def test_a_quarter_turn_is_a_quarter_turn() -> None:
    x = torch.randn(1, 2, 9, 9, generator=dice())
    places = grid(torch.tensor([90.0]), torch.tensor([1.0]), x.shape, x.device)
    torch.testing.assert_close(warped(x, places), torch.rot90(x, 1, (2, 3)), atol=1e-4, rtol=0)


def test_a_turn_keeps_the_aspect_of_a_wide_picture() -> None:
    x = torch.zeros(1, 1, 41, 81)
    x[0, 0, 20 - 12, 40] = 1  # 12 pixels above the middle
    places = grid(torch.tensor([-90.0]), torch.tensor([1.0]), x.shape, x.device)
    got = warped(x, places)[0, 0]
    assert divmod(int(got.argmax()), 81) == (20, 52)  # with the clock: 12 to the right of it


def test_a_mask_is_not_asked_for_what_is_cut_out() -> None:
    x, mask = pictures() + 10, torch.ones(6, 12, 10, dtype=torch.long)
    x_changed, y_changed = changed(MASKS, x, mask, cutout=5)
    assert torch.equal((x_changed == 0).all(1), y_changed == 255)
    assert 0 < int((y_changed == 255).sum()) <= 6 * 25


def test_an_alternating_flip_shows_both_sides_in_two_epochs() -> None:
    index = torch.arange(10_000)
    first, second = mirrored_in(0, index), mirrored_in(1, index)
    assert torch.equal(first, ~second)
    assert float(first.float().mean()) == pytest.approx(0.5, abs=5 * 0.5 / math.sqrt(10_000))
    change = augment(Augment(flip="alternating"), IMAGE)
    assert change is not None
    x, y = pictures(), torch.zeros(6, dtype=torch.long)
    in_order = change(x, y, dice(), epoch=4, index=torch.arange(6))[0]
    x_shuffled = x[[5, 0]]
    some = change(x_shuffled, y[:2], dice(7), epoch=4, index=torch.tensor([5, 0]))[0]
    assert torch.equal(some, in_order[[5, 0]])  # the example decides, not its place or the dice


def test_tokens_are_dropped_and_the_rest_moves_up() -> None:
    x = torch.tensor([[1, 2, 3, 4, 5, 6, 7]] * 300 + [[8, 0, 0, 0, 0, 0, 0]])
    got, _ = changed(TEXT, x, torch.zeros(301, dtype=torch.long), drop_tokens=0.5)
    for row in got.tolist():
        kept = [t for t in row if t]
        assert kept == sorted(kept)
        assert row == kept + [0] * (7 - len(kept))
    assert got[-1, 0] == 8
    assert float((got[:-1] != 0).sum(1).float().mean()) == pytest.approx(4, abs=0.3)


def test_noise_and_brightness_have_their_size() -> None:
    x, y = torch.zeros(200, 3, 12, 10), torch.zeros(200, dtype=torch.long)
    assert float(changed(IMAGE, x, y, noise=0.3)[0].std()) == pytest.approx(0.3, rel=0.02)
    bright = changed(IMAGE, x, y, brightness=0.4)[0]
    assert float(bright.abs().max()) <= 0.4
    assert float(bright.flatten(1).std(1).max()) == 0
    harder = changed(IMAGE, pictures(), torch.zeros(6, dtype=torch.long), contrast=0.5)[0]
    torch.testing.assert_close(harder.mean((1, 2, 3)), pictures().mean((1, 2, 3)))


REFUSED = [
    (TABLE, {"flip": True}, "augment.flip: makes no sense for tabular"),
    (TEXT, {"mixup": 0.2}, "augment.mixup: makes no sense for text"),
    (MASKS, {"mixup": 0.2}, "augment.mixup: makes no sense for segmentation"),
    (IMAGE, {"drop_tokens": 0.2}, "augment.drop_tokens: makes no sense for image"),
    (replace(IMAGE, problem="verification"), {"mixup": 0.2}, "no sense for verification"),
    (IMAGE, {"mixup": 0.2, "cutmix": 1.0}, "choose one"),
    (IMAGE, {"crop": 10}, "augment.crop is 10 pixels, but the pictures have only 10"),
    (MASKS, {"cutout": 64}, "augment.cutout is 64 pixels, but the pictures have only 10"),
]


@pytest.mark.parametrize(("facts", "keys", "words"), REFUSED, ids=[words for *_, words in REFUSED])
def test_what_makes_no_sense_is_refused(facts: Facts, keys: dict, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        augment(Augment(**keys), facts)


def test_views_are_averaged_and_masks_moved_back() -> None:
    x = pictures()
    sides = averaged(lambda v: v[:, :, 0, :2].mean(2), x, "flip")
    expected = (x[:, :, 0, :2].mean(2) + x[:, :, 0, -2:].mean(2)) / 2
    torch.testing.assert_close(sides, expected)
    torch.testing.assert_close(averaged(lambda v: v, x, "flip"), x)
    even = averaged(lambda v: v.mean((2, 3)), torch.ones(2, 3, 8, 8), "flip_shift")
    torch.testing.assert_close(even, torch.ones(2, 3))
    assert torch.equal(averaged(lambda v: v[:, 0, 0], x, "none"), x[:, 0, 0])
