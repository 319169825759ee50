"""Texts to tokens: words, or characters.

Words keep their apostrophe (don't), punctuation marks stand alone, numbers keep their points and
commas, and one of more than four digits is told by its length alone (#11 is a telephone number):
it would hardly come again. Scripts that write no spaces are taken character by character.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

LONG_NUMBER = 4
_NO_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # Japanese, Chinese
)


@cache
def _pattern() -> re.Pattern[str]:
    # In Python's re, marks such as vowel signs of Hindi are no part of a word; here they are.
    marks = "".join(chr(c) for c in range(0x300, 0x20000) if unicodedata.category(chr(c))[0] == "M")
    marks = _as_ranges(marks)
    after = "\ufe0f\U0001f3fb-\U0001f3ff"  # of an emoji: how it is drawn, and tones of skin
    letter = rf"(?:(?![{_NO_SPACES}])[^\W\d_]|[{marks}])"
    return re.compile(
        rf"\d+(?:[.,:]\d+)*"
        rf"|[{_NO_SPACES}][{marks}]*"
        rf"|{letter}+(?:['\u2019]{letter}+)*"
        rf"|[^\w\s](?:[{after}]|\u200d[^\w\s])*"
        rf"|_"
    )


def _as_ranges(characters: str) -> str:
    """Return a sorted set of characters as a regular expression's ranges."""
    ranges: list[list[int]] = []
    for code in map(ord, characters):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in ranges)


def words(text: str, *, lowercase: bool = True) -> list[str]:
    """Return the words, numbers, marks and emoji of a text.

    >>> words("Don't call 08452810075: it's 3.50, OK?")
    ["don't", 'call', '#11', ':', "it's", '3.50', ',', 'ok', '?']
    """
    text = unicodedata.normalize("NFC", text)
    if lowercase:
        text = text.lower()
    return [sys.intern(_shortened(token)) for token in _pattern().findall(text)]


def _shortened(token: str) -> str:
    if token[0].isdigit():
        return f"#{len(token)}" if token.isdigit() and len(token) > LONG_NUMBER else token
    return token.replace("\u2019", "'")


def characters(text: str, *, lowercase: bool = True) -> list[str]:
    """Return the characters of a text; any run of spaces is one.

    >>> characters("A  b")
    ['a', ' ', 'b']
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return list(text.lower() if lowercase else text)
