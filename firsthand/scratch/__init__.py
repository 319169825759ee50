"""Code it: every algorithm by hand, in NumPy and nothing else."""
