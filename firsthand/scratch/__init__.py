"""Code it: every algorithm by hand, in NumPy and nothing else.

A folder is a family, and its docstring says what to read first: a module named for an idea has
the equations, a function each. Models around them (``..._estimator``) keep scikit-learn's
contract, which stands in ``base``.
"""
