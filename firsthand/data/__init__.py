"""Data sets: bundled, generated, found in ``FIRSTHAND_DATA``, or the user's own file."""
