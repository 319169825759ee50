"""Seeds of everything random in training: a function of where it happens, of nothing else."""

from __future__ import annotations

from hashlib import blake2b


def seed_of(*place: int) -> int:
    """Return a seed below 2^32 for a place in training, such as (seed, epoch, step, rank).

    Neighbouring places get unrelated seeds. PyTorch's generator on the CPU reads 32 bits of its
    seed, and no more.

    >>> seed_of(0, 1, 2) == seed_of(0, 1, 2), seed_of(0, 1, 2) == seed_of(0, 2, 1)
    (True, False)
    """
    digest = blake2b(b",".join(b"%d" % number for number in place), digest_size=4).digest()
    return int.from_bytes(digest, "little")
