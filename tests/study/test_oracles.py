"""An oracle that is not installed is a fact to be told, neither a failure nor a pass."""

import sys

import pytest

from firsthand.study.checking import OracleUnavailable, library


def test_an_installed_package_is_returned():
    assert library("numpy.linalg").norm([3.0, 4.0]) == 5.0


def test_a_missing_package_says_how_to_get_it():
    with pytest.raises(OracleUnavailable, match="pip install no_such_oracle"):
        library("no_such_oracle.part")


def test_a_broken_package_is_not_taken_for_a_missing_one(tmp_path, monkeypatch):
    (tmp_path / "half_an_oracle.py").write_text("import not_there_either\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="not_there_either"):
        library("half_an_oracle")
    sys.modules.pop("half_an_oracle", None)
