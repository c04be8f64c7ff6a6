"""Draw the bones of people on a frame: what is not visible is not drawn."""

from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from fer_core.body.skeleton import MIN_VISIBILITY, BodyPoint
from fer_core.drawing.style import PLATE_BGR, TEXT_BGR, Style
from fer_core.geometry import FARTHEST
from fer_core.results import Person

_CHAINS: Final = (
    "LEFT_SHOULDER RIGHT_SHOULDER RIGHT_HIP LEFT_HIP LEFT_SHOULDER",
    *(
        chain.replace("SIDE", side)
        for side in ("LEFT", "RIGHT")
        for chain in (
            "SIDE_SHOULDER SIDE_ELBOW SIDE_WRIST SIDE_INDEX",
            "SIDE_HIP SIDE_KNEE SIDE_ANKLE SIDE_FOOT_INDEX",
        )
    ),
)
BONES: Final = tuple(
    (BodyPoint[start], BodyPoint[end])
    for chain in map(str.split, _CHAINS)
    for start, end in pairwise(chain)
)
"""Trunk, arms and legs; the head has a face or nothing to draw."""


def draw_skeleton(frame_bgr: np.ndarray, person: Person, style: Style) -> None:
    """Draw the visible bones and joints of one person on the frame itself.

    Args:
        frame_bgr: uint8 `(height, width, 3)`, writable; the frame that was analysed.
        person: The person.
        style: Sizes of the frame's drawings.
    """
    is_visible = person.landmarks[:, 3] >= MIN_VISIBILITY
    is_near = (np.abs(person.landmarks[:, :2]) < FARTHEST).all(axis=1)
    points = np.rint(np.where(is_near[:, None], person.landmarks[:, :2], 0)).astype(int)
    drawn = is_visible & is_near
    bones = [bone for bone in BONES if drawn[list(bone)].all()]
    joints = {joint for bone in bones for joint in bone}
    dark_px = style.line_px + 2 * style.outline_px
    for color_bgr, width_px in ((PLATE_BGR, dark_px), (TEXT_BGR, style.line_px)):
        for start, end in bones:
            places = points[start].tolist(), points[end].tolist()
            cv2.line(frame_bgr, *places, color_bgr, width_px, cv2.LINE_AA)
        for joint in joints:
            place = points[joint].tolist()
            cv2.circle(frame_bgr, place, width_px, color_bgr, cv2.FILLED, cv2.LINE_AA)
