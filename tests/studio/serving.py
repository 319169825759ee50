"""A studio that really runs: uvicorn on a free port of loopback, in a thread."""

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from firsthand.studio import Key, Server, create_app
from firsthand.studio.security import PROOF_HEADER
from firsthand.studio.state import Studio
from firsthand.study.content import Curriculum, load_curriculum

SCHOOL = Path(__file__).parent / "school"


@dataclass
class Running:
    """Its address, its key and what is behind it."""

    base: str
    key: Key
    studio: Studio

    @property
    def host(self) -> str:
        return self.base.removeprefix("http://")

    @property
    def opening(self) -> str:
        return f"{self.base}/?token={self.key.token}"

    @property
    def cookie(self) -> str:
        return f"firsthand-{self.host.rpartition(':')[2]}={self.key.token}"

    @property
    def headers(self) -> dict[str, str]:
        """What the studio's own pages send with a change."""
        return {"Cookie": self.cookie, "Origin": self.base, PROOF_HEADER: self.key.proof}

    def get(self, path: str, **headers: str) -> httpx.Response:
        given = {"Cookie": self.cookie, "Accept": "text/html", **headers}
        return httpx.get(self.base + path, headers=given, timeout=30)

    def post(self, path: str, **given) -> httpx.Response:
        return httpx.post(self.base + path, headers=self.headers, timeout=60, **given)


def school() -> Curriculum:
    """The small curriculum of these tests; its reference stands beside it."""
    if str(SCHOOL) not in sys.path:
        sys.path.append(str(SCHOOL))
    return load_curriculum(SCHOOL)


@contextmanager
def serve(folder: Path, curriculum: Curriculum | None = None, clock=None) -> Iterator[Running]:
    """Run a studio for the journey in ``folder`` until the block ends."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    key = Key()
    options = {"clock": clock} if clock else {}
    app = create_app(folder, key=key, curriculum=curriculum or school(), **options)
    server = Server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        for _ in range(200):
            if server.started:
                break
            time.sleep(0.05)
        yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", key, app.state.studio)
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


def at(year: int, month: int, day: int, hour: int = 9):
    """A clock that stands still."""
    moment = datetime(year, month, day, hour).astimezone()
    return lambda: moment
