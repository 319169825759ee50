"""Networks that cannot be, or do not fit the data, and a user's own file with a fault in it."""

from pathlib import Path

import pytest

from firsthand.train.config import models as settings_of
from firsthand.train.data.contract import Facts
from firsthand.train.errors import ModelError
from firsthand.train.models import build_model

TABLE = Facts("tabular", "classification", (6,), 3)
SMALL = Facts("image", "classification", (1, 8, 8), 10)
TEXTS = Facts("text", "classification", (9,), 4, vocabulary=30)

UNFIT = {
    "a table for a text network": (
        settings_of.LSTM(),
        TABLE,
        ["lstm", "tabular", "mlp", "own"],
    ),
    "a text for an mlp": (settings_of.MLP(), TEXTS, ["mlp", "text", "bag", "transformer"]),
    "too few pixels for resnet18": (settings_of.ResNet18(), SMALL, ["8 x 8", "data.size"]),
    "halved too often": (
        settings_of.CNN(channels=(4, 4, 4, 4)),
        SMALL,
        ["8 x 8", "halved 4 times", "model.channels"],
    ),
    "halved too often, whitened": (
        settings_of.WhitenedCNN(channels=(4, 4, 4)),
        SMALL,
        ["8 x 8", "halved 3 times"],
    ),
    "heads that do not divide": (
        settings_of.Transformer(size=30, heads=4),
        TEXTS,
        ["model.size=30", "model.heads=4", "32"],
    ),
}


@pytest.mark.parametrize(("settings", "facts", "words"), UNFIT.values(), ids=UNFIT)
def test_a_network_that_does_not_fit_is_refused(settings, facts, words):
    with pytest.raises(ModelError) as error:
        build_model(settings, facts)
    for word in words:
        assert word in str(error.value)


HEADER = "from torch import nn\n"
OWN = {
    "no such class": (
        HEADER + "class Modell(nn.Module): ...\n",
        ["'Model'", "Did you mean 'Modell'"],
    ),
    "a syntax error": (HEADER + "class Model(nn.Module:\n", ["SyntaxError", "line 2"]),
    "an import that fails": (
        HEADER + "\nimport no_such_package_anywhere\n",
        ["ModuleNotFoundError", "line 3", "no_such_package_anywhere"],
    ),
    "no nn.Module": ("class Model:\n    def __init__(self, facts): ...\n", ["torch.nn.Module"]),
    "arguments it does not take": (
        HEADER + "class Model(nn.Module):\n    def __init__(self): super().__init__()\n",
        ["TypeError", "facts"],
    ),
    "a fault while it is made": (
        HEADER
        + "class Model(nn.Module):\n"
        + "    def __init__(self, facts):\n"
        + "        self.x = nn.Linear(1, 1)\n",
        ["AttributeError", "line 4"],
    ),
    "a fault while it answers": (
        HEADER
        + "class Model(nn.Module):\n"
        + "    def __init__(self, facts):\n"
        + "        super().__init__()\n"
        + "        self.head = nn.Linear(5, 3)\n"
        + "    def forward(self, x):\n"
        + "        return self.head(x)\n",
        ["(2, 6)", "RuntimeError", "line 7"],
    ),
    "too many outputs": (
        HEADER
        + "class Model(nn.Module):\n"
        + "    def __init__(self, facts):\n"
        + "        super().__init__()\n"
        + "        self.head = nn.Linear(6, 4)\n"
        + "    def forward(self, x):\n"
        + "        return self.head(x)\n",
        ["(2, 4)", "(2, 3)"],
    ),
    "no tensor": (
        HEADER
        + "class Model(nn.Module):\n"
        + "    def __init__(self, facts): super().__init__()\n"
        + "    def forward(self, x): return (x, x)\n",
        ["tuple", "(2, 3)"],
    ),
    "nothing to learn": (
        HEADER
        + "class Model(nn.Module):\n"
        + "    def __init__(self, facts): super().__init__()\n"
        + "    def forward(self, x): return x[:, :3]\n",
        ["no parameters"],
    ),
}


@pytest.mark.parametrize(("source", "words"), OWN.values(), ids=OWN)
def test_a_fault_in_a_file_of_the_users_is_named(tmp_path: Path, source, words):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "model.py").write_text(source)
    with pytest.raises(ModelError) as error:
        build_model(settings_of.OwnModel(), TABLE, tmp_path)
    for word in words:
        assert word in str(error.value), str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ModelError, match=r"models.model\.py"):
        build_model(settings_of.OwnModel(), TABLE, tmp_path)
    (tmp_path / "notes.txt").write_text("Model")
    with pytest.raises(ModelError, match=r"\.py"):
        build_model(settings_of.OwnModel(file=Path("notes.txt")), TABLE, tmp_path)


def test_an_own_network_is_built_from_its_options_and_may_import_its_neighbours(tmp_path: Path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "sizes_of_mine.py").write_text("HIDDEN = 11\n")
    (tmp_path / "models" / "model.py").write_text(
        HEADER
        + "from sizes_of_mine import HIDDEN\n"
        + "class Net(nn.Sequential):\n"
        + "    def __init__(self, facts, depth):\n"
        + "        layers = [nn.Linear(HIDDEN, HIDDEN) for _ in range(depth)]\n"
        + "        super().__init__(nn.Linear(*facts.input_shape, HIDDEN), *layers,\n"
        + "                         nn.Linear(HIDDEN, facts.output_size))\n"
    )
    settings = settings_of.OwnModel.model_validate({"class": "Net", "options": {"depth": 2}})
    assert len(list(build_model(settings, TABLE, tmp_path).children())) == 4
