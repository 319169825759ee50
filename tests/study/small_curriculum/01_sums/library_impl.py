"""The sum, as NumPy has it."""

import numpy as np

print(np.sum([1.0, 2.0]))
