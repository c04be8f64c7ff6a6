"""The learning rate as a pure function of progress, so a resumed run continues exactly."""

import math
from typing import Final

WARM_UP_EPOCHS: Final = 1.0
_FLOOR: Final = 0.002  # of the peak: the last steps of a cycle still move a little


def learning_rate_at(epoch: float, *, peak: float, cycles: tuple[int, ...]) -> float:
    """Return the learning rate after `epoch` epochs, a fraction counting as part of one.

    Each cycle falls from the peak to nearly zero along half a cosine; the first epoch of all
    rises to the peak in a straight line.

    Raises:
        ValueError: `epoch` is negative.

    Source: warm restarts, Loshchilov and Hutter 2017, arXiv 1608.03983.

    >>> [round(learning_rate_at(e, peak=1.0, cycles=(4, 8)), 2) for e in (0.5, 2, 4, 8, 12)]
    [0.48, 0.5, 1.0, 0.5, 0.0]
    """
    if epoch < 0:
        raise ValueError(f"Epochs are counted from 0, got {epoch}.")
    start = 0
    for length in cycles[:-1]:
        if epoch < start + length:
            break
        start += length
    else:
        length = cycles[-1]
    progress = min((epoch - start) / length, 1.0)
    rate = peak * (_FLOOR + (1 - _FLOOR) * (1 + math.cos(math.pi * progress)) / 2)
    return rate * min(epoch / WARM_UP_EPOCHS, 1.0) if epoch < WARM_UP_EPOCHS else rate
