"""Inputs made worse: as much as was asked, and the same for the same example."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from firsthand.train.evaluation.corruption import corruptions

TASKS = {
    "tabular": torch.randn(40, 30),
    "timeseries": torch.randn(40, 25, 3),
    "image": torch.randn(4, 3, 24, 20),
    "segmentation": torch.randn(4, 1, 24, 20),
    "text": torch.randint(1, 50, (40, 30)),
}


@pytest.mark.parametrize("task", TASKS)
def test_an_example_is_changed_alike_in_any_batch(task: str) -> None:
    x = TASKS[task]
    before = x.clone()
    for kind in corruptions(task):
        change = kind.at(kind.sizes[1], 3)
        whole = change(x, np.arange(len(x)))
        assert whole.shape == x.shape
        assert torch.equal(change(x[[2, 1]], np.array([2, 1])), whole[[2, 1]])
        assert not torch.equal(whole, x)
        assert torch.equal(x, before)


def test_noise_has_its_size_and_missing_values_their_share() -> None:
    noise, missing = corruptions("tabular")
    x = torch.ones(500, 40)
    index = np.arange(500)
    assert float((noise.at(0.5, 0)(x, index) - x).std()) == pytest.approx(0.5, rel=0.03)
    assert float((missing.at(0.25, 0)(x, index) == 0).float().mean()) == pytest.approx(
        0.25, abs=0.01
    )


def test_blur_is_scipys() -> None:
    x = torch.randn(2, 3, 24, 20)
    found = corruptions("image")[1].at(1.5, 0)(x, np.arange(2)).numpy()
    expected = [
        [gaussian_filter(c, 1.5, mode="mirror", radius=5) for c in picture] for picture in x.numpy()
    ]
    assert found == pytest.approx(np.array(expected), abs=1e-5)


def test_words_left_out_close_up_and_leave_one_at_least() -> None:
    dropout = corruptions("text")[0]
    x = torch.arange(1, 11).repeat(200, 1)
    told = dropout.at(0.4, 0)(x, np.arange(200))
    lengths = (told != 0).sum(1)
    assert float(lengths.float().mean()) == pytest.approx(6, abs=0.3)
    for row, n in zip(told, lengths, strict=True):
        assert (row[n:] == 0).all()
        assert (row[:n].diff() > 0).all()
    assert ((dropout.at(0.999, 0)(x, np.arange(200)) != 0).sum(1) >= 1).all()


def test_gaps_repeat_the_step_before() -> None:
    x = torch.arange(30.0).repeat(2, 1)[:, :, None]
    told = corruptions("timeseries")[1].at(0.5, 0)(x, np.arange(2))[:, :, 0]
    assert (told.diff(dim=1) >= 0).all()
    assert ((told == x[:, :, 0]).float().mean() < 0.8).all()
