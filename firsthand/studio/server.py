"""The server that runs the studio, and ends the streams of news before it waits for anybody."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

from firsthand.studio.state import Studio


class Server(uvicorn.Server):
    """A uvicorn that stops at once: no open page keeps it."""

    def __init__(self, app: FastAPI) -> None:
        self._studio: Studio = app.state.studio
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=2, ws="none"
        )
        super().__init__(config)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the streams, then everything else."""
        self._studio.hub.close()
        await super().shutdown(sockets)
