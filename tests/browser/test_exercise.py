"""The exercise page on the shipped curriculum, where docstrings are long."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from firsthand.study.content import load_curriculum
from firsthand.study.folder import reference_source
from firsthand.study.skeleton import function_source, replace_function
from tests.studio.serving import Running, serve

pytestmark = pytest.mark.browser

LONG = 60_000  # ms, for a grader that starts cold
TARGET = "linear.gradient"


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Running]:
    """A studio over a new journey through the shipped curriculum."""
    with serve(tmp_path / "ml_journey", load_curriculum()) as running:
        running.studio.open()
        yield running


def ours(running: Running) -> str:
    exercise = running.studio.curriculum.exercise(TARGET)
    stage = running.studio.curriculum.stage(exercise.stage)
    return function_source(reference_source(stage), exercise.target)


def in_view(page: Any, words: str) -> bool:
    """Whether a line of the editor that holds ``words`` is inside the editor and the window."""
    return page.evaluate(
        """(words) => {
          const frame = document.querySelector('.cm-scroller').getBoundingClientRect();
          const line = [...document.querySelectorAll('.cm-line')]
            .find((l) => l.textContent.includes(words) && !l.classList.contains('cm-away'));
          if (!line) return false;
          const at = line.getBoundingClientRect();
          const low = Math.min(frame.bottom, window.innerHeight);
          return at.top >= frame.top && at.bottom <= low;
        }""",
        words,
    )


def leave_the_editor(page: Any) -> None:
    """Escape closes what is open over the text first."""
    for _ in range(3):
        if page.locator(".cm-focused").count():
            page.keyboard.press("Escape")
            page.wait_for_timeout(100)


@pytest.mark.parametrize("exercise", ["linear.closed_form", TARGET])
def test_signature_and_blank_are_in_view_and_the_rest_unfolds(real: Running, visit, exercise: str):
    window = visit(real)
    page = window.page
    window.go(f"/exercise/{exercise}")
    more = page.locator(".cm-more").first
    more.wait_for()
    page.wait_for_timeout(300)
    target = exercise.partition(".")[2]
    assert in_view(page, f"def {target}")
    assert in_view(page, "raise NotImplementedError")
    assert in_view(page, "Parameters")
    assert page.evaluate("window.scrollY") == 0
    folded = page.locator(".cm-more").count()
    more.click()
    page.locator(".cm-more").nth(folded - 1).wait_for(state="detached")


def test_a_pass_moves_the_filled_button_on(real: Running, visit):
    window = visit(real)
    page = window.page
    file = real.studio.journey.file(real.studio.curriculum.exercise(TARGET))
    window.go(f"/exercise/{TARGET}")
    page.get_by_role("button", name="Check").click()
    page.locator("#verdict", has_text="Not written yet").wait_for(timeout=LONG)
    assert "firsthand" not in page.locator("#verdict").inner_text()
    assert page.locator("main .go:visible").all_inner_texts()[0].startswith("Check")

    page.get_by_role("button", name="Take a hint").click()
    page.locator("#hints li").wait_for()
    assert real.studio.journey.hints_taken(TARGET) == 1

    file.write_text(replace_function(file.read_text(), "gradient", ours(real)))
    page.locator("#verdict.good-news").wait_for(timeout=LONG)
    [filled] = page.locator("main .go:visible").all_inner_texts()
    assert filled.startswith("Next: ")
    assert page.get_by_role("button", name="Give up").count() == 0
    page.get_by_role("button", name="Our version").click()
    page.get_by_role("heading", name="Our version").wait_for()

    mistaken = ours(real).replace("l2 * w", "l2 * w + nothing")
    file.write_text(replace_function(file.read_text(), "gradient", mistaken))
    page.locator("#verdict.bad-news").wait_for(timeout=LONG)
    assert "name 'nothing' is not defined" in page.locator("#verdict").inner_text()
    assert "nothing" in page.locator(".cm-stopped").inner_text()
    [filled] = page.locator("main .go:visible").all_inner_texts()
    assert filled.startswith("Check")


def test_a_function_that_was_removed_is_put_back(real: Running, visit):
    window = visit(real)
    page = window.page
    file = real.studio.journey.file(real.studio.curriculum.exercise(TARGET))
    file.write_text(file.read_text().replace("def gradient(", "def slope("))
    window.go(f"/exercise/{TARGET}")
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Put it back").click(timeout=LONG)
    page.get_by_text("A copy is kept in").wait_for()
    assert "def gradient(" in file.read_text()


def test_an_exercise_is_done_without_a_pointer(real: Running, visit):
    window = visit(real)
    page = window.page
    window.go("/stage/05_linear_regression/code")
    page.locator(".exercises a").first.wait_for()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.exercises') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/exercise/linear.predict")
    page.locator(".cm-focused").wait_for()
    page.wait_for_timeout(300)
    page.keyboard.press("Shift+Home")  # the cursor stands at the end of the blank
    page.keyboard.type("return X @ w")
    page.keyboard.press("Control+Enter")
    page.locator("#verdict.bad-news").wait_for(timeout=LONG)
    leave_the_editor(page)
    page.keyboard.press("h")
    page.locator("#hints li").wait_for()
    page.keyboard.press("e")
    page.keyboard.type(" + b")
    page.keyboard.press("Control+Enter")
    page.locator("#verdict.good-news").wait_for(timeout=LONG)
    leave_the_editor(page)
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.startsWith('Next: ')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/exercise/linear.loss")
    assert real.studio.journey.passed() == {"linear.predict"}
