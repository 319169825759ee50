"""Photograph every page of the studio: ``python -m tests.browser.shots DIR [--readme]``.

Each at 1440 and at 390 px, light and dark, over a journey of three weeks with the shipped
curriculum. ``--readme`` only takes the picture that the README shows, docs/studio.png.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from firsthand.study.content import load_curriculum
from tests.browser import chromium
from tests.browser.lived import live
from tests.studio.serving import Running, at, serve

NOW = at(2026, 3, 20)
LOOKS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
README = Path(__file__).parents[2] / "docs" / "studio.png"
PAGES = {
    "today": "/",
    "path": "/path",
    "introduction": "/stage/00/learn",
    "learn": "/stage/05/learn",
    "logistic": "/stage/06/learn",
    "perceptron": "/stage/07/learn",
    "perceptron-compare": "/stage/07/compare",
    "mlp": "/stage/15/learn",
    "exercises": "/stage/05/code",
    "blank": "/exercise/linear.closed_form",
    "passed": "/exercise/linear.loss",
    "compare": "/stage/05/compare",
    "recall": "/stage/05/recall",
    "review": "/review",
    "cards": "/cards",
    "write-a-card": "/cards/new",
    "progress": "/progress",
    "settings": "/settings",
}


def main(arguments: list[str]) -> None:
    """Take the pictures."""
    why = chromium.missing()
    if why:
        sys.exit(why)
    readme = "--readme" in arguments
    target = Path(next((a for a in arguments if not a.startswith("-")), "shots"))
    with tempfile.TemporaryDirectory() as folder, chromium.launched() as browser:
        journey = Path(folder) / "ml_journey"
        live(journey, load_curriculum(), NOW())
        with serve(journey, load_curriculum(), clock=NOW) as running:
            if readme:
                _for_the_readme(browser, running)
                return
            target.mkdir(parents=True, exist_ok=True)
            for width, scheme in LOOKS:
                _every_page(browser, running, target, width, scheme)


def _window(browser: Any, running: Running, width: int, scheme: str, **options: Any) -> Any:
    height = 900 if width > 500 else 844
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        **options,
    )
    page = context.new_page()
    page.goto(running.opening)
    return page


def _every_page(browser: Any, running: Running, target: Path, width: int, scheme: str) -> None:
    page = _window(browser, running, width, scheme)
    for name, address in PAGES.items():
        page.goto(running.base + address)
        page.wait_for_timeout(700)
        _down_and_up(page)
        page.screenshot(path=target / f"{name}-{width}-{scheme}.png", full_page=True)
    page.context.close()


def _down_and_up(page: Any) -> None:
    """Pass over the whole page once: figures are drawn when they come near."""
    for top in range(0, page.evaluate("document.documentElement.scrollHeight"), 600):
        page.evaluate(f"window.scrollTo(0, {top})")
        page.wait_for_timeout(60)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(200)


def _for_the_readme(browser: Any, running: Running) -> None:
    page = _window(browser, running, 1440, "light")
    page.goto(f"{running.base}/stage/06/learn")
    page.wait_for_timeout(900)  # formulas are set, so places are final
    page.evaluate(
        "window.scrollBy(0, document.querySelectorAll('.figure')[1].getBoundingClientRect().top"
        " - 150)"
    )
    page.wait_for_timeout(900)
    page.screenshot(path=README)
    page.context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
