"""Start a player: inside bubblewrap where the system allows, without it where it does not.

Inside there is no network, no other process, and of the disk only the interpreter's standard
library, NumPy, the C libraries both need, and the player's own files; all of it read-only.
Works for root and for ordinary users, needs no daemon and no privilege. Who grades without it
is told so on every verdict.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from firsthand.study.grading.codec import Broken
from firsthand.study.grading.wire import Budget, Stream

STARTING_SECONDS = 30.0
FILES = ("player.py", "wire.py", "codec.py", "lockdown.py")
INSIDE = "/player"  # where the sandbox shows those files and NumPy
START = """
import sys; sys.path.append({folder!r})
from firsthand.study.grading import player; player.main()
"""


@dataclass
class Process:
    """A player that said it is ready, and the pipes to it."""

    popen: subprocess.Popen[bytes]
    stream: Stream
    protection: str

    def close(self) -> None:
        """Kill it with everything it may have started, and wait until it is gone."""
        kill(self.popen)


def kill(popen: subprocess.Popen[bytes]) -> int:
    """Kill a process with its group, close its pipes, and return how it ended."""
    if popen.poll() is None:
        try:
            os.killpg(popen.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            popen.kill()
    for pipe in (popen.stdin, popen.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue
    return popen.wait()


def start_player() -> Process:
    """Start a player, sandboxed if possible, and wait until it is ready."""
    why = _missing()
    if not why:
        try:
            return _started([*_bubblewrap(), *_player(INSIDE)], "bubblewrap")
        except (OSError, Broken):
            why = "bubblewrap is installed, but this system does not let it work"
    return _started(_player(_folder()), f"not sandboxed: {why}")


def unavailable() -> str:
    """Return why players cannot be sandboxed here; empty if they can."""
    process = start_player()
    process.close()
    return process.protection.partition("not sandboxed: ")[2]


def _missing() -> str:
    if not sys.platform.startswith("linux"):
        return "bubblewrap needs Linux"
    return "" if shutil.which("bwrap") else "bubblewrap is not installed (apt install bubblewrap)"


def _started(command: Sequence[str], protection: str) -> Process:
    popen = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LANG": "C.UTF-8"},
        start_new_session=True,
        cwd="/",
    )
    assert popen.stdin is not None
    assert popen.stdout is not None
    for pipe in (popen.stdin, popen.stdout):
        os.set_blocking(pipe.fileno(), False)
    stream = Stream(popen.stdout.fileno(), popen.stdin.fileno(), Budget(STARTING_SECONDS))
    try:
        with stream.budget.spending():
            message, _ = stream.receive()
    except Broken:
        kill(popen)
        raise
    if protection == "bubblewrap" and message.get("filtered") is True:
        protection = "bubblewrap, system calls filtered"
    return Process(popen, stream, protection)


def _player(folder: str) -> list[str]:
    return [_interpreter(), "-I", "-S", "-B", "-c", START.format(folder=folder)]


def _interpreter() -> str:
    """Return the interpreter itself; a virtual environment's is a link to it."""
    return os.path.realpath(sys.executable)


@cache
def _bubblewrap() -> tuple[str, ...]:
    arguments = ["bwrap", "--unshare-all", "--die-with-parent", "--uid", "65534", "--gid", "65534"]
    arguments += ["--cap-drop", "ALL", "--hostname", "player"]
    for link in (Path("/lib"), Path("/lib64")):
        if link.is_symlink():
            arguments += ["--symlink", os.readlink(link), str(link)]
    for place in _system():
        arguments += ["--ro-bind", str(place), str(place)]
    for source, place in _modules():
        arguments += ["--ro-bind", str(source), f"{INSIDE}/{place}"]
    for hidden in _other_packages():
        arguments += ["--tmpfs", str(hidden)]
    return (*arguments, "--chdir", "/", "--remount-ro", "/", "--")


@cache
def _system() -> tuple[Path, ...]:
    """Return the interpreter, its standard library and the C libraries, where they really are."""
    base = Path(sys.base_prefix).resolve()
    places = [Path(_interpreter())]
    if base in (Path("/usr"), Path("/usr/local")):
        places += [Path(sysconfig.get_path("stdlib")).resolve(), *base.glob("lib/libpython*.so*")]
    else:
        places.append(base / "lib")
    by_architecture = [*Path("/usr/lib").glob("*-linux-gnu*")]  # Debian and its kin
    places += by_architecture or [Path("/usr/lib")]
    places += [Path("/usr/lib64"), Path("/etc/ld.so.cache"), Path("/etc/alternatives")]
    places += [p for p in (Path("/lib"), Path("/lib64")) if not p.is_symlink()]
    return tuple(dict.fromkeys(place for place in places if place.exists()))


def _modules() -> Iterator[tuple[Path, str]]:
    """Yield what a player can import beside the standard library, and from where."""
    numpy = Path(np.__file__).resolve().parent
    yield numpy, "numpy"
    for libraries in (numpy.with_name("numpy.libs"), numpy.with_name("numpy.dylibs")):
        if libraries.is_dir():
            yield libraries, libraries.name
    for file in FILES:
        yield Path(__file__).with_name(file), f"firsthand/study/grading/{file}"


def _other_packages() -> set[Path]:
    """Return the folders of other packages that lie inside what the sandbox shows."""
    return {
        folder
        for place in _system()
        for name in ("site-packages", "dist-packages")
        for folder in (place / name, *place.glob(f"python3*/{name}"))
        if folder.is_dir() and not folder.is_symlink()
    }


def _folder() -> str:
    """Return a folder that shows a player without a sandbox the same modules."""
    return _temporary().name


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="firsthand-")
    for source, place in _modules():
        link = Path(folder.name, place)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(source)
    return folder
