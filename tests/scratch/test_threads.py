"""Threads keep the order of what they are given, and as many run as were asked for."""

import os
import threading

import pytest

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.threads import in_threads, number_of_threads


def test_what_n_jobs_asks_for():
    processors = os.cpu_count() or 1
    assert number_of_threads(None) == 1
    assert number_of_threads(3) == 3
    assert number_of_threads(-1) == processors
    assert number_of_threads(-2) == max(1, processors - 1)
    assert number_of_threads(-1000) == 1
    for wrong in (0, 1.5, "2", True):
        with pytest.raises(ParameterError, match="n_jobs is"):
            number_of_threads(wrong)


@pytest.mark.parametrize("n_jobs", [None, 1, 3, -1])
def test_answers_come_in_order(n_jobs):
    assert in_threads(lambda part: part**2, iter(range(20)), n_jobs) == [n**2 for n in range(20)]
    assert in_threads(abs, [], n_jobs) == []


def test_threads_work_at_the_same_time():
    both = threading.Barrier(2, timeout=10)  # breaks unless two wait there together
    in_threads(lambda _: both.wait(), range(2), n_jobs=2)


def test_an_error_comes_back():
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda part: 1 / part, [1, 0], n_jobs=2)
