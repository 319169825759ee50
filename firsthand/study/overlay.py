"""Run a job in a process in which the learner's passed functions stand in for ours.

A job is a function of ours, named ``"package.module:function"``, that takes and returns plain
data. In the process that runs it, a hook waits for the reference modules: when one has been
imported, and before anybody else can take a name from it, the learner's functions replace ours
in it. So whatever calls them, an estimator, a comparison, a training loop, calls the learner's.
Functions not passed yet stay ours.

Where bubblewrap works, the process has no network and sees the disk read-only. The answer
is JSON; nothing the learner's code made is unpickled or run on this side.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import traceback
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import FrameType, ModuleType
from typing import IO, Any, cast

from firsthand.study.content import Curriculum
from firsthand.study.errors import StudyError
from firsthand.study.skeleton import defined_names

SECONDS = 900.0
DEFINING_SECONDS = 20.0  # for the statements of one passed file; calls come later
ANSWER_LIMIT = 64 << 20
COMPLAINT_LIMIT = 1 << 16
UNREADABLE = "The job's answer cannot be read. Does a function of yours write to open files?"


class OverlayError(StudyError):
    """A job failed while it ran on the learner's functions."""


@dataclass(frozen=True)
class Ran:
    """What a job returned, and whose functions it ran on.

    ``yours`` are the exercises whose passed function stood in, ``unusable`` says why one could
    not; every other function was ours. ``sandboxed`` is false where bubblewrap does not work.
    """

    value: Any
    yours: tuple[str, ...]
    unusable: Mapping[str, str]
    sandboxed: bool


def run(
    curriculum: Curriculum,
    passed: Mapping[str, str],
    job: str,
    *,
    seconds: float = SECONDS,
    **arguments: Any,
) -> Ran:
    """Run ``job`` in a process of its own, with the learner's functions in place of ours.

    Parameters
    ----------
    curriculum : Curriculum
        Says in which module each exercise's function lives.
    passed : mapping of str to str
        Exercise id to the function's source, with what it leans on in its file.
    job : str
        ``"package.module:function"``.
    seconds : float
        How long it may take.
    **arguments
        The job's arguments, plain data.

    Raises
    ------
    StudyError
        The job's own error where it is one for the user to read, else an
        :class:`OverlayError` with the learner's line.
    """
    exercises = [curriculum.exercise(id) for id in passed]
    mine = [
        [curriculum.stage(e.stage).reference, e.target, e.id, passed[e.id], e.stage]
        for e in exercises
    ]
    stage = curriculum.stage(arguments["stage"]).name if arguments.get("stage") else None
    task = json.dumps({"job": job, "arguments": arguments, "mine": mine, "stage": stage})
    box = _bubblewrap()
    out = _answer(_finished([*box, sys.executable, "-m", __name__], task, seconds))
    if "error" in out:
        raise _error(out["error"])
    try:
        yours, unusable = tuple(map(str, out["yours"])), dict(out["unusable"])
        return Ran(out["value"], yours, unusable, bool(box))
    except (KeyError, TypeError, ValueError) as error:
        raise OverlayError(UNREADABLE) from error


def _finished(
    command: Sequence[str], task: str, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a process to its end, and end with it all that it started; keep what it said last."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "TMPDIR": "/dev/shm", "MPLCONFIGDIR": "/dev/shm"}
        if command[0] == "bwrap"
        else None,
    )
    with ThreadPoolExecutor(3) as threads:
        threads.submit(_tell, process.stdin, task)
        out = threads.submit(_last, process.stdout, ANSWER_LIMIT)
        err = threads.submit(_last, process.stderr, COMPLAINT_LIMIT)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise OverlayError(f"The job did not finish within {seconds:g} seconds.") from error
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return subprocess.CompletedProcess(command, code, out.result(), err.result())


def _tell(pipe: IO[bytes] | None, text: str) -> None:
    assert pipe is not None
    with suppress(OSError), pipe:  # a process that ended early does not listen
        pipe.write(text.encode())


def _last(pipe: IO[bytes] | None, limit: int) -> str:
    """Read to the end, and return the last ``limit`` bytes as text."""
    assert pipe is not None
    kept: deque[bytes] = deque()
    size = 0
    with pipe:
        while part := os.read(pipe.fileno(), 1 << 16):
            kept.append(part)
            size += len(part)
            while size - len(kept[0]) > limit:
                size -= len(kept.popleft())
    return b"".join(kept)[-limit:].decode("utf-8", "replace")


def _answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return what the process answered; the learner's code may have written anything there."""
    from firsthand.study.grading.codec import readable

    if not done.stdout:
        last = readable(done.stderr.strip().rpartition("\n")[2][:500])
        raise OverlayError(f"The job ended without an answer (code {done.returncode}). {last}")
    try:
        answer = json.loads(done.stdout.rpartition("\n")[2])
    except (ValueError, RecursionError) as error:
        raise OverlayError(UNREADABLE) from error
    if not isinstance(answer, dict):
        raise OverlayError(UNREADABLE)
    return cast("dict[str, Any]", answer)


def _error(told: Any) -> Exception:
    """Return the job's error as the exception it was, if it is one that the user can read."""
    from firsthand.study.grading.codec import readable

    if not isinstance(told, dict):
        return OverlayError(UNREADABLE)
    said = {key: readable(value) for key, value in cast("dict[str, Any]", told).items()}
    kind, module = said.get("type", ""), said.get("module", "")
    message, where = said.get("message", ""), said.get("where", "")
    if module.partition(".")[0] == "firsthand":
        with suppress(Exception):  # it may never have been ours
            made = getattr(import_module(module), kind)(message)
            if isinstance(made, Exception):
                return made
    return OverlayError(f"{kind}: {message}" + (f"\n{where}" if where else ""))


@cache
def _bubblewrap() -> tuple[str, ...]:
    """Return the command that sandboxes another one; empty where it does not work here.

    It is tried out beforehand, on a program of ours: what a job says must not decide it.
    """
    if not sys.platform.startswith("linux") or shutil.which("bwrap") is None:
        return ()
    box = (
        *("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        *("--tmpfs", "/dev/shm", "--unshare-net", "--unshare-pid", "--unshare-ipc"),
        *("--die-with-parent", "--"),
    )
    tried = subprocess.run([*box, sys.executable, "-S", "-c", ""], capture_output=True, check=False)
    return box if tried.returncode == 0 else ()


class Overlay(importlib.abc.MetaPathFinder):
    """Waits for reference modules and puts the learner's functions into them.

    Parameters
    ----------
    mine : sequence of (module, target, exercise, source, stage)
        What was passed.
    """

    def __init__(self, mine: Sequence[Sequence[str]]) -> None:
        self._mine = mine
        self._modules = {row[0] for row in mine}
        self.yours: list[str] = []
        self.unusable: dict[str, str] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
        /,
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the module's own specification, with a loader that replaces functions."""
        if fullname not in self._modules:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self)
        return spec

    def replace(self, module: ModuleType) -> None:
        """Put the learner's functions into a reference module that was just run."""
        spaces: list[tuple[dict[str, Any], set[str]]] = []
        for name, target, exercise, source, _ in self._mine:
            if name != module.__name__:
                continue
            space: dict[str, Any] = dict(vars(module))
            try:
                with _limited(DEFINING_SECONDS):
                    exec(compile(source, f"<your {exercise}>", "exec"), space)
                function = space[target]
            except BaseException as error:  # SystemExit is no reason to end the job
                self.unusable[exercise] = f"{type(error).__name__}: {error}"
                continue
            spaces.append((space, defined_names(source)))
            setattr(module, target, function)
            self.yours.append(exercise)
        for space, own in spaces:  # they see one another, and ours for the rest
            space.update({k: v for k, v in vars(module).items() if k not in own})


@contextmanager
def _limited(seconds: float) -> Generator[None]:
    """Interrupt the block by an exception after so many seconds, where the system can."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not hasattr(signal, "setitimer") or not in_main_thread:
        yield
        return

    def interrupt(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"it did not end within {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _Loader(importlib.abc.Loader):
    """A loader that runs a module as its own loader does, and then replaces functions in it."""

    def __init__(self, loader: importlib.abc.Loader, overlay: Overlay) -> None:
        self._loader, self._overlay = loader, overlay

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._overlay.replace(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)  # get_source and the like, for tracebacks


def _serve() -> dict[str, Any]:
    """Run the job that stands on the standard input."""
    task = json.load(sys.stdin)
    overlay = Overlay(task["mine"])
    sys.meta_path.insert(0, overlay)
    try:
        for module in sorted({row[0] for row in task["mine"]}):
            import_module(module)
        name, _, function = task["job"].partition(":")
        job = getattr(import_module(name), function)
        arguments = cast("dict[str, Any]", task["arguments"])
        if "yours" in inspect.signature(job).parameters:
            wanted = [row for row in task["mine"] if task["stage"] in (None, row[4])]
            arguments["yours"] = [row[1] for row in wanted if row[2] in overlay.yours]
        value = job(**arguments)
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        theirs = [frame for frame in frames if frame.filename.startswith("<your ")]
        where = [f"{frame.filename[1:-1]}, line {frame.lineno}" for frame in theirs]
        told = {
            "type": type(error).__name__,
            "module": type(error).__module__,
            "message": str(error),
            "where": "\n".join(where),
        }
        return {"error": told}
    return {"value": value, "yours": overlay.yours, "unusable": overlay.unusable}


def _main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the job or the learner prints is not the answer
    answers.write("\n" + json.dumps(_serve()))
    answers.flush()
    os._exit(0)  # threads that the learner left running do not keep us


if __name__ == "__main__":
    _main()
