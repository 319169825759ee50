"""Whole networks train beside their twins in PyTorch; a fault is named with its step and place."""

from dataclasses import replace
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pytest

from firsthand.compare import twins
from firsthand.compare.bench import Bench
from firsthand.compare.errors import CompareError
from firsthand.compare.lockstep import first_divergence
from firsthand.compare.networks import NAMES, compare_networks, twin
from firsthand.compare.registry import compare, find
from firsthand.compare.report import page
from firsthand.data import load
from firsthand.scratch.nn import models
from firsthand.scratch.nn.layers import LSTM, Linear, MultiHeadAttention
from firsthand.scratch.nn.optimizers import Adam

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install 'firsthand[deep]'")


def test_every_model_has_a_twin() -> None:
    named = {found.name for found in iter_modules(models.__path__) if found.name[0] != "_"}
    assert named <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_twenty_steps_in_lock_step(name: str) -> None:
    parting = twin(name).divergence()
    assert parting is None, parting.said()


@pytest.mark.parametrize("name", NAMES)
def test_a_walk_shows_everything_and_learns(name: str) -> None:
    one = twin(name)
    assert one.name == name
    side, (step, *_) = one.ours(), one.walk_scratch(1)
    for of, network in side.networks.items():
        places = [f"{of}.{place}" if of else place for place in network.parameters]
        assert {f"gradient {place}" for place in places} <= set(step)
        start = side.state()
        moved = [
            p for p in places if not np.array_equal(step[f"parameter {p}"], start[f"parameter {p}"])
        ]
        assert moved, "no parameter moves"


def wrong(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, spoil: Any) -> None:
    right = getattr(owner, name)

    def spoiled(self: Any, *args: Any) -> Any:
        answer = right(self, *args)
        spoil(self)
        return answer

    monkeypatch.setattr(owner, name, spoiled)


def test_one_wrong_gradient_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(attention: MultiHeadAttention) -> None:
        if attention.name == "blocks.0.attention":
            attention.db_out[3] *= 1 + 1e-6

    wrong(monkeypatch, MultiHeadAttention, "backward", spoil)
    parting = twin("gpt").divergence()
    assert parting is not None
    assert (parting.step, parting.tensor) == (1, "gradient blocks.0.attention.b_out")
    assert "they part in step 1, at the gradient blocks.0.attention.b_out" in parting.said()


@pytest.mark.parametrize("name", ["gpt", "char_rnn"])
def test_clipping_does_not_spread_a_fault(name: str) -> None:
    """Every kind of tensor, 1 in 1000 off, is named itself, though all are clipped together."""
    one = twin(name)
    theirs = one.walk_library(1)
    kinds = {
        (type(part), tensor.rstrip("_0123456789")): (place, tensor)
        for place, part in one.ours().network.modules.items()
        for tensor in part.shapes
    }
    for place, tensor in kinds.values():
        network = one.scratch()
        part = network.modules[place]

        def spoiled(dZ: np.ndarray, part=part, right=part.backward, tensor=tensor) -> np.ndarray:
            answer = right(dZ)
            getattr(part, f"d{tensor}")[...] *= 1.001
            return answer

        part.backward = spoiled
        ours = replace(one, scratch=lambda made=network: made).walk_scratch(1)
        parting = first_divergence(ours, theirs, tolerance=one.tolerance, noise=twins.NOISE)
        assert parting is not None
        assert parting.tensor == f"gradient {place}.{tensor}"


def test_a_fault_of_a_later_step_is_named_there(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [0]

    def spoil(layer: Linear) -> None:
        if layer.name == "2":
            calls[0] += 1
            if calls[0] == 7:
                layer.dW[4, 2] += 1e-5

    wrong(monkeypatch, Linear, "backward", spoil)
    parting = twin("mlp").divergence()
    assert parting is not None
    assert (parting.step, parting.tensor, parting.agreement.where) == (7, "gradient 2.W", (4, 2))


def test_a_fault_of_the_optimizer_is_named_at_the_parameter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = Adam.rule

    def careless(self: Adam, theta: np.ndarray, gradient: np.ndarray) -> None:
        right(self, theta, gradient)
        if self.t == 3:
            theta[5] += 1e-6

    monkeypatch.setattr(Adam, "rule", careless)
    parting = twin("mlp").divergence()
    assert parting is not None
    assert (parting.step, parting.tensor) == (3, "parameter 0.W")
    assert parting.said().startswith("they part in step 3, at 0.W after the step: ")


def test_a_fault_in_the_second_layer_of_cells_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong(monkeypatch, LSTM, "backward", lambda cells: np.negative(cells.dU_1, out=cells.dU_1))
    parting = twin("char_rnn").divergence()
    assert parting is not None
    assert (parting.step, parting.tensor) == (1, "gradient recurrent.U_1")


def test_a_comparison_tells_the_worst_of_each_kind_and_where_they_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = compare("mlp", runs=0)
    assert found.agrees
    assert [row.quantity for row in found.rows] == [
        "output", "loss", "gradients", "parameters after each step",
    ]  # fmt: skip
    wrong(monkeypatch, Linear, "backward", lambda layer: np.multiply(layer.db, 1.1, out=layer.db))
    found = compare_networks(Bench(runs=0), ("mlp",))
    assert not found.agrees
    assert found.pairs[0].notes[0].startswith("they part in step 1, at the gradient 4.b: ")


def test_the_page_says_that_it_is_a_network_with_batches_of_its_own() -> None:
    text = page([compare_networks(Bench(runs=0), ("mlp",))])
    assert "Network mlp · compare" in text
    assert "digits of 8 x 8, 20 batches" in text
    assert "<h2>Data</h2>" not in text


def test_all_are_found_by_name() -> None:
    assert find("networks").members == NAMES
    assert list(NAMES) == sorted(NAMES)
    assert {find(name).title for name in NAMES} == {twin(name).title for name in NAMES}
    with pytest.raises(CompareError, match="did you mean char_rnn"):
        find("char_rn")
    with pytest.raises(CompareError, match="networks brings batches of its own"):
        compare("networks", data=load("iris"))
