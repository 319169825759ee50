"""The daily routine: how many, which, why; siblings apart; exercises come back."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from firsthand.study.errors import RequestError, UnknownNameError
from firsthand.study.journey import Journey
from firsthand.study.memory.cards import (
    add_card,
    deck,
    delete_card,
    edit_card,
    stored_cards,
    suspend,
)
from firsthand.study.memory.log import history, memories, memory_of, rebuild, undo_review
from firsthand.study.memory.rating import Rating, rate_exercise
from firsthand.study.memory.review import answer, find_due, in_words, queue, undo
from firsthand.study.memory.settings import change_settings, read_settings

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def begun(journey: Journey, now: datetime) -> Journey:
    journey.begin("01", now)
    return journey


def fill(journey: Journey, count: int, now: datetime) -> list[str]:
    return [add_card(journey.store, f"front {n}", "back", now).item for n in range(count)]


def test_cards_come_with_the_stage(journey: Journey, now: datetime) -> None:
    assert deck(journey) == {}
    journey.begin("00_counting", now)
    assert list(deck(journey)) == ["card:counting.zero"]
    journey.begin("01", now)
    assert len(deck(journey)) == 1 + 20


def test_a_first_day_has_ten_new_cards(begun: Journey, learner: Any, now: datetime) -> None:
    today = queue(begun, now)
    assert (today.old, today.new, today.waiting) == (0, 10, 0)
    assert len(learner.reviews(now)) == 10
    assert queue(begun, now + MINUTE).cards == ()


def test_a_day_is_ten_old_and_ten_new(begun: Journey, now: datetime) -> None:
    fill(begun, 60, now)
    items = [i for i in deck(begun) if not i.startswith("card:sums.gauss")]
    for item in items[:40]:
        answer(begun, item, Rating.GOOD, now)
    today = queue(begun, now + 10 * DAY)
    assert (today.old, today.new, today.waiting) == (10, 10, 30)
    assert [d.old for d in today.cards] == [True, False] * 10


def test_old_cards_fill_the_places_that_nothing_new_takes(begun: Journey, now: datetime) -> None:
    items = [i for i in (*deck(begun), *fill(begun, 20, now)) if "gauss" not in i]
    for item in items:
        answer(begun, item, Rating.GOOD, now)
    later = queue(begun, now + 10 * DAY)
    assert (later.old, later.new) == (19, 1)  # one of the two siblings was never asked


def test_the_most_forgotten_comes_first(begun: Journey, now: datetime) -> None:
    for day, item in enumerate(fill(begun, 5, now)):
        answer(begun, item, Rating.GOOD, now + day * DAY)
    recalls = [d.recall for d in queue(begun, now + 40 * DAY).cards if d.old]
    assert len(recalls) == 5
    assert recalls == sorted(recalls, key=lambda r: r or 0.0)


def test_siblings_are_apart(begun: Journey, now: datetime) -> None:
    pair = {"card:sums.gauss_forward", "card:sums.gauss_back"}
    for day in range(40):
        moment = now + day * DAY
        asked: set[str] = set()
        while cards := queue(begun, moment).cards:
            for due in cards:
                asked.add(due.card.item)
                answer(begun, due.card.item, Rating.GOOD, moment)
            moment += MINUTE
        assert not pair <= asked, f"both on day {day}"
    assert pair <= set(memories(begun.store))


def test_a_forgotten_card_returns_today_without_counting_twice(
    begun: Journey, learner: Any, now: datetime
) -> None:
    items = learner.reviews(now, Rating.AGAIN)
    again = queue(begun, now + MINUTE)
    assert sorted(d.card.item for d in again.cards) == sorted(items)
    assert "once more" in again.cards[0].why
    learner.reviews(now + 11 * MINUTE)
    assert queue(begun, now + 12 * MINUTE).cards == ()


def test_the_day_is_the_learners(begun: Journey, now: datetime) -> None:
    here = timezone(timedelta(hours=10))
    evening = now.replace(hour=20).astimezone(here)  # already the third there
    answer(begun, "card:sums.empty", Rating.GOOD, evening)
    due = memory_of(begun.store, "card:sums.empty")
    assert due is not None
    early = due.due.astimezone(here).replace(hour=0, minute=1)
    assert "card:sums.empty" in [d.card.item for d in queue(begun, early).cards]
    before = early - 2 * MINUTE
    assert "card:sums.empty" not in [d.card.item for d in queue(begun, before).cards]


def test_why_due_is_said(begun: Journey, now: datetime) -> None:
    item = "card:sums.empty"
    assert find_due(begun, item, now).why == "New, from 01_sums."
    answer(begun, item, Rating.GOOD, now)
    due = find_due(begun, item, now + 5 * DAY)
    assert due.why == "Last seen 5 days ago; recall is now about 84%, and you want 90%."
    change_settings(begun.store, schedule="fixed")
    assert (
        find_due(begun, item, now + DAY).why == "Day 2 of the fixed schedule; last seen yesterday."
    )


def test_undo_leaves_no_trace(begun: Journey, now: datetime) -> None:
    item = "card:sums.empty"
    assert undo(begun, now) is None
    answer(begun, item, Rating.GOOD, now)
    before = memory_of(begun.store, item)
    answer(begun, item, Rating.AGAIN, now + 3 * DAY)
    assert undo(begun, now + 3 * DAY) == item
    assert memory_of(begun.store, item) == before
    assert undo(begun, now + 3 * DAY) == item
    assert memory_of(begun.store, item) is None
    assert queue(begun, now).new == 10
    assert len(begun.store.rows("SELECT * FROM review")) == 2  # the log only grows


def test_one_showing_is_answered_once(begun: Journey, now: datetime) -> None:
    due = find_due(begun, "card:sums.empty", now)
    assert answer(begun, due.card.item, Rating.GOOD, now, seen=due.seen)
    assert answer(begun, due.card.item, Rating.AGAIN, now + MINUTE, seen=due.seen) is None
    assert len(history(begun.store, due.card.item)) == 1


def test_two_buttons_unless_four_are_asked_for(begun: Journey, now: datetime) -> None:
    with pytest.raises(UnknownNameError, match="button"):
        answer(begun, "card:sums.empty", Rating.EASY, now)
    change_settings(begun.store, buttons=4)
    easy = answer(begun, "card:sums.empty", Rating.EASY, now)
    good = answer(begun, "card:sums.plus_3", Rating.GOOD, now)
    assert easy
    assert good
    assert easy.due > good.due


def test_retention_is_one_knob_and_moves_every_due_date(begun: Journey, now: datetime) -> None:
    for item in fill(begun, 3, now):
        answer(begun, item, Rating.GOOD, now)
        answer(begun, item, Rating.GOOD, now + 3 * DAY)
    before = {i: m.due for i, m in memories(begun.store).items()}
    change_settings(begun.store, retention=0.97)
    after = {i: m.due for i, m in memories(begun.store).items()}
    assert all(after[i] < before[i] for i in before)
    change_settings(begun.store, retention=0.9)
    assert {i: m.due for i, m in memories(begun.store).items()} == before


@pytest.mark.parametrize(
    "wrong",
    [{"retention": 1.0}, {"buttons": 3}, {"schedule": "daily"}, {"new_per_day": -1}, {"x": 1}],
)
def test_settings_out_of_range_are_refused(begun: Journey, wrong: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        change_settings(begun.store, **wrong)
    assert read_settings(begun.store).retention == 0.9


def test_the_schedule_is_only_a_cache_of_the_log(
    begun: Journey, learner: Any, now: datetime
) -> None:
    for day in (0, 2, 5, 9):
        learner.reviews(now + day * DAY, Rating.GOOD if day % 2 else Rating.AGAIN)
    before = memories(begun.store)
    begun.store.run("DELETE FROM schedule")
    assert rebuild(begun.store) == len(before)
    assert memories(begun.store) == before


def test_a_leech_is_pointed_out(begun: Journey, now: datetime) -> None:
    item = fill(begun, 1, now)[0]
    moment = now
    for _ in range(6):
        memory = answer(begun, item, Rating.GOOD, moment)
        assert memory
        assert find_due(begun, item, moment).leech == ""
        moment = memory.due
        answer(begun, item, Rating.AGAIN, moment)
        moment += 10 * MINUTE
    assert "Forgotten 6 times" in find_due(begun, item, moment).leech


def test_own_cards_are_written_changed_and_deleted(begun: Journey, now: datetime) -> None:
    card = add_card(begun.store, "What is $e$?", "2.718...", now, tags=("constant",))
    answer(begun, card.item, Rating.GOOD, now)
    edit_card(begun.store, card.item, "What is Euler's number?", "2.71828...", now + DAY)
    assert deck(begun)[card.item].front == "What is Euler's number?"
    assert len(history(begun.store, card.item)) == 1
    delete_card(begun.store, card.item, now + DAY)
    assert stored_cards(begun.store) == []
    assert queue(begun, now + 30 * DAY).old == 0
    with pytest.raises(UnknownNameError):
        delete_card(begun.store, card.item, now)
    with pytest.raises(UnknownNameError):
        edit_card(begun.store, "card:sums.empty", "x", "y", now)
    with pytest.raises(RequestError, match="front"):
        add_card(begun.store, "  ", "back", now)


def test_a_suspended_card_is_not_asked(begun: Journey, now: datetime) -> None:
    item = queue(begun, now).cards[0].card.item
    suspend(begun.store, item, now)
    assert item not in [d.card.item for d in queue(begun, now).cards]
    suspend(begun.store, item, now, suspended=False)
    assert item in [d.card.item for d in queue(begun, now).cards]


def test_a_passed_exercise_comes_back_when_recall_decays(
    begun: Journey, learner: Any, now: datetime
) -> None:
    learner.graded("sums.total", now)
    assert queue(begun, now).exercises == ()
    due = queue(begun, now + 10 * DAY).exercises
    assert [d.exercise.id for d in due] == ["sums.total"]
    assert due[0].why.startswith("You wrote it last on 2 March. Recall is at about 7")
    assert "comes back blank" in due[0].why


def test_writing_it_again_is_its_review(begun: Journey, learner: Any, now: datetime) -> None:
    exercise, later = begun.curriculum.exercise("sums.total"), now + 10 * DAY
    learner.graded(exercise.id, now)
    learner.graded(exercise.id, later)  # their own file, graded again: no recall
    assert len(history(begun.store, "exercise:sums.total")) == 1
    begun.practise(exercise, later)
    learner.graded(exercise.id, later + MINUTE, "wrong", practice=True)
    assert len(history(begun.store, "exercise:sums.total")) == 1
    learner.graded(exercise.id, later + 2 * MINUTE, practice=True)
    learner.graded(exercise.id, later + 3 * MINUTE, practice=True)  # the round is over
    assert [a.rating for a in history(begun.store, "exercise:sums.total")] == [
        Rating.GOOD,
        Rating.GOOD,
    ]
    assert queue(begun, later + DAY).exercises == ()


def test_hints_and_giving_up_map_to_ratings(begun: Journey, learner: Any, now: datetime) -> None:
    total, mean = (begun.curriculum.exercise(e) for e in ("sums.total", "sums.mean"))
    begun.hint(total.id, now)
    learner.graded(total.id, now)
    begun.solution(mean.id, now, give_up=True)
    learner.graded(mean.id, now)
    ratings = {e: history(begun.store, f"exercise:{e}")[-1].rating for e in (total.id, mean.id)}
    assert ratings == {total.id: Rating.HARD, mean.id: Rating.AGAIN}

    later = now + 20 * DAY
    begun.practise(total, later)  # hints of the first time do not count again
    learner.graded(total.id, later + MINUTE, practice=True)
    assert history(begun.store, "exercise:sums.total")[-1].rating == Rating.GOOD


def test_what_checks_said_is_not_undone(begun: Journey, learner: Any, now: datetime) -> None:
    learner.graded("sums.total", now)
    assert undo_review(begun.store, now) is None


@pytest.mark.parametrize(
    ("hints", "failures", "gave_up", "rating"),
    [
        (0, 0, False, Rating.GOOD),
        (0, 1, False, Rating.GOOD),
        (0, 2, False, Rating.HARD),
        (1, 0, False, Rating.HARD),
        (0, 0, True, Rating.AGAIN),
    ],
)
def test_a_pass_is_rated(hints: int, failures: int, gave_up: bool, rating: Rating) -> None:
    assert rate_exercise(hints=hints, failures=failures, gave_up=gave_up) == rating


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(minutes=10), "in 10 minutes"),
        (timedelta(hours=5), "in 5 h"),
        (DAY, "tomorrow"),
        (12 * DAY, "in 12 days"),
    ],
)
def test_spans_in_words(span: timedelta, words: str) -> None:
    assert in_words(span) == words
