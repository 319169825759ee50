"""Machines with the widest margin: linear ones, and those of a kernel.

Start with ``hinge``, the linear machine; ``smo`` solves the dual, ``kernels`` bends the space, and
``svc`` puts them together for many classes. ``decomposition`` is ``smo`` at speed.
"""

from firsthand.scratch.svm.linear_svc import LinearSVC
from firsthand.scratch.svm.svc import SVC

__all__ = ["SVC", "LinearSVC"]
