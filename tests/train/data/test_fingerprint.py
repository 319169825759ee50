"""Fingerprints tell contents apart, and nothing else."""

import hashlib
from pathlib import Path

import pytest

from firsthand.train.data.fingerprint import file_fingerprint, fingerprint
from firsthand.train.errors import DataError


def test_a_file_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1
    assert file_fingerprint(tmp_path / "a") == known == hashlib.sha256(b"abc").hexdigest()


def test_a_folder_counts_by_names_and_contents(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder / "cats").mkdir(parents=True)
        (tmp_path / folder / "cats" / "1.txt").write_text("meow")
    one, two = tmp_path / "one", tmp_path / "two"
    assert fingerprint([one]) == fingerprint([two])
    (two / ".hidden").write_text("seen by nobody")
    assert fingerprint([one]) == fingerprint([two])
    (two / "cats" / "1.txt").rename(two / "cats" / "2.txt")
    assert fingerprint([one]) != fingerprint([two])


def test_what_decides_the_data_counts_too(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert fingerprint([tmp_path / "a"], {"seed": 0}) != fingerprint([tmp_path / "a"], {"seed": 1})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.csv cannot be read: No such file"):
        fingerprint([tmp_path / "gone.csv"])
