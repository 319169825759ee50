"""``firsthand train --keys`` lists what docs/configuration.md does."""

from click.testing import CliRunner

from firsthand.cli.train import command
from firsthand.train.config import all_keys


def test_every_key_is_listed() -> None:
    done = CliRunner().invoke(command, ["--keys"])
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert len(lines) == 3 * len(all_keys())
    assert all(any(line.startswith(key.path) for line in lines) for key in all_keys())
