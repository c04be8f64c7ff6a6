"""The cache of a collection: for its owner, made anew where it does not fit."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from fer_core.data import collection_reader, file_cache
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
    assert cached_collection(path) is not None
    monkeypatch.setattr(file_cache, "_ROOT_UID", -1)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert cached_collection(path) is None


def test_the_cache_of_root_is_used(tmp_path, monkeypatch):
    path = written(tmp_path)
    monkeypatch.setattr(file_cache, "_ROOT_UID", os.getuid())
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert cached_collection(path) is not None


def link_elsewhere(cache: Path) -> None:
    cache.symlink_to(cache.parent / "precious")


def link_to_a_whole_cache(cache: Path) -> None:
    moved = cache.rename(cache.with_name("moved"))
    cache.symlink_to(moved)


@pytest.mark.parametrize(
    "place",
    [
        link_elsewhere,
        lambda cache: cache.symlink_to(cache.parent / "nothing"),
        os.mkfifo,
        lambda cache: cache.write_bytes(b"garbage"),
    ],
    ids=["link", "dangling link", "FIFO", "garbage"],
)
def test_what_others_placed_under_the_caches_name_is_replaced_and_never_opened(tmp_path, place):
    path = written(tmp_path)
    precious = path.with_name("precious")
    precious.write_bytes(b"precious")
    cache_of(path).unlink()
    place(cache_of(path))
    assert cached_collection(path) is None
    load_collection(path)
    status = cache_of(path).lstat()
    assert stat.S_ISREG(status.st_mode)
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert precious.read_bytes() == b"precious"
    assert not path.with_name("nothing").exists()
    assert cached_collection(path) is not None


def test_a_link_is_not_followed_even_to_a_cache_that_fits(tmp_path):
    path = written(tmp_path)
    link_to_a_whole_cache(cache_of(path))
    assert cached_collection(path) is None


def test_a_folder_under_the_caches_name_stays_and_the_users_folder_is_taken(tmp_path, home):
    path = written(tmp_path)
    cache_of(path).unlink()
    cache_of(path).mkdir()
    load_collection(path)
    assert cache_of(path).is_dir()
    assert len(list((home / "cue").iterdir())) == 1
    assert sorted(entry.name for entry in path.parent.iterdir()) == [
        cache_of(path).name,
        "faces.csv",
    ]
    assert cached_collection(path) is not None


def test_the_users_folder_is_not_taken_through_a_link(tmp_path, home):
    path = written(tmp_path)
    cache_of(path).unlink()
    cache_of(path).mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    home.mkdir(exist_ok=True)
    (home / "cue").symlink_to(elsewhere)
    assert len(load_collection(path)) == 9
    assert not list(elsewhere.iterdir())


def test_a_reader_finds_a_whole_cache_while_others_write_it(tmp_path):
    path = tmp_path / "faces.csv"
    path.touch()
    cache = FileCache(path, "numbers")
    cache.save({"n": 0}, {"xy": np.zeros(1000)})

    def write(number):
        for _ in range(10):
            FileCache(path, "numbers").save({"n": number}, {"xy": np.full(1000, number)})

    with ThreadPoolExecutor() as writers:
        done = [writers.submit(write, number) for number in range(4)]
        while not all(each.done() for each in done):
            header, arrays = cache.load()
            assert (arrays["xy"] == header["n"]).all()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        ".faces.csv.numbers.cue-cache.npz",
        "faces.csv",
    ]


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
