"""Threads keep the order of what they are given, and as many run as were asked for."""

import os
import threading

import pytest

from firsthand.scratch.errors import ParameterError
from firsthand.scratch.threads import hand_out, in_threads, number_of_threads


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


def test_threads_that_stay_are_the_same_again():
    seen = [hand_out(lambda _: threading.get_ident(), range(3)) for _ in range(4)]
    here, others = threading.get_ident(), {one for run in seen for one in run[1:]}
    assert {run[0] for run in seen} == {here}
    assert here not in others
    assert len(others) <= 2


def test_parts_of_parts_stay_on_their_thread():
    def inner(_):
        return set(hand_out(lambda _: threading.get_ident(), range(3)))

    assert hand_out(lambda _: len(inner(_)), range(2))[1] == 1


@pytest.mark.parametrize("guilty", [0, 1])
def test_a_part_that_fails_is_told_when_all_are_done(guilty):
    done = []

    def work(part):
        if part == guilty:
            raise ValueError(part)
        done.append(part)

    with pytest.raises(ValueError, match=str(guilty)):
        hand_out(work, range(3))
    assert len(done) == 2
