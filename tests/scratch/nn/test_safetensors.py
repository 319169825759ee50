"""Files are those of the format's own package, and a damaged one is told and never half read."""

import json
import struct

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from firsthand.scratch.errors import DataError, DataTypeError
from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.layers import BatchNorm1d, Linear
from firsthand.scratch.nn.safetensors import load_safetensors, save_safetensors

dtypes = st.sampled_from(
    [
        *(np.float64, np.float32, np.float16, np.int64, np.int32, bool),
        *(np.uint64, np.uint32, np.uint16, np.uint8),
    ]
)
arrays = dtypes.flatmap(
    lambda dtype: st_numpy.arrays(dtype, st_numpy.array_shapes(min_dims=0, min_side=0, max_side=4))
)
states = st.dictionaries(st.text(min_size=1).filter(lambda n: n != "__metadata__"), arrays)


@settings(max_examples=50, deadline=None)
@given(states)
def test_both_packages_read_both_files(tmp_path_factory, state):
    folder = tmp_path_factory.mktemp("states")
    save_safetensors(folder / "ours", state)
    safetensors.numpy.save_file(
        {k: np.ascontiguousarray(v) for k, v in state.items()}, folder / "theirs"
    )
    for found in (
        load_safetensors(folder / "ours"),
        load_safetensors(folder / "theirs"),
        safetensors.numpy.load_file(folder / "ours"),
    ):
        assert set(found) == set(state)
        for name, value in state.items():
            np.testing.assert_array_equal(found[name].reshape(value.shape), value)
            assert found[name].dtype == value.dtype


def test_a_network_goes_to_torch_and_back_through_files(tmp_path):
    network = Network(Sequential(Linear(3, 4), BatchNorm1d(4), Linear(4, 2)), random_state=1)
    network.forward(np.random.default_rng(0).normal(size=(5, 3)))
    save_safetensors(tmp_path / "ours", network.to_torch(), {"made": "by hand"})
    twin = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2)
    ).double()
    safetensors.torch.load_model(twin, tmp_path / "ours")
    safetensors.torch.save_model(twin, str(tmp_path / "theirs"))
    again = Network(Sequential(Linear(3, 4), BatchNorm1d(4), Linear(4, 2)), random_state=2)
    again.from_torch(load_safetensors(tmp_path / "theirs"))
    for name, value in network.state_dict().items():
        np.testing.assert_array_equal(again.state_dict()[name], value)


def damaged(header: object, data: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


ENTRY = {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "0 bytes"),
        (struct.pack("<Q", 2**60), "ends before its header"),
        (struct.pack("<Q", 4) + b"nope", "no JSON"),
        (damaged([1]), "names no tensors"),
        (damaged({"w": ENTRY}, b"12345678"), "does not fit its place"),
        (damaged({"w": ENTRY | {"shape": [3]}}, bytes(16)), "does not fit its place"),
        (damaged({"w": ENTRY | {"shape": [-2]}}, bytes(16)), "does not fit its place"),
        (damaged({"w": ENTRY | {"data_offsets": [-16, 0]}}, bytes(16)), "does not fit its place"),
        (damaged({"w": ENTRY | {"dtype": "X9"}}, bytes(16)), "cannot be read"),
        (damaged({"w": 3}), "cannot be read"),
    ],
)
def test_a_damaged_file_is_told(tmp_path, content, says):
    (tmp_path / "state").write_bytes(content)
    with pytest.raises(DataError, match=says):
        load_safetensors(tmp_path / "state")


def test_what_cannot_be_written_leaves_the_old_file(tmp_path):
    save_safetensors(tmp_path / "state", {"w": np.ones(2)})
    with pytest.raises(DataTypeError, match="z holds complex128"):
        save_safetensors(tmp_path / "state", {"z": np.ones(2, complex)})
    np.testing.assert_array_equal(load_safetensors(tmp_path / "state")["w"], [1, 1])
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def written(text: str, n_bytes: int) -> bytes:
    return struct.pack("<Q", len(text)) + text.encode() + bytes(n_bytes)


def two(first: list[int], second: list[int]) -> dict[str, object]:
    entry = {"dtype": "F64", "shape": [1]}
    return {"w": entry | {"data_offsets": first}, "v": entry | {"data_offsets": second}}


@pytest.mark.parametrize(
    "content",
    [
        written("[" * 100_000, 0),
        written(json.dumps({"w": ENTRY | {"shape": [8]}}).replace("8", "1e400"), 16),
        written(json.dumps({"w": ENTRY | {"shape": [8]}}).replace("8", "9" * 5000), 16),
        written(json.dumps(two([0, 8], [8, 16])).replace("v", "w"), 16),
        damaged({"w": ENTRY | {"data_offsets": [0.0, 16.0]}}, bytes(16)),
        damaged({"w": ENTRY | {"data_offsets": [0, 16, 16]}}, bytes(16)),
        damaged({"w": ENTRY | {"shape": "", "data_offsets": [0, 8]}}, bytes(8)),
        damaged(two([0, 8], [0, 8]), bytes(8)),
        damaged(two([0, 8], [8, 16]), bytes(24)),
        damaged(two([0, 8], [16, 24]), bytes(24)),
        damaged(two([8, 16], [16, 24]), bytes(24)),
    ],
)
def test_what_the_formats_own_package_refuses(tmp_path, content):
    with pytest.raises(safetensors.SafetensorError):
        safetensors.numpy.load(content)
    (tmp_path / "state").write_bytes(content)
    with pytest.raises(DataError):
        load_safetensors(tmp_path / "state")


@pytest.mark.parametrize("size", [2**62, 2**70])
def test_a_shape_that_no_array_can_have(tmp_path, size):
    entry = {"dtype": "F64", "shape": [0, size, size], "data_offsets": [0, 0]}
    (tmp_path / "state").write_bytes(damaged({"w": entry}))
    with pytest.raises(DataError, match="w has a shape that no array can have"):
        load_safetensors(tmp_path / "state")


def test_the_name_that_the_format_keeps(tmp_path):
    with pytest.raises(DataError, match="called __metadata__"):
        save_safetensors(tmp_path / "state", {"__metadata__": np.ones(2)})
    assert not list(tmp_path.iterdir())


def test_brain_floats_are_read_as_float32(tmp_path):
    there = torch.randn(3, 5, dtype=torch.bfloat16)
    safetensors.torch.save_file({"w": there}, tmp_path / "state")
    ours = load_safetensors(tmp_path / "state")["w"]
    assert ours.dtype == np.float32
    np.testing.assert_array_equal(ours, there.float())
