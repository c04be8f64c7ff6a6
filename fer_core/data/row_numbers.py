"""Numbers that were computed once and are stored by the rows of a CSV, FER2013's or one's own.

They belong to a person's own copy of the file, so each row has a digest of its pixels. A number is
joined to a face only where row and digest fit.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from fer_core.data.dataset import SPLITS, FaceDataset, class_counts
from fer_core.errors import DataError
from fer_core.files import write_file
from fer_core.labels import FER2013_COUNTS

NOT_STORED: Final = -1
_DAMAGE: Final = (
    ValueError,
    KeyError,
    EOFError,
    TypeError,  # one array instead of an archive
    zipfile.BadZipFile,
    zlib.error,
)
_OWN: Final = "own"  # present where the numbers are about other data than FER2013
_ROWS: Final = "rows"
_DIGESTS: Final = "digests"


def row_digests(pixels: np.ndarray) -> np.ndarray:
    """Return a digest per face, crc32 of its bytes: `(n, height, width)` uint8 -> `(n,)` uint32.

    >>> row_digests(np.zeros((1, 48, 48), np.uint8)).tolist()
    [2962361072]
    """
    digests = [zlib.crc32(np.ascontiguousarray(face).data) for face in pixels]
    return np.array(digests, dtype=np.uint32)


@dataclass(frozen=True, slots=True, eq=False)
class RowNumbers:
    """Stored numbers of some rows of a CSV.

    Attributes:
        rows: `(n,)` int, each row once.
        digests: `(n,)` uint32, of the pixels of these rows, see `row_digests`.
        values: The numbers by name. `column` returns those with an entry per row.
    """

    rows: np.ndarray
    digests: np.ndarray
    values: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def is_own(self) -> bool:
        """Whether they are about other data than FER2013."""
        return _OWN in self.values

    def about(self, dataset: FaceDataset) -> "RowNumbers":
        """Return the same numbers, marked as a user's own if the data set is not FER2013."""
        is_fer2013 = tuple(class_counts(dataset).get(SPLITS[0], {}).values()) == FER2013_COUNTS
        return self if is_fer2013 else replace(self, values={**self.values, _OWN: np.array([True])})

    def __post_init__(self) -> None:
        if self.rows.ndim != 1 or self.rows.dtype.kind not in "iu":
            raise ValueError(f"Expected int rows (n,), got {self.rows.dtype} {self.rows.shape}.")
        if self.digests.shape != self.rows.shape or self.digests.dtype != np.uint32:
            raise ValueError(
                f"Expected {len(self.rows)} uint32 digests, got {self.digests.dtype} "
                f"{self.digests.shape}."
            )
        if len(np.unique(self.rows)) != len(self.rows):
            raise ValueError("Expected each row once, got some twice.")

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> np.ndarray:
        """Return the numbers of one name, an entry per row: `(n, ...)`.

        Raises:
            DataError: There are none, or their number is not that of the rows.
        """
        values = self.values.get(name, np.zeros(()))
        if values.ndim == 0 or len(values) != len(self):
            raise DataError(
                f"Expected the stored numbers {name!r} for {len(self):,} rows, got an array of "
                f"shape {values.shape}. Compute them again."
            )
        return values

    def joined_to(self, rows: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        """Return where the numbers of each given face are: an index into `rows`, or `NOT_STORED`.

        Args:
            rows: `(m,)` int, row of each face in its file.
            pixels: `(m, 48, 48)` uint8.

        >>> faces = np.zeros((2, 48, 48), np.uint8)
        >>> stored = RowNumbers(np.array([5, 2]), row_digests(faces))
        >>> stored.joined_to(np.array([2, 3]), faces).tolist()
        [1, -1]
        """
        found = np.full(len(rows), NOT_STORED, dtype=np.int64)
        if not len(self):
            return found
        order = np.argsort(self.rows)
        places = np.minimum(np.searchsorted(self.rows[order], rows), len(self) - 1)
        candidates = order[places]
        same_row = np.flatnonzero(self.rows[candidates] == rows)
        fits = self.digests[candidates[same_row]] == row_digests(pixels[same_row])
        found[same_row[fits]] = candidates[same_row[fits]]
        return found


def check_rows(rows: np.ndarray) -> None:
    """Raise a DataError if faces have no row numbers, as image files have none."""
    if (rows < 0).any():
        raise DataError(
            "Expected FER2013's CSV, whose rows have numbers, got image files. Name the CSV with "
            "--data or FER2013_CSV."
        )


def join_problem(joined: np.ndarray) -> str | None:
    """Return a sentence on the faces without stored numbers; None if all have them.

    Args:
        joined: What `RowNumbers.joined_to` returned.

    >>> join_problem(np.array([0, 1, -1, 2]))
    '1 of 4 faces has no stored numbers: its row is not stored, or it showed another face.'
    """
    n_missing = int((joined == NOT_STORED).sum())
    if not n_missing:
        return None
    if n_missing == 1:
        reason = "has no stored numbers: its row is not stored, or it showed another face."
    else:
        reason = "have no stored numbers: their rows are not stored, or they showed other faces."
    return f"{n_missing:,} of {len(joined):,} faces {reason}"


def save_row_numbers(path: Path, numbers: RowNumbers) -> None:
    """Write numbers as a compressed .npz file, whole or not at all.

    Raises:
        ValueError: A value is called `rows` or `digests`.
        OSError: As `files.write_file`.
    """
    reserved = {_ROWS, _DIGESTS} & numbers.values.keys()
    if reserved:
        raise ValueError(f"Expected other names for values than {', '.join(sorted(reserved))}.")
    content = io.BytesIO()
    arrays = {_ROWS: numbers.rows.astype(np.int32), _DIGESTS: numbers.digests, **numbers.values}
    np.savez_compressed(content, allow_pickle=False, **arrays)
    write_file(path, content.getvalue())


def load_row_numbers(path: Path) -> RowNumbers:
    """Return the numbers in a file that `save_row_numbers` wrote.

    Raises:
        DataError: The file is missing, damaged, or of another kind.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            values = {name: stored[name] for name in stored.files}
        return RowNumbers(values.pop(_ROWS), values.pop(_DIGESTS), values)
    except OSError as error:
        raise DataError(
            f"Expected stored numbers at {path}, but the file cannot be read: "
            f"{error.strerror or error}."
        ) from error
    except _DAMAGE as error:
        raise DataError(
            f"{path.name} holds no stored numbers, or damaged ones ({error}). Compute them again."
        ) from error
