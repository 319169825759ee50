"""What is noticed of pictures once they are divided: copies, leaks, contradictions, rare ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from firsthand.train.data.contract import Finding, Part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHOWN = 3
FEW = 10


def of_copies(
    digests: Sequence[bytes],
    labels: Sequence[str] | None,
    sources: Sequence[str],
    parts: dict[Part, NDArray[np.int64]],
) -> list[Finding]:
    """Return what is to be said of pictures that are there twice.

    "contradiction": with two classes. "leak": in two parts, so what is tested on was learnt from.
    "duplicate": within a part.
    """
    part_of = {int(i): name for name, rows in parts.items() for i in rows}
    alike: defaultdict[bytes, list[int]] = defaultdict(list)
    for i, digest in enumerate(digests):
        if i in part_of:
            alike[digest].append(i)
    groups = [group for group in alike.values() if len(group) > 1]
    contradicting = [g for g in groups if labels and len({labels[i] for i in g}) > 1]
    leaking = [g for g in groups if len({part_of[i] for i in g}) > 1]
    within = [g for g in groups if len({part_of[i] for i in g}) < len(g)]
    said = (
        ("contradiction", contradicting, "have two classes", "decide which is right"),
        ("leak", leaking, "are in two parts", "figures on copies flatter; remove them"),
        ("duplicate", within, "are there more than once in a part", "remove copies"),
    )
    return [
        Finding(kind, f"{len(found)} pictures {what}: {_shown(found, sources)}; {then}.")
        for kind, found, what, then in said
        if found
    ]


def of_counts(classes: Sequence[str], counts: Sequence[int]) -> list[Finding]:
    """Return what is to be said of classes that are rare in the training part."""
    few = [f"{c} ({n})" for c, n in zip(classes, counts, strict=True) if n < FEW]
    findings: list[Finding] = []
    if few:
        text = f"Classes with fewer than {FEW} pictures to learn from: {', '.join(few[:20])}."
        findings.append(Finding("rare", text))
    if counts and max(counts) > 10 * max(min(counts), 1):
        text = (
            f"The most frequent class has {max(counts)} pictures, the rarest {min(counts)}; "
            "judge by balanced accuracy or F1, or set train.class_weights: balanced."
        )
        findings.append(Finding("imbalance", text))
    return findings


def _shown(groups: list[list[int]], sources: Sequence[str]) -> str:
    shown = "; ".join(" = ".join(sources[i] for i in group[:3]) for group in groups[:SHOWN])
    return shown + ("; ..." if len(groups) > SHOWN else "")
