"""How well a detector finds faces: recall and false faces at every tilt, and where there are none.

A found face counts if it overlaps an annotated one enough. Boxes are annotated on the upright
photo; so that a turned photo is judged alike, every box, annotated or found, stands for the square
of its area about its centre. Found faces, best score first, take the annotated face they overlap
most; from an intersection over union of 0.5 it is found, once. All other finds are false.
"""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from fer_core.evaluate.annotated import AnnotatedPhoto, turn_frame, turned_squares
from fer_core.faces.detect import Detections, FaceDetector
from fer_core.faces.registry import Mode, create_detector
from fer_core.geometry import pairwise_iou

ANGLES_DEG: Final = (0, 15, 30, 45, 60, 90, 135, 180)
MIN_IOU: Final = 0.5
_UNTURNED: Final = np.eye(2, 3)


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
class DetectorScores:
    """A detector's scores.

    Attributes:
        detector: Its name.
        mode: `video` or `photo`.
        tilts: One entry an angle.
        face_free: False faces by kind of face-free picture, the first word of its file name.
        ms_per_frame: Median milliseconds for an upright photo.
    """

    detector: str
    mode: str
    tilts: tuple[TiltScores, ...]
    face_free: dict[str, int]
    ms_per_frame: float


def evaluate_detector(
    name: str,
    photos: Sequence[AnnotatedPhoto],
    *,
    mode: Mode = "photo",
    angles_deg: Sequence[float] = ANGLES_DEG,
    on_progress: Callable[[float], None] = lambda _: None,
) -> DetectorScores:
    """Return how well a detector finds the faces of annotated photos.

    Args:
        name: One of `DETECTOR_NAMES`.
        photos: Photos with faces are turned by every angle; those without are not turned.
        mode: In video mode each photo is the first frame of a new video.
        angles_deg: Clockwise angles.
        on_progress: Told the share of the work that is done, in `[0, 1]`.

    Raises:
        ValueError: No such detector.
        ImageError: A photo cannot be read.
    """
    detector = _stateless(name, mode)
    with_faces = [photo for photo in photos if len(photo.xyxy)]
    without = [photo for photo in photos if not len(photo.xyxy)]
    tilts, durations_ms = [], []
    for done, degrees in enumerate(angles_deg):
        tilt, spent_ms = _evaluate_tilt(detector, with_faces, degrees)
        tilts.append(tilt)
        durations_ms.append(spent_ms)
        on_progress((done + 1) / (len(angles_deg) + 1))
    face_free: Counter[str] = Counter()
    for photo in without:
        face_free[photo.path.stem.split("_")[0]] += len(detector(photo.read())[0])
    on_progress(1.0)
    return DetectorScores(name, mode, tuple(tilts), dict(face_free), durations_ms[0])


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


def scores_to_dict(scores: DetectorScores) -> dict[str, Any]:
    """Return scores for JSON; recall and false faces per photo are written out."""
    tilts = [
        asdict(tilt)
        | {
            "recall": round(tilt.recall, 4),
            "false_per_photo": round(tilt.false_per_photo, 4),
        }
        for tilt in scores.tilts
    ]
    return asdict(scores) | {"tilts": tilts, "ms_per_frame": round(scores.ms_per_frame, 1)}


def _stateless(name: str, mode: Mode) -> Callable[[np.ndarray], tuple[Detections, float]]:
    """Return a function from a frame to its faces and the milliseconds it took."""
    shared = create_detector(name, mode=mode)

    def detect(frame_bgr: np.ndarray) -> tuple[Detections, float]:
        detector: FaceDetector = create_detector(name, mode=mode) if mode == "video" else shared
        start = time.perf_counter()
        found = detector.detect(frame_bgr)
        return found, (time.perf_counter() - start) * 1000

    return detect


def _evaluate_tilt(
    detect: Callable[[np.ndarray], tuple[Detections, float]],
    photos: Sequence[AnnotatedPhoto],
    degrees: float,
) -> tuple[TiltScores, float]:
    """Return the scores with every photo turned, and the median milliseconds of a search."""
    n_faces = n_found = n_false = 0
    durations_ms = [0.0] if not photos else []
    for photo in photos:
        frame_bgr, to_turned = turn_frame(photo.read(), degrees)
        found, spent_ms = detect(frame_bgr)
        squares = turned_squares(photo.xyxy.astype(np.float64), to_turned)
        hits, others = match_faces(found, squares)
        n_faces, n_found, n_false = n_faces + len(squares), n_found + hits, n_false + others
        durations_ms.append(spent_ms)
    tilt = TiltScores(degrees, len(photos), n_faces, n_found, n_false)
    return tilt, statistics.median(durations_ms)


def _boxes(squares: np.ndarray) -> np.ndarray:
    half = squares[:, 2:] / 2
    return np.concatenate([squares[:, :2] - half, squares[:, :2] + half], axis=1)
