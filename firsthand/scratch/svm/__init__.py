"""Machines with the widest margin: linear ones, and those of a kernel."""

from firsthand.scratch.svm.linear_svc import LinearSVC
from firsthand.scratch.svm.svc import SVC

__all__ = ["SVC", "LinearSVC"]
