"""What the learner did, as the journey's database keeps it: verdicts, hints, answers, time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from firsthand.study.content import Curriculum, Exercise, Question
from firsthand.study.errors import RequestError, UnknownNameError
from firsthand.study.folder import reference_source
from firsthand.study.memory.log import add_review, exercise_item
from firsthand.study.memory.rating import rate_exercise
from firsthand.study.skeleton import function_source, standalone_source
from firsthand.study.store import Store, from_text, to_text
from firsthand.study.verdict import Verdict, VerdictKind

PAUSE = timedelta(minutes=5)  # a longer silence ends a visit


@dataclass(frozen=True)
class Remark:
    """One verdict as history remembers it."""

    id: int
    exercise: str
    at: datetime
    kind: VerdictKind
    headline: str
    practice: bool


@dataclass(frozen=True)
class Pass:
    """A passed exercise: when first, when last, and the text that stands in for ours."""

    exercise: str
    first_at: datetime
    at: datetime
    source: str


@dataclass(frozen=True)
class Hint:
    """One step of help; ``left`` more are to come."""

    exercise: str
    step: int
    text: str
    left: int


@dataclass(frozen=True)
class Solution:
    """Our version of a function, and why it could be shown."""

    exercise: str
    source: str
    why: Literal["passed", "gave_up"]


@dataclass(frozen=True)
class Answered:
    """An answer to a verification question; ``score`` is 1 for right, or the share ticked."""

    question: str
    at: datetime
    given: Any
    score: float
    answer: str = ""

    @property
    def right(self) -> bool:
        """Whether the answer counts as evidence."""
        return self.score >= 0.75


class Record:
    """The history of a journey, without its folder.

    Attributes
    ----------
    curriculum : Curriculum
        What is taught.
    store : Store
        The open database.
    """

    def __init__(self, curriculum: Curriculum, store: Store) -> None:
        self.curriculum = curriculum
        self.store = store

    def record_verdict(
        self, verdict: Verdict, source: str, now: datetime, *, practice: bool = False
    ) -> int:
        """Keep a verdict with the text it is about; on disk when this returns.

        A pass also stores the function's source, makes the exercise an item of the memory,
        and ends a round of practice. Returns the verdict's number.
        """
        exercise = self.curriculum.exercise(verdict.exercise)
        at, text = to_text(now), json.dumps(verdict.to_json())
        with self.store.write():
            self.begin(exercise.stage, now)
            number = self.store.run(
                "INSERT INTO verdict (exercise, at, kind, headline, practice, source, verdict)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                *(exercise.id, at, verdict.kind, verdict.headline, practice, source, text),
            )
            if verdict.passed:
                self._record_pass(exercise, number, source, now, practice)
        return number

    def last_verdict(self, exercise: str, *, practice: bool = False) -> dict[str, Any] | None:
        """Return the latest verdict on an exercise as plain data, None before the first."""
        row = self.store.row(
            "SELECT verdict FROM verdict WHERE exercise = ? AND practice = ?"
            " ORDER BY id DESC LIMIT 1",
            *(self.curriculum.exercise(exercise).id, practice),
        )
        return json.loads(row["verdict"]) if row else None

    def remarks(self, exercise: str | None = None, limit: int = 1000) -> list[Remark]:
        """Return the latest verdicts, newest first, of one exercise or of all."""
        rows = self.store.rows(
            "SELECT id, exercise, at, kind, headline, practice FROM verdict"
            " WHERE ?1 IS NULL OR exercise = ?1 ORDER BY id DESC LIMIT ?2",
            *(exercise, limit),
        )
        return [
            Remark(
                r["id"],
                r["exercise"],
                from_text(r["at"]),
                r["kind"],
                r["headline"],
                bool(r["practice"]),
            )
            for r in rows
        ]

    def passes(self) -> dict[str, Pass]:
        """Return what was passed, by exercise id."""
        rows = self.store.rows("SELECT * FROM passed ORDER BY first_at")
        return {
            r["exercise"]: Pass(
                r["exercise"], from_text(r["first_at"]), from_text(r["at"]), r["source"]
            )
            for r in rows
        }

    def passed(self) -> frozenset[str]:
        """Return the ids of the exercises that were passed."""
        return frozenset(r["exercise"] for r in self.store.rows("SELECT exercise FROM passed"))

    def passed_sources(self) -> dict[str, str]:
        """Return exercise id -> the passed function with what it leans on in its file."""
        rows = self.store.rows("SELECT exercise, source FROM passed")
        return {r["exercise"]: r["source"] for r in rows}

    def hint(self, exercise: str, now: datetime, *, practice: bool = False) -> Hint:
        """Return the next hint and record that it was taken; after the last, the last again."""
        found = self.curriculum.exercise(exercise)
        if not found.hints:
            raise UnknownNameError("hint for", found.id, [])
        with self.store.write():
            taken = self.hints_taken(found.id, practice=practice)
            step = min(taken + 1, len(found.hints))
            self.begin(found.stage, now)
            if step > taken:
                self.store.run(
                    "INSERT INTO hint (exercise, step, at, practice) VALUES (?, ?, ?, ?)",
                    *(found.id, step, to_text(now), practice),
                )
        return Hint(found.id, step, found.hints[step - 1], len(found.hints) - step)

    def hints_taken(self, exercise: str, *, practice: bool = False) -> int:
        """Return how many hints were taken; in practice, since this round began."""
        since = self._round_began(exercise) if practice else ""
        row = self.store.row(
            "SELECT max(step) AS step FROM hint WHERE exercise = ? AND practice = ? AND at >= ?",
            *(exercise, practice, since),
        )
        return int(row["step"] or 0) if row else 0

    def solution(self, exercise: str, now: datetime, *, give_up: bool = False) -> Solution:
        """Return our version of an exercise and record that it was shown.

        Raises
        ------
        RequestError
            If the exercise is not passed, or is being written again, and ``give_up`` is false.
        """
        found = self.curriculum.exercise(exercise)
        practising = bool(self._round_began(found.id))
        done = found.id in self.passed() and not practising
        if not (done or give_up):
            when = "not passed again yet" if practising else "not passed yet"
            raise RequestError(
                f"{found.id} is {when}. To see our version all the same, and have that"
                f" recorded: firsthand solution {found.id} --give-up"
            )
        why: Literal["passed", "gave_up"] = "passed" if done else "gave_up"
        with self.store.write():
            self.begin(found.stage, now)
            self.store.run(
                "INSERT INTO solution (exercise, at, why) VALUES (?, ?, ?)",
                *(found.id, to_text(now), why),
            )
        stage = self.curriculum.stage(found.stage)
        return Solution(found.id, function_source(reference_source(stage), found.target), why)

    def gave_up(self, exercise: str, since: str = "") -> bool:
        """Return whether our version was shown before the exercise was passed."""
        return bool(
            self.store.row(
                "SELECT 1 FROM solution WHERE exercise = ? AND why = 'gave_up' AND at >= ?",
                *(exercise, since),
            )
        )

    def record_answer(
        self, question: Question, given: Any, score: float, now: datetime
    ) -> Answered:
        """Keep an answer and what it was worth."""
        with self.store.write():
            self.begin(question.stage, now)
            self.store.run(
                "INSERT INTO answer (question, at, given, score) VALUES (?, ?, ?, ?)",
                *(question.id, to_text(now), json.dumps(given), score),
            )
        return Answered(question.id, now, given, score, question.answer)

    def answers(self) -> dict[str, Answered]:
        """Return the latest answer to each question, by question id."""
        rows = self.store.rows("SELECT * FROM answer ORDER BY id")
        return {
            r["question"]: Answered(
                r["question"], from_text(r["at"]), json.loads(r["given"]), r["score"]
            )
            for r in rows
        }

    def record_comparison(
        self,
        stage: str,
        agrees: bool,
        now: datetime,
        *,
        mine: tuple[str, ...] = (),
        summary: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep that a comparison ran, on whose functions, and whether both sides agreed.

        Of ``summary`` only a stage's last is kept; that one can be large.
        """
        name = self.curriculum.stage(stage).name
        with self.store.write():
            self.store.run("UPDATE comparison SET summary = '{}' WHERE stage = ?", name)
            self.store.run(
                "INSERT INTO comparison (stage, at, agrees, mine, summary) VALUES (?, ?, ?, ?, ?)",
                *(name, to_text(now), agrees, json.dumps(mine), json.dumps(dict(summary or {}))),
            )

    def last_comparison(self, stage: str) -> dict[str, Any]:
        """Return the summary of a stage's last comparison; empty where none was kept."""
        row = self.store.row(
            "SELECT summary FROM comparison WHERE stage = ? ORDER BY id DESC LIMIT 1",
            self.curriculum.stage(stage).name,
        )
        return json.loads(row["summary"]) if row else {}

    def comparisons(self) -> dict[str, datetime]:
        """Return stage name -> when the learner's own code last agreed with the library."""
        rows = self.store.rows(
            "SELECT stage, max(at) AS at FROM comparison"
            " WHERE agrees AND mine <> '[]' GROUP BY stage"
        )
        return {r["stage"]: from_text(r["at"]) for r in rows}

    def begin(self, stage: str, now: datetime) -> None:
        """Note that a stage was begun; from now on its cards are available."""
        name = self.curriculum.stage(stage).name
        if name not in self.begun():
            self.store.run(
                "INSERT INTO stage (name, begun) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET begun = coalesce(begun, excluded.begun)",
                *(name, to_text(now)),
            )

    def begun(self) -> dict[str, datetime]:
        """Return the stages that were begun, and when."""
        rows = self.store.rows("SELECT name, begun FROM stage WHERE begun IS NOT NULL")
        return {r["name"]: from_text(r["begun"]) for r in rows}

    def visit(self, stage: str, now: datetime) -> None:
        """Note that the learner is at work on a stage; call it every minute or so.

        Visits with less than five minutes between them are one span of time. ``stage`` may be
        ``"review"``.
        """
        name = stage if stage == "review" else self.curriculum.stage(stage).name
        with self.store.write():
            last = self.store.row("SELECT * FROM visit ORDER BY id DESC LIMIT 1")
            recent = last and timedelta(0) <= now - from_text(last["ended"]) <= PAUSE
            if last and recent and last["stage"] == name:
                self.store.run("UPDATE visit SET ended = ? WHERE id = ?", to_text(now), last["id"])
            else:
                self.store.run(
                    "INSERT INTO visit (stage, began, ended) VALUES (?, ?, ?)",
                    *(name, to_text(now), to_text(now)),
                )

    def _record_pass(
        self, exercise: Exercise, number: int, source: str, now: datetime, practice: bool
    ) -> None:
        at = to_text(now)
        known = exercise.id in self.passed()
        targets = [e.target for e in self.curriculum.stage(exercise.stage).exercises]
        if not practice:
            self.store.run(
                "INSERT INTO passed (exercise, first_at, at, source, verdict)"
                " VALUES (?1, ?2, ?2, ?3, ?4) ON CONFLICT (exercise) DO UPDATE"
                " SET at = excluded.at, source = excluded.source, verdict = excluded.verdict",
                *(exercise.id, at, standalone_source(source, exercise.target, targets), number),
            )
        since = self._round_began(exercise.id) if practice else ""
        if (practice and not since) or (known and not practice):
            return  # their own file graded again, or a round already over, is no recall
        failed = self.store.row(
            "SELECT count(*) AS n FROM verdict WHERE exercise = ? AND practice = ? AND at >= ?"
            " AND kind NOT IN ('passed', 'not_attempted')",
            *(exercise.id, practice, since),
        )
        rating = rate_exercise(
            hints=self.hints_taken(exercise.id, practice=practice),
            failures=int(failed["n"]) if failed and practice else 0,
            gave_up=self.gave_up(exercise.id, since),
        )
        add_review(self.store, exercise_item(exercise.id), rating, now)
        self.store.run(
            "UPDATE practice SET ended = ? WHERE exercise = ? AND ended IS NULL", at, exercise.id
        )

    def _round_began(self, exercise: str) -> str:
        """Return when the open round of practice of an exercise began; "" if there is none."""
        row = self.store.row(
            "SELECT began FROM practice WHERE exercise = ? AND ended IS NULL", exercise
        )
        return str(row["began"]) if row else ""
