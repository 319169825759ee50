"""Make verdicts of what was found: one function for each way a verdict can go."""

from __future__ import annotations

import ast
import signal
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from firsthand.study.checking import Misconception
from firsthand.study.content import Exercise
from firsthand.study.grading.codec import Message, WireError
from firsthand.study.grading.diagnosis import case_of, rung
from firsthand.study.grading.running import Outcome
from firsthand.study.grading.wire import OutOfTime
from firsthand.study.grading.wording import HEADLINES, of_error, of_mismatch
from firsthand.study.parsing import parse
from firsthand.study.verdict import Raised, Verdict, VerdictKind

Told = Sequence[tuple[BaseException, Message]]


def not_attempted(exercise: Exercise) -> Verdict:
    """The body is still the blank."""
    return _verdict(
        exercise,
        "not_attempted",
        f"`{exercise.target}` still raises NotImplementedError.",
        next="Replace that line by the body.",
    )


def missing(exercise: Exercise, source: str) -> Verdict:
    """The file does not define the function."""
    said = Raised("NameError", f"`{exercise.target}` is not defined", None, "", "")
    why = (
        f"The file has no function called `{exercise.target}`. Was it renamed or removed, or "
        "is the exercise newer than the file?"
    )
    for node in parse(source).body:
        if exercise.target in _assigned(node):
            line = node.lineno
            said = replace(said, line=line, source=_line(source, line))
            why = f"Line {line} assigns a value to `{exercise.target}`. Define it with `def`."
    verdict = _verdict(
        exercise,
        "raised",
        why,
        next="Start over: that puts it back, blank.",
        command=f"firsthand reset {exercise.id}",
    )
    return replace(verdict, headline="The function is missing", raised=said)


def unreadable(exercise: Exercise, error: BaseException, source: str) -> Verdict:
    """Python cannot parse the file."""
    line = getattr(error, "lineno", None)
    message = getattr(error, "msg", None) or str(error)
    said = Raised(type(error).__name__, message, line, _line(source, line), "")
    verdict = _verdict(exercise, "raised", of_error(type(error).__name__, message), raised=said)
    return replace(verdict, headline="Python cannot read the file")


def wrong_signature(exercise: Exercise, got: str, expected: str, line: int) -> Verdict:
    """The parameters are not those of the exercise."""
    name = exercise.target
    return _verdict(
        exercise,
        "wrong",
        f"The exercise is `{name}({expected})`; line {line} defines `{name}({got})`. Keep the "
        "parameters as they were: the checks pass them by position and by name.",
    )


def shortcut(exercise: Exercise, name: str, line: int | None, source: str, *, ran: bool) -> Verdict:
    """The solution uses what the exercise forbids."""
    where = f"Line {line}" if line else "Your code"
    right = "The result is right, but " if ran else ""
    uses = f"{where} uses `{name}`" if not right else f"{where.lower()} uses `{name}`"
    only = _line(source, line).startswith(("import ", "from "))
    aside = ' If it is only for trials of yours, import it below `if __name__ == "__main__":`.'
    return _verdict(
        exercise,
        "shortcut",
        f"{right}{uses}: this exercise is to be written without it.{aside if only else ''}",
        raised=Raised("Shortcut", name, line, _line(source, line), "") if line else None,
    )


def trapped(error: BaseException, told: Told) -> tuple[str, int | None] | None:
    """Return the name and the line of a forbidden function that was reached at run time."""
    text = str(error)
    if not isinstance(error, PermissionError) or not text.startswith("shortcut: "):
        return None
    return text.removeprefix("shortcut: "), _where(error, told)[0]


def raised(exercise: Exercise, error: BaseException, told: Told, source: str) -> Verdict:
    """The learner's code raised an exception."""
    line, said = _said(error, told, source)
    explanation = of_error(said.type, said.message)
    verdict = _verdict(exercise, "raised", explanation, raised=said)
    where = f" on line {line}" if line else ""
    if said.type == "FloatingPointError":
        return replace(verdict, headline=f"{said.message.capitalize()}{where}")
    if said.type == "CannotTravel":
        return replace(verdict, headline="What it returns cannot be read")
    return replace(verdict, headline=f"{said.type}{where}")


def broken(
    exercise: Exercise,
    error: BaseException,
    told: Told,
    source: str,
    ended: int,
    seconds: float,
) -> Verdict:
    """The code could not be loaded, did not come back, or took its process with it."""
    if isinstance(error, OutOfTime):
        return _verdict(
            exercise,
            "too_slow",
            f"Your code did not finish within {seconds:g} seconds. Does every loop end?",
        )
    if isinstance(error, MemoryError):
        return out_of_memory(exercise)
    if any(error is other for other, _ in told):
        if caught := trapped(error, told):
            return shortcut(exercise, *caught, source, ran=False)
        return raised(exercise, error, told, source)
    if isinstance(error, WireError):
        return _ended(exercise, f"What your code sent back cannot be read: {error}.")
    number = -ended if ended < 0 else ended - 128
    if number in (signal.SIGKILL, signal.SIGXCPU):
        return out_of_memory(exercise)
    if number in set(signal.Signals):
        return _ended(exercise, f"The process of your code died of {signal.Signals(number).name}.")
    return _ended(exercise, "Your code ended its process instead of returning a value.")


def out_of_memory(exercise: Exercise) -> Verdict:
    """The code wanted more memory than it is given."""
    verdict = _verdict(
        exercise,
        "too_slow",
        "Your code asked for more memory than an exercise may use. Which array grows?",
    )
    return replace(verdict, headline="Too much memory")


def nothing_asked(exercise: Exercise, reasons: Sequence[str]) -> Verdict:
    """No oracle could be asked, so nothing is known."""
    verdict = _verdict(exercise, "wrong", f"No check could run: {'; '.join(reasons)}.")
    return replace(verdict, headline="Nothing was compared")


def wrong(
    exercise: Exercise, outcome: Outcome, parameters: tuple[str, ...], printed: str = ""
) -> Verdict:
    """A check found a mismatch."""
    assert outcome.mismatch is not None
    case = case_of(outcome.mismatch, outcome.check.name, parameters)
    explanation = outcome.remark or of_mismatch(outcome.mismatch, case)
    if outcome.mismatch.got is None and outcome.mismatch.what == "type" and printed:
        explanation += " What is printed is not returned: the function needs a `return`."
    verdict = _verdict(exercise, "wrong", explanation)
    reached = rung(case.error) if case.error is not None else ""
    return replace(verdict, case=case, worst_error=case.error, rung=reached)


def recognised(verdict: Verdict, known: Misconception) -> Verdict:
    """The failure is one that is known by name."""
    return replace(
        verdict,
        kind="misconception",
        headline=HEADLINES["misconception"],
        explanation=known.explanation,
        misconception=known.name,
    )


def passed(exercise: Exercise, outcomes: Sequence[Outcome]) -> Verdict:
    """Every check that could be asked agreed."""
    worst = max((o.worst_error for o in outcomes if o.comparisons), default=0.0)
    agreed = list(dict.fromkeys(o.check.oracle for o in outcomes if o.passed))
    error = f"; largest difference {worst:.1e}" if worst else ""
    missing = [o.unavailable for o in outcomes if o.unavailable]
    also = f" Not asked: {'; '.join(dict.fromkeys(missing))}." if missing else ""
    verdict = _verdict(
        exercise, "passed", f"Agreed: {', '.join(agreed)}{error}.{also}", command="firsthand next"
    )
    return replace(verdict, worst_error=worst, rung=rung(worst))


def _verdict(
    exercise: Exercise,
    kind: VerdictKind,
    explanation: str,
    *,
    next: str = "",
    command: str = "",
    raised: Raised | None = None,
) -> Verdict:
    return Verdict(
        exercise=exercise.id,
        kind=kind,
        headline=HEADLINES[kind],
        explanation=explanation,
        next=next,
        command=command or f"firsthand hint {exercise.id}",
        raised=raised,
    )


def _ended(exercise: Exercise, explanation: str) -> Verdict:
    said = Raised("SystemExit", explanation, None, "", "")
    verdict = _verdict(exercise, "raised", explanation, raised=said)
    return replace(verdict, headline="Your code stopped the program")


def _said(error: BaseException, told: Told, source: str) -> tuple[int | None, Raised]:
    line, frames, kind = _where(error, told)
    passed = [place for place, _ in groupby(frames)]  # recursion says one line many times
    steps = [f"line {n}, in {name}\n    {_line(source, n)}" for n, name in passed]
    return line, Raised(kind, str(error), line, _line(source, line), "\n".join(steps))


def _where(error: BaseException, told: Told) -> tuple[int | None, list[tuple[int, str]], str]:
    """Return the innermost line of the learner's, all their frames, and the exception's name."""
    message: dict[str, Any] = next((m for e, m in told if e is error), {})
    frames: list[tuple[int, str]] = message.get("frames", [])
    kind: str = message.get("type", type(error).__name__)
    return (frames[-1][0] if frames else None), frames, kind


def _assigned(node: ast.stmt) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else ()
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _line(source: str, line: int | None) -> str:
    lines = source.splitlines()
    return lines[line - 1].strip() if line and 0 < line <= len(lines) else ""
