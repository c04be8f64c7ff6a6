"""How well turned faces are read: labelled faces set into a larger picture, turned, found again.

Each face of a sample of FER2013 is enlarged, set into the middle of a 480x360 picture with a soft,
uneven background, turned, and goes through the steps that any photo goes through: it is found, cut
out upright and classified. Because the very same faces are read at every tilt, and with either
detector's crop, what differs is the finding and the cutting, not the faces.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import cv2
import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.evaluate.composite import nearest_to_centre, set_into_frame
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.faces.crop import upright_crops
from fer_core.faces.detect import FaceDetector
from fer_core.faces.occlusion import OcclusionNetwork, load_occlusion_network
from fer_core.faces.quality import QualityConfig, unread_reasons
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.scores import score

TILTS_DEG: Final = (0, 15, 30, 45, 60)
PER_LABEL: Final = 100
_HEAD: Final = "label"  # the head whose labels are FER2013's


@dataclass(frozen=True, slots=True)
class TurnedScores:
    """One detector's faces at one tilt.

    Attributes:
        detector: Its name.
        degrees: Clockwise tilt of the faces.
        n_faces: Faces shown.
        n_found: Of these, found.
        n_read: Of those found, let through as fit to be read.
        macro_f1: Of the readings of all that were found; 0 if none was.
    """

    detector: str
    degrees: float
    n_faces: int
    n_found: int
    n_read: int
    macro_f1: float

    @property
    def share_found(self) -> float:
        """Share of the faces that were found, in `[0, 1]`."""
        return self.n_found / max(self.n_faces, 1)


@dataclass(frozen=True, slots=True)
class CropComparison:
    """The faces that two detectors both found at one tilt, read in either's crop.

    Attributes:
        degrees: Clockwise tilt of the faces.
        n_faces: Faces that both found.
        agreement: Share of them whose two readings lead with the same label.
        macro_f1: Of the readings, by detector.
    """

    degrees: float
    n_faces: int
    agreement: float
    macro_f1: dict[str, float]


@dataclass(frozen=True, slots=True)
class TurnedEvaluation:
    """What `evaluate_turned` measures.

    Attributes:
        model: The model that read.
        split: Where the faces come from.
        n_faces: Faces in the sample.
        own_crop_macro_f1: Of the data set's own pictures, without finding and cutting.
        tilts: One entry a detector and tilt.
        crops: One entry a tilt at which there are two detectors whose finds share a face.
    """

    model: str
    split: str
    n_faces: int
    own_crop_macro_f1: float
    tilts: tuple[TurnedScores, ...]
    crops: tuple[CropComparison, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as plain numbers for JSON."""
        return asdict(self)


def evaluate_turned(
    recognizer: ExpressionRecognizer,
    detectors: Sequence[FaceDetector],
    faces: FaceDataset,
    *,
    split: str,
    on_face: Callable[[], None] = lambda: None,
) -> TurnedEvaluation:
    """Return how well a model reads faces that each detector finds at each tilt.

    Args:
        recognizer: The model; its head `label` is scored.
        detectors: Of photos, at least one.
        faces: At least one, see `staged.sample_of`.
        split: Their name.
        on_face: Told after each face.
    """
    occlusion = load_occlusion_network()
    readings = {
        (detector.name, degrees): _Readings(detector, degrees, occlusion)
        for detector in detectors
        for degrees in TILTS_DEG
    }
    size = recognizer.card.input_size
    for index, pixels in enumerate(faces.pixels):
        for degrees in TILTS_DEG:
            frame_gray = set_into_frame(pixels, degrees, seed=index)
            for detector in detectors:
                readings[detector.name, degrees].add(frame_gray, size)
        on_face()
    probs = {key: value.probs(recognizer) for key, value in readings.items()}
    own = recognizer.predict_probs(_at_size(faces.pixels, size), head=_HEAD)
    names = [detector.name for detector in detectors]
    return TurnedEvaluation(
        model=recognizer.card.model_id,
        split=split,
        n_faces=len(faces),
        own_crop_macro_f1=_macro_f1(faces.label_ids, own),
        tilts=tuple(value.scores(faces.label_ids, probs[key]) for key, value in readings.items()),
        crops=tuple(
            _compared(degrees, {name: probs[name, degrees] for name in names}, faces.label_ids)
            for degrees in TILTS_DEG
            if len(names) == 2 and _both(*(probs[name, degrees] for name in names)).any()
        ),
    )


class _Readings:
    """The crops of every face that one detector found at one tilt."""

    def __init__(self, detector: FaceDetector, degrees: float, occlusion: OcclusionNetwork) -> None:
        self._detector, self._degrees, self._occlusion = detector, degrees, occlusion
        self._crops: list[np.ndarray | None] = []
        self._n_read = 0

    def add(self, frame_gray: np.ndarray, size: int) -> None:
        found = self._detector.detect(cv2.cvtColor(frame_gray, cv2.COLOR_GRAY2BGR))
        face = nearest_to_centre(found)
        if not len(face):
            self._crops.append(None)
            return
        crops = upright_crops(frame_gray, face, size=size)
        is_occluded = self._occlusion.is_occluded(crops)
        self._n_read += not unread_reasons(face, crops, is_occluded, QualityConfig())[0]
        self._crops.append(crops[0])

    def probs(self, recognizer: ExpressionRecognizer) -> np.ndarray:
        """Return `(n_faces, n_classes)`; a row of NaN for a face that was not found."""
        probs = np.full((len(self._crops), len(FER2013_LABELS)), np.nan)
        found = [index for index, crop in enumerate(self._crops) if crop is not None]
        crops = [crop for crop in self._crops if crop is not None]
        if crops:
            probs[found] = recognizer.predict_probs(np.stack(crops), head=_HEAD)
        return probs

    def scores(self, label_ids: np.ndarray, probs: np.ndarray) -> TurnedScores:
        is_found = ~np.isnan(probs[:, 0])
        return TurnedScores(
            detector=self._detector.name,
            degrees=self._degrees,
            n_faces=len(probs),
            n_found=int(is_found.sum()),
            n_read=self._n_read,
            macro_f1=_macro_f1(label_ids[is_found], probs[is_found]),
        )


def _compared(
    degrees: float, probs: dict[str, np.ndarray], label_ids: np.ndarray
) -> CropComparison:
    both = _both(*probs.values())
    leaders = [rows[both].argmax(axis=1) for rows in probs.values()]
    return CropComparison(
        degrees,
        int(both.sum()),
        agreement=round(float((leaders[0] == leaders[1]).mean()), 4),
        macro_f1={name: _macro_f1(label_ids[both], rows[both]) for name, rows in probs.items()},
    )


def _both(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.asarray(~np.isnan(first[:, 0]) & ~np.isnan(second[:, 0]))


def _macro_f1(label_ids: np.ndarray, probs: np.ndarray) -> float:
    if not len(probs):
        return 0.0
    return round(score(label_ids, probs, labels=FER2013_LABELS).macro_f1, 4)


def _at_size(pixels: np.ndarray, size: int) -> np.ndarray:
    if pixels.shape[1] == size:
        return pixels
    return np.stack([cv2.resize(face, (size, size)) for face in pixels])
