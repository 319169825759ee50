"""How fast the studio answers: ``python benchmarks/studio.py``.

Server: the median and the slowest of 30 requests of each page, over a journey of three weeks
with the shipped curriculum (the bar is 50 ms). Browser: from navigation until the page's scripts
have run and it takes a click (the bar is 500 ms), in headless Chromium where there is one. Start:
from the command to the first page, a second time (the bar is 3 s).
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx

from firsthand.study.content import load_curriculum
from tests.browser import chromium
from tests.browser.lived import live
from tests.studio.serving import Running, serve

PAGES = (
    "/",
    "/path",
    "/stage/05_linear_regression/learn",
    "/stage/15_mlp/learn",
    "/stage/05_linear_regression/code",
    "/exercise/linear.gradient",
    "/stage/05_linear_regression/compare",
    "/stage/05_linear_regression/recall",
    "/review",
    "/cards",
    "/progress",
    "/progress/recall",
    "/settings",
)
INTERACTIVE = """() => {
  const [n] = performance.getEntriesByType('navigation');
  return n.domContentLoadedEventEnd - n.startTime;
}"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "ml_journey"
        live(folder, load_curriculum(), datetime.now().astimezone())
        print(f"start to first page: {start(folder):.2f} s")
        with serve(folder, load_curriculum()) as running:
            time.sleep(5)  # the grader and the lessons warm up beside us
            server(running)
            if why := chromium.missing():
                print(f"browser not measured: {why}")
            else:
                browser(running)


def start(folder: Path) -> float:
    """Return the seconds from the command to its first page, the second time."""
    took = 0.0
    for _ in range(2):
        began = time.perf_counter()
        command = [sys.executable, "-m", "firsthand", "studio", "--no-browser", "--port", "0"]
        process = subprocess.Popen(
            [*command, "--journey", str(folder)], stdout=subprocess.PIPE, text=True, env=os.environ
        )
        assert process.stdout
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address
        while True:
            try:
                httpx.get(address[0])
                break
            except httpx.ConnectError:
                time.sleep(0.01)
        took = time.perf_counter() - began
        process.terminate()
        process.wait(20)
    return took


def server(running: Running) -> None:
    print(f"{'page':40} {'median ms':>10} {'slowest':>8}")
    with httpx.Client(headers={"Cookie": running.cookie, "Accept": "text/html"}) as client:
        for path in PAGES:
            times: list[float] = []
            for _ in range(30):
                began = time.perf_counter()
                answer = client.get(running.base + path)
                times.append(1000 * (time.perf_counter() - began))
                assert answer.status_code == 200, (path, answer.status_code)
            print(f"{path:40} {statistics.median(times):10.1f} {max(times):8.1f}")


def browser(running: Running) -> None:
    print(f"{'interactive in Chromium':40} {'median ms':>10} {'slowest':>8}")
    with chromium.launched() as found:
        page = found.new_page()
        page.goto(running.opening)
        for path in PAGES:
            if path == "/progress/recall":
                continue
            times: list[float] = []
            for _ in range(7):
                page.goto(running.base + path)
                times.append(page.evaluate(INTERACTIVE))
            print(f"{path:40} {statistics.median(times):10.0f} {max(times):8.0f}")


if __name__ == "__main__":
    main()
