import cv2
import numpy as np
import pytest

from fer_core.data.video_frame import read_video_frame
from fer_core.errors import ImageError

FPS = 10


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Return a video of ten frames, each 20 brighter than the one before."""
    path = tmp_path_factory.mktemp("clip") / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (64, 48))
    for number in range(10):
        writer.write(np.full((48, 64, 3), 20 * number, np.uint8))
    writer.release()
    return path


@pytest.mark.parametrize(("time_s", "number"), [(0, 0), (0.3, 3), (0.303, 3), (0.31, 4), (0.9, 9)])
def test_a_time_gives_the_frame_shown_then_or_next(clip, time_s, number):
    frame_bgr = read_video_frame(clip, time_s)
    assert frame_bgr.shape == (48, 64, 3)
    assert frame_bgr.mean() == pytest.approx(20 * number, abs=3)


def test_a_time_after_the_end_is_refused(clip):
    with pytest.raises(ImageError, match=r"clip\.avi .* ends before 1\.5 s"):
        read_video_frame(clip, 1.5)


def test_a_file_that_is_no_video_is_refused(tmp_path):
    (tmp_path / "a.mp4").write_text("no video")
    with pytest.raises(ImageError, match=r"a\.mp4 is no video"):
        read_video_frame(tmp_path / "a.mp4", 0)
