"""Compare it: run both sides on the same data, measure agreement, explain disagreement."""
