"""Interactive pictures: moved by slider, by pointer and by key, computed by the server."""

import pytest

from tests.studio.serving import Running

pytestmark = pytest.mark.browser


def test_a_slider_moves_the_picture_and_can_be_set_back(lived: Running, visit):
    window = visit(lived)
    page = window.page
    window.go("/stage/00_reading/learn")
    reading = page.locator(".reading").first
    assert "slope is 0.75" in reading.inner_text()
    line = page.locator(".figure").first.locator("path.curve").first
    before = line.get_attribute("d")
    page.get_by_label("slope").fill("400")
    page.locator(".reading", has_text="slope is 2.00").wait_for()
    page.wait_for_timeout(200)
    assert line.get_attribute("d") != before
    page.get_by_role("button", name="as it was").first.click()
    page.locator(".reading", has_text="slope is 0.75").wait_for()


def test_a_choice_redraws(lived: Running, visit):
    window = visit(lived)
    window.go("/stage/00_reading/learn")
    window.page.get_by_text("below", exact=True).click()
    window.page.locator(".reading", has_text="below it").wait_for()


def test_a_point_is_dragged_by_pointer_and_by_arrow_keys(lived: Running, visit):
    window = visit(lived)
    page = window.page
    window.go("/stage/00_reading/learn")
    point = page.get_by_role("slider", name="Point 1 of 3").first
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    start = point.get_attribute("aria-valuetext")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 30, steps=4)
    page.mouse.up()
    dragged = point.get_attribute("aria-valuetext")
    assert dragged != start
    point.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(150)
    assert point.get_attribute("aria-valuetext") != dragged
    assert page.evaluate("document.activeElement.getAttribute('role')") == "slider"


def test_only_the_newest_wish_is_computed(lived: Running, visit):
    window = visit(lived)
    page = window.page
    window.go("/stage/00_reading/learn")
    before = len(window.requests)
    slider = page.get_by_label("slope")
    slider.wait_for()
    page.evaluate(
        "() => { const s = document.querySelector('.slider input');"
        " for (let i = 0; i < 200; i++) { s.value = i; s.dispatchEvent(new Event('input')); } }"
    )
    page.locator(".reading", has_text="slope is -0.01").wait_for()
    asked = [url for url in window.requests[before:] if "/figure/line" in url]
    assert 1 <= len(asked) <= 4
    assert slider.input_value() == "199"


def test_surfaces_have_contours_and_tell_their_height(lived: Running, visit):
    window = visit(lived)
    page = window.page
    window.go("/stage/00_reading/learn")
    figure = page.locator(".figure.wide")
    figure.scroll_into_view_if_needed()
    figure.locator("path.contour").nth(2).wait_for(state="attached")
    assert figure.locator("path.contour").count() == 3
    told = figure.locator(".readout text")
    # It is drawn once more when it comes into view, which clears what it said.
    for step in range(20):
        box = figure.locator("svg").first.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2 + step, box["y"] + box["height"] / 3)
        if told.count():
            break
        page.wait_for_timeout(100)
    told.wait_for()
