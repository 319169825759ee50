"""News from the server to every open page: files that changed on disk, and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path
from typing import Any

HEARTBEAT = 15.0  # seconds; a page that has gone is noticed by then
BACKLOG = 64  # events a slow page may owe before it is dropped; it reloads what it shows anyway


class Hub:
    """Hands every published event to every listener."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[tuple[str, Any] | None]] = set()

    def publish(self, kind: str, data: Any) -> None:
        """Send an event to all pages; call it on the event loop."""
        for queue in list(self._listeners):
            with suppress(asyncio.QueueFull):
                queue.put_nowait((kind, data))

    async def stream(self) -> AsyncGenerator[bytes]:
        """Yield events in the format of ``text/event-stream`` until the hub closes."""
        queue: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue(BACKLOG)
        self._listeners.add(queue)
        try:
            yield b"retry: 1000\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), HEARTBEAT)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if event is None:
                    return
                yield f"event: {event[0]}\ndata: {json.dumps(event[1])}\n\n".encode()
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        for queue in list(self._listeners):
            with suppress(asyncio.QueueFull):
                queue.put_nowait(None)


async def watch(folder: Path, hub: Hub, stop: asyncio.Event) -> None:
    """Publish ``file`` with the path inside ``folder`` whenever a Python file or a note changes."""
    from watchfiles import Change, awatch

    def matters(_: Change, path: str) -> bool:
        inside = Path(path).relative_to(root)
        return inside.suffix in (".py", ".md") and not inside.parts[0].startswith(".")

    root = folder.resolve()
    async for changes in awatch(root, watch_filter=matters, debounce=80, step=20, stop_event=stop):
        for path in sorted({path for _, path in changes}):
            hub.publish("file", {"path": Path(path).relative_to(root).as_posix()})
