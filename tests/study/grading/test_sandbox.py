"""What a player can see and do: nothing but compute."""

from __future__ import annotations

import subprocess
import sys

import pytest

from firsthand.study.grading import sandbox
from firsthand.study.grading.lockdown import _MACHINES

WHY = sandbox.unavailable()
sandboxed = pytest.mark.skipif(bool(WHY), reason=f"players are not sandboxed: {WHY}")

TRIES = """
import os, sys
sys.path.append({folder!r})
from firsthand.study.grading import lockdown
import ctypes, resource, signal, socket, threading
if not lockdown.filter_system_calls():
    print("unfiltered"); sys.exit()
libc = ctypes.CDLL(None)
def kill(): os.kill(os.getpid(), 0)
def thread(): threading.Thread(target=print).start()
tries = dict(
    fork=os.fork, exec=lambda: os.execv(sys.executable, [sys.executable]), socket=socket.socket,
    pair=socket.socketpair, kill=kill, thread=thread, write=lambda: open({file!r}, "w"),
    append=lambda: open({file!r}, "a"), unlink=lambda: os.unlink({file!r}),
    rename=lambda: os.rename({file!r}, {file!r} + "2"), mkdir=lambda: os.mkdir({file!r} + "3"),
    chmod=lambda: os.chmod({file!r}, 0), setsid=os.setsid,
    session=lambda: signal.setitimer(signal.ITIMER_REAL, 1),
)
for name, act in tries.items():
    try: act()
    except (PermissionError, RuntimeError, signal.ItimerError): continue
    print("allowed:", name)
print(open({file!r}).read(), [n for n in (57, 101, 41) if libc.syscall(n, 0, 0, 0) != -1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="system calls are filtered on Linux only")
def test_the_filter_denies_all_but_computing_even_below_python(tmp_path) -> None:
    import platform

    if platform.machine() not in _MACHINES:
        pytest.skip(f"no filter is written for {platform.machine()}")
    file = tmp_path / "precious"
    file.write_text("kept")
    folder = sandbox.__file__.partition("/firsthand/study/")[0]
    script = TRIES.format(folder=folder, file=str(file))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.split() == ["kept", "[]"], done.stdout + done.stderr
    assert file.read_text() == "kept"


@sandboxed
def test_of_the_disk_only_python_and_numpy_are_shown(grade) -> None:
    seen = grade(
        "logistic.gradient",
        """
        def gradient(X, y, w, b, l2):
            import os
            found = []
            for folder, folders, files in os.walk("/"):
                depth = folder.count("/")
                folders[:] = folders if depth < 3 else []
                found.append(folder)
            print(*sorted(os.listdir("/")))
            print(*[f for f in found if "packages" in f or "scratch" in f and os.listdir(f)])
            raise ValueError(os.getuid())
        """,
    )
    top, packages = seen.printed.splitlines()[:2]
    assert not {"home", "proc", "sys", "tmp", "work", "var", "dev", "mnt"} & set(top.split())
    assert "scratch" not in packages
    assert seen.raised
    assert seen.raised.message == "65534"


@sandboxed
def test_verdicts_say_how_they_were_protected(grade) -> None:
    verdict = grade("logistic.gradient", "def gradient(X, y, w, b, l2):\n    return w, b\n")
    assert verdict.sandbox.startswith("bubblewrap")


def test_a_player_that_is_closed_is_gone() -> None:
    process = sandbox.start_player()
    assert process.popen.poll() is None
    process.close()
    assert process.popen.poll() is not None
