"""The cache of a collection: for its owner, made anew where it does not fit."""

import json
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from fer_core.data import collection_reader
from fer_core.data.collection_reader import cached_collection, load_collection, read_collection
from fer_core.data.file_cache import FileCache
from tests.synthetic import csv_of, noise_faces


def written(tmp_path) -> Path:
    path = tmp_path / "data" / "faces.csv"
    path.parent.mkdir()
    path.write_text(csv_of(noise_faces(9)))
    load_collection(path)
    return path


def cache_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.images.cue-cache.npz")


def test_a_csv_is_parsed_once_and_the_cache_is_for_its_owner_alone(tmp_path, monkeypatch):
    path = written(tmp_path)
    assert stat.S_IMODE(cache_of(path).stat().st_mode) == 0o600
    first = read_collection(path)
    monkeypatch.setattr(collection_reader, "read_collection", pytest.fail)
    cached = load_collection(path)
    assert np.array_equal(cached.thumbnails, first.thumbnails)
    assert cached.faces.pixels is cached.thumbnails
    assert (cached.labels, cached.n_rows) == (first.labels, 9)
    with pytest.raises(ValueError, match="read-only"):
        cached.thumbnails[0] = 0


def test_a_read_only_folder_is_left_alone_and_the_users_folder_taken(tmp_path, home):
    path = tmp_path / "data" / "faces.csv"
    path.parent.mkdir()
    path.write_text(csv_of(noise_faces(9)))
    path.parent.chmod(0o555)
    try:
        load_collection(path)
        assert [entry.name for entry in path.parent.iterdir()] == ["faces.csv"]
        (cache,) = (home / "cue").iterdir()
        assert stat.S_IMODE(cache.stat().st_mode) == 0o600
        assert cached_collection(path) is not None
    finally:
        path.parent.chmod(0o755)


def test_without_a_place_for_the_cache_the_file_is_read_nevertheless(tmp_path, monkeypatch):
    path = tmp_path / "data" / "faces.csv"
    path.parent.mkdir()
    path.write_text(csv_of(noise_faces(9)))
    path.parent.chmod(0o555)
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    try:
        assert len(load_collection(path)) == 9
        assert cached_collection(path) is None
    finally:
        path.parent.chmod(0o755)


def flip(cache: Path) -> None:
    content = bytearray(cache.read_bytes())
    content[len(content) // 2] ^= 255
    cache.write_bytes(content)


def write_pickle(cache: Path) -> None:
    np.savez(cache, header=np.array([{}], dtype=object))


def write_without_columns(cache: Path) -> None:
    with np.load(cache) as stored:
        np.savez(cache, header=stored["header"])


@pytest.mark.parametrize(
    "damage",
    [
        flip,
        write_pickle,
        write_without_columns,
        lambda cache: cache.write_bytes(b""),
        lambda cache: cache.write_bytes(cache.read_bytes()[:-50]),
        lambda cache: cache.write_bytes(b"another program's"),
    ],
    ids=["flipped", "pickled", "without columns", "empty", "cut off", "foreign"],
)
def test_a_damaged_or_foreign_cache_is_made_anew(tmp_path, damage):
    path = written(tmp_path)
    damage(cache_of(path))
    assert cached_collection(path) is None
    assert len(load_collection(path)) == 9
    assert len(cached_collection(path)) == 9


def test_the_cache_of_a_changed_file_of_another_format_or_path_is_not_used(tmp_path, monkeypatch):
    path = written(tmp_path)
    other = path.with_name("other.csv")
    other.write_bytes(path.read_bytes())
    cache_of(other).write_bytes(cache_of(path).read_bytes())
    assert cached_collection(other) is None
    monkeypatch.setattr("fer_core.data.file_cache._FORMAT", 0)
    assert cached_collection(path) is None
    monkeypatch.undo()
    os.utime(path, ns=(1, 1))
    assert cached_collection(path) is None


def test_the_cache_of_another_owner_is_not_used(tmp_path, monkeypatch):
    path = written(tmp_path)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert cached_collection(path) is None


def test_git_ignores_the_cache():
    ignored = (Path(__file__).parents[2] / ".gitignore").read_text().splitlines()
    assert "*.cue-cache.npz" in ignored


def test_a_cache_keeps_what_it_was_given(tmp_path):
    path = tmp_path / "faces.csv"
    path.touch()
    FileCache(path, "numbers").save({"a": [1, "b"]}, {"xy": np.eye(2)})
    header, arrays = FileCache(path, "numbers").load()
    assert json.dumps(header) == '{"a": [1, "b"]}'
    assert arrays["xy"].tolist() == [[1, 0], [0, 1]]
    assert FileCache(path, "others").load() is None


def test_faces_of_another_size_come_from_the_cache_where_images_have_48_pixels(
    tmp_path, monkeypatch
):
    path = written(tmp_path)
    read = read_collection(path, side=96)
    monkeypatch.setattr(collection_reader, "read_collection", pytest.fail)
    cached = load_collection(path, side=96)
    assert np.array_equal(cached.faces.pixels, read.faces.pixels)
    assert cached.notes == read.notes
    assert cached.notes == ("9 images have a side under 96 pixels; the models see them enlarged.",)
