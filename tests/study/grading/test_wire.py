"""What is sent arrives, nothing more is believed."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from firsthand.study.grading.codec import Broken, Decoder, Encoder, Message, Table, WireError
from firsthand.study.grading.wire import HEADER, Budget, Channel, Hangup, OutOfTime, Stream


def refuse(thing: Any) -> Any:
    raise AssertionError(thing)


def there_and_back(value: Any) -> Any:
    encoder = Encoder(Table(), refuse)
    tree = json.loads(json.dumps(encoder.encode(value)))
    return Decoder(Table(), bytes(encoder.data), refuse).decode(tree)


arrays = hnp.arrays(
    st.sampled_from(["f8", "f4", "i8", "u1", "bool", "c16", "U5", ">f8"]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.complex_numbers()
)
values = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=12,
)


def same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return repr(a) == repr(b)


@given(values)
def test_plain_data_arrives_as_it_was(value: Any) -> None:
    assert same(value, there_and_back(value))


@pytest.mark.parametrize("name", ["PCG64", "MT19937", "Philox", "SFC64", "PCG64DXSM"])
def test_a_generator_arrives_in_its_state(name: str) -> None:
    generator = np.random.Generator(getattr(np.random, name)(5))
    generator.normal(size=3)
    np.testing.assert_array_equal(there_and_back(generator).random(9), generator.random(9))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["k", "v", "i", "d", "s", "at", "f", "n", "c"]),
            inner
            | st.sampled_from(["ref", "tuple", "dict", "array", "objects", "scalar", "rng", "row"])
            | st.sampled_from(
                ["set", "range", "dtype", "type", "complex", "far", "<f8", "O", "mine"]
            ),
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(json_values, st.binary(max_size=40))
def test_whatever_comes_is_a_value_or_refused(tree: Any, data: bytes) -> None:
    def unknown(tree: Message) -> Any:
        raise WireError

    try:
        Decoder(Table(), data, unknown).decode(tree)
    except WireError:
        return


class Ours(Channel):
    def error(self, message: Message) -> BaseException:
        return RuntimeError(message["message"])


class Theirs(Ours):
    def __init__(self, stream: Stream, function: Any) -> None:
        super().__init__(stream)
        self.exported[0] = function

    def resolve(self, tree: Message) -> Any:
        return lambda *args, **kwargs: self.call(tree["i"], args, kwargs)

    def serve(self) -> None:
        try:
            while True:
                self.answer(*self.stream.receive())
        except Broken:
            return


@pytest.fixture
def asked() -> Iterator[Any]:
    """Return a function that calls another one through two pipes."""
    ends: list[int] = []
    threads: list[threading.Thread] = []

    def connected(function: Any) -> Any:
        (a, b), (c, d) = os.pipe(), os.pipe()
        ends.extend((b, d))
        thread = threading.Thread(target=Theirs(Stream(a, d), function).serve)
        thread.start()
        threads.append(thread)
        channel = Ours(Stream(c, b, Budget(10)))
        return lambda *args, **kwargs: channel.call(0, args, kwargs)

    yield connected
    for end in ends:
        os.close(end)
    for thread in threads:
        thread.join()


def test_what_is_changed_there_is_changed_here(asked) -> None:
    def change(a, items, table, rng):
        a += 1
        items.append(a)
        table["new"] = items[0]
        rng.random(2)
        return a, items

    a, other, rng = np.zeros(3), np.ones(2), np.random.default_rng(3)
    items, table = [other], {"old": 1}
    back, same_items = asked(change)(a, items, table, rng)
    assert back is a
    assert same_items is items
    assert a.tolist() == [1, 1, 1]
    assert items[0] is other
    assert items[1] is a
    assert table["new"] is other
    twin = np.random.default_rng(3)
    twin.random(2)
    assert rng.random() == twin.random()


def test_calls_nest(asked) -> None:
    assert asked(lambda f, n: f(n) + 1)(lambda n: n * 2, 5) == 11


def test_an_exception_comes_back(asked) -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(RuntimeError, match="no"):
        asked(fail)()


def frame(message: object) -> bytes:
    text = json.dumps(message).encode()
    return HEADER.pack(len(text), 0) + text


@pytest.mark.parametrize(
    "answer",
    [
        b"\xff" * 64,
        HEADER.pack(1 << 60, 0),
        HEADER.pack(4, 0) + b"nope",
        frame([1]),
        frame({"op": "return", "id": 99, "value": None, "changes": []}),
        frame({"op": "call", "to": 5, "get": "", "args": None, "kwargs": None}),
        frame({"op": "call", "to": "0", "get": "", "args": {"k": "tuple", "v": []}}),
        frame({"op": "return", "id": 1, "value": {"k": "ref", "i": 7}, "changes": []}),
        frame({"op": "return", "id": 1, "value": None, "changes": [[0, None]]}),
        frame({"op": "return", "id": 1, "value": None, "changes": None}),
    ],
)
def test_a_forged_answer_ends_the_conversation(answer: bytes) -> None:
    (a, b), (c, d) = os.pipe(), os.pipe()
    os.write(d, answer)
    with pytest.raises(Broken):
        Ours(Stream(c, b, Budget(5))).call(0, (np.zeros(2),), {})
    for end in (a, b, c, d):
        os.close(end)


def test_silence_and_absence() -> None:
    (a, b), (c, d) = os.pipe(), os.pipe()
    with pytest.raises(OutOfTime):
        Ours(Stream(c, b, Budget(0.01))).call(0, (), {})
    os.close(d)
    with pytest.raises(Hangup):
        Ours(Stream(c, b, Budget(5))).call(0, (), {})
    for end in (a, b, c):
        os.close(end)


def test_a_generator_cannot_be_swapped_for_another(asked) -> None:
    def swap(rng):
        rng.bit_generator.state = np.random.default_rng(99).bit_generator.state

    with pytest.raises(WireError):
        asked(swap)(np.random.default_rng(1))
