"""Grading: a judge that runs the checks, a player that runs the learner's code.

This package imports nothing when it is imported: the player does so too, and holds no judge.
"""
