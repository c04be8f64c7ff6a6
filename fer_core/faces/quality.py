"""Whether a face can be classified, and if not, the reasons as the user reads them."""

import math
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from fer_core.faces.detections import Detections
from fer_core.faces.sharpness import least_detail, sharpness
from fer_core.geometry import rotation

CUT_OFF: Final = "cut off by the picture's edge"
TOO_CLOSE: Final = "too close"  # cut off wherever in the frame the face is
TOO_SMALL: Final = "too small to read"
TOO_DARK: Final = "too dark to read"
TOO_BRIGHT: Final = "too bright to read"
TOO_BLURRED: Final = "too blurred to read"
TURNED_AWAY: Final = "turned away"
PARTLY_COVERED: Final = "partly covered"
NOT_CLEAR: Final = "not clearly visible"  # without a known cause
REASONS: Final = (
    *(CUT_OFF, TOO_CLOSE, TOO_SMALL, TOO_DARK, TOO_BRIGHT, TOO_BLURRED, TURNED_AWAY),
    *(PARTLY_COVERED, NOT_CLEAR),
)

# The eyes and the mouth, as x and y from the centre of a face's square, in sides. They must lie in
# the frame. In 273 near-frontal close-up portraits the eyes lie 0.11 (deviation 0.02) above the
# centre and 0.10 to 0.26 beside it, the corners of the mouth 0.15 (0.02) beside it, the lower lip
# 0.35 (0.03) below. Where an edge cuts just there, 78 to 82% of the portraits keep their label.
_EYE: Final = (0.20, -0.20)
_MOUTH: Final = (0.12, 0.33)
_REACH: Final = math.hypot(*_MOUTH)  # the farthest point
_FAR_SIDE_DEG: Final = 100.0
"""A turn by this many degrees would move the far eye to the centre. At 25 to 50 degrees its outer
corner lies at 0.17 sides in the mean, where it is 0.26 in faces that look straight ahead."""

_JUDGED_SIDE: Final = 48  # pixels of the crops for which the limits below were chosen
_BLOWN_OUT: Final = 250  # grey level; JPEG moves white by a few levels


@dataclass(frozen=True, slots=True)
class QualityConfig:
    """What a face needs to be classified.

    Attributes:
        min_side: Side of the face's square in pixels. FER2013's faces have 48.
        min_sharpness: See `sharpness`. 99.5% of FER2013's Training faces have more than 0.10. After
            a blur of 1.5 of their 48 pixels, half of them have less than 0.022.
        min_detail: See `least_detail`. 99.9% of FER2013's PublicTest faces have more. A motion blur
            of 20% of their side leaves less in 87% of them, one of 10% in 8%; as many people say,
            the first is read in 54%, the second in 72%, the unchanged face in 84%.
        min_brightness: See `brightness`. With a camera's noise at the brightness that is left, the
            label stays the same for 94% of close-up portraits at 35 to 40, for 85% at 15 to 20.
        max_blown_out: See `blown_out`. From 0.3 to 0.4, the label of brightened portraits stays
            the same for 86%; from 0.4 to 0.5 for 78%. 99.8% of FER2013's PublicTest faces have
            less.
        max_yaw_deg: Largest turn to a side. Of the portraits turned further, 2 of 32 are read as
            labelled; of those turned by less than 20 degrees, 57% are. Frontal faces that are
            turned in space with their mesh keep their label in 91% of cases at 30 to 35 degrees, in
            87% at 35 to 40, in 83% at 40 to 45.
        max_pitch_deg: Largest turn up or down.
        min_presence: Lowest confidence that the whole face is in view, `[0, 1]`: even odds. Below,
            PublicTest faces are classified as most people do in 62% of cases, above in 85%. The
            occlusion network (`fer_core.faces.occlusion`) detects masks and hands.
        min_edge_score: Lowest score of the short-range BlazeFace for a face that reaches the
            picture's edge, `[0, 1]`; see `fer_core.faces.edge_check`. Of 210 sound portraits, cut
            through cheek, chin or brows or not at all, the lowest has 0.66. Where a mesh was
            squeezed into a part of a face, half of them have less than 0.30.
    """

    min_side: float = 24.0
    min_sharpness: float = 0.03
    min_detail: float = 0.004
    min_brightness: float = 40.0
    max_blown_out: float = 0.4
    max_yaw_deg: float = 35.0
    max_pitch_deg: float = 40.0
    min_presence: float = 0.5
    min_edge_score: float = 0.6

    def __post_init__(self) -> None:
        details = (self.min_side, self.min_sharpness, self.min_detail)
        limits = (*details, self.max_yaw_deg, self.max_pitch_deg)
        shares = (self.min_presence, self.max_blown_out, self.min_edge_score)
        if min(limits) <= 0 or not 0 <= min(shares) <= max(shares) <= 1 or self.min_brightness < 0:
            raise ValueError(f"Settings out of range: {self}.")


def unread_reasons(
    found: Detections,
    crops: np.ndarray,
    is_occluded: np.ndarray,
    config: QualityConfig,
    *,
    frame_size: tuple[int, int],
) -> tuple[tuple[str, ...], ...]:
    """Return for each face why it should not be classified; an empty tuple where it can be.

    Args:
        found: The frame's faces. A value that is not known (NaN) gives no reason.
        crops: Their upright grey crops, uint8 `(n, size, size)`.
        is_occluded: What `OcclusionNetwork.is_occluded` returns for the crops, `(n,)` bool.
        config: Limits.
        frame_size: Height and width of the frame in pixels.

    Raises:
        ValueError: The numbers of faces, crops and occlusion results differ.
    """
    if not len(found) == len(crops) == len(is_occluded):
        raise ValueError(
            f"Got {len(found)} faces but {len(crops)} crops and {len(is_occluded)} occlusion "
            "results."
        )
    return tuple(
        _reasons(found, index, crop, config, is_occluded=bool(is_occluded[index]))
        if is_inside
        else _cut_reasons(found, index, config, frame_size)
        for index, (crop, is_inside) in enumerate(
            zip(crops, has_features_inside(found, frame_size), strict=True)
        )
    )


def has_features_inside(found: Detections, frame_size: tuple[int, int]) -> np.ndarray:
    """Return whether eyes and mouth of each face lie in the frame, `(n,)` bool.

    Forehead, ears and chin may reach over its edge.

    Args:
        found: The frame's faces. The places follow from `squares`, which frame every face alike,
            and from the yaw where it is known.
        frame_size: Height and width of the frame in pixels.

    >>> whole, cut = [50.0, 50.0, 90.0], [50.0, 90.0, 90.0]
    >>> boxes = [[0.0, 0.0, 100.0, 100.0]] * 2
    >>> found = Detections(boxes, [0.9, 0.9], [0.0, 0.0], squares=np.array([whole, cut]))
    >>> has_features_inside(found, (100, 100)).tolist()
    [True, False]
    """
    height, width = frame_size
    is_inside = np.ones(len(found), dtype=bool)
    for index, (x, y, side) in enumerate(found.squares.tolist()):
        reach = _REACH * side
        if reach <= x <= width - reach and reach <= y <= height - reach:
            continue  # the usual case
        to_frame = rotation(float(found.roll_deg[index])).T * side
        points = _features(float(found.head_deg[index, 0])) @ to_frame + (x, y)
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        is_inside[index] = left >= 0 and top >= 0 and right <= width and bottom <= height
    return is_inside


def _features(yaw_deg: float) -> np.ndarray:
    """Return both eyes and both sides of the mouth `(4, 2)`, from the centre, in sides."""
    turn = 0.0 if math.isnan(yaw_deg) else yaw_deg / _FAR_SIDE_DEG
    right, left = -min(1.0, 1.0 + turn), min(1.0, 1.0 - turn)  # of the subject
    points = [(side * x, y) for x, y in (_EYE, _MOUTH) for side in (right, left)]
    return np.array(points)


def _cut_reasons(
    found: Detections, index: int, config: QualityConfig, frame_size: tuple[int, int]
) -> tuple[str, ...]:
    """Return the one certain reason: crop and occlusion are guesses beyond the frame's edge."""
    return (
        TURNED_AWAY if _is_turned(found, index, config) else cut_reason(found, index, frame_size),
    )


def cut_reason(found: Detections, index: int, frame_size: tuple[int, int]) -> str:
    """Return why a face is cut: it lies at the edge, or it is too close to fit into the frame."""
    height, width = frame_size
    side = found.squares[index, 2]
    centred = replace(
        found.take(np.array([index])), squares=np.array([[width / 2, height / 2, side]])
    )
    return CUT_OFF if has_features_inside(centred, frame_size).item() else TOO_CLOSE


def _is_turned(found: Detections, index: int, config: QualityConfig) -> bool:
    yaw_deg, pitch_deg = np.abs(found.head_deg[index])
    return bool(yaw_deg > config.max_yaw_deg or pitch_deg > config.max_pitch_deg)


def _reasons(
    found: Detections, index: int, crop: np.ndarray, config: QualityConfig, *, is_occluded: bool
) -> tuple[str, ...]:
    crop = _at_judged_size(crop)
    side = float(found.squares[index, 2])
    is_small = side < config.min_side
    is_dark = brightness(crop) < config.min_brightness
    is_bright = blown_out(crop) > config.max_blown_out
    has_details = not (is_small or is_dark or is_bright)  # otherwise they are lost without a blur
    faults = {
        TOO_SMALL: is_small,
        TOO_DARK: is_dark,
        TOO_BRIGHT: is_bright,
        TOO_BLURRED: has_details and sharpness(crop, side=side) < config.min_sharpness,
        TURNED_AWAY: _is_turned(found, index, config),
    }
    named = tuple(reason for reason, is_fault in faults.items() if is_fault)
    # a turned or hardly visible face often counts as occluded too; name only the certain reason
    if named or is_occluded:
        return named or (PARTLY_COVERED,)
    if least_detail(crop) < config.min_detail:  # a plain occluder has little detail too
        return (TOO_BLURRED,)
    return (NOT_CLEAR,) if found.presence[index] < config.min_presence else ()


def _at_judged_size(crop: np.ndarray) -> np.ndarray:
    """Return a crop at most as large as those for which the limits were chosen."""
    if crop.shape[0] <= _JUDGED_SIDE:
        return crop
    size = (_JUDGED_SIDE, _JUDGED_SIDE)
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA))


def brightness(crop: np.ndarray) -> float:
    """Return the 90th percentile of a crop's grey values, 0 to 255.

    The bright part counts, not the mean: dark skin and dark hair are not a lack of light.

    >>> brightness(np.full((4, 4), 90, np.uint8))
    90.0
    """
    levels = crop.ravel()
    rank = int(0.9 * (levels.size - 1))
    return float(np.partition(levels, rank)[rank])  # ten times faster than np.percentile


def blown_out(crop: np.ndarray) -> float:
    """Return the share of a crop that is white, where the light was too much for the camera.

    >>> blown_out(np.array([[255, 254], [180, 90]], np.uint8))
    0.5
    """
    return float(np.count_nonzero(crop >= _BLOWN_OUT) / crop.size)
