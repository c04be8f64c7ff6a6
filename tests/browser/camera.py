"""A camera for Chromium that shows a real face."""

from pathlib import Path

import cv2
import numpy as np

from fer_core.data import read_portrait

N_FRAMES = 80


def write_camera_file(path: Path) -> Path:
    """Write an MJPEG video, 640x480, of a face that moves from side to side; return its path."""
    face_bgr = read_portrait()  # (300, 300, 3)
    with path.open("wb") as stream:
        for step in range(N_FRAMES):
            frame_bgr = np.full((480, 640, 3), 150, dtype=np.uint8)
            left = 170 + int(60 * np.sin(step / N_FRAMES * 2 * np.pi))
            frame_bgr[90:390, left : left + 300] = face_bgr
            stream.write(cv2.imencode(".jpg", frame_bgr)[1].tobytes())
    return path


def camera_flags(path: Path) -> tuple[str, ...]:
    """Return the flags that give Chromium this camera and allow it."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    )
