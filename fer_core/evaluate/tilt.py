"""Classification of tilted faces: known faces in composite frames, tilted and detected again.

Each face of a balanced sample of FER2013 is set into the centre of a larger frame and tilted.
It is then detected, cropped and classified like any photo. Every tilt and detector sees the same
faces, so only detection and cropping make a difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import cv2
import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.data.face_size import crops_at
from fer_core.errors import DataError, photo_problem
from fer_core.evaluate.composite import composite_frame, nearest_to_centre
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.faces.crop import upright_crops
from fer_core.faces.detections import FaceDetector
from fer_core.faces.occlusion import OcclusionNetwork, load_occlusion_network
from fer_core.faces.quality import QualityConfig, unread_reasons
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.scores import score
from fer_core.progress import OnMessage, OnProgress, ignore

TILTS_DEG: Final = (0, 15, 30, 45, 60)
_HEAD: Final = "label"  # the head whose labels are FER2013's


@dataclass(frozen=True, slots=True)
class TurnedScores:
    """Scores with one detector at one tilt.

    Attributes:
        detector: Its name.
        degrees: Clockwise tilt of the faces.
        n_faces: Faces that were shown.
        n_found: Faces that were detected.
        n_read: Detected faces that pass the quality checks.
        macro_f1: Macro-F1 on all detected faces; 0 if there are none.
    """

    detector: str
    degrees: float
    n_faces: int
    n_found: int
    n_read: int
    macro_f1: float

    @property
    def share_found(self) -> float:
        """Share of the faces that were detected, in `[0, 1]`."""
        return self.n_found / max(self.n_faces, 1)


@dataclass(frozen=True, slots=True)
class CropComparison:
    """Scores on the faces that two detectors both found at one tilt, with the crops of each.

    Attributes:
        degrees: Clockwise tilt of the faces.
        n_faces: Faces that both found.
        agreement: Share of them that get the same label from both crops.
        macro_f1: Macro-F1 by detector.
    """

    degrees: float
    n_faces: int
    agreement: float
    macro_f1: dict[str, float]


@dataclass(frozen=True, slots=True)
class TurnedEvaluation:
    """Scores of one model on turned faces, as `turned.json` holds them.

    Attributes:
        model: ID of the model.
        split: Split of the faces.
        n_faces: Faces in the sample.
        own_crop_macro_f1: Macro-F1 on the data set's own crops, without detection.
        tilts: One entry per detector and tilt.
        crops: With two detectors, one entry per tilt at which both found a face.
    """

    model: str
    split: str
    n_faces: int
    own_crop_macro_f1: float
    tilts: tuple[TurnedScores, ...]
    crops: tuple[CropComparison, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def evaluate_turned(
    recognizer: ExpressionRecognizer,
    detectors: Sequence[FaceDetector],
    faces: FaceDataset,
    *,
    split: str,
    on_progress: OnProgress = ignore,
    on_message: OnMessage = ignore,
) -> TurnedEvaluation:
    """Return how well a model classifies the faces that each detector finds at each tilt.

    Args:
        recognizer: The model; its head `label` is scored.
        detectors: Detectors for photos, at least one.
        faces: At least one, see `composite.balanced_sample`.
        split: Name of their split.
        on_progress: Called with the share of the faces that are done.
        on_message: Called with a sentence for each face that cannot be read. Such a face counts at
            no tilt and for no detector, so that all rows stand for the same faces.

    Raises:
        DataError: No face could be read.
    """
    occlusion = load_occlusion_network()
    rows = [_Row(detector, degrees, occlusion) for detector in detectors for degrees in TILTS_DEG]
    size = recognizer.card.input_size
    kept = []
    for index, pixels in enumerate(faces.pixels):
        try:
            _add_face(rows, pixels, size=size, seed=index)
            kept.append(index)
        except Exception as error:  # noqa: BLE001 (reported and logged; the other faces count)
            on_message(photo_problem(error, source=f"Face {faces.rows[index]} of {split}"))
        on_progress((index + 1) / len(faces))
    if not kept:
        raise DataError(f"Expected faces of {split} to read, but none could be; see the messages.")
    faces = faces.select(np.array(kept))
    own_probs = recognizer.predict_probs(crops_at(faces.pixels, size), head=_HEAD)
    probs = {(row.detector.name, row.degrees): row.classify(recognizer) for row in rows}
    return TurnedEvaluation(
        model=recognizer.card.model_id,
        split=split,
        n_faces=len(faces),
        own_crop_macro_f1=_macro_f1(faces.label_ids, own_probs),
        tilts=tuple(
            row.scores(faces.label_ids, probs[row.detector.name, row.degrees]) for row in rows
        ),
        crops=_compare_crops(probs, faces.label_ids) if len(detectors) == 2 else (),
    )


class _Row:
    """The crops of every face that one detector found at one tilt."""

    def __init__(self, detector: FaceDetector, degrees: float, occlusion: OcclusionNetwork) -> None:
        self.detector, self.degrees, self._occlusion = detector, degrees, occlusion
        self._crops: list[np.ndarray | None] = []  # None: not found
        self._n_read = 0

    def cut_out(self, frame_gray: np.ndarray, size: int) -> tuple[np.ndarray | None, int]:
        """Return the crop of the centre face, or None, and 1 if it passes the quality checks."""
        found = self.detector.detect(cv2.cvtColor(frame_gray, cv2.COLOR_GRAY2BGR))
        face = nearest_to_centre(found)
        if not len(face):
            return None, 0
        crops = upright_crops(frame_gray, face, size=size)
        is_occluded = self._occlusion.is_occluded(crops)
        height, width = frame_gray.shape
        (reasons,) = unread_reasons(
            face, crops, is_occluded, QualityConfig(), frame_size=(height, width)
        )
        return crops[0], int(not reasons)

    def add(self, crop: np.ndarray | None, n_read: int) -> None:
        self._crops.append(crop)
        self._n_read += n_read

    def classify(self, recognizer: ExpressionRecognizer) -> np.ndarray:
        """Return `(n_faces, n_classes)`; a row of NaN for a face that was not found."""
        probs = np.full((len(self._crops), len(FER2013_LABELS)), np.nan)
        found = [index for index, crop in enumerate(self._crops) if crop is not None]
        crops = [crop for crop in self._crops if crop is not None]
        if crops:
            probs[found] = recognizer.predict_probs(np.stack(crops), head=_HEAD)
        return probs

    def scores(self, label_ids: np.ndarray, probs: np.ndarray) -> TurnedScores:
        is_found = _is_found(probs)
        return TurnedScores(
            detector=self.detector.name,
            degrees=self.degrees,
            n_faces=len(probs),
            n_found=int(is_found.sum()),
            n_read=self._n_read,
            macro_f1=_macro_f1(label_ids[is_found], probs[is_found]),
        )


def _add_face(rows: Sequence[_Row], pixels: np.ndarray, *, size: int, seed: int) -> None:
    """Add one face to every row; to none if it cannot be read in one of them."""
    frames: dict[float, np.ndarray] = {
        degrees: composite_frame(pixels, degrees, seed=seed) for degrees in TILTS_DEG
    }
    crops = [row.cut_out(frames[row.degrees], size) for row in rows]
    for row, (crop, n_read) in zip(rows, crops, strict=True):
        row.add(crop, n_read)


def _compare_crops(
    probs: Mapping[tuple[str, float], np.ndarray], label_ids: np.ndarray
) -> tuple[CropComparison, ...]:
    """Return how the crops of two detectors compare at each tilt; `probs` by detector and tilt."""
    comparisons = []
    for degrees in TILTS_DEG:
        by_name = {name: rows for (name, tilt), rows in probs.items() if tilt == degrees}
        both = np.all([_is_found(rows) for rows in by_name.values()], axis=0)
        if not both.any():
            continue
        first, second = (rows[both].argmax(axis=1) for rows in by_name.values())
        comparison = CropComparison(
            degrees=degrees,
            n_faces=int(both.sum()),
            agreement=round(float((first == second).mean()), 4),
            macro_f1={
                name: _macro_f1(label_ids[both], rows[both]) for name, rows in by_name.items()
            },
        )
        comparisons.append(comparison)
    return tuple(comparisons)


def _is_found(probs: np.ndarray) -> np.ndarray:
    return np.asarray(~np.isnan(probs[:, 0]))


def _macro_f1(label_ids: np.ndarray, probs: np.ndarray) -> float:
    if not len(probs):
        return 0.0
    return round(score(label_ids, probs, labels=FER2013_LABELS).macro_f1, 4)
