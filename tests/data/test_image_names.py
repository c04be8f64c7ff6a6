import numpy as np
import pytest

from fer_core.data.image_names import first_misplaced
from fer_core.data.votes import find_votes, read_votes
from fer_core.errors import DataError

N_ROWS = 8_000


def fer_plus_like():
    """Return numbers with a row without a name in 50, every second of which takes a number."""
    rng = np.random.default_rng(0)
    numbers, number = [], 0
    for row in range(N_ROWS):
        is_named = row % 50 != 20
        numbers.append(number if is_named else None)
        number += int(is_named or rng.random() < 0.5)
    return numbers


NUMBERS = fer_plus_like()


def misplaced(numbers, *, may_repeat=False):
    return first_misplaced(numbers, may_repeat=np.full(len(numbers), may_repeat))


def one_out_one_doubled(rows, out, doubled):
    """Return as many rows, without `out` and with `doubled` twice."""
    times = {out: 0, doubled: 2}
    return [row for index, row in enumerate(rows) for _ in range(times.get(index, 1))]


def swapped(rows, first, second):
    rows = list(rows)
    rows[first], rows[second] = rows[second], rows[first]
    return rows


def shifted(rows, start, stop, by):
    """Return rows of which those from `start` to `stop` stand `by` rows further down."""
    rest = rows[:start] + rows[stop:]
    return rest[: start + by] + rows[start:stop] + rest[start + by :]


CHANGES = {
    "the next row doubled": lambda rows: one_out_one_doubled(rows, 701, 702),
    "the row before doubled": lambda rows: one_out_one_doubled(rows, 702, 701),
    "a row 10 rows down doubled": lambda rows: one_out_one_doubled(rows, 701, 711),
    "a row 10 rows up doubled": lambda rows: one_out_one_doubled(rows, 711, 701),
    "a row far down doubled": lambda rows: one_out_one_doubled(rows, 3, len(rows) - 5_000),
    "a row far up doubled": lambda rows: one_out_one_doubled(rows, len(rows) - 5_000, 3),
    "neighbours swapped": lambda rows: swapped(rows, 801, 802),
    "distant rows swapped": lambda rows: swapped(rows, 801, len(rows) - 4_000),
    "a block shifted": lambda rows: shifted(rows, 903, 915, 30),
    "a row shifted": lambda rows: shifted(rows, 903, 904, 1_000),
}
COPIES = {
    "a row in the place of another": lambda rows: [*rows[:1_203], rows[9], *rows[1_204:]],
}


def test_numbers_in_the_order_of_fer_plus_are_all_in_their_place():
    assert misplaced(NUMBERS) is None
    assert misplaced(NUMBERS[1_000:]) is None  # a part of the file
    assert misplaced([None, 0, 1]) is None


@pytest.mark.parametrize("numbers", [[], [None] * 5, [7]])
def test_without_two_names_there_is_no_order(numbers):
    assert misplaced(numbers) is None


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("may_repeat", [False, True])
def test_rows_left_out_doubled_or_moved_are_noticed(change, may_repeat):
    changed = change(NUMBERS)
    assert len(changed) == N_ROWS
    assert misplaced(changed, may_repeat=may_repeat) is not None


def test_a_copy_in_the_place_of_another_row_is_noticed_where_names_do_not_repeat():
    (copy,) = COPIES.values()
    assert misplaced(copy(NUMBERS)) == 1_203
    assert misplaced(copy(NUMBERS), may_repeat=True) is None


def test_the_row_is_the_first_one_that_does_not_follow():
    assert misplaced([0, 1, None, 3, 4]) is None
    assert misplaced([0, 1, None, 4, 5]) == 3
    assert misplaced([0, 2, 3]) == 1
    assert misplaced([0, 1, 1, 3]) == 2


def test_a_fourth_repeat_in_the_rows_that_may_repeat_is_one_too_many():
    numbers: list[int | None] = list(range(1_000))
    for row in (500, 600, 700):
        numbers[row] = row - 400
    assert misplaced(numbers, may_repeat=True) is None
    assert misplaced(numbers) == 500
    numbers[800] = 3
    assert misplaced(numbers, may_repeat=True) == 800


@pytest.fixture(scope="module")
def lines(fer2013_csv):
    """Return the header and the rows of the real file, which is accepted as it is."""
    path = find_votes(fer2013_csv, {})
    if path is None:
        pytest.skip("needs FER+'s file beside the FER2013 file")
    assert len(read_votes(path)) >= 32_298
    header, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    return header, rows


@pytest.mark.data
@pytest.mark.parametrize("change", [*CHANGES.values(), *COPIES.values()], ids=[*CHANGES, *COPIES])
@pytest.mark.parametrize("start", [0, 12_000])
def test_the_real_file_is_refused_once_rows_of_training_are_changed(change, start, lines, tmp_path):
    header, rows = lines
    n_training = 28_709
    changed = change(rows[start:n_training])
    path = tmp_path / "votes.csv"
    path.write_text("\n".join([header, *rows[:start], *changed, *rows[n_training:]]))
    with pytest.raises(DataError, match=r"expected the image that follows fer\d{7}\.png"):
        read_votes(path)
