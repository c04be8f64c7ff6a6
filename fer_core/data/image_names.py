"""The order of FER+'s image names, which shows whether a row was left out, doubled or moved.

FER+ numbers its images in the order of its rows: `fer0000000.png`, `fer0000001.png`. A row without
a name shows no face; some such rows take a number and some do not. So from one named row to the
next, the number minus the row stays, or falls by at most one per row without a name in between. It
never rises.

Three rows repeat the name of another row thousands of rows away, because both show one image. They
count as rows without a name. A row that was left out lets the difference rise, and all names after
it are out of place. A row that was doubled, or moved from elsewhere, is out of place itself.

The names do not show that a row without a name moved: all such rows hold the same votes.

Source: counted in FER+'s rows of Training and PublicTest, which have 158 rows without a name.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

# Number of the name before, and of the name out of place. All are rows of Training.
_KNOWN_REPEATS: Final = frozenset({(5264, 6953), (5337, 11785), (15792, 8403)})
# PrivateTest may repeat names too. Training has three repeats in eight times as many rows.
_MAX_UNKNOWN_REPEATS: Final = 3
_MIN_DISTANCE: Final = 100  # rows from a repeat to its own place: 1,694 at least in Training


def first_misplaced(numbers: Sequence[int | None], *, may_repeat: np.ndarray) -> int | None:
    """Return the first row whose image is not the one that follows in FER+, None if all are.

    Args:
        numbers: Number in the image name of each row; None without a name.
        may_repeat: `(n_rows,)` bool: the rows that may repeat the name of a distant row although
            FER+ is not known to do so there.

    >>> may_repeat = np.zeros(5, bool)
    >>> first_misplaced([0, 1, None, 2, 3], may_repeat=may_repeat)
    >>> first_misplaced([0, 1, 3, 3, 4], may_repeat=may_repeat)
    2
    """
    times = Counter(numbers)
    n_repeats = 0
    last: tuple[int, int] | None = None  # row and number of the last name in its place
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
