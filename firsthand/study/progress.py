"""What is known, on what evidence; and the days it took.

A claim is proved by evidence, never by a tick. Each piece of evidence is *proved*, *decayed*
(it was proved, and recall has fallen below the desired retention since) or *not yet*. A claim
is proved when all its evidence is, and decayed when some of it is and none is missing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from firsthand.study.content import Claim, Stage
from firsthand.study.memory.log import histories, memories, reviewed_between
from firsthand.study.memory.scheduler import Answer, Memory
from firsthand.study.memory.settings import Settings, read_settings
from firsthand.study.record import Record
from firsthand.study.store import from_text

State = Literal["proved", "decayed", "not yet"]
SLACK = 0.05  # recall may fall this far below what is desired before a proof counts as decayed


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: what it is, how it stands, and the sentence that says so."""

    name: str
    state: State
    what: str
    when: datetime | None = None
    recall: float | None = None


@dataclass(frozen=True)
class Proof:
    """A claim with its evidence."""

    stage: str
    claim: Claim
    state: State
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Completion:
    """How far a stage is done."""

    stage: str
    exercises: tuple[int, int]
    questions: tuple[int, int]
    claims: tuple[int, int]
    begun: bool

    @property
    def share(self) -> float:
        """The part that is done, between 0 and 1."""
        done = self.exercises[0] + self.questions[0]
        return done / max(1, self.exercises[1] + self.questions[1])

    @property
    def done(self) -> bool:
        """Whether everything there is to do was done."""
        return self.exercises[0] == self.exercises[1] and self.questions[0] == self.questions[1]


@dataclass(frozen=True)
class Day:
    """What was done on one day, in the learner's time zone."""

    date: date
    minutes: float
    reviews: int
    verdicts: int
    passed: int

    @property
    def active(self) -> bool:
        """Whether anything was done."""
        return bool(self.minutes or self.reviews or self.verdicts)


@dataclass(frozen=True)
class Recall:
    """What is estimated to be remembered: of ``items`` that were ever reviewed, ``expected``."""

    date: date
    items: int
    expected: float

    @property
    def share(self) -> float:
        """The mean recall; 0 where nothing was learned yet."""
        return self.expected / self.items if self.items else 0.0


def checkpoint(journey: Record, stage: Stage, now: datetime) -> tuple[Proof, ...]:
    """Return the claims of a stage, each with its evidence as it stands now."""
    facts = _Facts(journey, now)
    return tuple(_proof(facts, stage, claim) for claim in stage.claims)


def completion(journey: Record, now: datetime) -> dict[str, Completion]:
    """Return how far each written stage is done, by name."""
    facts = _Facts(journey, now)
    begun = journey.begun()
    found: dict[str, Completion] = {}
    for stage in journey.curriculum.written:
        questions = stage.questions()
        claims = [_proof(facts, stage, claim).state for claim in stage.claims]
        right = sum(q.id in facts.answers and facts.answers[q.id].right for q in questions)
        found[stage.name] = Completion(
            stage=stage.name,
            exercises=(sum(e.id in facts.passes for e in stage.exercises), len(stage.exercises)),
            questions=(right, len(questions)),
            claims=(claims.count("proved"), len(claims)),
            begun=stage.name in begun,
        )
    return found


def calendar(journey: Record, now: datetime, days: int = 28) -> list[Day]:
    """Return the last ``days`` days, today last, in the time zone of ``now``."""
    first = now.date() - timedelta(days=days - 1)
    reviews, verdicts = defaultdict[date, int](int), defaultdict[date, int](int)
    minutes, passes = defaultdict[date, float](float), defaultdict[date, int](int)
    for row in reviewed_between(journey.store, *_span(now, days)):
        reviews[_day(row["at"], now)] += not row["item"].startswith("exercise:")
    for row in journey.store.rows("SELECT at FROM verdict WHERE kind <> 'not_attempted'"):
        verdicts[_day(row["at"], now)] += 1
    for row in journey.store.rows("SELECT first_at FROM passed"):
        passes[_day(row["first_at"], now)] += 1
    for row in journey.store.rows("SELECT began, ended FROM visit"):
        spent = from_text(row["ended"]) - from_text(row["began"])
        minutes[_day(row["began"], now)] += max(1.0, spent / timedelta(minutes=1))
    dates = [first + timedelta(days=n) for n in range(days)]
    return [Day(d, round(minutes[d], 1), reviews[d], verdicts[d], passes[d]) for d in dates]


def streak(days: Iterable[Day]) -> int:
    """Return how many days in a row something was done, up to the last of ``days``.

    One day without work does not end it: a rest is part of learning. Two in a row do, and
    today does not count before it is over.
    """
    count = missed = 0
    for place, day in enumerate(reversed(list(days))):
        if day.active:
            count, missed = count + 1, 0
        elif place > 0:
            missed += 1
        if missed == 2:
            break
    return count


def recall_over_time(journey: Record, now: datetime, days: int = 28) -> list[Recall]:
    """Return the recall that the log implies at the end of each of the last ``days`` days.

    Each day's estimate knows the answers given until then and nothing later.
    """
    settings = read_settings(journey.store)
    found = [(moment, 0, 0.0) for moment in _moments(now, days)]
    for item, answers in histories(journey.store).items():
        scheduler = settings.scheduler(item)
        states = _states(settings, item, tuple(answers))
        times = [m.last for m in states]
        for place, (moment, known, expected) in enumerate(found):
            if last := bisect_right(times, moment):
                recall = scheduler.recall(states[last - 1], moment)
                found[place] = (moment, known + 1, expected + recall)
    return [Recall(moment.date(), known, round(expected, 3)) for moment, known, expected in found]


def _moments(now: datetime, days: int) -> list[datetime]:
    """Return this time of day on each of the last ``days`` days, now last."""
    return [now - timedelta(days=back) for back in range(days - 1, -1, -1)]


@lru_cache(maxsize=20_000)
def _states(settings: Settings, item: str, answers: tuple[Answer, ...]) -> tuple[Memory, ...]:
    """Return what was implied after each answer; replaying is dear and the past is the same."""
    scheduler = settings.scheduler(item)
    memory: Memory | None = None
    states: list[Memory] = []
    for answer in answers:
        memory = scheduler.after(memory, answer)
        states.append(memory)
    return tuple(states)


class _Facts:
    """Everything that evidence is read from, fetched once."""

    def __init__(self, journey: Record, now: datetime) -> None:
        self.journey, self.now = journey, now
        self.passes, self.answers = journey.passes(), journey.answers()
        self.compared = journey.comparisons()
        self.memories, self.settings = memories(journey.store), read_settings(journey.store)
        self.titles = {e.id: e.title for e in journey.curriculum.exercises}

    def recall(self, item: str) -> float | None:
        """Return the recall of an item; None if it was never reviewed."""
        memory = self.memories.get(item)
        return self.settings.scheduler(item).recall(memory, self.now) if memory else None

    def state(self, item: str) -> State:
        """Return how what was once shown stands today."""
        recall = self.recall(item)
        low = self.settings.retention - SLACK
        return "decayed" if recall is not None and recall < low else "proved"

    def day(self, when: datetime) -> str:
        """Return a date in words, in the learner's time zone."""
        local = when.astimezone(self.now.tzinfo)
        return f"{local.day} {local:%B %Y}"


def _proof(facts: _Facts, stage: Stage, claim: Claim) -> Proof:
    evidence = tuple(_evidence(facts, name) for name in claim.evidence)
    states = {e.state for e in evidence}
    state: State = "not yet" if "not yet" in states or not states else "proved"
    if state == "proved" and "decayed" in states:
        state = "decayed"
    return Proof(stage.name, claim, state, evidence)


def _evidence(facts: _Facts, name: str) -> Evidence:
    kind, _, rest = name.partition(":")
    match kind if rest else "exercise":
        case "question":
            return _answered(facts, name, rest)
        case "card":
            return _remembered(facts, name, f"card:{rest}")
        case "compare":
            return _compared(facts, name, rest)
        case _:
            return _passed(facts, name)


def _passed(facts: _Facts, name: str) -> Evidence:
    title = facts.titles.get(name, name)
    if name not in facts.passes:
        return Evidence(name, "not yet", f"{title}: not passed yet")
    item = f"exercise:{name}"
    when, recall, state = facts.passes[name].at, facts.recall(item), facts.state(item)
    said = f"{title}: passed on {facts.day(when)}"
    if state == "decayed" and recall is not None:
        said += f"; recall is at about {recall:.0%}, write it again"
    return Evidence(name, state, said, when, recall)


def _answered(facts: _Facts, name: str, question: str) -> Evidence:
    answered = facts.answers.get(question)
    if answered is None:
        return Evidence(name, "not yet", f"Question {question}: not answered yet")
    said = "answered rightly" if answered.right else "answered, not rightly yet,"
    state: State = "proved" if answered.right else "not yet"
    text = f"Question {question}: {said} on {facts.day(answered.at)}"
    return Evidence(name, state, text, answered.at)


def _remembered(facts: _Facts, name: str, item: str) -> Evidence:
    memory, recall = facts.memories.get(item), facts.recall(item)
    if memory is None or recall is None or memory.phase != "review":
        return Evidence(name, "not yet", f"Card {item[5:]}: not learned yet")
    text = f"Card {item[5:]}: recall is at about {recall:.0%}"
    return Evidence(name, facts.state(item), text, memory.last, recall)


def _compared(facts: _Facts, name: str, stage: str) -> Evidence:
    full = facts.journey.curriculum.stage(stage).name
    when = facts.compared.get(full)
    if when is None:
        return Evidence(name, "not yet", "Your code was not compared yet")
    return Evidence(name, "proved", f"Your code agreed with the library on {facts.day(when)}", when)


def _span(now: datetime, days: int) -> tuple[datetime, datetime]:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days - 1), midnight + timedelta(days=1)


def _day(text: str, now: datetime) -> date:
    return from_text(text).astimezone(now.tzinfo).date()
