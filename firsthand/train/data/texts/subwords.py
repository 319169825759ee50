"""Subwords by byte-pair encoding: frequent words stay whole, rare ones fall into known parts.

Every word starts as its characters, after a mark of its beginning. Again and again the pair of
neighbours that is most frequent over all words becomes one symbol. A new word goes through the
same merges in their order.

Gage, A New Algorithm for Data Compression (1994); Sennrich, Haddow & Birch, Neural Machine
Translation of Rare Words with Subword Units (2016).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise

BEGINNING = "\u2581"
REMEMBERED = 100_000  # words whose parts are kept, so that frequent ones are taken apart once

Pair = tuple[str, str]


def learn(words: Mapping[str, int], n_merges: int) -> list[Pair]:
    """Return the merges that words of those counts ask for, in their order.

    A merge touches only the words that hold its pair, so learning takes seconds where recounting
    all words would take minutes.

    Parameters
    ----------
    words : dict of str to int
        How often each word comes.
    n_merges : int
        At most so many; a pair that comes once is never merged.
    """
    parts = [[BEGINNING, *word] for word in words]
    counts = list(words.values())
    pairs: Counter[Pair] = Counter()
    holders: defaultdict[Pair, set[int]] = defaultdict(set)
    for i, symbols in enumerate(parts):
        for pair in pairwise(symbols):
            pairs[pair] += counts[i]
            holders[pair].add(i)
    heap = [(-count, pair) for pair, count in pairs.items()]
    heapify(heap)
    merges: list[Pair] = []
    while heap and len(merges) < n_merges:
        count, pair = heappop(heap)
        if -count != pairs[pair]:  # it has changed since; the right count is in the heap, too
            continue
        if pairs[pair] < 2:
            break
        merges.append(pair)
        changed: set[Pair] = set()
        for i in holders.pop(pair):
            before, after = parts[i], merged(parts[i], pair)
            for old in pairwise(before):
                pairs[old] -= counts[i]
                changed.add(old)
            for new in pairwise(after):
                pairs[new] += counts[i]
                holders[new].add(i)
                changed.add(new)
            parts[i] = after
        changed.discard(pair)
        for other in changed:
            heappush(heap, (-pairs[other], other))
    return merges


def merged(symbols: Sequence[str], pair: Pair) -> list[str]:
    """Return symbols with every ``pair`` of neighbours made one, from the left.

    >>> merged(["a", "b", "a", "b", "a"], ("a", "b"))
    ['ab', 'ab', 'a']
    """
    out: list[str] = []
    i = 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


class Subwords:
    """Takes words apart by merges.

    Parameters
    ----------
    merges : sequence of pairs
        In the order in which they were learnt.
    """

    def __init__(self, merges: Sequence[Sequence[str]]):
        self.rank: dict[Pair, int] = {(a, b): i for i, (a, b) in enumerate(merges)}
        self._seen: dict[str, list[str]] = {}

    def __call__(self, word: str) -> list[str]:
        """Return the parts of a word, whose first begins with the mark.

        >>> Subwords([("\u2581", "u"), ("\u2581u", "n"), ("d", "o")])("undo")
        ['\u2581un', 'do']
        """
        known = self._seen.get(word)
        if known is None:
            known = self._apart(word)
            if len(self._seen) < REMEMBERED:
                self._seen[word] = known
        return known

    def _apart(self, word: str) -> list[str]:
        symbols, last = [BEGINNING, *word], len(self.rank)
        while len(symbols) > 1:
            pair = min(pairwise(symbols), key=lambda pair: self.rank.get(pair, last))
            if pair not in self.rank:
                break
            symbols = merged(symbols, pair)
        return symbols
