"""The `pixels` field of a CSV: grey levels as numbers between spaces."""

import math
from typing import Final

import numpy as np

_SIDE: Final = 48  # FER2013's, which is expected where rows are not all of one other size
_MIN_SIDE: Final = 8  # a row with fewer values is rather cut off


def parse_pixels(text: str) -> np.ndarray:
    """Return the values `(n,)` uint8.

    Raises:
        ValueError: There is something else than whole numbers from 0 to 255. The message says what
            was expected and what came.

    >>> parse_pixels("0 128  255").tolist()
    [0, 128, 255]
    """
    strange = text.encode().translate(None, b"0123456789 \t").decode()
    if strange:
        raise ValueError(
            f"expected pixels as whole numbers separated by spaces, got {strange[:20]!r} in them."
        )
    values = np.fromstring(text, dtype=np.int64, sep=" ")
    if len(values) and values.max() > 255:
        raise ValueError(f"expected pixels from 0 to 255, got {values.max()}.")
    return values.astype(np.uint8)


def wrong_count(n_values: int, *, expected: int) -> ValueError:
    """Return the error for a row with another number of pixels than expected."""
    cause = "; the file may be cut off here" if n_values < expected else ""
    return ValueError(f"expected {expected:,} pixels, got {n_values:,}{cause}.")


class PixelReader:
    """Reads the images of one column, each square and of any size."""

    def __init__(self) -> None:
        self._counts: set[int] = set()  # different numbers of values so far

    def image(self, text: str, *, is_last: bool = False) -> np.ndarray:
        """Return an image, uint8, grey `(side, side)` or BGR `(side, side, 3)`.

        Args:
            text: The cell.
            is_last: Whether it is in the last row: where all rows before have one larger size, the
                file is cut off in it, even if as many values are left as a square has.

        Raises:
            ValueError: As `parse_pixels`; or the values are not those of a square, or the file is
                cut off.

        >>> PixelReader().image(" ".join(["7"] * 300)).shape
        (10, 10, 3)
        """
        values = parse_pixels(text)
        only = min(self._counts) if len(self._counts) == 1 else None
        shape = _square_shape(len(values))
        is_cut_off = is_last and only is not None and len(values) < only
        if shape is None or is_cut_off:
            raise wrong_count(len(values), expected=only or _SIDE**2)
        self._counts.add(len(values))
        image = values.reshape(shape)
        return image if image.ndim == 2 else np.ascontiguousarray(image[..., ::-1])


def _square_shape(n_values: int) -> tuple[int, ...] | None:
    """Return the shape of a square image with so many values, grey or RGB; None if there is none.

    >>> _square_shape(2304), _square_shape(6912), _square_shape(2303)
    ((48, 48), (48, 48, 3), None)
    """
    for depth in ((), (3,)):
        side = math.isqrt(n_values // math.prod(depth))
        if side >= _MIN_SIDE and side * side * math.prod(depth) == n_values:
            return (side, side, *depth)
    return None
