"""Text to numbers and back, and windows that say at each place what comes next."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.scratch.errors import DataError, ParameterError
from firsthand.scratch.nn.characters import (
    decode,
    encode,
    even_windows,
    make_vocabulary,
    padded_words,
    random_windows,
    streams,
    windows,
    words_of,
)

many = settings(max_examples=60, deadline=None)


@many
@given(st.text())
def test_text_comes_back(text):
    vocabulary = make_vocabulary(text)
    assert list(vocabulary) == sorted(set(text))
    tokens = encode(text, vocabulary)
    assert tokens.dtype == np.int64
    assert decode(tokens, vocabulary) == text


def test_a_character_that_is_unknown_is_named():
    with pytest.raises(DataError, match="Character 2 of the text is 'x', which is not among the 3"):
        encode("abxc", "abc")


@many
@given(st.integers(2, 40), st.integers(1, 39), st.integers(1, 5), st.integers(0, 99))
def test_windows_say_what_comes_next(n_tokens, n_steps, n_samples, seed):
    tokens = np.arange(n_tokens) * 10
    if n_steps >= n_tokens:
        for take in (
            lambda: random_windows(tokens, n_samples, n_steps, np.random.default_rng(seed)),
            lambda: even_windows(tokens, n_samples, n_steps),
        ):
            with pytest.raises(DataError, match="shorter window"):
                take()
        return
    for X, y in (
        random_windows(tokens, n_samples, n_steps, np.random.default_rng(seed)),
        even_windows(tokens, n_samples, n_steps),
    ):
        assert X.shape == y.shape == (n_samples, n_steps)
        np.testing.assert_array_equal(y, X + 10)
        np.testing.assert_array_equal(np.diff(X, axis=1), 10)
    assert X[0, 0] == 0
    if n_samples > 1:
        assert y[-1, -1] == tokens[-1]


def test_random_windows_start_anywhere():
    X, _ = random_windows(np.arange(6), 500, 3, np.random.default_rng(0))
    assert set(X[:, 0]) == {0, 1, 2}


@many
@given(st.integers(2, 60), st.integers(1, 5), st.integers(1, 5))
def test_rows_of_streams_go_on(n_tokens, n_samples, n_steps):
    tokens = np.arange(n_tokens)
    if n_tokens - 1 < n_samples * n_steps:
        with pytest.raises(DataError, match="do not fill"):
            next(streams(tokens, n_samples, n_steps))
        return
    pieces = list(streams(tokens, n_samples, n_steps))
    X = np.concatenate([x for x, _ in pieces], axis=1)
    y = np.concatenate([y for _, y in pieces], axis=1)
    np.testing.assert_array_equal(np.diff(X, axis=1), 1)
    np.testing.assert_array_equal(y, X + 1)
    assert len(np.unique(X)) == X.size  # no token is read twice
    assert X.size > len(tokens) - 1 - n_samples * n_steps


@pytest.mark.parametrize("starts", [[-1], [0, 3], [8]])
def test_windows_beyond_the_text_are_refused(starts):
    with pytest.raises(DataError, match="5 tokens have no window of 2"):
        windows(np.arange(5), np.array(starts), 2)


@many
@given(st.lists(st.text("abc", max_size=6), min_size=1, max_size=5))
def test_words_stand_by_themselves(words):
    X, y = padded_words(words, "\nabc")
    assert X.shape == y.shape == (len(words), 1 + max(map(len, words)))
    assert not X[:, 0].any()
    assert words_of(np.where(y < 0, 0, y), "\nabc") == words
    for row, word in enumerate(words):
        np.testing.assert_array_equal(X[row, 1 : len(word) + 1], y[row, : len(word)])
        assert y[row, len(word)] == 0
        assert (y[row, len(word) + 1 :] == -1).all()


def test_what_is_empty_or_no_token_is_told():
    text = np.arange(9)
    with pytest.raises(DataError, match="There are no windows"):
        windows(text, np.array([], int), 3)
    for n_samples, n_steps in ((0, 3), (2, 0)):
        with pytest.raises(ParameterError, match="is 0; it has to be a whole number at least 1"):
            next(streams(text, n_samples, n_steps))
    with pytest.raises(DataError, match="no words"):
        padded_words([], "\nab")
    for token in (-1, 3):
        with pytest.raises(DataError, match=f"The token {token} stands for nothing"):
            decode(np.array([0, token]), "\nab")
