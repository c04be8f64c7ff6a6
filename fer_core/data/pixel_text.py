"""The `pixels` field of a CSV: grey levels as numbers between spaces."""

import math
from typing import Final

import numpy as np

_SIDE: Final = 48  # FER2013's, which a first row that is cut off is held to
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
    """Reads the images of one column: all have the size of the first one that can be read."""

    def __init__(self) -> None:
        self._shape: tuple[int, ...] | None = None

    def image(self, text: str) -> np.ndarray:
        """Return an image, uint8, grey `(side, side)` or BGR `(side, side, 3)`.

        Raises:
            ValueError: As `parse_pixels`; or the values are not those of a square, or not as many
                as in the rows before.

        >>> PixelReader().image(" ".join(["7"] * 300)).shape
        (10, 10, 3)
        """
        values = parse_pixels(text)
        shape = self._shape or _square_shape(len(values))
        n_expected = math.prod(shape or (_SIDE, _SIDE))
        if len(values) != n_expected:
            raise wrong_count(len(values), expected=n_expected)
        self._shape = shape
        image = values.reshape(shape or (_SIDE, _SIDE))
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
