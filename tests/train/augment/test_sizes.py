"""Pictures grow as training goes on, keep their shape, and are never enlarged."""

import pytest
import torch
from torch.nn import functional

from firsthand.train.augment.sizes import resized, side_at


def test_the_side_grows_at_the_shares_given():
    sizes = [(0.25, 8), (0.5, 16)]
    assert [side_at(sizes, share) for share in (0.0, 0.24, 0.25, 0.49, 0.5, 1.0)] == [
        None,
        None,
        8,
        8,
        16,
        16,
    ]
    assert side_at([], 0.5) is None


@pytest.mark.parametrize(
    ("size", "side", "expected"),
    [((32, 32), 20, (20, 20)), ((12, 24), 8, (4, 8)), ((8, 8), 32, (8, 8)), ((5, 7), None, (5, 7))],
)
def test_shapes(size, side, expected):
    assert resized(torch.zeros(2, 3, *size), side).shape == (2, 3, *expected)


def test_half_the_side_is_a_smoothed_picture_of_the_same_mean():
    x = torch.randn(3, 2, 16, 16, generator=torch.Generator().manual_seed(0))
    small = resized(x, 8)
    assert torch.allclose(small.mean((2, 3)), x.mean((2, 3)), atol=0.05)
    constant = torch.full((1, 1, 12, 12), 3.0)
    assert torch.allclose(resized(constant, 7), torch.full((1, 1, 7, 7), 3.0))
    ramp = torch.arange(16.0).expand(1, 1, 16, 16)
    pooled = functional.avg_pool2d(ramp, 2)
    assert torch.allclose(resized(ramp, 8)[..., 1:-1], pooled[..., 1:-1], atol=1e-4)
