import zlib

import numpy as np
import pytest

from fer_core.data.row_numbers import (
    RowNumbers,
    join_problem,
    load_row_numbers,
    row_digests,
    save_row_numbers,
)
from fer_core.errors import DataError
from fer_core.weights import MODELS_FOLDER
from tests.synthetic import noise_faces

FACES = noise_faces(4)


def stored():
    return RowNumbers(
        FACES.rows, row_digests(FACES.pixels), {"xy": np.eye(4, dtype=np.float16)[:, :2]}
    )


def test_the_digest_is_the_crc32_of_the_pixels():
    assert row_digests(FACES.pixels)[1] == zlib.crc32(FACES.pixels[1].tobytes())
    assert row_digests(FACES.pixels[:, ::2])[1] == zlib.crc32(FACES.pixels[1, ::2].tobytes())
    assert row_digests(FACES.pixels[:0]).shape == (0,)


def test_faces_find_their_numbers_in_any_order():
    order = np.array([2, 0, 3])
    joined = stored().joined_to(FACES.rows[order], FACES.pixels[order])
    assert joined.tolist() == order.tolist()
    assert join_problem(joined) is None


def test_another_face_in_the_row_is_not_joined():
    pixels = FACES.pixels.copy()
    pixels[2, 0, 0] ^= 1
    joined = stored().joined_to(FACES.rows, pixels)
    assert joined.tolist() == [0, 1, -1, 3]
    assert join_problem(joined).startswith("1 of 4 faces has no stored numbers")


def test_rows_that_are_not_stored_and_faces_without_a_row_are_not_joined():
    joined = stored().joined_to(np.array([-1, 9]), FACES.pixels[:2])
    assert joined.tolist() == [-1, -1]
    assert join_problem(joined).startswith("2 of 2 faces have no stored numbers")


def test_nothing_joins_to_nothing():
    none = RowNumbers(FACES.rows[:0], row_digests(FACES.pixels[:0]))
    assert none.joined_to(FACES.rows, FACES.pixels).tolist() == [-1] * 4
    assert stored().joined_to(FACES.rows[:0], FACES.pixels[:0]).tolist() == []


def test_numbers_come_back_from_their_file(tmp_path):
    path = tmp_path / "numbers.npz"
    save_row_numbers(path, stored())
    loaded = load_row_numbers(path)
    assert loaded.rows.tolist() == [0, 1, 2, 3]
    assert np.array_equal(loaded.digests, stored().digests)
    assert np.array_equal(loaded.column("xy"), stored().values["xy"])
    assert loaded.column("xy").dtype == np.float16


def test_a_value_may_not_take_the_name_of_the_rows(tmp_path):
    numbers = RowNumbers(FACES.rows, row_digests(FACES.pixels), {"rows": FACES.rows})
    with pytest.raises(ValueError, match="other names for values than rows"):
        save_row_numbers(tmp_path / "numbers.npz", numbers)


@pytest.mark.parametrize("name", ["absent", "model"])
def test_a_column_that_has_no_entry_per_row_is_an_error(name):
    numbers = RowNumbers(FACES.rows, row_digests(FACES.pixels), {"model": np.array(["cue"])})
    with pytest.raises(DataError, match=rf"stored numbers '{name}' for 4 rows"):
        numbers.column(name)


@pytest.mark.parametrize(
    ("rows", "digests", "expected"),
    [
        (np.array([0, 0]), np.zeros(2, np.uint32), "each row once"),
        (np.array([0.5]), np.zeros(1, np.uint32), "Expected int rows"),
        (np.array([0, 1]), np.zeros(1, np.uint32), "Expected 2 uint32 digests"),
        (np.array([0]), np.zeros(1, np.int64), "Expected 1 uint32 digests"),
    ],
)
def test_numbers_are_valid_once_they_exist(rows, digests, expected):
    with pytest.raises(ValueError, match=expected):
        RowNumbers(rows, digests)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(DataError, match="cannot be read: No such file"):
        load_row_numbers(tmp_path / "numbers.npz")


def write_cut_off(path):
    save_row_numbers(path, stored())
    path.write_bytes(path.read_bytes()[:-40])


def write_array(path):
    with path.open("wb") as file:
        np.save(file, np.arange(3))


def write_flipped(path):
    save_row_numbers(path, stored())
    content = bytearray(path.read_bytes())
    content[60] ^= 255
    path.write_bytes(content)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"row,label\n"),
        lambda path: path.write_bytes(np.lib.format.magic(1, 0) + b"no header"),
        write_array,
        lambda path: np.savez(path, rows=np.arange(3)),
        lambda path: np.savez(path, rows=np.array([{}]), digests=np.zeros(1, np.uint32)),
        write_cut_off,
        write_flipped,
    ],
    ids=["empty", "text", "no header", "one array", "no digests", "pickled", "cut off", "flipped"],
)
def test_a_damaged_or_foreign_file_is_an_error(tmp_path, write):
    path = tmp_path / "numbers.npz"
    write(path)
    with pytest.raises(DataError, match="holds no stored numbers, or damaged ones"):
        load_row_numbers(path)


def test_numbers_of_other_data_than_fer2013_say_so_after_a_round_trip(tmp_path):
    faces = noise_faces(7)
    numbers = RowNumbers(faces.rows.astype(np.int32), row_digests(faces.pixels))
    assert not numbers.is_own
    save_row_numbers(tmp_path / "own.npz", numbers.about(faces))
    assert load_row_numbers(tmp_path / "own.npz").is_own


def test_the_stored_numbers_that_we_ship_are_about_fer2013():
    for name in ("feature_map.npz", "label_errors.npz"):
        assert not load_row_numbers(MODELS_FOLDER / name).is_own
