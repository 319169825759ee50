"""Grading: a judge that runs the checks, a player that runs the learner's code."""

from __future__ import annotations

from firsthand.study.grading.judge import Grader

__all__ = ["Grader"]
