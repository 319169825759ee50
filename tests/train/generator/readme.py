"""Run the commands of a generated README, all in one process, as a person would one by one.

With ``--short`` those that are the same in every task are left out, and training is short.
"""

import re
import runpy
import shlex
import sys
from pathlib import Path


def commands(readme: Path) -> list[str]:
    """Return what stands in the blocks of shell commands."""
    blocks = re.findall(r"```sh\n(.*?)```", readme.read_text("utf-8"), flags=re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def run(command: str) -> None:
    """Run ``python FILE ...`` or ``python -m MODULE ...`` here; SystemExit where it fails."""
    python, *words = shlex.split(command)
    assert python == "python", command
    if words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")


def shorten(lines: list[str]) -> list[str]:
    """Leave out the search and the key for one run; train for two epochs."""
    kept = [line for line in lines if " tune " not in line and "train.lr" not in line]
    return [f"{line} train.epochs=2" if line.endswith(" train") else line for line in kept]


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    lines = commands(Path("README.md"))
    for line in shorten(lines) if "--short" in sys.argv else lines:
        print(f"$ {line}", flush=True)
        try:
            run(line)
        except SystemExit as ended:
            if ended.code not in (0, None):
                raise
