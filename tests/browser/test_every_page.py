"""Every page at two widths, light and dark: no serious fault of access, one filled button."""

from pathlib import Path
from typing import Any

import pytest

from tests.studio.serving import Running, serve

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe.js"
PAGES = (
    "/",
    "/path",
    "/stage/00_reading/learn",
    "/stage/01_line/code",
    "/exercise/line.predict",
    "/exercise/line.loss",
    "/stage/01_line/compare",
    "/stage/01_line/recall",
    "/review",
    "/cards",
    "/cards/new",
    "/progress",
    "/settings",
)
LOOKS = [(1440, False), (1440, True), (390, False), (390, True)]


def faults(page: Any) -> list[str]:
    """What axe finds that is serious or worse."""
    found = page.evaluate(
        "async () => { const r = await axe.run(document, {resultTypes: ['violations']});"
        " return r.violations.map(v => ({id: v.id, impact: v.impact,"
        " where: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.failureSummary)})) }"
    )
    return [f"{v['id']}: {v['where']}" for v in found if v["impact"] in ("serious", "critical")]


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_pages_are_open_to_everyone_and_fit(lived: Running, visit, width: int, dark: bool):
    window = visit(lived, width, dark, reduced_motion="reduce", bypass_csp=True)
    page = window.page
    page.add_init_script(path=AXE)
    wrong: list[str] = []
    for path in PAGES:
        window.go(path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(150)
        wrong += [f"{path} {fault}" for fault in faults(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{path} is {wide} px wide")
        filled = page.locator("main .go:visible").count()
        if filled > 1:
            wrong.append(f"{path} has {filled} filled buttons")
    assert wrong == []


@pytest.mark.parametrize("dark", [False, True])
def test_the_first_page_too(tmp_path: Path, visit, dark: bool):
    with serve(tmp_path / "ml_journey") as running:
        window = visit(running, 390, dark, bypass_csp=True)
        window.page.add_init_script(path=AXE)
        window.go("/welcome")
        assert faults(window.page) == []


def test_the_switch_is_remembered_and_the_pictures_follow(lived: Running, visit):
    window = visit(lived)
    page = window.page
    window.go("/stage/00_reading/learn")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.keyboard.press("d")
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    assert page.evaluate(paper) == dark
    page.locator("[data-theme-switch]:visible").click()
    assert page.evaluate(paper) == light


def test_pages_are_reached_by_keys_and_the_keys_are_told(lived: Running, visit):
    window = visit(lived)
    page = window.page
    page.keyboard.press("?")
    page.get_by_role("heading", name="Keys").wait_for()
    page.keyboard.press("Escape")
    for key, address in (("p", "/path"), ("r", "/review"), ("g", "/progress"), ("t", "/")):
        page.keyboard.press(key)
        page.wait_for_url(lived.base + address)
    window.go("/stage/01_line/learn")
    page.keyboard.press("2")
    page.wait_for_url("**/stage/01_line/code")


def test_the_first_tab_stop_skips_to_the_text(lived: Running, visit):
    window = visit(lived)
    page = window.page
    window.go("/path")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
