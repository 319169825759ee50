from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import chromium
from tests.browser.lived import live
from tests.studio.serving import Running, at, school, serve

NOW = at(2026, 3, 20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    why = chromium.missing()
    if why:
        pytest.skip(why)
    with chromium.launched() as found:
        yield found


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[Running]:
    """A studio over a journey of three weeks."""
    folder = tmp_path_factory.mktemp("lived") / "ml_journey"
    live(folder, school(), NOW())
    with serve(folder, clock=NOW) as running:
        yield running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Running]:
    """A studio over a journey of its own."""
    with serve(tmp_path / "ml_journey") as running:
        running.studio.open()
        yield running


class Visitor:
    """A page, and everything it asked for or complained about."""

    def __init__(self, page: Any, base: str) -> None:
        self.page = page
        self.base = base
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and "409 (Conflict)" not in message.text:
            self.complaints.append(message.text)

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)


@pytest.fixture
def visit(browser: Any):
    """Open a studio in a window; afterwards nothing left the machine and nothing was wrong."""
    visitors: list[Visitor] = []

    def open_window(
        running: Running, width: int = 1440, dark: bool = False, **options: Any
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            **options,
        )
        context.set_default_timeout(15_000)
        visitor = Visitor(context.new_page(), running.base)
        visitors.append(visitor)
        visitor.page.goto(running.opening)
        return visitor

    yield open_window
    for visitor in visitors:
        visitor.page.context.close()
        outside = [
            url for url in visitor.requests if not url.startswith((visitor.base, "data:", "blob:"))
        ]
        assert outside == []
        assert visitor.complaints == []
