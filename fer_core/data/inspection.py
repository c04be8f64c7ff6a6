"""A data set at a glance: faces per split and label, what cleaning drops, and a few samples."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from fer_core.data.cleaning import CleaningReport, TensorShape, sort_out
from fer_core.data.collection import ImageCollection
from fer_core.data.collection_reader import (
    Source,
    cached_collection,
    load_collection,
    read_collection,
)
from fer_core.data.dataset import SPLITS, FaceDataset, class_counts
from fer_core.data.file_cache import FileCache
from fer_core.data.findings import Findings, find_problems
from fer_core.errors import DataError
from fer_core.expression.card import Training
from fer_core.files import parse_json
from fer_core.labels import FER2013_LABELS
from fer_core.progress import OnProgress, ignore, within

_KIND: Final = "report"
_NO_FACES: Final = f"Training needs one of these classes: {', '.join(FER2013_LABELS)}."
_READING: Final = 0.7  # share of the time
_COMPARED: Final = 0.97  # share after which duplicates are found; cleaning takes the rest


@dataclass(frozen=True, slots=True, eq=False)
class DataInspection:
    """What a data set holds.

    Attributes:
        name: Name of its file, for people.
        counts: Number of faces as `{split: {label: count}}`.
        cleaning: What cleaning drops and keeps, one sentence each.
        dataset: The faces that the models can use; None where only the numbers were kept.
        collection: All images; None where only the numbers were kept.
        findings: Blank images and duplicates, by row; None where only the numbers were kept.
        shapes: Of the arrays that training takes after cleaning; empty if it leaves too few faces.
    """

    name: str
    counts: dict[str, dict[str, int]]
    cleaning: tuple[str, ...]
    dataset: FaceDataset | None = None
    collection: ImageCollection | None = None
    findings: Findings | None = None
    shapes: tuple[TensorShape, ...] = ()

    def __post_init__(self) -> None:
        for split, per_label in self.counts.items():
            if split not in SPLITS or set(per_label) != set(FER2013_LABELS):
                raise ValueError(
                    f"Expected counts of {', '.join(FER2013_LABELS)} for splits of "
                    f"{', '.join(SPLITS)}, got {split!r} with {', '.join(per_label)}."
                )
            if min(per_label.values()) < 0:
                raise ValueError(f"Expected counts of at least 0, got {per_label}.")
        if not self.counts and self.collection is None:
            raise ValueError("Expected counts of at least one split, got none.")


def inspect_source(source: Source, *, on_progress: OnProgress = ignore) -> DataInspection:
    """Return what a file or a folder of labelled images holds.

    Args:
        source: Path or files, as `collection_reader.read_collection` takes them. A path is read
            from its cache if it has one, and has one afterwards.
        on_progress: Called with the share of the work that is done.

    Raises:
        DataError: The source cannot be read, or none of its images can.
    """
    while_reading = within(on_progress, 0.0, _READING)
    if not isinstance(source, Path):
        inspection = _inspected(read_collection(source, on_progress=while_reading), on_progress)
    elif (cached := cached_inspection(source)) is not None:
        inspection = cached
    else:
        inspection = _inspected(load_collection(source, on_progress=while_reading), on_progress)
        if cached_collection(source) is not None:
            FileCache(source, _KIND).save({"report": report_text(inspection)}, {})
    on_progress(1.0)
    return inspection


def cached_inspection(path: Path) -> DataInspection | None:
    """Return the inspection of a file from its cache, within a second; None if it has none."""
    report = FileCache(path, _KIND).load()
    collection = None if report is None else cached_collection(path)
    if report is None or collection is None:
        return None
    try:
        return inspection_of(report[0]["report"], collection)
    except (ValueError, KeyError, TypeError):  # another program's file
        return None


@dataclass(frozen=True, slots=True)
class _Report:
    """The part of an inspection that is text."""

    name: str
    counts: dict[str, dict[str, int]]
    cleaning: tuple[str, ...]
    findings: Findings
    shapes: tuple[TensorShape, ...]


def report_text(inspection: DataInspection) -> str:
    """Return an inspection without its images as JSON."""
    if inspection.findings is None:
        raise ValueError("Expected an inspection with its findings.")
    report = _Report(
        inspection.name,
        inspection.counts,
        inspection.cleaning,
        inspection.findings,
        inspection.shapes,
    )
    return json.dumps(asdict(report))


def inspection_of(text: str, collection: ImageCollection) -> DataInspection:
    """Return the inspection of which `report_text` returned the text.

    Raises:
        ValueError: The text is another one.
    """
    report = parse_json(text, _Report)
    return DataInspection(
        report.name,
        report.counts,
        report.cleaning,
        collection.unjoined_faces,
        collection,
        report.findings,
        report.shapes,
    )


def _inspected(collection: ImageCollection, on_progress: OnProgress) -> DataInspection:
    findings = find_problems(collection, on_progress=within(on_progress, _READING, _COMPARED))
    faces = collection.unjoined_faces
    # too few faces for training, or none, can still be shown and counted
    cleaned = sort_out(
        FaceDataset.from_rows([], [], split_ids=[], rows=[]) if faces is None else faces,
        n_unreadable=collection.n_problems,
        n_further=collection.n_further,
    )
    shortage = _NO_FACES if faces is None else cleaned.shortage
    cleaning = (*cleaned.report.sentences(), *([shortage] if shortage else []))
    counts = {} if faces is None else class_counts(faces)
    return DataInspection(
        collection.name, counts, cleaning, faces, collection, findings, cleaned.shapes()
    )


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
