"""A data set at a glance: faces per split and label, what cleaning drops, and a few samples."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from fer_core.data.cleaning import CleaningReport, clean
from fer_core.data.collection import ImageCollection, collection_of
from fer_core.data.dataset import SPLITS, FaceDataset, class_counts, is_blank
from fer_core.data.fer2013 import read_fer2013
from fer_core.data.folder import read_dataset
from fer_core.errors import DataError
from fer_core.expression.card import Training
from fer_core.labels import FER2013_LABELS
from fer_core.progress import OnProgress, ignore, within

_READING: Final = 0.95  # share of the time that reading takes; cleaning takes the rest


@dataclass(frozen=True, slots=True, eq=False)
class DataInspection:
    """What a data set holds.

    Attributes:
        name: Name of its file, for people.
        counts: Number of faces as `{split: {label: count}}`.
        cleaning: What cleaning drops and keeps, one sentence each.
        dataset: The faces that the models can use; None where only the numbers were kept.
        collection: All images; None where only the numbers were kept.
    """

    name: str
    counts: dict[str, dict[str, int]]
    cleaning: tuple[str, ...]
    dataset: FaceDataset | None = None
    collection: ImageCollection | None = None

    def __post_init__(self) -> None:
        for split, per_label in self.counts.items():
            if split not in SPLITS or set(per_label) != set(FER2013_LABELS):
                raise ValueError(
                    f"Expected counts of {', '.join(FER2013_LABELS)} for splits of "
                    f"{', '.join(SPLITS)}, got {split!r} with {', '.join(per_label)}."
                )
            if min(per_label.values()) < 0:
                raise ValueError(f"Expected counts of at least 0, got {per_label}.")
        if not self.counts:
            raise ValueError("Expected counts of at least one split, got none.")


def inspect_source(source: Path | BinaryIO, *, on_progress: OnProgress = ignore) -> DataInspection:
    """Return what a file, an open file or a folder of faces holds.

    Args:
        source: Path for `read_dataset`, or an open binary file that can seek and has a name.
        on_progress: Called with the share of the work that is done.

    Raises:
        DataError: The source cannot be read, or none of its rows can.
    """
    while_reading = within(on_progress, 0.0, _READING)
    if isinstance(source, Path):
        labelled = read_dataset(source, skip_bad_rows=True, on_progress=while_reading)
    else:
        labelled = read_fer2013(source, skip_bad_rows=True, on_progress=while_reading)
    dataset = labelled.dataset
    try:
        cleaning = clean(dataset, bad_rows=labelled.bad_rows).report.sentences()
    except DataError as error:
        cleaning = (str(error),)  # too few faces for training, but they can be shown
    on_progress(1.0)
    name = Path(source.name).name
    collection = collection_of(name, labelled)
    return DataInspection(name, class_counts(dataset), cleaning, dataset, collection)


def recorded_inspection(name: str, training: Training) -> DataInspection:
    """Return what a model's card keeps of its training data.

    Args:
        name: Name of the model.
        training: How it was trained, from its card.

    Raises:
        DataError: The card keeps no counts, or damaged ones.
    """
    try:
        report = CleaningReport(**training.cleaning)
        return DataInspection(name, training.class_counts, report.sentences())
    except (TypeError, ValueError) as error:
        raise DataError(
            f"The card of model {name} holds no counts of its training data. Use FER2013's file."
        ) from error


def sample_faces(dataset: FaceDataset, *, n_per_label: int, seed: int) -> dict[str, np.ndarray]:
    """Return random faces per label, `{label: (n, 48, 48) uint8}`; a seed always gives the same.

    Blank images are left out. A label with fewer than `n_per_label` faces gives all of them; a
    label without faces is left out.

    Raises:
        ValueError: `n_per_label` is under 1.
    """
    if n_per_label < 1:
        raise ValueError(f"Expected n_per_label of at least 1, got {n_per_label}.")
    random = np.random.default_rng(seed)
    samples = {}
    for label_id, label in enumerate(FER2013_LABELS):
        indices = random.permutation(np.flatnonzero(dataset.label_ids == label_id))
        faces = dataset.pixels[indices[: 2 * n_per_label]]  # twice as many: a few are blank
        faces = faces[~is_blank(faces)][:n_per_label]
        if len(faces):
            samples[label] = faces
    return samples
