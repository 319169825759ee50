"""Rows in parts: every row once, in order, on as many threads as products may use."""

import threading

import numpy as np
import pytest

from firsthand.scratch.blas import blas_threads, products_on_one_thread
from firsthand.scratch.nn import _parts
from firsthand.scratch.nn._parts import blocks, in_parts


@pytest.fixture
def two_threads(openblas):
    count, hold = openblas
    hold(2)
    return count


def test_parts_are_every_row_in_order(two_threads):
    def seen(part):
        return part.start, part.stop, threading.current_thread(), two_threads()

    first, second = in_parts(seen, 7, 2 * _parts.LEAST)
    assert (first[:2], second[:2]) == ((0, 3), (3, 7))
    assert first[2] is threading.current_thread() is not second[2]
    assert first[3] == second[3] == 1
    assert two_threads() == blas_threads() == 2


def test_little_work_stays_where_it_is(two_threads):
    here = threading.current_thread()
    for n_rows, size in ((1, 10 * _parts.LEAST), (7, 2 * _parts.LEAST - 1)):
        assert in_parts(lambda part: (part, threading.current_thread()), n_rows, size) == [
            (slice(0, n_rows), here)
        ]


def test_parts_of_parts_are_not_parted(two_threads):
    def inner(part):
        return len(in_parts(lambda inside: inside, 4, 10 * _parts.LEAST)), part.start

    assert in_parts(inner, 2, 2 * _parts.LEAST)[1] == (1, 1)


def test_threads_are_set_back_after_an_error(two_threads):
    def fail(part):
        raise ValueError(part.start)

    with pytest.raises(ValueError, match="0"):
        in_parts(fail, 2, 2 * _parts.LEAST)
    assert two_threads() == 2
    with products_on_one_thread(), products_on_one_thread():
        assert two_threads() == 1
        assert blas_threads() == 2
    assert two_threads() == 2


def test_what_floating_point_errors_do_is_the_same_in_every_thread(two_threads):
    with np.errstate(over="ignore"):
        told = in_parts(lambda part: np.exp(np.full(3, 1e3)), 2, 2 * _parts.LEAST)
    assert np.isinf(told).all()


@pytest.mark.parametrize(("n_rows", "n_features"), [(1, 1), (1000, 300), (3, 10**6)])
def test_blocks_cover_all_rows(n_rows, n_features):
    rows = np.concatenate([np.arange(100)[part] for part in blocks(slice(5, 5 + 1), n_features)])
    np.testing.assert_array_equal(rows, [5])
    parts = list(blocks(slice(0, n_rows), n_features))
    assert [part.start for part in parts[1:]] == [part.stop for part in parts[:-1]]
    assert (parts[0].start, parts[-1].stop) == (0, n_rows)
