"""Face detection on annotated photos: recall and false faces at every tilt, and without faces.

Boxes are annotated on the upright photo. To compare tilts fairly, each box is replaced by the
square of the same area and centre. Each detection, best first, is matched to the annotated face
with the largest overlap. A face counts as found once, at an IoU of at least 0.5. All other
detections are false faces.
"""

import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from fer_core.data.annotated import AnnotatedPhoto, turn_frame, turned_squares
from fer_core.errors import photo_problem
from fer_core.faces.detections import Detections, FaceDetector
from fer_core.faces.registry import Mode, create_detector
from fer_core.geometry import pairwise_iou
from fer_core.progress import OnMessage, OnProgress, ignore

ANGLES_DEG: Final = (0, 15, 30, 45, 60, 90, 135, 180)
MIN_IOU: Final = 0.5
_UNTURNED: Final = np.eye(2, 3)
_Detect = Callable[[np.ndarray], tuple[Detections, float]]


@dataclass(frozen=True, slots=True)
class TiltScores:
    """Detections with every photo turned clockwise by `degrees`."""

    degrees: float
    n_photos: int
    n_faces: int
    n_found: int
    n_false: int

    @property
    def recall(self) -> float:
        """Share of the annotated faces that were found, in `[0, 1]`; 0 if there are none."""
        return self.n_found / max(self.n_faces, 1)

    @property
    def false_per_photo(self) -> float:
        """Mean number of false faces per photo."""
        return self.n_false / max(self.n_photos, 1)


@dataclass(frozen=True, slots=True)
class FaceFreeScores:
    """Detections in photos of one kind that show no face: all of them are false."""

    n_photos: int
    n_false: int


@dataclass(frozen=True, slots=True)
class DetectorScores:
    """Scores of one detector.

    Attributes:
        detector: Its name.
        mode: `video` or `photo`.
        tilts: One entry per angle.
        face_free: Photos without a face, by their kind, the first word of the file's name.
        ms_per_frame: Median milliseconds per upright photo; 0 if there was none.
    """

    detector: str
    mode: str
    tilts: tuple[TiltScores, ...]
    face_free: dict[str, FaceFreeScores]
    ms_per_frame: float

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; recall and false faces per photo are written out."""
        tilts = [
            asdict(tilt)
            | {
                "recall": round(tilt.recall, 4),
                "false_per_photo": round(tilt.false_per_photo, 4),
            }
            for tilt in self.tilts
        ]
        return asdict(self) | {"tilts": tilts}


@dataclass(frozen=True, slots=True)
class DetectionEvaluation:
    """Scores of face detectors on one folder of annotated photos; at least one detector."""

    detectors: tuple[DetectorScores, ...]

    def __post_init__(self) -> None:
        if not self.detectors or not all(scores.tilts for scores in self.detectors):
            raise ValueError("expected at least one detector and one tilt")
        tilts = [tilt for scores in self.detectors for tilt in scores.tilts]
        if any(not 0 <= tilt.n_found <= tilt.n_faces or tilt.n_false < 0 for tilt in tilts):
            raise ValueError("expected no more faces found than there are")

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"detectors": [scores.as_dict() for scores in self.detectors]}


def evaluate_detector(
    name: str,
    photos: Sequence[AnnotatedPhoto],
    *,
    mode: Mode = "photo",
    angles_deg: Sequence[float] = ANGLES_DEG,
    on_progress: OnProgress = ignore,
    on_message: OnMessage = ignore,
) -> DetectorScores:
    """Return how well a detector finds the faces of annotated photos.

    Args:
        name: One of `DETECTOR_NAMES`.
        photos: Photos with faces are turned by every angle; those without are not turned.
        mode: In video mode each photo is the first frame of a new video.
        angles_deg: Clockwise angles.
        on_progress: Called with the share of the photos that are done.
        on_message: Called with a sentence for each photo that cannot be read. Such a photo counts
            at no angle.

    Raises:
        ValueError: There is no such detector.
    """
    counts = _Counts(without_memory(name, mode), angles_deg)
    for number, photo in enumerate(photos, start=1):
        try:
            counts.add(photo, photo.read())
        except Exception as error:  # noqa: BLE001 (reported and logged; the other photos count)
            on_message(photo_problem(error, source=str(photo.path)))
        on_progress(number / len(photos))
    return DetectorScores(
        detector=name,
        mode=mode,
        tilts=tuple(TiltScores(degrees, **row) for degrees, row in counts.by_angle.items()),
        face_free={kind: FaceFreeScores(**row) for kind, row in sorted(counts.by_kind.items())},
        ms_per_frame=round(statistics.median(counts.upright_ms), 1) if counts.upright_ms else 0.0,
    )


class _Counts:
    """Adds up the detections, photo by photo; a row is a counter with the fields of the scores."""

    def __init__(self, detect: _Detect, angles_deg: Sequence[float]) -> None:
        self._detect = detect
        zeros = dict.fromkeys(("n_photos", "n_faces", "n_found", "n_false"), 0)
        self.by_angle = {degrees: Counter(zeros) for degrees in angles_deg}
        self.by_kind: defaultdict[str, Counter[str]] = defaultdict(
            lambda: Counter(n_photos=0, n_false=0)
        )
        self.upright_ms: list[float] = []

    def add(self, photo: AnnotatedPhoto, frame_bgr: np.ndarray) -> None:
        """Count a photo at every angle; one that raises at any angle counts at none."""
        if not len(photo.xyxy):
            n_false = len(self._detect(frame_bgr)[0])
            self.by_kind[photo.path.stem.split("_")[0]].update(n_photos=1, n_false=n_false)
            return
        rows, upright_ms = {}, []
        for degrees in self.by_angle:
            turned_bgr, to_turned = turn_frame(frame_bgr, degrees)
            found, spent_ms = self._detect(turned_bgr)
            squares = turned_squares(photo.xyxy.astype(np.float64), to_turned)
            n_found, n_false = match_faces(found, squares)
            rows[degrees] = {
                "n_photos": 1, "n_faces": len(squares), "n_found": n_found, "n_false": n_false,
            }  # fmt: skip
            if degrees % 360 == 0:
                upright_ms.append(spent_ms)
        for degrees, row in rows.items():
            self.by_angle[degrees].update(row)
        self.upright_ms += upright_ms


def match_faces(found: Detections, squares: np.ndarray) -> tuple[int, int]:
    """Return how many annotated faces were found, and how many detections are false.

    Args:
        found: The detections in a frame.
        squares: Centre x, y and side of the annotated faces, `(n, 3)` pixels.

    >>> match_faces(Detections([[0, 0, 10, 10]], [0.9], [0.0]), np.array([[5.0, 5.0, 10.0]]))
    (1, 0)
    """
    n_found = int(found_squares(found, squares).sum())
    return n_found, len(found) - n_found


def found_squares(found: Detections, squares: np.ndarray) -> np.ndarray:
    """Return which annotated faces were found, `(n,)` bool; arguments as for `match_faces`."""
    boxes = turned_squares(found.xyxy.astype(np.float64), _UNTURNED)
    overlaps = pairwise_iou(_boxes(boxes), _boxes(squares))  # (n_found, n_annotated)
    is_found = np.zeros(len(squares), dtype=bool)
    for index in np.argsort(-found.scores, kind="stable") if len(squares) else ():
        best = int(overlaps[index].argmax())
        if overlaps[index, best] >= MIN_IOU:
            is_found[best] = True
            overlaps[:, best] = 0.0  # no second detection can find this face
    return is_found


def without_memory(name: str, mode: Mode) -> _Detect:
    """Return a function from a frame to its detections and the milliseconds that they took."""
    shared = create_detector(name, mode=mode)

    def detect(frame_bgr: np.ndarray) -> tuple[Detections, float]:
        # a video detector remembers the last frame, so every photo gets a new one
        detector: FaceDetector = create_detector(name, mode=mode) if mode == "video" else shared
        start = time.perf_counter()
        found = detector.detect(frame_bgr)
        return found, (time.perf_counter() - start) * 1000

    return detect


def _boxes(squares: np.ndarray) -> np.ndarray:
    half = squares[:, 2:] / 2
    return np.concatenate([squares[:, :2] - half, squares[:, :2] + half], axis=1)
