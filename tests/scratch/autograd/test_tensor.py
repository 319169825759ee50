"""The engine replays every expression in PyTorch: values, gradients, and gradients of gradients."""

import gc
import shutil
import subprocess
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch import autograd
from firsthand.scratch.autograd import GraphError, Tensor, grad, no_grad, operations, to_dot
from firsthand.scratch.errors import DataError

EXACT = {"rtol": 1e-10, "atol": 1e-10}
seeds = st.integers(0, 2**32 - 1)

# name: (ours, torch's, shapes of the inputs)
EXPRESSIONS = {
    "add": (lambda a, b: a + b, lambda a, b: a + b, [(3, 4), (4,)]),
    "subtract": (lambda a, b: 2 - a - b, lambda a, b: 2 - a - b, [(3, 1), (1, 4)]),
    "multiply": (lambda a, b: a * b * 3, lambda a, b: a * b * 3, [(2, 3, 1), (3, 4)]),
    "divide": (lambda a, b: a / (b * b + 1), lambda a, b: a / (b * b + 1), [(3,), (2, 3)]),
    "one over": (lambda a: 1 / (a * a + 1), lambda a: 1 / (a * a + 1), [(4,)]),
    "negate and power": (lambda a: (-a) ** 3, lambda a: (-a) ** 3, [(3, 2)]),
    "root": (
        lambda a: operations.sqrt(a * a + 1),
        lambda a: torch.sqrt(a * a + 1),
        [(3, 2)],
    ),
    "matmul": (lambda a, b: a @ b, lambda a, b: a @ b, [(3, 4), (4, 2)]),
    "a row times a matrix": (lambda a, b: a @ b, lambda a, b: a @ b, [(4,), (5, 4, 2)]),
    "a matrix times a column": (lambda a, b: a @ b, lambda a, b: a @ b, [(5, 3, 4), (4,)]),
    "a row times a column": (lambda a, b: a @ b, lambda a, b: a @ b, [(4,), (4,)]),
    "matmul spread": (lambda a, b: a @ b, lambda a, b: a @ b, [(5, 1, 3, 4), (2, 4, 2)]),
    "exp log": (
        lambda a: operations.log(operations.exp(a) + 1),
        lambda a: torch.log(torch.exp(a) + 1),
        [(4,)],
    ),
    "tanh": (operations.tanh, torch.tanh, [(3, 2)]),
    "sigmoid": (operations.sigmoid, torch.sigmoid, [(3, 2)]),
    "erf": (operations.erf, torch.erf, [(3, 2)]),
    "maximum": (operations.maximum, torch.maximum, [(3, 4), (4,)]),
    "absolute": (operations.absolute, torch.abs, [(5,)]),
    "sum": (lambda a: a.sum((0, 2)), lambda a: a.sum((0, 2)), [(2, 3, 4)]),
    "sum kept": (
        lambda a: a.sum(1, keepdims=True) * a,
        lambda a: a.sum(1, keepdim=True) * a,
        [(3, 4)],
    ),
    "mean": (lambda a: (a * a).mean(-1), lambda a: (a * a).mean(-1), [(3, 4)]),
    "largest": (
        lambda a: operations.maximum_over(a, 1) ** 2,
        lambda a: a.max(1).values ** 2,
        [(3, 4)],
    ),
    "reshape": (lambda a: a.reshape(2, -1) ** 2, lambda a: a.reshape(2, -1) ** 2, [(3, 4)]),
    "transpose": (
        lambda a, b: a.transpose(2, 0, 1) * b,
        lambda a, b: a.permute(2, 0, 1) * b,
        [(2, 3, 4), (4, 2, 3)],
    ),
    "T": (lambda a, b: a.T @ b, lambda a, b: a.T @ b, [(3, 4), (3, 2)]),
    "slice": (lambda a: a[1:, ::2] ** 2, lambda a: a[1:, ::2] ** 2, [(3, 5)]),
    "twice the same row": (
        lambda a: a[np.array([0, 2, 0])] ** 2,
        lambda a: a[[0, 2, 0]] ** 2,
        [(3, 2)],
    ),
    "concatenate": (
        lambda a, b: operations.concatenate([a, b, a], 1) ** 2,
        lambda a, b: torch.cat([a, b, a], 1) ** 2,
        [(2, 3), (2, 1)],
    ),
    "stack": (
        lambda a, b: operations.stack([a, b * b], -1),
        lambda a, b: torch.stack([a, b * b], -1),
        [(2, 3), (2, 3)],
    ),
    "pad": (
        lambda a: operations.pad(a, [(1, 0), (0, 2)]) ** 2,
        lambda a: torch.nn.functional.pad(a, (0, 2, 1, 0)) ** 2,
        [(2, 3)],
    ),
    "softmax": (operations.softmax, lambda a: a.softmax(-1), [(3, 4)]),
    "log softmax": (operations.log_softmax, lambda a: a.log_softmax(-1), [(3, 4)]),
    "where": (
        lambda a, b: operations.where(np.eye(3) > 0, a, b * b),
        lambda a, b: torch.where(torch.eye(3) > 0, a, b * b),
        [(3, 3), (1, 3)],
    ),
}


def inputs(shapes, seed):
    rng = np.random.default_rng(seed)
    arrays = [rng.normal(size=shape) for shape in shapes]
    ours = [Tensor(a, requires_grad=True) for a in arrays]
    return ours, [torch.tensor(a, requires_grad=True) for a in arrays], rng


@pytest.mark.parametrize("name", EXPRESSIONS)
@settings(max_examples=10, deadline=None)
@given(seeds)
def test_values_gradients_and_second_derivatives(name, seed):
    ours, theirs, shapes = EXPRESSIONS[name]
    here, there, rng = inputs(shapes, seed)
    z, w = ours(*here), theirs(*there)
    np.testing.assert_allclose(z.data, w.detach().numpy(), **EXACT)

    upstream = rng.normal(size=z.shape)
    up = torch.tensor(upstream)
    first = grad(z, here, upstream, create_graph=True)
    their_first = torch.autograd.grad(w, there, up, create_graph=True)
    for a, b in zip(first, their_first, strict=True):
        np.testing.assert_allclose(a.data, b.detach().numpy(), **EXACT)

    if not any(slope.requires_grad for slope in their_first):  # linear: no second derivative
        assert not any(slope.requires_grad for slope in first)
        return
    probes = [rng.normal(size=slope.shape) for slope in first]
    along = Tensor(0.0)
    for slope, probe in zip(first, probes, strict=True):
        along = along + (slope * probe).sum()
    torch_along = sum((s * torch.tensor(p)).sum() for s, p in zip(their_first, probes, strict=True))
    second = grad(along, here) if along.requires_grad else [Tensor(0.0)] * len(here)
    their_second = torch.autograd.grad(torch_along, there, allow_unused=True)
    for a, b in zip(second, their_second, strict=True):
        np.testing.assert_allclose(a.data, 0 if b is None else b.numpy(force=True), **EXACT)


def test_gradients_add_up_until_they_are_taken_away():
    x = Tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    (3 * x).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [5, 7])
    x.grad = None
    (3 * x).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [3, 3])


def test_every_gradient_is_an_array_of_its_own():
    w, b = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
    for result in (((w + b) * 2).sum(), (w + b).sum()):
        w.grad = b.grad = None
        result.backward()
        before = b.grad.data.copy()
        w.grad.data *= 0
        np.testing.assert_array_equal(b.grad.data, before)
    upstream = np.ones(2)
    w.grad = None
    (w + 0).backward(upstream)
    (alone,) = grad(w + 0, [w], upstream)
    upstream *= 7
    np.testing.assert_array_equal([w.grad.data, alone.data], np.ones((2, 2)))


def test_a_tensor_used_in_many_places_gets_all_of_it():
    x = Tensor(2.0, requires_grad=True)
    y = x * x
    z = y * y + y + x
    z.backward()
    assert x.grad.item() == 4 * 8 + 2 * 2 + 1


def test_a_graph_is_let_go_unless_it_is_kept():
    x = Tensor(2.0, requires_grad=True)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.item() == 8
    with pytest.raises(GraphError, match="retain_graph"):
        y.backward()
    with pytest.raises(GraphError, match="retain_graph"):
        (y * 2).backward()


@pytest.mark.parametrize("function", [operations.exp, operations.tanh, operations.softmax])
def test_what_was_let_go_is_freed_at_once(function):
    x = Tensor([1.0, 2.0], requires_grad=True)
    gc.disable()
    try:
        inner = function(x)
        result = (inner * inner).sum()
        result.backward()
        freed = weakref.ref(inner)
        del inner
        assert freed() is None  # though the result is still there
    finally:
        gc.enable()


def test_without_recording_there_is_no_graph():
    x = Tensor(2.0, requires_grad=True)
    with no_grad():
        y = x * x
    assert not y.requires_grad
    with pytest.raises(GraphError, match="no graph"):
        y.backward()
    with pytest.raises(GraphError, match="no graph"):
        (x.detach() * 2).backward()
    assert (x * x).requires_grad


def test_hooks_see_and_change_what_goes_back():
    seen = []
    x = Tensor(2.0, requires_grad=True)
    y = x * x
    y.register_hook(seen.append)
    y.register_hook(lambda slope: slope * 10)
    (3 * y).backward()
    assert seen[0].item() == 3
    assert x.grad.item() == 3 * 10 * 4


def test_a_result_of_many_numbers_needs_their_gradient():
    x = Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(DataError, match=r"shape \(2,\)"):
        (x * x).backward()
    with pytest.raises(DataError, match=r"its gradient \(3,\)"):
        (x * x).backward(np.ones(3))


def test_what_does_not_depend_has_a_gradient_of_zero():
    x, y = Tensor([1.0], requires_grad=True), Tensor([1.0, 2.0], requires_grad=True)
    np.testing.assert_array_equal(grad(x * x, [y])[0].data, [0, 0])


def test_a_chain_of_ten_thousand_is_walked():
    x = Tensor(1.0, requires_grad=True)
    y = x
    for _ in range(10_000):
        y = y + 1e-4 * x
    y.backward()
    assert x.grad.item() == pytest.approx(2)


def test_arrays_on_the_left_and_whole_numbers():
    x = Tensor([1, 2], requires_grad=True)
    assert x.data.dtype == np.float64
    z = np.array([[1.0, 2.0], [3.0, 4.0]]) @ x.reshape(2, 1) + np.array([1.0])
    assert isinstance(z, Tensor)
    half = x / 2 - np.array([1, 2]) / Tensor([2, 4])
    np.testing.assert_array_equal(half.data, [0, 0.5])


def test_unsigned_and_true_are_subtracted_as_numbers():
    x = Tensor([5.0, 5.0], requires_grad=True)
    np.testing.assert_array_equal((x - np.array([1, 2], np.uint8)).data, [4, 3])
    np.testing.assert_array_equal((x - np.array([True, False])).data, [4, 5])
    np.testing.assert_array_equal((np.array([1, 2], np.uint8) - x).data, [-4, -3])


def test_float32_stays_float32():
    single = Tensor(np.ones(3, np.float32), requires_grad=True)
    z = operations.tanh((single * single - 1) / 2 + 3) ** 2 + (1 - single) + 1 / (2 + single)
    assert z.data.dtype == np.float32
    z.sum().backward()
    assert single.grad.data.dtype == np.float32


def test_the_graph_is_drawn(tmp_path):
    x = Tensor([1.0], requires_grad=True, name='the "x"')
    text = to_dot(operations.tanh(x * 2) + x)
    assert text.count("->") == 4
    assert "tanh" in text
    if shutil.which("dot"):
        drawn = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True)
        assert drawn.returncode == 0, drawn.stderr
        assert "the &quot;x&quot;" in drawn.stdout


def test_the_engine_stays_short_enough_to_be_read():
    sources = set(Path(autograd.__path__[0]).glob("*.py"))
    assert sum(source.read_text().count("\n") for source in sources) < 600
