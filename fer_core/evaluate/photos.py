"""Whole photos that nothing was tuned on, from file to word: what `photos/<set>.json` holds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final

import numpy as np

from fer_core.data.labelled_photos import LabelledPhoto, LabelledPhotos
from fer_core.errors import DataError, photo_problem
from fer_core.evaluate.differences import Difference, compare_groups
from fer_core.evaluate.photo_scores import FILE_NOT_READ, NO_FACE, PhotoOutcome, PhotoScores
from fer_core.evaluate.photo_tally import score_outcomes
from fer_core.image import read_image
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.curves import CoveragePoint, coverage_of
from fer_core.pipeline import FacePipeline
from fer_core.progress import OnMessage, OnProgress, ignore
from fer_core.results import Face, FrameResult

MAX_GROUPS: Final = 20
"""Values of a column that can be compared; a column with more tells persons or the like apart."""

MAX_NAMED: Final = 6
CLUSTER_NAMES: Final = frozenset(
    {
        *("subject", "person", "identity", "participant", "actor", "speaker"),
        *("sequence", "video", "clip"),
    }
)
_UNKNOWN_REASON: Final = "not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoEvaluation(PhotoScores):
    """Scores of one model on one set of photos, as `evaluate-photos --json` writes them.

    Attributes:
        model: ID of the model.
        data: Name of the set.
        crops: Whether each photo was read whole, as a face that is cut out already.
        detector: Name of the face detector; None for crops.
        unscored: Photos by label, where the label is none of FER2013's seven.
        cluster_column: The column that tells persons or sequences apart; None if there is none.
        n_clusters: Number of them.
        coverage: The effect of one threshold for all labels: the share of the photos read for which
            a word is said, and of these the share that is right. Empty without labels.
        groups: Scores by column and value, for every further column of the list.
        n_comparisons: Shares of groups that were compared; 0 if there are clusters.
        differences: Those that differ beyond chance, the least likely first.
    """

    model: str
    data: str
    crops: bool
    detector: str | None
    unscored: dict[str, int] = field(default_factory=dict)
    cluster_column: str | None = None
    n_clusters: int = 0
    coverage: tuple[CoveragePoint, ...] = ()
    groups: dict[str, dict[str, PhotoScores]] = field(default_factory=dict)
    n_comparisons: int = 0
    differences: tuple[Difference, ...] = ()

    @property
    def clearest(self) -> tuple[Difference, ...]:
        """The differences that chance explains least: a few to name in a text."""
        return self.differences[:MAX_NAMED]

    @property
    def title(self) -> str:
        """Name of the set, and whether its photos were read as crops: `"posed48 (crops)"`."""
        return f"{self.data} (crops)" if self.crops else self.data

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, what the scores are about first."""
        values = asdict(self)
        first = [each.name for each in fields(self)[len(fields(PhotoScores)) :]][:4]
        return {name: values[name] for name in (*first, *values)}

    def without_clusters(self) -> "PhotoEvaluation":
        """Return the scores without those of single persons, which are not for publishing."""
        kept = {
            column: cells for column, cells in self.groups.items() if not is_cluster(column, cells)
        }
        return replace(self, groups=kept)


def evaluate_photos(
    pipeline: FacePipeline,
    photos: LabelledPhotos,
    *,
    is_crop: bool = False,
    on_progress: OnProgress = ignore,
    on_message: OnMessage = ignore,
) -> PhotoEvaluation:
    """Return what becomes of each photo: found, read, said, right; per expression and per group.

    Of several faces in a photo, the largest counts. Contempt is none of FER2013's labels: photos
    with it count as found, read and said, but not in accuracy and macro-F1.

    Args:
        pipeline: Finds the faces and classifies them.
        photos: The photos.
        is_crop: Whether each photo is one face that is cut out already; then no face is searched.
        on_progress: Called with the share of the photos that are done.
        on_message: Called with a sentence for each file that cannot be read. It counts as a photo
            that is not found.

    Raises:
        DataError: No file could be read.
    """
    outcomes = []
    for index, photo in enumerate(photos.photos):
        outcomes.append(_outcome(pipeline, photo, is_crop=is_crop, on_message=on_message))
        on_progress((index + 1) / len(photos.photos))
    if all(outcome.reason == FILE_NOT_READ for outcome in outcomes):
        raise DataError(f"None of the {len(outcomes):,} photos of {photos.name} can be read.")
    return summarize(
        outcomes,
        photos.columns,
        model=pipeline.recognizer.card.model_id,
        data=photos.name,
        detector=None if is_crop else pipeline.detector.name,
    )


def summarize(
    outcomes: Sequence[PhotoOutcome],
    columns: Sequence[str],
    *,
    model: str,
    data: str,
    detector: str | None,
) -> PhotoEvaluation:
    """Return the scores of all photos and of each group of each column.

    Args:
        outcomes: What became of each photo, at least one.
        columns: The group columns.
        model: ID of the model.
        data: Name of the set.
        detector: Name of the face detector; None if each photo was read whole.
    """
    values = {column: _values_of(outcomes, column) for column in columns}
    clusters = [column for column in values if is_cluster(column, values[column])]
    cluster_column = min(clusters, key=lambda column: len(values[column]), default=None)
    groups = {
        column: {
            value: score_outcomes(members, cluster_column=cluster_column)
            for value, members in by_value.items()
        }
        for column, by_value in values.items()
    }
    scores = score_outcomes(outcomes, cluster_column=cluster_column)
    n_comparisons, differences = (0, ()) if cluster_column else compare_groups(groups)
    return PhotoEvaluation(
        **{each.name: getattr(scores, each.name) for each in fields(PhotoScores)},
        model=model,
        data=data,
        crops=detector is None,
        detector=detector,
        unscored=_unscored(outcomes),
        cluster_column=cluster_column,
        n_clusters=len(values[cluster_column]) if cluster_column else 0,
        coverage=_coverage(outcomes),
        groups=groups,
        n_comparisons=n_comparisons,
        differences=differences,
    )


def is_cluster(column: str, values: Mapping[str, object]) -> bool:
    """Return whether the values of a column tell persons or sequences apart, by name or number.

    >>> is_cluster("Subject", {"S1": 3}), is_cluster("age", {"young": 9, "old": 9})
    (True, False)
    """
    name = column.lower().removesuffix("id").rstrip("_ -")
    return name in CLUSTER_NAMES or len(values) > MAX_GROUPS


def _outcome(
    pipeline: FacePipeline, photo: LabelledPhoto, *, is_crop: bool, on_message: OnMessage
) -> PhotoOutcome:
    """Return what becomes of one photo; whatever it raises becomes a message."""
    try:
        frame_bgr = read_image(photo.path)
        result = pipeline.analyze_crop(frame_bgr) if is_crop else pipeline.analyze(frame_bgr)
    except Exception as error:  # noqa: BLE001 (reported and logged; the other photos count)
        on_message(photo_problem(error, source=str(photo.path)))
        return PhotoOutcome(photo.label, photo.groups, is_found=False, reason=FILE_NOT_READ)
    face = _largest(result)
    if face is None:
        return PhotoOutcome(photo.label, photo.groups, is_found=False, reason=NO_FACE)
    if face.expression is None:
        reason = face.reasons[0] if face.reasons else _UNKNOWN_REASON
        return PhotoOutcome(photo.label, photo.groups, is_found=True, reason=reason)
    expression = face.expression
    return PhotoOutcome(
        *(photo.label, photo.groups, True, None),
        leading=expression.label,
        said=expression.shown_label,
        confidence=expression.confidence,
    )


def _largest(result: FrameResult) -> Face | None:
    def area(face: Face) -> float:
        x1, y1, x2, y2 = face.box.as_tuple()
        return (x2 - x1) * (y2 - y1)

    return max(result.faces, key=area, default=None)


def _coverage(outcomes: Sequence[PhotoOutcome]) -> tuple[CoveragePoint, ...]:
    read = [outcome for outcome in outcomes if outcome.leading is not None]
    return coverage_of(
        np.array([outcome.confidence for outcome in read], dtype=np.float64),
        np.array([outcome.leading == outcome.label for outcome in read], dtype=bool),
        is_known=np.array([outcome.label is not None for outcome in read], dtype=bool),
    )


def _values_of(outcomes: Sequence[PhotoOutcome], column: str) -> dict[str, list[PhotoOutcome]]:
    """Return the photos by their value in a column, values with numbers in their order."""
    by_value: dict[str, list[PhotoOutcome]] = {}
    for outcome in outcomes:
        if column in outcome.groups:
            by_value.setdefault(outcome.groups[column], []).append(outcome)
    return dict(sorted(by_value.items(), key=lambda item: _natural(item[0])))


def _natural(value: str) -> tuple[float, str]:
    number = re.search(r"\d+", value, re.ASCII)
    return (float(number[0]) if number else float("inf"), value)


def _unscored(outcomes: Sequence[PhotoOutcome]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for outcome in outcomes:
        if outcome.label is not None and outcome.label not in FER2013_LABELS:
            counts[outcome.label] = counts.get(outcome.label, 0) + 1
    return counts
