"""What can go wrong in a comparison and is the user's to read.

StudyError
└── CompareError     a comparison cannot run; says why and what to do
"""

from __future__ import annotations

from firsthand.study.errors import StudyError


class CompareError(StudyError):
    """A comparison cannot run; its text says why and what to do."""
