"""What a file says is what the configuration holds, and what is written reads back equal."""

import logging
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.train import Config, ConfigError, load_config, parse_config
from firsthand.train.config import all_keys, dump_config
from firsthand.train.config.keys import Key, kinds_of
from firsthand.train.config.models import NETWORK_OF, NETWORKS
from firsthand.train.config.yaml_text import read_yaml, write_yaml

TABLE = "task: tabular\ndata: {target: price}\n"


def load(text: str, tmp_path: Path, *overrides: str) -> Config:
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    return load_config(path, overrides)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        ("5e-4", 0.0005),
        (".5", 0.5),
        ("1.", 1.0),
        ("-2.5e+1", -25.0),
        ("20_000", 20000),
        ("010", 10),
        ("+7", 7),
        ("~", None),
        ("", None),
        ("true", True),
        # what YAML 1.1 makes of these is no word
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("1:30", "1:30"),
        ("2024-01-31", "2024-01-31"),
        ("1e", "1e"),
        ("1.2.3", "1.2.3"),
        ("'1e-3'", "1e-3"),
    ],
)
def test_plain_words(written: str, meant: object) -> None:
    value, _ = read_yaml(f"key: {written}\n", "text")
    assert value == {"key": meant}
    assert type(value["key"]) is type(meant)


words = st.text(max_size=12) | st.sampled_from(
    [
        "1e-3",
        "no",
        "on",
        "1:30",
        "2024-01-31",
        "~",
        "",
        "1_0",
        "0x10",
        "null",
        ".5",
        "- a",
        "a: b",
        "#",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_what_is_written_reads_back_equal(value: Any) -> None:
    again, _ = read_yaml(write_yaml(value), "text")
    assert again == value


def test_lines_of_keys() -> None:
    _, lines = read_yaml("a: 1\nb:\n  # a remark\n  c: [1,\n   2]\n  d: {e: 3}\n", "text")
    assert lines == {("a",): 1, ("b",): 2, ("b", "c"): 4, ("b", "d"): 6, ("b", "d", "e"): 6}


names = st.text(string.ascii_letters + string.digits + " -_äß", min_size=1, max_size=8)
shares = st.floats(0.01, 0.45)


@st.composite
def plain_configurations(draw: st.DrawFn) -> dict[str, Any]:
    task = draw(st.sampled_from(["tabular", "image", "text", "timeseries", "segmentation"]))
    data: dict[str, Any] = {
        "path": draw(names),
        "split": {"validation": draw(shares), "test": draw(shares)},
        "bad": draw(st.sampled_from(["refuse", "skip"])),
    }
    if task == "tabular":
        data["target"] = draw(names)
        data["missing"] = draw(st.lists(words, max_size=3))
        data["clip_outliers"] = draw(st.none() | st.floats(0.1, 10))
    if task == "segmentation":
        data["size"] = draw(st.none() | st.tuples(st.integers(1, 99), st.integers(1, 99)))
        data["classes"] = draw(st.lists(names, max_size=3))
    if task == "timeseries":
        data["target"] = draw(st.none() | names | st.lists(names, min_size=1, max_size=2))
    return {
        "task": task,
        "name": draw(st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)),
        "seed": draw(st.integers(0, 2**32 - 1)),
        "data": data,
        "model": draw(
            st.sampled_from([{}, None, "own", NETWORK_OF[task]])
            | st.builds(
                lambda share: {"name": NETWORK_OF[task], "dropout": share}, st.floats(0, 0.9)
            )
            | st.builds(
                lambda values: {"name": "own", "options": values}, st.dictionaries(names, words)
            )
        ),
        "train": {
            "lr": draw(st.floats(1e-9, 1e3)),
            "schedule": draw(st.sampled_from(["constant", "one_cycle", "cosine", "plateau"])),
            "patience": draw(st.none() | st.integers(1, 9)),
            "tensorboard": draw(st.booleans()),
        },
    }


@given(plain_configurations())
def test_a_saved_configuration_opens_again_equal(raw: dict[str, Any]) -> None:
    config = parse_config(raw)
    again, _ = read_yaml(dump_config(config), "text")
    assert parse_config(again) == config


def test_every_key_is_spelt_out_when_saved(tmp_path: Path) -> None:
    config = load(TABLE, tmp_path)
    saved, lines = read_yaml(dump_config(config), "text")
    expected = {
        key.path
        for key in all_keys()
        if not key.only
        or {"tabular" if key.path.startswith("data.") else "mlp", "one_cycle"}
        & set(key.only.split(", "))
    }
    assert expected <= {".".join(path) for path in lines}
    assert saved["task"] == "tabular"
    assert "task" not in saved["data"]


def test_sections_may_be_empty_and_kinds_short(tmp_path: Path) -> None:
    config = load(TABLE + "train:\n  schedule: cosine\nmodel:\naugment:\n", tmp_path)
    assert config.model == parse_config({"task": "tabular", "data": {"target": "x"}}).model
    assert config.train.schedule.name == "cosine"


@pytest.mark.parametrize("task", NETWORK_OF)
def test_a_task_has_a_network_of_its_own(task: str, tmp_path: Path) -> None:
    data = {"target": "y"} if task == "tabular" else {}
    config = parse_config({"task": task, "data": data})
    assert config.model.name == NETWORK_OF[task]
    assert task in config.model.tasks
    assert Config.model_validate({"task": task, "data": data}) == config
    for network in NETWORKS:
        name = network.model_fields["name"].default
        raw = {"task": task, "data": data, "model": name}
        if task in network.tasks:
            assert parse_config(raw).model.name == name
        else:
            with pytest.raises(ConfigError, match=f"{name} is not for task {task}"):
                parse_config(raw)


def test_numbers_are_names_where_names_are_meant(tmp_path: Path) -> None:
    config = load("task: tabular\ndata: {target: 4, missing: [-999, '?']}\n", tmp_path)
    assert config.data.target == "4"
    assert config.data.missing == ("-999", "?")


def test_overrides(tmp_path: Path) -> None:
    config = load(
        TABLE + "train: {lr: 1, epochs: 7}\n",
        tmp_path,
        "train.lr=1e-3",
        "model.hidden=[64,32]",
        "data.path=a b.csv",
        "train.patience=null",
        "train.tensorboard=false",
    )
    assert (config.train.lr, config.train.epochs) == (0.001, 7)
    assert config.model.model_dump()["hidden"] == (64, 32)
    assert config.data.path == Path("a b.csv")
    assert config.train.patience is None
    assert config.train.tensorboard is False


def test_the_last_override_of_a_key_holds(tmp_path: Path) -> None:
    assert load(TABLE, tmp_path, "seed=1", "seed=2").seed == 2


@pytest.mark.parametrize("chosen", ["train.schedule=cosine", "train.schedule.name=cosine"])
def test_another_kind_keeps_what_both_have(
    chosen: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """warmup means the same to both; patience and factor mean nothing to the new one."""
    text = TABLE + "train: {schedule: {name: plateau, warmup: 2, patience: 1, factor: 0.5}}\n"
    with caplog.at_level(logging.WARNING):
        schedule = load(text, tmp_path, chosen).train.schedule
    assert schedule.model_dump() == {"name": "cosine", "warmup": 2, "end": 0}
    (told,) = caplog.messages
    assert "train.schedule.patience, train.schedule.factor" in told
    assert "warmup" not in told


def test_another_kind_with_keys_of_its_own(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = TABLE + "model: {hidden: [8], freeze: [body]}\n"
    model = load(text, tmp_path, "model.class=Net", "model.name=own").model.model_dump()
    assert (model["name"], model["cls"], model["freeze"]) == ("own", "Net", ("body",))
    assert caplog.messages == [
        "model.hidden in the file are left out: they are not for the model asked for."
    ]


def test_the_same_kind_again_drops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = load(TABLE + "model: {hidden: [8]}\n", tmp_path, "model=mlp").model
    assert model.model_dump()["hidden"] == (8,)
    assert not caplog.messages


@pytest.mark.parametrize("key", all_keys(), ids=lambda key: f"{key.path} {key.only}")
def test_every_key_is_described(key: Key) -> None:
    assert key.description.endswith(".") or key.description.endswith("...")
    assert key.allowed


def test_every_key_of_the_schema_is_listed() -> None:
    """Counted another way: by walking pydantic's own JSON schema."""
    schema = Config.model_json_schema()
    listed = {key.path.rpartition(".")[2] for key in all_keys()}
    ends = schema["$defs"].pop("Range")["properties"]  # which tune.space describes itself
    assert ends.keys() == {"low", "high", "log", "whole"}
    for name, section in {"Config": schema, **schema["$defs"]}.items():
        sections = {n for n, f in Config.model_fields.items() if "" in kinds_of(f)}
        plain = set(section["properties"]) - sections - {"task", "name", "split", "checkpoints"}
        assert plain - {"data"} <= listed, name


def test_the_page_is_fresh() -> None:
    from tools.document_configuration import PAGE, document

    message = "run python tools/document_configuration.py"
    assert PAGE.read_text("utf-8") == document(), message


def test_reading_a_configuration_needs_no_heavy_package() -> None:
    import subprocess
    import sys

    program = (
        "import sys, firsthand.train\n"
        "firsthand.train.parse_config({'task': 'image', 'data': {}})\n"
        "heavy = {'torch', 'pandas', 'sklearn', 'matplotlib', 'PIL', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
