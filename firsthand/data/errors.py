"""What can be wrong with data, as one tree.

DataError
├── FileError         the file is missing, is no table, or is too large
├── ColumnError       a column is missing, or cannot serve as what it was asked for
└── UnknownDataError  no data set is called that
"""

from __future__ import annotations


class DataError(ValueError):
    """Data cannot be used; the text says what is wrong with it and what to do."""


class FileError(DataError):
    """The file is missing, is no table, or is too large."""


class ColumnError(DataError):
    """A column is missing, or cannot serve as what it was asked for."""


class UnknownDataError(DataError):
    """No data set is called that."""
