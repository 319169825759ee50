"""The shipped curriculum's own pages: open to everyone, as wide as the window, figures in place."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from firsthand.study.content import load_curriculum
from tests.browser.lived import live
from tests.browser.test_every_page import AXE, LOOKS, faults
from tests.studio.serving import Running, at, serve

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOW = at(2026, 3, 20)
LESSONS = (
    "/stage/00_introduction/learn",
    "/stage/05_linear_regression/learn",
    "/stage/06_logistic_regression/learn",
    "/stage/07_perceptron/learn",
    "/stage/15_mlp/learn",
)
PAGES = (
    *LESSONS,
    "/",
    "/path",
    "/stage/06_logistic_regression/code",
    "/stage/07_perceptron/compare",
    "/stage/15_mlp/recall",
    "/exercise/linear.closed_form",
    "/exercise/linear.loss",
    "/review",
    "/progress",
)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A studio over three weeks with the shipped curriculum."""
    folder: Path = tmp_path_factory.mktemp("real") / "ml_journey"
    now: datetime = NOW()
    live(folder, load_curriculum(), now)
    with serve(folder, load_curriculum(), clock=NOW) as running:
        yield running


def draw_all(page: Any) -> None:
    """Pass over the page, so that every figure is drawn."""
    for top in range(0, page.evaluate("document.documentElement.scrollHeight"), 700):
        page.evaluate(f"window.scrollTo(0, {top})")
        page.wait_for_timeout(30)
    page.evaluate("window.scrollTo(0, 0)")


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_real_pages_are_open_to_everyone_and_fit(real: Running, visit, width: int, dark: bool):
    window = visit(real, width, dark, reduced_motion="reduce", bypass_csp=True)
    page = window.page
    page.add_init_script(path=AXE)
    wrong: list[str] = []
    for path in PAGES:
        window.go(path)
        page.wait_for_timeout(300)
        draw_all(page)
        wrong += [f"{path} {fault}" for fault in faults(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{path} is {wide} px wide")
        filled = page.locator("main .go:visible").count()
        if filled > 1:
            wrong.append(f"{path} has {filled} filled buttons")
    assert wrong == []


def test_figures_stay_near_their_paragraph_and_say_what_they_are(real: Running, visit):
    window = visit(real)
    page = window.page
    for path in LESSONS:
        window.go(path)
        page.wait_for_timeout(600)
        draw_all(page)
        page.wait_for_timeout(200)
        found = page.evaluate(
            """() => [...document.querySelectorAll('.prose .figure')].map((figure) => {
              const floats = (e) => getComputedStyle(e).float !== 'none';
              let before = figure.previousElementSibling;
              while (before && floats(before)) before = before.previousElementSibling;
              const edge = before.getBoundingClientRect().bottom;
              const slip = figure.getBoundingClientRect().top - edge;
              const names = [...figure.querySelectorAll('.plot')].map((p) => p.ariaLabel);
              return [figure.dataset.figure, slip, names];
            })"""
        )
        assert found
        for figure, slip, names in found:
            assert slip < 450, (figure, slip)  # half of the window
            assert names, figure
            assert all(name and name != "Picture" for name in names), (figure, names)
