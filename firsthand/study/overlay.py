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
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, cast

from firsthand.study.content import Curriculum
from firsthand.study.errors import StudyError
from firsthand.study.skeleton import defined_names

SECONDS = 900.0


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
    command = [sys.executable, "-m", __name__]
    box = _bubblewrap()
    out = _out_of(_finished([*box, *command], task, seconds), started=True) if box else None
    sandboxed = out is not None
    if out is None:
        out = _out_of(_finished(command, task, seconds), started=False)
    assert out is not None
    if "error" in out:
        raise _error(out["error"])
    return Ran(out["value"], tuple(out["yours"]), out["unusable"], sandboxed)


def _finished(
    command: Sequence[str], task: str, seconds: float
) -> subprocess.CompletedProcess[str]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "TMPDIR": "/dev/shm", "MPLCONFIGDIR": "/dev/shm"}
        if command[0] == "bwrap"
        else None,
    )
    try:
        out, err = process.communicate(task, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise OverlayError(f"The job did not finish within {seconds:g} seconds.") from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _out_of(done: subprocess.CompletedProcess[str], *, started: bool) -> dict[str, Any] | None:
    """Return what the process answered; None where the sandbox did not even start it."""
    if done.stdout:
        answer: dict[str, Any] = json.loads(done.stdout.rpartition("\n")[2])
        return answer
    if started and "bwrap:" in done.stderr:
        return None
    last = done.stderr.strip().rpartition("\n")[2]
    raise OverlayError(f"The job ended without an answer (code {done.returncode}). {last}")


def _error(told: Mapping[str, str]) -> Exception:
    """Return the job's error as the exception it was, if it is one that the user can read."""
    if told["module"].partition(".")[0] == "firsthand":
        kind = getattr(import_module(told["module"]), told["type"], None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            error = kind.__new__(kind)  # its own __init__ may want more than its text
            error.args = (told["message"],)
            return error
    where = f"\n{told['where']}" if told["where"] else ""
    return OverlayError(f"{told['type']}: {told['message']}{where}")


def _bubblewrap() -> list[str]:
    if not sys.platform.startswith("linux") or shutil.which("bwrap") is None:
        return []
    return [
        *("bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
        *("--tmpfs", "/dev/shm", "--unshare-net", "--unshare-pid", "--unshare-ipc"),
        *("--die-with-parent", "--"),
    ]


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
                exec(compile(source, f"<your {exercise}>", "exec"), space)
                function = space[target]
            except Exception as error:
                self.unusable[exercise] = f"{type(error).__name__}: {error}"
                continue
            spaces.append((space, defined_names(source)))
            setattr(module, target, function)
            self.yours.append(exercise)
        for space, own in spaces:  # they see one another, and ours for the rest
            space.update({k: v for k, v in vars(module).items() if k not in own})


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
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        where = [
            f"{f.filename[1:-1]}, line {f.lineno}"
            for f in frames
            if f.filename.startswith("<your ")
        ]
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
