"""A configuration that cannot be used says which key, what came, and what is allowed or meant."""

from itertools import pairwise
from pathlib import Path

import pytest

from firsthand.train import ConfigError, load_config

GOOD = "task: tabular\ndata: {path: table.csv, target: price}\n"
IMAGES = "task: image\ndata: {path: pictures}\n"
SERIES = "task: timeseries\ndata: {path: series.csv}\n"

# the file, and words its error must hold
BAD = {
    "nothing": ("", ["holds no keys"]),
    "a list": ("- task\n", ["holds no keys"]),
    "no YAML": ("task: [tabular\ndata: 3\n", ["line 2", "is no YAML"]),
    "tabs": ("task: tabular\ndata:\n\tpath: x\n", ["line 3", "spaces, not tabs"]),
    "a key twice": (GOOD + "seed: 1\nseed: 2\n", ["line 4", "seed", "line 3"]),
    "a key twice, below": (GOOD + "train:\n  lr: 1\n  lr: 2\n", ["line 5", "train.lr", "line 4"]),
    "aliases that blow up": (
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{k}: &{k} [{', '.join([f'*{j}'] * 9)}]\n" for j, k in pairwise("abcdefghi")),
        ["line ", "is no YAML", "more than 100,000 values"],
    ),
    "an alias within its anchor": ("task: &a [*a]\n", ["line 1", "holds itself"]),
    "an alias within its anchor, by a key": ("a: &a {b: [1, *a]}\n", ["line 1", "holds itself"]),
    "too deep": ("task: " + "[" * 3000 + "]" * 3000, ["nested too deeply"]),
    "a layer of nothing": (
        GOOD + "model: {hidden: [0]}\n",
        ["model.hidden", "[0]", "a list, each a whole number from 1"],
    ),
    "a layer below nothing": (GOOD + "model: {hidden: [64, -3]}\n", ["model.hidden", "[64, -3]"]),
    "a stage of no channels": (
        IMAGES + "model: {name: cnn, channels: [8, 0]}\n",
        ["model.channels", "[8, 0]", "from 1"],
    ),
    "a command in YAML": ("task: !!python/object/apply:os.getcwd []\n", ["is no YAML"]),
    "no task": ("data: {path: x}\n", ["task: is missing", "tabular, image"]),
    "no data": ("task: tabular\n", ["data: is missing"]),
    "no target": ("task: tabular\ndata: {path: x}\n", ["data.target: is missing", "column"]),
    "two tasks": ("task: image\ndata: {task: text}\n", ["data.task", "'text'", "'image'"]),
    "task misspelt": ("task: tabluar\n", ["task (line 1)", "'tabluar'", "Did you mean tabular?"]),
    "key misspelt, top": (GOOD + "sed: 1\n", ["sed (line 3)", "Did you mean seed?"]),
    "key misspelt": (GOOD + "train: {epoch: 1}\n", ["train.epoch ", "Did you mean train.epochs?"]),
    "key misspelt, deep": (
        GOOD + "train:\n  schedule: {name: cosine, warm_up: 1}\n",
        ["train.schedule.warm_up (line 4)", "Did you mean train.schedule.warmup?"],
    ),
    "key in another case": (GOOD + "train: {LR: 1}\n", ["train.LR", "Did you mean train.lr?"]),
    "key of another section": (GOOD + "lr: 0.1\n", ["lr (line 3)", "there: train.lr"]),
    "key of another section, below": (
        GOOD + "train: {mixup: 0.2}\n",
        ["train.mixup", "there: augment.mixup"],
    ),
    "key of another task": (
        GOOD + "model: mlp\n".replace("mlp", "{class: M}"),
        ["model.class", "is a key of own, not of mlp"],
    ),
    "key of another schedule": (
        GOOD + "train: {schedule: {warmup: 2}}\n",
        ["train.schedule.warmup", "cosine", "plateau, not of one_cycle"],
    ),
    "a name of another tool": (
        GOOD + "train: {learning_rate: 1}\n",
        ["train.learning_rate", "Did you mean train.lr?"],
    ),
    "an unheard-of key": (GOOD + "train: {qqq: 1}\n", ["train.qqq", "There are: epochs, "]),
    "model misspelt": (GOOD + "model: mpl\n", ["model.name", "'mpl'", "Did you mean mlp?"]),
    "model that is none": (GOOD + "model: {name: 7}\n", ["model.name", "came 7", "one of"]),
    "model that is a list": (GOOD + "model: [mlp]\n", ["model (line 3)", "[mlp]", "with name"]),
    "choice misspelt": (
        GOOD + "train: {optimizer: adamww}\n",
        ["train.optimizer", "'adamww'", "sgd, momentum", "Did you mean adamw?"],
    ),
    "choice unheard of": (GOOD + "train: {loss: love}\n", ["train.loss", "'love'", "one of auto"]),
    "a word for a number": (
        GOOD + "train: {lr: fast}\n",
        ["train.lr (line 3)", "came 'fast'", "a number above 0"],
    ),
    "a truth for a number": (GOOD + "train: {epochs: true}\n", ["train.epochs", "came true"]),
    "a part of an epoch": (GOOD + "train: {epochs: 2.5}\n", ["train.epochs", "2.5", "whole"]),
    "too small": (GOOD + "train: {lr: 0}\n", ["train.lr", "came 0", "above 0"]),
    "too large": (GOOD + "model: {dropout: 1}\n", ["model.dropout", "came 1", "below 1"]),
    "no number": (GOOD + "train: {lr: .nan}\n", ["train.lr", "came nan"]),
    "infinite": (GOOD + "train: {lr: .inf}\n", ["train.lr", "came inf"]),
    "null": (GOOD + "train: {lr: null}\n", ["train.lr", "came null"]),
    "a list for a number": (GOOD + "train: {lr: [1, 2]}\n", ["train.lr", "came [1, 2]"]),
    "a word in a list": (GOOD + "model: {hidden: [64, x]}\n", ["model.hidden", "[64, x]"]),
    "a section that is a number": (GOOD + "train: 5\n", ["train (line 3)", "came 5", "keys"]),
    "a device": (GOOD + "device: gpu\n", ["device", "'gpu'", "cuda"]),
    "a name for a folder": (GOOD + "name: ../up\n", ["name (line 3)", "'../up'", "letters"]),
    "nothing to learn from": (
        "task: tabular\ndata:\n  target: y\n  split: {validation: 0.5, test: 0.5}\n",
        ["data.split.validation (line 4)", "none are left"],
    ),
    "groups without a column": (
        "task: tabular\ndata: {target: y, split: {kind: grouped}}\n",
        ["data.split.group", "needed for kind: grouped"],
    ),
    "a column without groups": (
        "task: tabular\ndata: {target: y, split: {kind: random, group: g}}\n",
        ["data.split.group", "kind is random"],
    ),
    "time without a column": (
        "task: tabular\ndata: {target: y, split: {kind: time}}\n",
        ["data.split.time", "needed for kind: time"],
    ),
    "strata of numbers": (
        "task: tabular\ndata: {target: y, problem: regression, split: {kind: stratified}}\n",
        ["data.split.kind", "stratified needs classes"],
    ),
    "a series at random": (
        "task: timeseries\ndata: {split: {kind: random}}\n",
        ["data.split.kind", "latest part"],
    ),
    "a target left out": (
        "task: tabular\ndata: {target: y, leave_out: [y]}\n",
        ["data.leave_out", "holds the target"],
    ),
    "a target not among the names": (
        "task: tabular\ndata: {target: y, names: [a, b]}\n",
        ["data.target", "none of the names"],
    ),
    "a loss for numbers": (IMAGES + "train: {loss: mse}\n", ["train.loss", "mse is for numbers"]),
    "a loss for classes": (
        SERIES + "train: {loss: cross_entropy}\n",
        ["train.loss", "cross_entropy is for classes"],
    ),
    "smoothing of numbers": (SERIES + "train: {label_smoothing: 0.1}\n", ["train.label_smoothing"]),
    "weights of numbers": (SERIES + "train: {class_weights: balanced}\n", ["train.class_weights"]),
    "dice of classes": (IMAGES + "train: {loss: dice}\n", ["train.loss", "segmentation only"]),
    "mixup without classes": (SERIES + "augment: {mixup: 0.2}\n", ["augment.mixup", "two classes"]),
    "mixup of hard classes": (
        IMAGES + "train: {loss: hinge}\naugment: {mixup: 0.2}\n",
        ["augment.mixup", "hinge cannot"],
    ),
    "turns of a table": (GOOD + "augment: {rotate: 9}\n", ["augment.rotate", "pictures"]),
    "dropped tokens of pictures": (
        IMAGES + "augment: {drop_tokens: 0.1}\n",
        ["augment.drop_tokens", "texts"],
    ),
    "faces mixed of two": (
        "task: image\ndata: {path: x, problem: verification}\ntrain: {monitor: auc}\n"
        "augment: {cutmix: 1}\n",
        ["augment.cutmix", "two people"],
    ),
    "flips of a table": (GOOD + "augment: {flip: true}\n", ["augment.flip", "pictures"]),
    "pictures' memory for a table": (
        GOOD + "train: {channels_last: true}\n",
        ["train.channels_last", "pictures"],
    ),
    "half precision on a CPU": (
        GOOD + "device: cpu\ntrain: {precision: fp16}\n",
        ["train.precision (line 4)", "bf16"],
    ),
    "a figure there is not": (
        IMAGES + "train: {monitor: acuracy}\n",
        ["train.monitor", "'acuracy'", "Did you mean 'accuracy'?"],
    ),
    "a figure of another problem": (
        SERIES + "train: {monitor: accuracy}\n",
        ["train.monitor", "one of loss, mse, rmse, mae, r2"],
    ),
    "a network for another task": (
        IMAGES + "model: lstm\n",
        ["model.name (line 3)", "lstm is not for task image; one of mlp, cnn"],
    ),
    "more parts than examples": (
        GOOD + "train: {batch_size: 4, accumulate: 8}\n",
        ["train.accumulate", "batch of 4 into 8"],
    ),
    "thaw what is not frozen": (GOOD + "model: {thaw_epoch: 2}\n", ["model.thaw_epoch", "freeze"]),
    "thaw after the end": (
        GOOD + "model: {freeze: [body], thaw_epoch: 9}\ntrain: {epochs: 3}\n",
        ["model.thaw_epoch", "after the last of 3"],
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_used(case: str, tmp_path: Path) -> None:
    text, words = BAD[case]
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as raised:
        load_config(path)
    told = str(raised.value)
    assert all(word in told for word in words), told
    assert "config.yaml" in told
    assert "pydantic" not in told
    assert path.read_text("utf-8") == text


BAD_OVERRIDES = {
    "no value": ("train.lr", ["'train.lr' is no override", "train.lr=0.01"]),
    "no key": ("=3", ["is no override"]),
    "an empty name": ("train..lr=3", ["is no override"]),
    "below a value": ("data.target.x=3", ["target is a value and has no keys"]),
    "no YAML": ("model.hidden=[64", ["'model.hidden=[64'", "no YAML"]),
    "misspelt": ("train.learn=1", ["train.learn: is no key"]),
    "of another section": ("lr=1", ["lr: does not belong here, but there: train.lr"]),
    "unfit": ("train.lr=-1", ["train.lr: came -1; a number above 0"]),
    "of another model": ("model.class=Net", ["model.class: is a key of own, not of mlp"]),
}


@pytest.mark.parametrize("case", BAD_OVERRIDES)
def test_an_override_that_cannot_be_used(case: str, tmp_path: Path) -> None:
    text, words = BAD_OVERRIDES[case]
    (tmp_path / "config.yaml").write_text(GOOD)
    with pytest.raises(ConfigError) as raised:
        load_config(tmp_path / "config.yaml", [text])
    assert all(word in str(raised.value) for word in words), str(raised.value)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "task: tabluar\n"
        "data: {target: y, split: {kind: groupd, validation: 0.6, test: 0.6}}\n"
        "model: {name: mpl, hiden: [1], dropout: 2}\n"
        "train:\n  epochs: no\n  schedule: {name: cosin, warm: 1}\n  precision: fp16\n"
        "device: cpu\n"
    )
    with pytest.raises(ConfigError) as raised:
        load_config(tmp_path / "config.yaml")
    head, *lines = str(raised.value).splitlines()
    assert head.endswith("has 10 mistakes:")
    keys = [line.split()[0].removesuffix(":") for line in lines]
    assert keys == [
        "task",
        "data.split.kind",
        "data.split.validation",
        "model.dropout",
        "model.hiden",
        "model.name",
        "train.epochs",
        "train.schedule.name",
        "train.schedule.warm",
        "train.precision",
    ]


def test_a_mistake_does_not_make_others_up(tmp_path: Path) -> None:
    """The group is for kind: grouped, and kind is unknown: only that is told."""
    (tmp_path / "config.yaml").write_text(
        "task: tabular\ndata: {target: y, split: {kind: zzz, group: person}}\n"
    )
    with pytest.raises(ConfigError, match="one mistake"):
        load_config(tmp_path / "config.yaml")


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda path: None, "No such file"),
        (lambda path: path.mkdir(), "Is a directory"),
        (lambda path: path.write_bytes(b"task: \xff\xfe"), "UTF-8"),
    ],
)
def test_a_file_that_is_none(prepare, words: str, tmp_path: Path) -> None:
    prepare(tmp_path / "config.yaml")
    with pytest.raises(ConfigError, match=words):
        load_config(tmp_path / "config.yaml")
