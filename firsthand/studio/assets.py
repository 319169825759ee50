"""The studio's own files, at an address that changes when they do: a browser may keep them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent / "static"


def _version() -> str:
    found = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    facts = [(p.relative_to(FOLDER).as_posix(), p.stat().st_mtime_ns) for p in found]
    return sha256(repr(facts).encode()).hexdigest()[:12]


ADDRESS = f"/static/{_version()}"


class Kept(StaticFiles):
    """Static files that the browser need never ask for again at this address."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Return a file, to be kept for a year."""
        answer = super().file_response(*args, **kwargs)
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer
