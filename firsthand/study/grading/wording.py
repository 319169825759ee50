"""The sentences of verdicts."""

from __future__ import annotations

import sys

from firsthand.study.checking import Mismatch
from firsthand.study.verdict import Case

HEADLINES = {
    "not_attempted": "Not written yet",
    "wrong": "Wrong",
    "misconception": "Wrong, and we know this one",
    "shortcut": "Not by hand",
    "too_slow": "Too slow",
    "passed": "Passed",
    "raised": "Your code raised an error",
}

ERRORS = {
    "SyntaxError": "Python cannot read the file. The error is on this line or just above it.",
    "IndentationError": "Python cannot read the file: a line is indented too far or not enough.",
    "TabError": "This line is indented with a tab, others with spaces. Use spaces everywhere.",
    "NameError": "A name is used that the file does not define. Is it spelled as it was defined?",
    "UnboundLocalError": "A name is read before anything was assigned to it in this function.",
    "IndexError": "An index lies outside its array. Print the shape one line above.",
    "ZeroDivisionError": "A plain Python number was divided by zero.",
    "RecursionError": "The function calls itself without end.",
    "SystemExit": "The function ended the program. It should return a value instead.",
    "KeyboardInterrupt": "The function interrupted itself. It should return a value instead.",
    "ModuleNotFoundError": "Only NumPy and the standard library can be imported while grading.",
    "NotImplementedError": "A line `raise NotImplementedError` is still there, and was reached.",
    "LinAlgError": "NumPy could not solve this. Is the matrix singular for this input?",
}


def of_error(kind: str, message: str) -> str:
    """Return what an exception means to the one whose code raised it."""
    if kind == "FloatingPointError":
        return _floating_point(message)
    if kind == "ValueError" and (
        "broadcast" in message or "not aligned" in message or "matmul" in message
    ):
        return "Two shapes do not fit together. Write the shape of each factor beside the line."
    if kind == "CannotTravel":
        return f"What your function returns cannot be read: {message}."
    if kind == "NameError" and (missing := _missing_import(message)):
        return f"Is `{missing}` missing at the top of the file?"
    if kind == "TypeError" and "not callable" in message:
        return "Parentheses call a function, and this is none. A product is written with * or @."
    if kind == "PermissionError":
        return "While it is graded, code only computes: no files, no network, no other programs."
    return ERRORS.get(kind, "")


def _missing_import(message: str) -> str:
    """Return the import that a NameError asks for; empty where the name is no module's."""
    name = message.partition("'")[2].partition("'")[0]
    if name == "np":
        return "import numpy as np"
    return f"import {name}" if name in sys.stdlib_module_names else ""


def _floating_point(message: str) -> str:
    if "overflow" in message:
        return "A number became too large for a float. Rewrite the formula so that it cannot."
    if "divide by zero" in message:
        return "A division by zero, or the logarithm of zero. For this input, what should happen?"
    return (
        "An operation has no answer here: 0/0, inf - inf, or the root or logarithm of a negative."
    )


def of_mismatch(mismatch: Mismatch, case: Case) -> str:
    """Return what a mismatch means, in one or two sentences."""
    name = case.quantity or "the result"
    if mismatch.what == "value":
        if case.pattern:
            return f"{_start(name)} is off: {case.pattern}."
        return f"{_start(name)} differs from what is expected."
    if mismatch.what == "property":
        return f"What should hold does not: {case.message}."
    hint = f" ({case.pattern})" if case.pattern else ""
    return f"{_start(case.message)}{hint}."


def _start(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:4] in ("the ", "it w", "entr") else text
