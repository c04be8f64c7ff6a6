from collections import Counter

import numpy as np
import pytest

from fer_core.data.dataset import SPLITS
from fer_core.data.image_names import first_misplaced, order_problem
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
    return first_misplaced(
        numbers, may_repeat=np.full(len(numbers), may_repeat), times=Counter(numbers)
    )


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


PRIVATE_TEST: list[int | None] = [*range(32_220, 32_420), None, *range(32_421, 35_809)]


def problem_of(numbers, split="PrivateTest", *, has_votes=None):
    """Return the problem of rows of one split; by default, all rows with a name have votes."""
    if has_votes is None:
        has_votes = np.array([number is not None for number in numbers])
    return order_problem(numbers, has_votes, np.full(len(numbers), SPLITS.index(split)))


def test_private_test_goes_on_after_public_test_and_a_nameless_row_may_take_a_number():
    assert len(PRIVATE_TEST) == 3_589
    assert problem_of(PRIVATE_TEST) is None
    without_number = [*PRIVATE_TEST[:201], *range(32_420, 35_808)]
    assert problem_of(without_number) is None
    assert problem_of([None, *PRIVATE_TEST[:-1]]) is None


def test_the_first_row_of_private_test_is_checked():
    assert problem_of([*PRIVATE_TEST[1:], 35_809]) == (
        "row 2: expected the image that follows fer0032219.png in FER+, got fer0032221.png"
    )


@pytest.mark.parametrize(
    ("changed", "row"),
    [
        (one_out_one_doubled(PRIVATE_TEST, 0, 9), 2),
        (one_out_one_doubled(PRIVATE_TEST, 701, 711), 703),
        (swapped(PRIVATE_TEST, 801, 802), 803),
        (shifted(PRIVATE_TEST, 903, 904, 1_000), 905),
        ([*PRIVATE_TEST[:300], *PRIVATE_TEST[301:], None], 302),
    ],
)
def test_private_test_is_refused_at_the_first_row_that_does_not_follow(changed, row):
    assert len(changed) == 3_589
    assert problem_of(changed).startswith(f"row {row:,}: expected the image that follows")


def test_private_test_may_repeat_a_name_of_another_split():
    numbers = [7, *PRIVATE_TEST]
    numbers[500] = 7
    split_ids = np.array([0] + [2] * 3_589)
    has_votes = np.ones(len(numbers), bool)
    has_votes[201] = False
    assert order_problem(numbers, has_votes, split_ids) is None
    numbers[0] = 8
    assert order_problem(numbers, has_votes, split_ids) == (
        "row 502: expected the image that follows fer0032718.png in FER+, got fer0000007.png"
    )


@pytest.mark.parametrize(
    ("split", "n_rows"), [("Training", 28_709), ("PublicTest", 3_589), ("PrivateTest", 3_589)]
)
def test_votes_without_names_are_refused_for_as_many_rows_as_fer_plus_has(split, n_rows):
    message = "row 2: expected a name such as fer0000012.png in the column Image name, got votes"
    has_votes = np.ones(n_rows, bool)
    assert problem_of([None] * n_rows, split, has_votes=has_votes).startswith(message)
    assert problem_of([None] * (n_rows - 1), split, has_votes=has_votes[1:]) is None


@pytest.mark.parametrize(("split", "n_rows"), [("Training", 28_709), ("PublicTest", 3_589)])
def test_names_in_sequence_that_are_not_those_of_fer_plus_are_refused(split, n_rows):
    assert f"{split}: expected the image names of FER+'s {n_rows:,} rows" in problem_of(
        list(range(n_rows)), split
    )
    assert problem_of(list(range(n_rows - 1)), split) is None


@pytest.fixture(scope="module")
def lines(fer2013_csv):
    """Return the header and the rows of the real file, which is accepted as it is."""
    path = find_votes(fer2013_csv, {})
    if path is None:
        pytest.skip("needs FER+'s file beside the FER2013 file")
    assert len(read_votes(path)) >= 32_298
    header, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    return header, rows


N_TRAINING = 28_709
N_KNOWN = 32_298
NAMELESS = "{},,0,0,0,0,0,0,0,0,0,10"


def refused(tmp_path, header, rows):
    """Return the message with which a file of these rows is refused."""
    path = tmp_path / "votes.csv"
    path.write_text("\n".join([header, *rows]))
    with pytest.raises(DataError) as error:
        read_votes(path)
    return str(error.value)


@pytest.mark.data
@pytest.mark.parametrize("change", [*CHANGES.values(), *COPIES.values()], ids=[*CHANGES, *COPIES])
@pytest.mark.parametrize("start", [0, 12_000])
def test_the_real_file_is_refused_once_rows_of_training_are_changed(change, start, lines, tmp_path):
    header, rows = lines
    changed = change(rows[start:N_TRAINING])
    message = refused(tmp_path, header, [*rows[:start], *changed, *rows[N_TRAINING:]])
    assert "Training: expected the image names of FER+'s 28,709 rows in their order" in message


def nameless_places(rows):
    return [place for place, row in enumerate(rows) if row.split(",")[1] == ""]


def nameless_moved(rows):
    place = nameless_places(rows)[3]
    return shifted(rows, place, place + 1, 40)


def nameless_doubled(rows):
    place = nameless_places(rows)[3]
    return [*rows[:place], rows[place], *rows[place:-1]]


def nameless_left_out(rows):
    place = nameless_places(rows)[3]
    return [*rows[:place], *rows[place + 1 :], rows[place]]


NAMELESS_CHANGES = {
    "one added in front": lambda rows: [NAMELESS.format(rows[0].split(",")[0]), *rows[:-1]],
    "the first row left out": lambda rows: [*rows[1:], NAMELESS.format(rows[0].split(",")[0])],
    "moved": nameless_moved,
    "doubled": nameless_doubled,
    "left out": nameless_left_out,
}


@pytest.mark.data
@pytest.mark.parametrize("change", NAMELESS_CHANGES.values(), ids=NAMELESS_CHANGES)
@pytest.mark.parametrize("split", ["Training", "PublicTest"])
def test_the_real_file_is_refused_once_rows_without_a_name_are_changed(
    change, split, lines, tmp_path
):
    header, rows = lines
    training, public, rest = rows[:N_TRAINING], rows[N_TRAINING:N_KNOWN], rows[N_KNOWN:]
    if split == "Training":
        changed = [*change(training), *public, *rest]
    else:
        changed = [*training, *change(public), *rest]
    assert len(changed) == len(rows)
    assert f"{split}: expected the image names" in refused(tmp_path, header, changed)


@pytest.mark.data
@pytest.mark.parametrize("keeps_the_column", [False, True])
def test_the_real_file_is_refused_without_its_names(keeps_the_column, lines, tmp_path):
    header, rows = lines
    order = [*np.random.default_rng(0).permutation(N_TRAINING), *range(N_TRAINING, len(rows))]
    parts = [rows[place].split(",") for place in order]
    if keeps_the_column:
        changed = [",".join([part[0], "", *part[2:]]) for part in parts]
    else:
        header = header.replace(",Image name", "")
        changed = [",".join([part[0], *part[2:]]) for part in parts]
    message = refused(tmp_path, header, changed)
    assert "expected a name such as fer0000012.png in the column Image name, got" in message


@pytest.mark.data
def test_a_part_of_the_real_file_is_accepted(lines, tmp_path):
    header, rows = lines
    path = tmp_path / "votes.csv"
    path.write_text("\n".join([header, *rows[:20_000]]))
    assert len(read_votes(path)) == 20_000
