"""One frame of a video file, by its time."""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from fer_core.errors import ImageError

_ROUNDING_S: Final = 0.005  # times are written with two or three decimals


def read_video_frame(path: Path, time_s: float) -> np.ndarray:
    """Return the first frame that is shown at a time or later, uint8 BGR.

    All frames before it are decoded too: to jump there is inexact in many files.

    Args:
        path: A video file that OpenCV reads.
        time_s: Seconds from the start of the video.

    Raises:
        ImageError: The file is no video, or ends earlier.
    """
    video = cv2.VideoCapture(str(path))
    try:
        while video.grab():
            if video.get(cv2.CAP_PROP_POS_MSEC) / 1000 < time_s - _ROUNDING_S:
                continue
            is_read, frame_bgr = video.retrieve()
            if is_read:
                return np.asarray(frame_bgr)
    finally:
        video.release()
    raise ImageError(f"{path.name} is no video that can be read, or ends before {time_s:g} s.")
