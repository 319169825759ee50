"""The command as a process: an address, a free port, and an end without complaint."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from firsthand.cli.studio import HOST, listen


@contextmanager
def studio(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "firsthand", "studio", "--no-browser", *options]
    process = subprocess.Popen(
        [*command, "--journey", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        found = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", process.stdout.readline())
        assert found
        yield process, found[0]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_it_prints_an_address_that_opens_and_stops_at_ctrl_c_with_a_page_open(tmp_path: Path):
    with studio(tmp_path / "ml_journey", "--port", "0") as (process, address):
        with httpx.Client(follow_redirects=True, timeout=30) as window:
            opened = window.get(address)
            assert opened.status_code == 200
            assert str(opened.url).endswith("/welcome")
            base = address.partition("/?")[0]
            with window.stream("GET", f"{base}/events") as news:
                assert next(news.iter_lines()).startswith("retry")
                process.send_signal(signal.SIGINT)
                _, complaints = process.communicate(timeout=20)
        assert complaints.strip() == ""
        assert process.returncode in (0, 130, -signal.SIGINT)
    assert not (tmp_path / "ml_journey").exists()  # nobody pressed the button


def test_a_taken_port_is_said_when_asked_for_and_avoided_otherwise():
    with listen(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Exception, match=f"Port {port} is taken"):
            listen(port)
        with listen(None) as other:
            assert other.getsockname()[0] == HOST
            assert other.proto == socket.IPPROTO_TCP  # else every answer waits 40 ms
