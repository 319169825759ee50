"""Texts are read one at a time, so that threads do not disturb each other."""

import ast
import gc
from concurrent.futures import ThreadPoolExecutor

import pytest

from firsthand.study.parsing import parse

DEEP = (
    "x = " + "(" * 60 + "1" + ")" * 60 + " + [" + ", ".join("[1, (2, 3)]" for _ in range(300)) + "]"
)


def test_threads_read_what_one_reads() -> None:
    expected = ast.dump(ast.parse(DEEP))
    frequent = gc.get_threshold()
    gc.set_threshold(10)  # a collection in the middle of a tree lets another thread in
    try:
        with ThreadPoolExecutor(8) as threads:
            trees = list(threads.map(parse, [DEEP] * 100))
    finally:
        gc.set_threshold(*frequent)
    assert {ast.dump(tree) for tree in trees} == {expected}


def test_what_cannot_be_read_is_told_and_the_next_is_read() -> None:
    with pytest.raises(SyntaxError):
        parse("def f(:")
    assert isinstance(parse("x = 1"), ast.Module)
