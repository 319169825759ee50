"""The model card: what it is, what it was made from, what it is for, and how to make it again.

Mitchell et al., Model Cards for Model Reporting (2019).
"""

from __future__ import annotations

import platform
import shlex
from typing import TYPE_CHECKING, Any

from firsthand.train.evaluation.opening import record
from firsthand.train.evaluation.parts import Section, Table
from firsthand.train.evaluation.saying import count, lines, short

if TYPE_CHECKING:
    from firsthand.train.evaluation.view import View

MOST_FINDINGS = 20
PREDICTS = {
    "classification": "one of {n} classes",
    "segmentation": "one of {n} classes for each pixel",
    "regression": "a number",
    "forecasting": "the next steps",
}


def section(view: View, limits: list[str]) -> Section:
    """Return the card; ``limits`` are sentences that other sections came to."""
    run, facts = view.opened.run, view.facts
    config = run.config
    environment = record(run, "environment.json")
    n_parameters = sum(p.numel() for p in view.opened.model.parameters())
    n = {name: len(view.data.part(name)) for name in ("train", "validation", "test")}
    target = ", ".join(facts.target_names) or "the target"
    predicts = PREDICTS[facts.problem].format(n=facts.output_size)
    what = [
        ["model", f"{config.model.name}, {count(n_parameters, 'parameter')}"],
        ["predicts", f"{short(target, 80)}: {predicts}"],
        [
            "weights",
            f"{view.opened.checkpoint}"
            + (f", of epoch {view.opened.epoch}" if view.opened.epoch else ""),
        ],
        ["run", run.id],
        ["data", short(str(config.data.path), 80)],
        ["fingerprint", view.data.fingerprint or "not known"],
        [
            "examples",
            f"{count(n['train'])} to learn, {count(n['validation'])} to choose by, "
            f"{count(n['test'])} to report on; split: {config.data.split.meant}",
        ],
        ["main figure", view.names[view.main][0]],
    ]
    limits = [*limits, *_always(view)]
    findings = [
        [f"{f.severity}: {f.kind}", short(f.text, 300)] for f in view.data.findings[:MOST_FINDINGS]
    ]
    how = _command(view, environment)
    tables = [
        Table(("what it is", ""), what),
        Table(("limits", ""), [[str(i + 1), limit] for i, limit in enumerate(limits)]),
        *([Table(("noticed in the data", ""), findings)] if findings else []),
        Table(("where it ran", ""), _environment(environment)),
        Table(("how to make it again", ""), how),
    ]
    use = (
        f"It is meant for examples like those it was tested on: {facts.task} data of the same "
        f"source, prepared in the same way, to predict {short(target, 80)}. For anything else, "
        "and for decisions about people, test it there first."
    )
    return Section(
        "card",
        "Model card",
        use,
        tables,
        figures={
            "model": config.model.name,
            "parameters": n_parameters,
            "data": str(config.data.path),
            "fingerprint": view.data.fingerprint,
            "examples": n,
            "limits": limits,
            "findings": [f.text for f in view.data.findings],
            "reproduce": [row[1] for row in how],
        },
    )


def _always(view: View) -> list[str]:
    found: list[str] = []
    n = len(view.test)
    if n < 100:
        found.append(f"The test part has only {count(n, 'example')}; every figure here is rough.")
    if view.resampling.too_few:
        found.append(
            "The windows of the test part overlap, and too few do not: no interval can be given."
        )
    rare = (
        [view.class_name(c) for c, k in enumerate(view.facts.class_counts) if k < 20]
        if view.facts.problem == "classification"
        else []
    )
    if rare:
        named = ", ".join(short(r) for r in rare[:5]) + (" …" if len(rare) > 5 else "")
        found.append(f"Fewer than 20 training examples each: {named}.")
    if view.facts.problem == "segmentation":
        found.append(
            "Intervals take pictures to be independent; neighbouring frames of a film are not, and "
            "make them too narrow."
        )
    if view.test.broken:
        found.append(
            f"For {count(view.test.broken, 'test example')} it gives what is no number; these "
            "count as wrong."
        )
    found.append(
        "What was not in the data was not tested: other sources, other times, inputs made to "
        "mislead it."
    )
    return found


def _environment(environment: dict[str, Any]) -> list[list[str]]:
    rows = [
        [short(str(key).replace("_", " "), 40), short(_plain(value), 200)]
        for key, value in environment.items()
        if key != "command" and _plain(value)
    ]
    if rows:
        return rows
    return [
        ["python", platform.python_version()],
        ["platform", platform.platform()],
        ["note", "the run has no environment.json; this is where it was evaluated"],
    ]


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        told = {str(k).replace("_", " "): _plain(v) for k, v in value.items()}
        return ", ".join(f"{k} {v}" for k, v in told.items() if v)
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _command(view: View, environment: dict[str, Any]) -> list[list[str]]:
    run = view.opened.run
    records = (
        run.folder.relative_to(run.project)
        if run.folder.is_relative_to(run.project)
        else (run.folder)
    )
    config = shlex.quote(str(records / "config.yaml"))
    again = f"cp {config} configs/{run.id}.yaml && firsthand train configs/{run.id}.yaml"
    rows = [["train", again], ["report", f"firsthand evaluate {shlex.quote(str(records))}"]]
    asked = environment.get("command")
    if asked:
        text = asked if isinstance(asked, str) else shlex.join(map(str, asked))
        rows.insert(0, ["was asked", lines(text, 300)])
    return rows
