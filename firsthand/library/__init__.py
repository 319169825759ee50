"""The same models as professionals build them: scikit-learn and PyTorch."""
