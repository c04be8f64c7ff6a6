"""Cleaning: from a raw data set to faces for training and validation, with a report."""

from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from fer_core.data.dataset import SPLITS, FaceDataset, image_keys, is_blank
from fer_core.errors import DataError

_HOLD_OUT: Final = 10  # one face in ten, for files without PublicTest rows


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
    n_left_out: int = 0

    def sentences(self) -> tuple[str, ...]:
        """Return the report in words: one sentence per reason, then what was kept."""
        dropped = (
            ("Unreadable rows dropped", self.n_unreadable),
            ("Training faces left out by a selection", self.n_left_out),
            ("Blank images dropped", self.n_blank),
            ("Training faces dropped as repeats of an earlier one", self.n_duplicates),
            ("Training faces dropped because copies carry another label", self.n_conflicting),
            ("Training faces dropped because they occur in a test split", self.n_also_in_test),
        )
        kept = f"Kept: {self.n_train:,} faces for training, {self.n_validation:,} for validation."
        return (*(f"{reason}: {count:,}." for reason, count in dropped if count), kept)

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name, as a model card stores them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TensorShape:
    """One array of faces as it goes into a network.

    Attributes:
        name: What the faces are for.
        shape: Faces, height, width, channels.
        stored: Type of the pixels in the data set.
        computed: Type of the pixels in the network, where they have mean 0 and variance 1.
    """

    name: str
    shape: tuple[int, int, int, int]
    stored: str = "uint8"
    computed: str = "float32"


@dataclass(frozen=True, slots=True, eq=False)
class CleanData:
    """Faces for training, faces for validation, and the report of what was dropped."""

    train: FaceDataset
    validation: FaceDataset
    report: CleaningReport

    def shapes(self) -> tuple[TensorShape, ...]:
        """Return the shapes of the arrays that training takes."""
        parts = (("training", self.train), ("validation", self.validation))
        return tuple(
            TensorShape(name, (len(faces), *faces.pixels.shape[1:], 1)) for name, faces in parts
        )


def clean(
    dataset: FaceDataset, *, n_unreadable: int = 0, leave_out: np.ndarray | None = None
) -> CleanData:
    """Return training and validation faces without blank images, duplicates and leaks.

    Training loses blank images, repeats of an earlier training face, faces whose identical copies
    carry different labels (the right one is unknown), and faces that are pixel-identical to a test
    face. Validation is PublicTest without blank images. For a file without PublicTest rows, it is
    every tenth training face of each label.

    Args:
        dataset: All splits of the file.
        n_unreadable: Number of rows that could not be read, for the report.
        leave_out: Rows of faces that are not trained on, see `selection.LeaveOut`.

    Raises:
        DataError: No faces are left for training or for validation.
    """
    left_out = np.isin(dataset.rows, [] if leave_out is None else leave_out)
    blank = is_blank(dataset.pixels) & ~left_out
    visible = dataset.select(~(blank | left_out))
    training = visible.split("Training")
    tests = visible.select(visible.split_ids != SPLITS.index("Training"))
    dropped = _dropped(training, tests)
    train = training.select(~np.any(list(dropped.values()), axis=0))
    validation = visible.split("PublicTest")
    if not len(validation):
        train, validation = _hold_out(train)
    if not len(train) or not len(validation):
        raise DataError(
            f"Expected faces for training and validation, got {len(train)} and {len(validation)} "
            "after cleaning. Use the whole FER2013 file."
        )
    report = CleaningReport(
        n_read=len(dataset) + n_unreadable,
        n_unreadable=n_unreadable,
        n_blank=int(blank.sum()),
        **{name: int(mask.sum()) for name, mask in dropped.items()},
        n_train=len(train),
        n_validation=len(validation),
        n_left_out=int(left_out.sum()),
    )
    return CleanData(train, validation, report)


def _dropped(training: FaceDataset, tests: FaceDataset) -> dict[str, np.ndarray]:
    """Return masks of the training faces to drop, by field of the report; masks do not overlap."""
    conflicting = has_conflicting_label(training)
    repeated = is_repeat(training.pixels) & ~conflicting
    leaked = np.isin(image_keys(training.pixels), image_keys(tests.pixels))
    return {
        "n_conflicting": conflicting,
        "n_duplicates": repeated,
        "n_also_in_test": leaked & ~(conflicting | repeated),
    }


def is_repeat(pixels: np.ndarray) -> np.ndarray:
    """Return a mask `(n,)` of the images that are pixel-identical to an earlier one."""
    first = np.unique(image_keys(pixels), return_index=True)[1]
    repeat = np.ones(len(pixels), dtype=bool)
    repeat[first] = False
    return repeat


def has_conflicting_label(dataset: FaceDataset) -> np.ndarray:
    """Return a mask `(n,)` of the faces whose identical copies carry different labels."""
    _, group = np.unique(image_keys(dataset.pixels), return_inverse=True)
    n_groups = int(group.max(initial=-1)) + 1
    lowest = np.full(n_groups, np.iinfo(np.int64).max)
    highest = np.full(n_groups, -1)
    np.minimum.at(lowest, group, dataset.label_ids)
    np.maximum.at(highest, group, dataset.label_ids)
    return np.asarray((lowest != highest)[group])


def _hold_out(train: FaceDataset) -> tuple[FaceDataset, FaceDataset]:
    """Return the faces without, and those that are, every tenth of their label in file order."""
    held_out = np.zeros(len(train), dtype=bool)
    for label_id in np.unique(train.label_ids):
        held_out[np.flatnonzero(train.label_ids == label_id)[_HOLD_OUT - 1 :: _HOLD_OUT]] = True
    return train.select(~held_out), train.select(held_out)
