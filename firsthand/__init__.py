"""firsthand: code it, compare it, understand it, then automate it."""

__version__ = "0.1.0"
