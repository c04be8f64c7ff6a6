"""Cleaning: from a raw data set to faces for training and validation, with a report."""

from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from fer_core.data.dataset import SPLITS, FaceDataset, image_keys, is_blank
from fer_core.errors import DataError

_HOLD_OUT: Final = 10  # one face in ten, for data without a validation split


@dataclass(frozen=True, slots=True)
class CleaningReport:
    """How many images were read, kept, and dropped for which reason: each counts once.

    Attributes:
        n_read: All rows or image files of the data.
        n_unreadable: Those that could not be read.
        n_blank: Images whose pixels are all equal.
        n_duplicates: Training faces that repeat an earlier one.
        n_conflicting: Training faces whose copies carry another label.
        n_also_in_test: Training faces that occur in a test split.
        n_train: Faces for training.
        n_validation: Faces for validation.
        n_left_out: Training faces that a selection leaves out.
        n_further: Images of classes that are none of FER2013's.
        n_test: Faces of the final test split. Cards of older models count none.
        n_held_out: Faces of `n_validation` that come from Training: the data has no validation
            split.
    """

    n_read: int
    n_unreadable: int
    n_blank: int
    n_duplicates: int
    n_conflicting: int
    n_also_in_test: int
    n_train: int
    n_validation: int
    n_left_out: int = 0
    n_further: int = 0
    n_test: int = 0
    n_held_out: int = 0

    def sentences(self) -> tuple[str, ...]:
        """Return the report in words: one sentence per reason, then what was kept."""
        dropped = (
            ("Unreadable rows or files dropped", self.n_unreadable),
            ("Images dropped whose class training does not use", self.n_further),
            ("Training faces left out by a selection", self.n_left_out),
            ("Blank images dropped", self.n_blank),
            ("Training faces dropped as repeats of an earlier one", self.n_duplicates),
            ("Training faces dropped because copies carry another label", self.n_conflicting),
            ("Training faces dropped because they occur in a test split", self.n_also_in_test),
        )
        faces = "face" if self.n_train == 1 else "faces"
        kept = f"{self.n_train:,} {faces} for training, {self.n_validation:,} for validation"
        test = f", {self.n_test:,} for the final test" if self.n_test else ""
        held_out = (
            f"No validation split in the data: {self.n_held_out:,} of "
            f"{self.n_train + self.n_held_out:,} training images "
            f"{'was' if self.n_held_out == 1 else 'were'} kept for validation."
        )
        return (
            *(f"{reason}: {count:,}." for reason, count in dropped if count),
            *([held_out] if self.n_held_out else []),
            f"Kept: {kept}{test}.",
        )

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

    @property
    def shortage(self) -> str | None:
        """Why this is too little to train with, and what is needed; None if it is enough."""
        if not len(self.train) and len(self.validation):
            return "Training needs images in the split Training (train), and none is left there."
        if not len(self.train) or not len(self.validation):
            return (
                "Training needs at least two different images of one expression, of which one is "
                f"kept for validation; {len(self.train):,} left."
            )
        return None

    def shapes(self) -> tuple[TensorShape, ...]:
        """Return the shapes of the arrays that training takes; none if it cannot train."""
        if self.shortage:
            return ()
        parts = (("training", self.train), ("validation", self.validation))
        return tuple(
            TensorShape(name, (len(faces), *faces.pixels.shape[1:], 1)) for name, faces in parts
        )


def clean(
    dataset: FaceDataset,
    *,
    n_unreadable: int = 0,
    n_further: int = 0,
    leave_out: np.ndarray | None = None,
) -> CleanData:
    """Return what `sort_out` returns, if that is enough to train with.

    Raises:
        DataError: No faces are left for training or for validation.
    """
    cleaned = sort_out(dataset, n_unreadable=n_unreadable, n_further=n_further, leave_out=leave_out)
    if cleaned.shortage:
        raise DataError(cleaned.shortage)
    return cleaned


def sort_out(
    dataset: FaceDataset,
    *,
    n_unreadable: int = 0,
    n_further: int = 0,
    leave_out: np.ndarray | None = None,
) -> CleanData:
    """Return training and validation faces without blank images, duplicates and leaks.

    Training loses blank images, repeats of an earlier training face, faces whose identical copies
    carry different labels (the right one is unknown), and faces that are pixel-identical to a test
    face. Validation is PublicTest without blank images. For data without PublicTest images, it is
    every tenth of the training faces of each label that are left, and one of a label that has two
    to nine: so an image and its exact copies are on one side.

    Args:
        dataset: All splits of the file.
        n_unreadable: Number of rows or files that could not be read, for the report.
        n_further: Number of images of further classes, for the report.
        leave_out: Rows of faces that are not trained on, see `selection.LeaveOut`.
    """
    left_out = np.isin(dataset.rows, [] if leave_out is None else leave_out)
    blank = is_blank(dataset.pixels) & ~left_out
    visible = dataset.select(~(blank | left_out))
    training = visible.split("Training")
    tests = visible.select(visible.split_ids != SPLITS.index("Training"))
    dropped = _dropped(training, tests)
    train = training.select(~np.any(list(dropped.values()), axis=0))
    validation = visible.split("PublicTest")
    is_split = bool(len(validation))
    if not is_split:
        train, validation = _hold_out(train)
    report = CleaningReport(
        n_read=len(dataset) + n_unreadable + n_further,
        n_unreadable=n_unreadable,
        n_blank=int(blank.sum()),
        **{name: int(mask.sum()) for name, mask in dropped.items()},
        n_train=len(train),
        n_validation=len(validation),
        n_left_out=int(left_out.sum()),
        n_further=n_further,
        n_test=len(visible.split("PrivateTest")),
        n_held_out=0 if is_split else len(validation),
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
    """Return the faces without, and those that are, every tenth of their label in file order.

    Of a label with two to nine faces, the last one is held out.
    """
    held_out = np.zeros(len(train), dtype=bool)
    for label_id in np.unique(train.label_ids):
        of_label = np.flatnonzero(train.label_ids == label_id)
        step = min(_HOLD_OUT, len(of_label))
        if step > 1:
            held_out[of_label[step - 1 :: step]] = True
    return train.select(~held_out), train.select(held_out)
