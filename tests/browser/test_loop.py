"""The whole way of one exercise, as a learner lives it in a browser."""

import re
from pathlib import Path
from typing import Any

import pytest

from firsthand.study.content import load_curriculum
from firsthand.study.folder import reference_source
from firsthand.study.skeleton import function_source
from tests.studio.serving import Running, serve

pytestmark = pytest.mark.browser

LONG = 60_000  # ms, for a grader or a library that starts cold


def write(page: Any, body: str) -> None:
    """Type a body where the blank is, as a person would: the cursor already stands there."""
    page.locator(".cm-content").press("Control+Home")
    page.locator("#editor .cm-line", has_text="raise NotImplementedError").first.click(
        click_count=3
    )
    page.keyboard.insert_text(f"    {body}")


def test_from_the_first_page_to_a_pass(tmp_path: Path, visit):
    with serve(tmp_path / "ml_journey") as running:
        window = visit(running)
        page = window.page
        page.get_by_role("button", name="Begin").click()
        page.wait_for_url("**/stage/00_reading/learn")

        page.get_by_role("link", name="predict", exact=True).click()
        page.wait_for_url("**/exercise/line.predict")
        write(page, "return X @ w")
        page.keyboard.press("Control+Enter")
        verdict = page.locator("#verdict.bad-news")
        verdict.wait_for(timeout=LONG)
        assert "we know this one" in verdict.inner_text()
        assert "left out the intercept" in verdict.inner_text()

        page.keyboard.press("Control+End")
        page.locator("#editor .cm-line", has_text="return X @ w").click(click_count=3)
        page.keyboard.insert_text("    return X @ w + b")
        page.keyboard.press("Control+Enter")
        page.locator("#verdict.good-news").wait_for(timeout=LONG)
        page.get_by_role("link", name="Next: How wrong it is").wait_for()
        file = running.studio.folder / "01_line" / "from_scratch" / "line_numpy.py"
        assert "return X @ w + b" in file.read_text()
        assert running.studio.journey.passed() == {"line.predict"}

        window.go("/review")
        page.locator(".front .katex").first.wait_for()
        page.keyboard.press(" ")
        page.locator("#back").wait_for()
        page.keyboard.press("2")
        page.get_by_role("button", name="Take the last answer back").wait_for()
        assert len(running.studio.journey.store.rows("SELECT * FROM review")) == 2
        page.keyboard.press("u")
        page.locator("#card", has_text="What is").wait_for()


@pytest.mark.slow
def test_linear_regression_from_the_first_page_to_the_first_review(tmp_path: Path, visit):
    curriculum = load_curriculum()
    stage = curriculum.stage("05")
    target = curriculum.exercise("linear.gradient")
    ours = function_source(reference_source(stage), target.target)
    with serve(tmp_path / "ml_journey", curriculum) as running:
        window = visit(running)
        page = window.page
        page.get_by_role("button", name="Begin").click()
        page.wait_for_url("**/stage/00_introduction/learn")
        page.get_by_role("link", name="Linear regression").first.click()
        page.wait_for_url("**/stage/05_linear_regression/learn")
        page.locator(".prose .katex").first.wait_for()
        page.keyboard.press("2")
        page.get_by_role("link", name="The slope of the loss").click()
        page.wait_for_url(f"**/exercise/{target.id}")
        file = running.studio.journey.file(target)
        page.locator(".cm-content").wait_for()

        blank = file.read_text()
        mistaken = re.sub(r"\) / len\(y\)", ")", ours)
        assert mistaken != ours
        file.write_text(with_function(blank, target.target, mistaken))  # in an editor of their own
        page.locator("#verdict.bad-news").wait_for(timeout=LONG)
        verdict = page.locator("#verdict").inner_text()
        assert "we know this one" in verdict
        assert "n_samples times too steep" in verdict
        assert "expected" in verdict
        kept = running.studio.journey.last_verdict(target.id)
        assert kept
        assert kept["kind"] == "misconception"
        shown = page.locator(".cm-content").inner_text()
        assert mistaken.strip().splitlines()[-1].strip() in shown  # their editor's text, here

        file.write_text(with_function(blank, target.target, ours))
        page.locator("#verdict.good-news").wait_for(timeout=LONG)
        assert running.studio.journey.passed() == {target.id}

        page.locator(".tabs").get_by_role("link", name="Compare").click()
        page.get_by_role("button", name="Compare").click()
        page.locator(".headline").wait_for(timeout=2 * LONG)
        assert "agree" in page.locator(".headline").inner_text()
        assert page.locator(".pictures svg").count() >= 2
        assert stage.name in running.studio.journey.comparisons()
        headline = page.locator(".headline").inner_text()
        page.reload()
        assert page.locator(".headline").inner_text() == headline

        page.keyboard.press("r")
        page.wait_for_url("**/review")
        for count in (1, 2, 3):
            page.locator("#back").wait_for(state="hidden")
            page.keyboard.press(" ")
            page.locator("#back").wait_for()
            page.keyboard.press("2")
            page.locator("#due", has_text=str(10 - count)).wait_for()
        reviews = running.studio.journey.store.rows("SELECT * FROM review")
        assert len(reviews) == 3 + 1  # three cards, and the exercise that was passed


def with_function(text: str, target: str, function: str) -> str:
    from firsthand.study.skeleton import replace_function

    return replace_function(text, target, function)


def test_a_conflict_shows_both_sides_and_loses_none(fresh: Running, visit):
    window = visit(fresh)
    page = window.page
    window.go("/exercise/line.predict")
    file = fresh.studio.folder / "01_line" / "from_scratch" / "line_numpy.py"
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("# in this window\n")
    file.write_text(file.read_text() + "# in another editor\n")
    page.get_by_role("heading", name="This file changed in two places").wait_for()
    shown = page.locator("#merge").inner_text()
    assert "# in this window" in shown
    assert "# in another editor" in shown
    assert "# in this window" not in file.read_text()
    page.get_by_role("button", name="Take this piece from the disk").click()
    page.locator("#merge .cm-merge-a .cm-content").press("Control+End")
    page.keyboard.insert_text("# in this window\n")
    page.get_by_role("button", name="Save the left side").click()
    page.locator("#conflict").wait_for(state="hidden")
    page.get_by_text("saved", exact=True).wait_for()
    merged = file.read_text()
    assert "# in this window" in merged
    assert "# in another editor" in merged


def test_what_is_typed_is_saved_without_being_asked(fresh: Running, visit):
    window = visit(fresh)
    page = window.page
    window.go("/exercise/line.predict")
    file = fresh.studio.folder / "01_line" / "from_scratch" / "line_numpy.py"
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("# a thought\n")
    page.get_by_text("not saved yet").wait_for()
    page.get_by_text("saved", exact=True).wait_for()
    assert "# a thought" in file.read_text()


def test_starting_over_can_be_undone(fresh: Running, visit):
    window = visit(fresh)
    page = window.page
    file = fresh.studio.folder / "01_line" / "from_scratch" / "line_numpy.py"
    file.write_text(file.read_text().replace("raise NotImplementedError", "return 7"))
    window.go("/exercise/line.predict")
    page.get_by_role("button", name="Start over").click()
    page.get_by_text("A copy is kept in").wait_for()
    assert "raise NotImplementedError" in file.read_text()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("saved", exact=True).wait_for()
    assert "raise NotImplementedError" not in file.read_text()


def test_hints_come_by_key_and_giving_up_asks_first(fresh: Running, visit):
    window = visit(fresh)
    page = window.page
    window.go("/exercise/line.loss")
    page.locator(".cm-content").press("Escape")
    page.keyboard.press("h")
    page.get_by_text("What is a residual?").wait_for()
    page.get_by_text("Hint 2 of 3").wait_for()
    page.keyboard.press("h")
    page.get_by_text("Square, then average.").wait_for()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="Give up").click()
    assert asked
    assert not fresh.studio.journey.gave_up("line.loss")
