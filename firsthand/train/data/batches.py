"""The batches of an epoch: an order that the seed and the epoch decide, and a place in it.

No state is kept between batches, so training that was killed goes on from any step as if it had
not been: batch `step` of `epoch` is the same whoever asks. Several processes take every
`world_size`-th example of a batch each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from firsthand.train.data.contract import Examples

AHEAD = 4  # batches that are read before they are asked for, where reading takes files


@dataclass(frozen=True)
class Batches:
    """Batches of a part.

    Attributes
    ----------
    examples : Examples
    batch_size : int
        Examples a step, in all processes together.
    seed : int or None
        None keeps the order of the examples.
    drop_last : bool
        Leave out the last batch of an epoch where it is smaller.
    rank, world_size : int
        Which of how many processes this is.
    """

    examples: Examples
    batch_size: int
    seed: int | None = None
    drop_last: bool = False
    rank: int = 0
    world_size: int = 1

    def __len__(self) -> int:
        whole, rest = divmod(len(self.examples), self.batch_size)
        return whole + (rest > 0 and not self.drop_last)

    def size(self, number: int) -> int:
        """Return how many examples batch ``number`` of an epoch has, in all processes together."""
        return min(self.batch_size, len(self.examples) - number * self.batch_size)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Return the indices of the examples in the order of that epoch."""
        if self.seed is None:
            return np.arange(len(self.examples))
        return np.random.default_rng((self.seed, epoch)).permutation(len(self.examples))

    def index(self, order: NDArray[np.int64], number: int) -> NDArray[np.int64]:
        """Return this process's examples of batch ``number``.

        Of a last batch that is smaller than ``world_size``, some get one that counts nothing.
        """
        batch = order[number * self.batch_size :][: self.batch_size]
        return batch[self.rank :: self.world_size] if self.rank < len(batch) else batch[:1]

    def epoch(self, epoch: int, start: int = 0) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Yield (inputs, targets) of the batches of an epoch, from number ``start`` on."""
        order = self.order(epoch)
        indices = (self.index(order, i) for i in range(start, len(self)))
        if self.examples.in_memory:
            yield from map(self.examples.batch, indices)
        else:
            yield from self._ahead(indices)

    def _ahead(
        self, indices: Iterator[NDArray[np.int64]]
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Yield batches in order, while threads read the next ones."""
        with ThreadPoolExecutor(max_workers=AHEAD) as threads:
            waiting: deque[Future[tuple[torch.Tensor, torch.Tensor]]] = deque()
            for index in indices:
                waiting.append(threads.submit(self.examples.batch, index))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
