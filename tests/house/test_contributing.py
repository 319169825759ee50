"""CONTRIBUTING, followed to the letter, gives a stage that holds."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from firsthand.study.content import load_curriculum

GUIDE = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"```\w+ ([\w.]+)\n(.*?)```", GUIDE, re.DOTALL))
COMMAND = re.findall(r"^ +firsthand (content new .+)$", GUIDE, re.MULTILINE)[0].split()
STAGE = "32_recommendation"


def firsthand(*arguments: str, root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "firsthand", *arguments, "--root", str(root)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_guide_leads_to_a_stage(tmp_path: Path) -> None:
    root = tmp_path / "curriculum"
    root.mkdir()
    shipped = load_curriculum().root
    shutil.copy(shipped / "path.toml", root)
    shutil.copytree(shipped / "_template", root / "_template")

    made = firsthand(*COMMAND, root=root)
    assert made.returncode == 0, made.stderr
    untouched = firsthand("content", "check", "32", root=root)
    assert untouched.returncode == 1
    assert "stage.toml: still says WRITE ME" in untouched.stdout

    for file in ("stage.toml", "checks.py", "misconceptions.py", "lesson.md"):
        assert (root / STAGE / file).is_file()
        (root / STAGE / file).write_text(BLOCKS[file], "utf-8")
    told = firsthand("content", "check", "32", "--quick", root=root).stdout.splitlines()
    remaining = [line.removeprefix("to mend  ") for line in told if line.startswith("to mend")]
    expected = BLOCKS["remaining"].splitlines()
    kinds = [line for line in remaining if "no " in line and "question" in line]
    assert [line for line in remaining if line not in kinds] == expected

    filled = "\n".join(
        f'[[card]]\nid = "recommendation.{i}"\nfront = "{i}?"\nback = "{i}."\n' for i in range(15)
    )
    (root / STAGE / "cards.toml").write_text(filled, "utf-8")
    five = ["mathematical", "conceptual", "practical", "design", "implementation"] * 2
    questions = "\n".join(
        f'[[question]]\nid = "recommendation.{i}"\nkind = "{kind}"\nprompt = "?"\nanswer = "!"\n'
        f"number = {i}\n"
        for i, kind in enumerate(five)
    )
    (root / STAGE / "questions.toml").write_text(questions, "utf-8")
    (root / STAGE / "equivalent.toml").write_text(BLOCKS["equivalent.toml"], "utf-8")
    measured = firsthand("content", "strength", "32", "--write", root=root)
    assert measured.returncode == 0, measured.stdout + measured.stderr
    done = firsthand("content", "check", "32", root=root)
    assert done.returncode == 0, done.stdout + done.stderr
