"""What comes in is looked at once, here, so that the algorithms need not.

A model validates in two lines:

    def fit(self, X, y):
        X, y = check_X_y(self, X, y)              # or check_X_labels, for a classifier
        rng = check_random_state(self.random_state)

    def predict(self, X):
        X = check_X(self, X)                      # fitted? the same columns? finite?

Each error says what was wrong, what came, and what to do. ``tables`` has what looks at X,
``targets`` at y, ``weights`` at how much a sample counts, ``parameters`` at what a model is
constructed with; ``fitted`` knows what a model has seen, and ``arrays`` what an array may hold.
"""

from firsthand.scratch.validation.arrays import to_array
from firsthand.scratch.validation.fitted import (
    check_fitted,
    check_input_features,
    check_width,
    column_names,
    note_columns,
)
from firsthand.scratch.validation.parameters import (
    check_choice,
    check_flags,
    check_number,
    check_numbers,
    check_random_state,
    check_sizes,
)
from firsthand.scratch.validation.tables import check_table, check_X, to_matrix
from firsthand.scratch.validation.targets import (
    check_batch,
    check_target,
    check_X_labels,
    check_X_y,
)
from firsthand.scratch.validation.weights import check_class_weight, check_sample_weight

__all__ = [
    "check_X",
    "check_X_labels",
    "check_X_y",
    "check_batch",
    "check_choice",
    "check_class_weight",
    "check_fitted",
    "check_flags",
    "check_input_features",
    "check_number",
    "check_numbers",
    "check_random_state",
    "check_sample_weight",
    "check_sizes",
    "check_table",
    "check_target",
    "check_width",
    "column_names",
    "note_columns",
    "to_array",
    "to_matrix",
]
