r"""CIFAR-10 from scratch on a CPU, by `firsthand.train`'s own loop: to 90 %, and to 94 %.

    python benchmarks/train/cifar.py --seeds 5
    python benchmarks/train/cifar.py --seeds 5 train.precision=float32      without 16-bit products
    python benchmarks/train/cifar.py --seeds 5 --goal 0.94 --minutes 20 \
        model.channels='[64, 256, 256]' train.epochs=14

The recipe is `cifar.yaml` beside this file; any key of it can be given another value. It was found
on 5,000 of the training pictures that were held out; the 10,000 test pictures are looked at once a
seed, at the end. The time of a seed is that of everything: reading, training, measuring.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from recipes import run_recipe

if __name__ == "__main__":
    recipe = Path(__file__).with_suffix(".yaml")
    raise SystemExit(run_recipe(recipe, "cifar-10-batches-py", 0.90, 30, __doc__ or ""))
