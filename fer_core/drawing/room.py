"""Room for a plate around a face that fills its picture: `with_room`."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from fer_core.results import Box, Face, FrameResult

MIN_SIDE_PX: Final = 320  # the words of a plate need about this width
MARGIN_SHARE: Final = 0.12  # of the longer side; a plate is 0.09 of it
_MARGIN_BGR: Final = (214, 214, 214)


def with_room(frame_bgr: np.ndarray, result: FrameResult) -> tuple[np.ndarray, FrameResult]:
    """Return a frame and its result with a margin if a face is the whole frame, else unchanged.

    A plate inside such a frame would hide the eyes or the mouth. A small frame is enlarged too, so
    that the words stay readable.

    Args:
        frame_bgr: uint8 `(height, width, 3)`; the frame that was analysed.
        result: The result of that frame.
    """
    whole = (0, 0, result.width, result.height)
    if all(face.box.as_tuple() != whole for face in result.faces):
        return frame_bgr, result
    zoom = max(1.0, MIN_SIDE_PX / max(result.width, result.height))
    width, height = (max(1, round(side * zoom)) for side in (result.width, result.height))
    enlarged = cv2.resize(frame_bgr, (width, height), interpolation=cv2.INTER_CUBIC)
    margin = round(MARGIN_SHARE * max(width, height))
    roomy_bgr = cv2.copyMakeBorder(
        enlarged, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=_MARGIN_BGR
    )
    faces = tuple(_moved(face, zoom=zoom, by=margin) for face in result.faces)
    return roomy_bgr, FrameResult(width + 2 * margin, height + 2 * margin, faces)


def _moved(face: Face, *, zoom: float, by: int) -> Face:
    return replace(face, box=Box(*(edge * zoom + by for edge in face.box.as_tuple())))
