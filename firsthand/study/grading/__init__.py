"""Grading: a judge that runs the checks, a player that runs the learner's code."""
