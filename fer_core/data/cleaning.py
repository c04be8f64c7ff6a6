"""From a raw data set to faces fit for training and for choosing a model, with a report."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from fer_core.data.dataset import SPLITS, FaceDataset, image_keys
from fer_core.errors import BadRowError, DataError

_HOLD_OUT: Final = 10  # one face in ten, where a file names no PublicTest rows


@dataclass(frozen=True, slots=True)
class CleaningReport:
    """How many faces were read, kept, and dropped for which reason."""

    n_read: int
    n_unreadable: int
    n_blank: int
    n_duplicates: int
    n_conflicting: int
    n_also_in_test: int
    n_train: int
    n_validation: int

    def sentences(self) -> tuple[str, ...]:
        """Return the report in words, one sentence a reason."""
        dropped = (
            (self.n_unreadable, "rows could not be read"),
            (self.n_blank, "pictures are blank"),
            (self.n_duplicates, "training faces repeat an earlier one"),
            (self.n_conflicting, "training faces occur with different labels"),
            (self.n_also_in_test, "training faces also occur in a test split"),
        )
        kept = f"{self.n_train:,} faces to train on, {self.n_validation:,} to validate on."
        return (*(f"{count:,} {reason}: dropped." for count, reason in dropped if count), kept)

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name, as a model card stores them."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class CleanData:
    """Faces to train on, faces to choose a model by, and what was dropped."""

    train: FaceDataset
    validation: FaceDataset
    report: CleaningReport


def clean(dataset: FaceDataset, *, bad_rows: Iterable[BadRowError] = ()) -> CleanData:
    """Return training and validation faces without blanks, duplicates and leaks.

    Dropped from training: blank pictures, repeats of an earlier training face, faces that occur
    with different labels (nobody can tell which is right), and faces that are pixel-identical to
    one of any test split. Validation is PublicTest without blank pictures; where the file has no
    such rows, every tenth training face of each label.

    Raises:
        DataError: Nothing is left to train or to validate on.
    """
    blank = is_blank(dataset.pixels)
    readable = dataset.select(~blank)
    training = readable.split("Training")
    tests = readable.select(readable.split_ids != SPLITS.index("Training"))
    dropped = _dropped(training, tests)
    train = training.select(~np.any(list(dropped.values()), axis=0))
    validation = readable.split("PublicTest")
    if not len(validation):
        train, validation = _hold_out(train)
    if not len(train) or not len(validation):
        raise DataError(
            f"Expected faces to train and to validate on, got {len(train)} and {len(validation)} "
            "after cleaning. Use the whole FER2013 file."
        )
    n_unreadable = sum(1 for _ in bad_rows)
    report = CleaningReport(
        n_read=len(dataset) + n_unreadable,
        n_unreadable=n_unreadable,
        n_blank=int(blank.sum()),
        **{name: int(mask.sum()) for name, mask in dropped.items()},
        n_train=len(train),
        n_validation=len(validation),
    )
    return CleanData(train, validation, report)


def _dropped(training: FaceDataset, tests: FaceDataset) -> dict[str, np.ndarray]:
    """Return a mask of training faces to drop by count of the report; no face is in two masks."""
    conflicting = has_conflicting_label(training)
    repeated = is_repeat(training.pixels) & ~conflicting
    leaked = np.isin(image_keys(training.pixels), image_keys(tests.pixels))
    return {
        "n_conflicting": conflicting,
        "n_duplicates": repeated,
        "n_also_in_test": leaked & ~(conflicting | repeated),
    }


def is_blank(pixels: np.ndarray) -> np.ndarray:
    """Return a mask `(n,)` of pictures `(n, height, width)` that are one flat grey."""
    return np.asarray(np.ptp(pixels, axis=(1, 2)) == 0)


def is_repeat(pixels: np.ndarray) -> np.ndarray:
    """Return a mask `(n,)` of pictures that are pixel-identical to an earlier one."""
    first = np.unique(image_keys(pixels), return_index=True)[1]
    repeat = np.ones(len(pixels), dtype=bool)
    repeat[first] = False
    return repeat


def has_conflicting_label(dataset: FaceDataset) -> np.ndarray:
    """Return a mask `(n,)` of faces whose identical copies do not all carry the same label."""
    _, group = np.unique(image_keys(dataset.pixels), return_inverse=True)
    n_groups = int(group.max(initial=-1)) + 1
    lowest = np.full(n_groups, np.iinfo(np.int64).max)
    highest = np.full(n_groups, -1)
    np.minimum.at(lowest, group, dataset.label_ids)
    np.maximum.at(highest, group, dataset.label_ids)
    return np.asarray((lowest != highest)[group])


def _hold_out(train: FaceDataset) -> tuple[FaceDataset, FaceDataset]:
    held_out = np.zeros(len(train), dtype=bool)
    for label_id in np.unique(train.label_ids):
        held_out[np.flatnonzero(train.label_ids == label_id)[_HOLD_OUT - 1 :: _HOLD_OUT]] = True
    return train.select(~held_out), train.select(held_out)
