"""The face detectors, by name."""

from collections.abc import Callable
from typing import Final, Literal, get_args

from fer_core.faces import haar, haar_tilt
from fer_core.faces.detections import FaceDetector
from fer_core.faces.photo_detector import PhotoDetector
from fer_core.faces.video_detector import BlazeFaceVideoDetector

DetectorName = Literal["blazeface", "haar", "haar-tilt"]
Mode = Literal["video", "photo"]

DETECTOR_NAMES: Final[tuple[DetectorName, ...]] = get_args(DetectorName)
DEFAULT_DETECTOR: Final = DETECTOR_NAMES[0]
_TITLES: Final[dict[str, str]] = {
    "blazeface": "BlazeFace",
    "haar": "Haar",
    "haar-tilt": "Haar, tilted",
}


def detector_title(name: str) -> str:
    """Return a detector's name as its authors write it.

    >>> detector_title("haar")
    'Haar'
    """
    return _TITLES.get(name, name)


def _create_haar(mode: Mode) -> FaceDetector:
    return haar.HaarDetector(haar.VIDEO if mode == "video" else haar.PHOTO)


def _create_haar_tilt(mode: Mode) -> FaceDetector:
    return haar_tilt.HaarTiltDetector(haar_tilt.VIDEO if mode == "video" else haar_tilt.PHOTO)


def _create_blazeface(mode: Mode) -> FaceDetector:
    return BlazeFaceVideoDetector() if mode == "video" else PhotoDetector()


_CREATORS: Final[dict[str, Callable[[Mode], FaceDetector]]] = {
    "blazeface": _create_blazeface,
    "haar": _create_haar,
    "haar-tilt": _create_haar_tilt,
}


def create_detector(name: str, *, mode: Mode) -> FaceDetector:
    """Return a new face detector.

    Args:
        name: One of `DETECTOR_NAMES`.
        mode: `"video"` is fast and meant for successive frames; `"photo"` is slower and finds
            more. A video detector may remember earlier frames, so create one per video.

    Raises:
        ValueError: There is no detector or mode of that name.
        ModelError: The detector's weights are missing or were changed.

    >>> create_detector("haar", mode="video").name
    'haar'
    """
    if name not in _CREATORS:
        raise ValueError(f"No face detector {name!r}. Choose one of: {', '.join(DETECTOR_NAMES)}.")
    if mode not in ("video", "photo"):
        raise ValueError(f"A detector's mode is 'video' or 'photo', got {mode!r}.")
    return _CREATORS[name](mode)
