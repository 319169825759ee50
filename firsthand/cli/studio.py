"""``firsthand studio``: the web door."""

from __future__ import annotations

import socket
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from firsthand.studio import Server

HOST = "127.0.0.1"
PORT = 8642


@click.command(
    epilog="\b\nExamples:\n  firsthand studio\n"
    "  firsthand studio --journey ~/ml_journey --no-browser"
)
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="PORT", help=f"Default {PORT}, or a free one."
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option(
    "--journey",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="The journey's folder; by default the nearest one, or ./ml_journey.",
)
def command(port: int | None, no_browser: bool, journey: Path | None) -> None:
    """Open the studio in a browser.

    It listens on this machine only, and lets in who has the address that it prints.
    """
    listener = listen(port)
    server, address = prepare(listener, find(journey))
    click.echo(f"firsthand studio: {address}")
    click.echo("Ctrl+C stops it.")
    if not no_browser:
        threading.Timer(0.3, open_browser, (address,)).start()
    server.run(sockets=[listener])


def find(journey: Path | None) -> Path:
    """Return the journey's folder, or where a new one would be made."""
    from firsthand.study.errors import JourneyError
    from firsthand.study.journey import DEFAULT_FOLDER, find_folder

    if journey is not None:
        return journey
    try:
        return find_folder()
    except JourneyError:
        return Path(DEFAULT_FOLDER)


def listen(port: int | None) -> socket.socket:
    """Return a socket on loopback: at ``port``, which must be free, or at one that is.

    Raises
    ------
    click.ClickException
        If the port that was asked for is taken.
    """
    for candidate in (PORT, 0) if port is None else (port,):
        # asyncio sets TCP_NODELAY only where the protocol is named; without it answers wait 40 ms
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
        except OSError:
            listener.close()
            continue
        listener.listen(128)
        return listener
    raise click.ClickException(f"Port {port} is taken; leave out --port to get a free one.")


def prepare(listener: socket.socket, folder: Path) -> tuple[Server, str]:
    """Return a server for ``listener`` and the address that opens it."""
    from firsthand.cli.journeys import find_curriculum
    from firsthand.studio import Key, Server, create_app

    key = Key()
    server = Server(create_app(folder, key=key, curriculum=find_curriculum()))
    return server, f"http://{HOST}:{listener.getsockname()[1]}/?token={key.token}"


def open_browser(address: str) -> None:
    """Open the address where there is a browser with a window; never a text browser."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if not isinstance(browser, webbrowser.GenericBrowser) or isinstance(
        browser, webbrowser.BackgroundBrowser
    ):
        browser.open(address)
