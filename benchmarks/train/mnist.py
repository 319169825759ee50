"""MNIST by `firsthand.train`'s own loop: at least 99.4 % in at most 5 minutes on two cores.

    python benchmarks/train/mnist.py --seeds 5

The recipe is `mnist.yaml` beside this file; any key of it can be given another value, such as
`train.epochs=5`. The 10,000 test digits are looked at once a seed, at the end. The time of a seed
is that of everything: reading, training, measuring.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from recipes import run_recipe

if __name__ == "__main__":
    recipe = Path(__file__).with_suffix(".yaml")
    raise SystemExit(run_recipe(recipe, "mnist", 0.994, 5, __doc__ or ""))
