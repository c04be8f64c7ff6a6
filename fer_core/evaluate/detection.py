"""How well a detector finds faces: recall and false faces at every tilt, and where there are none.

A found face counts if it overlaps an annotated one enough. Boxes are annotated on the upright
photo; so that a turned photo is judged alike, every box, annotated or found, stands for the square
of its area about its centre. Found faces, best score first, take the annotated face they overlap
most; from an intersection over union of 0.5 it is found, once. All other finds are false.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from fer_core.data.annotated import AnnotatedPhoto, turn_frame, turned_squares
from fer_core.errors import picture_problem
from fer_core.faces.detect import Detections, FaceDetector
from fer_core.faces.registry import Mode, create_detector
from fer_core.geometry import pairwise_iou

ANGLES_DEG: Final = (0, 15, 30, 45, 60, 90, 135, 180)
MIN_IOU: Final = 0.5
_UNTURNED: Final = np.eye(2, 3)
_Detect = Callable[[np.ndarray], tuple[Detections, float]]


@dataclass(frozen=True, slots=True)
class TiltScores:
    """What was found with every photo turned clockwise by `degrees`."""

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
        """False faces in a photo on average."""
        return self.n_false / max(self.n_photos, 1)


@dataclass(frozen=True, slots=True)
class KindScores:
    """What was found in face-free pictures of one kind: every find is false."""

    n_photos: int
    n_false: int


@dataclass(frozen=True, slots=True)
class DetectorScores:
    """A detector's scores.

    Attributes:
        detector: Its name.
        mode: `video` or `photo`.
        tilts: One entry an angle.
        face_free: By kind of face-free picture, the first word of its file's name.
        ms_per_frame: Median milliseconds for an upright photo; 0 if there was none.
    """

    detector: str
    mode: str
    tilts: tuple[TiltScores, ...]
    face_free: dict[str, KindScores]
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
class FaceFinding:
    """Scores of face detectors on one folder of annotated photos, at least one detector."""

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
    on_photo: Callable[[], None] = lambda: None,
    on_problem: Callable[[str], None] = lambda _: None,
) -> DetectorScores:
    """Return how well a detector finds the faces of annotated photos.

    Args:
        name: One of `DETECTOR_NAMES`.
        photos: Photos with faces are turned by every angle; those without are not turned.
        mode: In video mode each photo is the first frame of a new video.
        angles_deg: Clockwise angles.
        on_photo: Told after each photo.
        on_problem: Told, in a sentence, why a photo cannot be read. It counts nowhere; the others
            do.

    Raises:
        ValueError: No such detector.
    """
    counts = _Counts(_stateless(name, mode), angles_deg)
    for photo in photos:
        try:
            counts.add(photo, photo.read())
        except Exception as error:  # noqa: BLE001 (told and logged; the other photos count)
            on_problem(picture_problem(error, source=str(photo.path)))
        on_photo()
    return DetectorScores(
        name,
        mode,
        tuple(TiltScores(degrees, *row) for degrees, row in counts.by_angle.items()),
        {kind: KindScores(*row) for kind, row in sorted(counts.by_kind.items())},
        round(statistics.median(counts.upright_ms), 1) if counts.upright_ms else 0.0,
    )


class _Counts:
    """Adds up what a detector finds, photo by photo."""

    def __init__(self, detect: _Detect, angles_deg: Sequence[float]) -> None:
        self._detect = detect
        # photos, faces, found, false
        self.by_angle: dict[float, list[int]] = {degrees: [0, 0, 0, 0] for degrees in angles_deg}
        self.by_kind: dict[str, list[int]] = {}  # photos, false
        self.upright_ms: list[float] = []

    def add(self, photo: AnnotatedPhoto, frame_bgr: np.ndarray) -> None:
        """Count a photo at every angle; one that raises at any of them counts at none."""
        if not len(photo.xyxy):
            n_false = len(self._detect(frame_bgr)[0])
            _add_to(self.by_kind.setdefault(photo.path.stem.split("_")[0], [0, 0]), 1, n_false)
            return
        rows, upright_ms = {}, []
        for degrees in self.by_angle:
            turned_bgr, to_turned = turn_frame(frame_bgr, degrees)
            found, spent_ms = self._detect(turned_bgr)
            squares = turned_squares(photo.xyxy.astype(np.float64), to_turned)
            rows[degrees] = (1, len(squares), *match_faces(found, squares))
            if degrees % 360 == 0:
                upright_ms.append(spent_ms)
        for degrees, row in rows.items():
            _add_to(self.by_angle[degrees], *row)
        self.upright_ms += upright_ms


def _add_to(row: list[int], *counts: int) -> None:
    row[:] = [total + count for total, count in zip(row, counts, strict=True)]


def match_faces(found: Detections, squares: np.ndarray) -> tuple[int, int]:
    """Return how many annotated faces were found, and how many finds are false.

    Args:
        found: The faces found in a picture.
        squares: Centre x, y and side of the annotated ones, `(n, 3)` pixels.

    >>> match_faces(Detections([[0, 0, 10, 10]], [0.9], [0.0]), np.array([[5.0, 5.0, 10.0]]))
    (1, 0)
    """
    found_squares = turned_squares(found.xyxy.astype(np.float64), _UNTURNED)
    overlaps = pairwise_iou(_boxes(found_squares), _boxes(squares))  # (n_found, n_annotated)
    n_found = 0
    for index in np.argsort(-found.scores, kind="stable"):
        if overlaps.shape[1] == 0:
            break
        best = int(overlaps[index].argmax())
        if overlaps[index, best] >= MIN_IOU:
            n_found += 1
            overlaps[:, best] = 0.0  # found once
    return n_found, len(found) - n_found


def _stateless(name: str, mode: Mode) -> _Detect:
    """Return a function from a frame to its faces and the milliseconds it took."""
    shared = create_detector(name, mode=mode)

    def detect(frame_bgr: np.ndarray) -> tuple[Detections, float]:
        detector: FaceDetector = create_detector(name, mode=mode) if mode == "video" else shared
        start = time.perf_counter()
        found = detector.detect(frame_bgr)
        return found, (time.perf_counter() - start) * 1000

    return detect


def _boxes(squares: np.ndarray) -> np.ndarray:
    half = squares[:, 2:] / 2
    return np.concatenate([squares[:, :2] - half, squares[:, :2] + half], axis=1)
