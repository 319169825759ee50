"""Folders and zips of pictures as data of a project."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from firsthand.data import read_faces
from firsthand.train import parse_config
from firsthand.train.data import Data, load_data
from firsthand.train.data.pictures.images import prepare


def picture(seed: int, size: tuple[int, int] = (6, 5), channels: int = 3) -> Image.Image:
    shape = size if channels == 1 else (*size, channels)
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, np.uint8))


def folder_of(root: Path, n: int = 20, classes: tuple[str, ...] = ("cat", "dog"), **kwargs) -> Path:
    for k, name in enumerate(classes):
        (root / name).mkdir(parents=True)
        for i in range(n):
            picture(1000 * k + i, **kwargs).save(root / name / f"{i}.png")
    return root


def zipped(folder: Path, path: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, inside + file.relative_to(folder).as_posix())
    return path


def data_of(path: Path, **settings) -> Data:
    return load_data(parse_config({"task": "image", "data": {"path": str(path), **settings}}))


def everything(data: Data) -> list[torch.Tensor]:
    return [
        tensor
        for part in (data.train, data.validation, data.test)
        for tensor in part.batch(np.arange(len(part)))
    ]


def test_a_folder_a_class(tmp_path: Path) -> None:
    data = data_of(folder_of(tmp_path / "pets"))
    assert data.facts.classes == ("cat", "dog")
    assert data.facts.input_shape == (3, 6, 5)
    assert data.facts.class_counts == (14, 14)
    sources = [p.source(i) for p in (data.train, data.validation, data.test) for i in range(len(p))]
    assert len(set(sources)) == 40
    x, y = data.train.batch(np.arange(28))
    mean, std = np.array(data.preparation["mean"]), np.array(data.preparation["std"])
    for i in (0, 27):
        folder, name = data.train.source(i).split("/")[1:]
        assert folder == data.facts.classes[y[i]]
        raw = np.asarray(Image.open(tmp_path / "pets" / folder / name)) / 255
        np.testing.assert_allclose(x[i], ((raw - mean) / std).transpose(2, 0, 1), atol=1e-5)
    np.testing.assert_allclose(x.mean((0, 2, 3)), 0, atol=1e-6)
    np.testing.assert_allclose(x.std((0, 2, 3), correction=0), 1, atol=1e-5)


def test_a_zip_a_folder_around_it_and_streaming_give_the_same_numbers(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "pets")
    reference = data_of(folder)
    for other in (
        data_of(zipped(folder, tmp_path / "a.zip")),
        data_of(zipped(folder, tmp_path / "b.zip", "around/it/")),
        data_of(folder, in_memory="no"),
        data_of(tmp_path / "a.zip", in_memory="no"),
    ):
        assert other.facts == reference.facts
        assert other.preparation == reference.preparation
        assert other.fingerprint == reference.fingerprint
        for a, b in zip(everything(other), everything(reference), strict=True):
            assert torch.equal(a, b)
    assert not other.train.in_memory
    np.testing.assert_array_equal(
        other.train.features(np.array([3, 1])), reference.train.features(np.array([3, 1]))
    )


def test_threads_read_a_streamed_zip_in_order(tmp_path: Path) -> None:
    from firsthand.train.data.batches import Batches

    path = zipped(folder_of(tmp_path / "pets"), tmp_path / "a.zip")
    kept, streamed = data_of(path), data_of(path, in_memory="no")
    pairs = zip(
        Batches(kept.train, 3, seed=5).epoch(1),
        Batches(streamed.train, 3, seed=5).epoch(1),
        strict=True,
    )
    assert all(torch.equal(a[0], b[0]) and torch.equal(a[1], b[1]) for a, b in pairs)


def test_parts_of_its_own(tmp_path: Path) -> None:
    for part, n in (("train", 9), ("val", 4), ("test", 3)):
        folder_of(tmp_path / part, n)
    data = data_of(tmp_path)
    assert (len(data.train), len(data.validation), len(data.test)) == (18, 8, 6)
    assert data.validation.source(0).endswith("val/cat/0.png")
    assert {f.kind for f in data.findings} == {"leak", "rare"}  # each part starts with one seed


def test_a_folder_of_its_own_to_test_on(tmp_path: Path) -> None:
    data = data_of(folder_of(tmp_path / "a"), test_path=str(folder_of(tmp_path / "b", 5)))
    assert len(data.test) == 10
    assert data.test.source(0) == "b/cat/0.png"


def test_names_are_counted_and_files_of_the_system_are_not_read(tmp_path: Path) -> None:
    classes = tuple(f"s{i}" for i in range(1, 12))
    folder_of(tmp_path, 4, classes)
    (tmp_path / "s1" / ".DS_Store").write_bytes(b"x")
    (tmp_path / "s1" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "README").write_text("x")
    data = data_of(tmp_path)
    assert data.facts.classes == classes
    assert "README" in next(f.text for f in data.findings if f.kind == "loose")


def test_size_and_colours_as_asked_for(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    picture(5, (9, 9)).save(folder / "cat" / "large.png")
    picture(6, (6, 5), 1).save(folder / "cat" / "grey.png")
    data = data_of(folder, size=[4, 3], channels="grey")
    assert data.facts.input_shape == (1, 4, 3)
    raw = Image.open(folder / data.test.source(0).partition("/")[2]).convert("L")
    expected = np.asarray(raw.resize((3, 4), Image.Resampling.BILINEAR)) / 255
    mean, std = data.preparation["mean"][0], data.preparation["std"][0]
    x, _ = data.test.batch(np.array([0]))
    np.testing.assert_allclose(x[0, 0], (expected - mean) / std, atol=1e-5)


def saved(image: Image.Image, **kwargs) -> bytes:
    file = io.BytesIO()
    image.save(file, **kwargs)
    return file.getvalue()


def test_what_formats_do_to_a_picture_is_undone_and_noted(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    pixels = np.random.default_rng(0).integers(0, 256, (6, 5), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter, with the clock
    clear = np.dstack([*[pixels] * 3, np.zeros_like(pixels)])
    files = {
        "deep.png": saved(Image.fromarray(pixels.astype(np.uint16) * 257), format="PNG"),
        "turned.png": saved(Image.fromarray(np.rot90(pixels)), format="PNG", exif=exif),
        "clear.png": saved(Image.fromarray(clear), format="PNG"),
        "plain.pgm": saved(Image.fromarray(pixels), format="PPM"),
        "plain.bmp": saved(Image.fromarray(pixels), format="BMP"),
        "moving.gif": saved(
            Image.fromarray(pixels), format="GIF", save_all=True, append_images=[picture(3)]
        ),
    }
    for name, content in files.items():
        (folder / "cat" / name).write_bytes(content)
    data = data_of(folder, normalise="none")
    sources = {
        part.source(i).rpartition("/")[2]: part.batch(np.array([i]))[0][0]
        for part in (data.train, data.validation, data.test)
        for i in range(len(part))
    }
    for name in ("deep.png", "turned.png", "plain.pgm", "plain.bmp", "moving.gif"):
        np.testing.assert_allclose(sources[name], np.stack([pixels] * 3) / 255, atol=1e-6)
    assert float(sources["clear.png"].min()) == 1
    kinds = {f.kind for f in data.findings}
    assert {"16-bit", "turned", "transparent", "animated", "grey"} <= kinds


def test_copies_are_found_within_and_across_parts_and_with_two_classes(tmp_path: Path) -> None:
    seed = 0
    for part, n in (("train", 12), ("val", 3), ("test", 3)):
        for name in ("cat", "dog"):
            (tmp_path / part / name).mkdir(parents=True)
            for i in range(n):
                seed += 1
                picture(seed).save(tmp_path / part / name / f"{i}.png")
    content = (tmp_path / "train/cat/0.png").read_bytes()
    for copy in ("train/cat/copy.png", "test/cat/leak.png", "val/dog/other.png"):
        (tmp_path / copy).write_bytes(content)
    found = {f.kind: f.text for f in data_of(tmp_path).findings}
    assert "train/cat/0.png" in found["duplicate"]
    assert "train/cat/copy.png" in found["duplicate"]
    assert "leak" in found
    assert "contradiction" in found


def test_groups_stay_together(tmp_path: Path) -> None:
    for k, name in enumerate(("cat", "dog")):
        (tmp_path / name).mkdir()
        for i in range(30):
            picture(100 * k + i).save(tmp_path / name / f"house{i % 10}-{i}.png")
    data = data_of(tmp_path, split={"kind": "grouped", "group": r"house(\d+)"})
    parts = [
        {p.source(i).split("house")[1].split("-")[0] for i in range(len(p))}
        for p in (data.train, data.validation, data.test)
    ]
    assert set.union(*parts) == set(map(str, range(10)))
    assert sum(map(len, parts)) == 10


def test_people_to_verify_are_in_one_part_each(faces: Path) -> None:
    data = data_of(faces, problem="verification", embedding=8)
    assert data.facts.problem == "verification"
    assert data.facts.output_size == 8
    people = [
        set(p.batch(np.arange(len(p)))[1].tolist())
        for p in (data.train, data.validation, data.test)
    ]
    assert sum(map(len, people)) == len(set.union(*people)) == 12
    assert len(data.facts.classes) == len(people[0])


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    folder = folder_of(tmp_path / "f", 5, tuple(f"s{i}" for i in range(1, 13)), channels=1)
    for file in folder.rglob("*.png"):
        Image.open(file).save(file.with_suffix(".pgm"))
        file.unlink()
    return zipped(folder, tmp_path / "faces.zip")


def test_pgm_faces_are_those_that_the_other_reader_reads(faces: Path) -> None:
    data = data_of(faces, normalise="none")
    reference = read_faces(faces)
    place = {f"faces.zip/s{p + 1}/{i}.pgm": 5 * p + i for p in range(12) for i in range(5)}
    x, y = data.train.batch(np.arange(len(data.train)))
    for i in range(len(data.train)):
        j = place[data.train.source(i)]
        np.testing.assert_allclose(255 * x[i], reference.X[j], atol=1e-4)
        assert y[i] == reference.y[j]


def test_a_new_picture_gets_the_same_treatment(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    data = data_of(folder)
    file = folder / data.test.source(2).partition("/")[2]
    x, _ = data.test.batch(np.array([2]))
    raw = np.asarray(Image.open(file))
    for image in (file, str(file), file.read_bytes(), Image.open(file), raw):
        assert torch.equal(prepare(image, data.preparation), x)
    assert prepare([file, raw], data.preparation).shape == (2, 3, 6, 5)
