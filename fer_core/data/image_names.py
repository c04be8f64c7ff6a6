"""The image names of FER+, which show whether a row was left out, doubled, added or moved.

The names of Training and PublicTest are known: a digest of them tells any other order, a row
without a name included. All other rows are held to the way in which FER+ numbers its images:
`fer0000000.png`, `fer0000001.png` in the order of the rows. A row without a name shows no face and
has no votes for an expression; some such rows take a number and some do not. So from one named row
to the next, the number minus the row stays, or falls by at most one per row without a name in
between. It never rises.

Three rows repeat the name of another row thousands of rows away, because both show one image. They
count as rows without a name. A row that was left out lets the difference rise, and all names after
it are out of place. A row that was doubled, or moved from elsewhere, is out of place itself.

In PrivateTest, a row without a name that was added or moved may pass: the rule lets numbers fall
behind there, so it cannot tell such a row from FER+'s.

Source: counted in FER+'s rows of Training and PublicTest, which have 158 rows without a name.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from fer_core.data.dataset import SPLITS

_N_ROWS: Final = {"Training": 28_709, "PublicTest": 3_589, "PrivateTest": 3_589}  # as published
# sha256 of the names in row order, joined by newlines; a row without a name has an empty one.
_DIGESTS: Final = {
    "Training": "22d503d397e85997112605c1a1d06ea813c57e5bd41e24aef0231f5a44acf6ef",
    "PublicTest": "4fb117ee5111a96a4d716c0718ae6ae12a34431e1310f15310d4ebd139216aa7",
}
_LAST_OF_PUBLIC_TEST: Final = 32_219  # PrivateTest goes on from there

# Number of the name before, and of the name out of place: for a file with a part of Training.
_KNOWN_REPEATS: Final = frozenset({(5264, 6953), (5337, 11785), (15792, 8403)})
# PrivateTest may repeat names too. Training has three repeats in eight times as many rows.
_MAX_UNKNOWN_REPEATS: Final = 3
_MIN_DISTANCE: Final = 100  # rows from a repeat to its own place: 1,694 at least in Training


def order_problem(
    numbers: Sequence[int | None], has_votes: np.ndarray, split_ids: np.ndarray
) -> str | None:
    """Return where the rows are not FER+'s, what was expected and what came; None if they fit.

    A split with another number of rows than FER+'s may start at any image, or have no names.

    Args:
        numbers: Number in the image name of each row; None without a name.
        has_votes: `(n_rows,)` bool: the rows with a vote for an expression.
        split_ids: `(n_rows,)` int, index into `SPLITS`.

    >>> order_problem([0, 1, 3], np.ones(3, bool), np.zeros(3, int))
    'row 4: expected the image that follows fer0000001.png in FER+, got fer0000003.png'
    """
    is_other = np.ones(len(numbers), bool)
    for split_id, split in enumerate(SPLITS):
        rows = np.flatnonzero(split_ids == split_id).tolist()
        if len(rows) != _N_ROWS[split]:
            continue
        is_other[rows] = False
        nameless = [row for row in rows if numbers[row] is None and has_votes[row]]
        if nameless:
            return (
                f"row {nameless[0] + 2:,}: expected a name such as fer0000012.png in the column "
                "Image name, got votes without one"
            )
        if split not in _DIGESTS:
            problem = _step_problem(numbers, rows, split_ids, after=_LAST_OF_PUBLIC_TEST)
            if problem:
                return problem
        elif _digest(numbers[row] for row in rows) != _DIGESTS[split]:
            return (
                f"{split}: expected the image names of FER+'s {len(rows):,} rows in their order, "
                "got other names or another order"
            )
    return _step_problem(numbers, np.flatnonzero(is_other).tolist(), split_ids, after=None)


def _step_problem(
    numbers: Sequence[int | None], rows: list[int], split_ids: np.ndarray, *, after: int | None
) -> str | None:
    """Return what is wrong with the order of the given rows, None if they follow one another."""
    chosen = [numbers[row] for row in rows]
    may_repeat = split_ids[rows] == SPLITS.index("PrivateTest")
    place = first_misplaced(chosen, may_repeat=may_repeat, times=Counter(numbers), after=after)
    if place is None:
        return None
    before = next((number for number in reversed(chosen[:place]) if number is not None), after)
    return (
        f"row {rows[place] + 2:,}: expected the image that follows {_name(before)} in FER+, "
        f"got {_name(chosen[place])}"
    )


def first_misplaced(
    numbers: Sequence[int | None],
    *,
    may_repeat: np.ndarray,
    times: Counter[int | None],
    after: int | None = None,
) -> int | None:
    """Return the first row whose image is not the one that follows in FER+, None if all are.

    Args:
        numbers: Number in the image name of each row; None without a name.
        may_repeat: `(n_rows,)` bool: the rows that may repeat the name of a distant row although
            FER+ is not known to do so there.
        times: How many rows of the file have each number.
        after: Number of the image before the first row; None if any may be the first.

    >>> numbers = [0, 1, 3, 3, 4]
    >>> first_misplaced(numbers, may_repeat=np.zeros(5, bool), times=Counter(numbers))
    2
    """
    n_repeats = 0
    last = None if after is None else (-1, after)  # row and number of the last name in its place
    for row, number in enumerate(numbers):
        if number is None:
            continue
        if last is None:
            last = (row, number)
            continue
        n_between = row - last[0] - 1
        if 1 <= number - last[1] <= n_between + 1:
            last = (row, number)
            continue
        if (last[1], number) in _KNOWN_REPEATS:
            continue
        n_repeats += 1
        is_distant = abs(number - last[1]) >= _MIN_DISTANCE
        is_repeat = bool(may_repeat[row]) and times[number] > 1 and is_distant
        if not is_repeat or n_repeats > _MAX_UNKNOWN_REPEATS:
            return row
    return None


def _digest(numbers: Iterable[int | None]) -> str:
    return hashlib.sha256("\n".join(map(_name, numbers)).encode()).hexdigest()


def _name(number: int | None) -> str:
    return "" if number is None else f"fer{number:07d}.png"
