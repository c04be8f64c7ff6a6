"""What a session does with the frames of its stream: small fake pipelines, real video frames."""

import av
import cv2
import numpy as np
import pytest

from fer_core.errors import ModelError
from fer_core.results import Box, Expression, Face, FrameResult
from pages.ui.live.session import LiveReading, LiveSession, LiveSettings

HAPPY = Expression.from_probs(("happy", "sad"), np.array([0.9, 0.1]), min_confidence=0.5)


class Bright:
    """Finds one happy face if the left half of the frame is brighter than the right one."""

    def analyze(self, frame_bgr: np.ndarray, *, time_s: float) -> FrameResult:
        height, width = frame_bgr.shape[:2]
        left, right = np.split(frame_bgr, [width // 2], axis=1)
        faces = (Face(Box(20, 60, 60, 100), 0.9, 0.0, HAPPY),) if left.mean() > right.mean() else ()
        return FrameResult(width, height, faces)


class Broken(Bright):
    """Raises the given errors, one per frame, and then works as `Bright` does."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    def analyze(self, frame_bgr: np.ndarray, *, time_s: float) -> FrameResult:
        if self._errors:
            raise self._errors.pop(0)
        return super().analyze(frame_bgr, time_s=time_s)


@pytest.fixture
def frame() -> av.VideoFrame:
    pixels_bgr = np.zeros((120, 160, 3), np.uint8)
    pixels_bgr[:, :80] = 200
    frame = av.VideoFrame.from_ndarray(pixels_bgr, format="bgr24")
    return frame.reformat(format="yuv420p")  # the format of a decoded camera stream


def pixels(frame: av.VideoFrame) -> np.ndarray:
    return frame.to_ndarray(format="bgr24")


def look_alike(frame: av.VideoFrame, other: av.VideoFrame) -> bool:
    """Return whether two frames are equal but for the rounding of a colour conversion."""
    return bool(np.abs(pixels(frame).astype(int) - pixels(other)).max() <= 2)


def test_a_frame_comes_back_with_its_reading_drawn_on_it(frame):
    session = LiveSession(LiveSettings(Bright(), is_mirrored=False))
    drawn = pixels(session.on_frame(frame))
    assert drawn.shape == (120, 160, 3)
    assert (drawn != pixels(frame)).any()
    assert len(session.reading.result.faces) == 1


def test_a_mirrored_frame_is_flipped_before_it_is_analysed(frame):
    session = LiveSession(LiveSettings(Bright(), is_mirrored=True))
    assert pixels(session.on_frame(frame))[60, 150].min() > 150
    assert session.reading.result.faces == ()


def test_during_a_pause_frames_stay_as_they_are_and_there_is_no_reading(frame):
    session = LiveSession(LiveSettings(Bright(), is_mirrored=False))
    session.on_frame(frame)
    session.settings = LiveSettings(Bright(), is_mirrored=False, is_paused=True)
    assert look_alike(session.on_frame(frame), frame)
    assert session.reading is None


@pytest.mark.parametrize("kind", [RuntimeError, KeyError, MemoryError, cv2.error])
def test_a_frame_that_raises_is_reported_and_logged_once_and_the_stream_goes_on(
    frame, caplog, kind
):
    errors = [kind("inner words") for _ in range(3)]
    session = LiveSession(LiveSettings(Broken(*errors), is_mirrored=False))
    for _ in errors:
        assert look_alike(session.on_frame(frame), frame)
        assert session.problem.startswith("This frame: expected")
        assert "inner words" not in session.problem
        assert session.reading is None
    assert len(caplog.records) == 1, "A stream has 30 frames per second; one line is enough."
    session.on_frame(frame)
    assert session.problem is None
    assert len(session.reading.result.faces) == 1


def test_a_problem_that_has_a_sentence_is_reported_with_it(frame):
    session = LiveSession(LiveSettings(Broken(ModelError("The weights are gone.")), False))
    session.on_frame(frame)
    assert session.problem == "The weights are gone."


class Unreadable:
    """A frame in a format that cannot be converted."""

    def to_ndarray(self, **settings: str) -> np.ndarray:
        raise ValueError(settings)


def test_a_frame_that_cannot_be_decoded_comes_back_as_it_is():
    session = LiveSession(LiveSettings(Bright()))
    unreadable = Unreadable()
    assert session.on_frame(unreadable) is unreadable
    assert session.problem.startswith("This frame: expected")


def test_the_camera_may_change_the_size_of_its_frames(frame):
    session = LiveSession(LiveSettings(Bright(), is_mirrored=False))
    session.on_frame(frame)
    small = av.VideoFrame.from_ndarray(np.zeros((90, 120, 3), np.uint8), format="bgr24")
    assert pixels(session.on_frame(small)).shape == (90, 120, 3)


@pytest.mark.parametrize("size", [(91, 120), (90, 121)])
def test_a_frame_with_an_odd_side_keeps_its_pixels(size):
    session = LiveSession(LiveSettings(Bright(), is_mirrored=False))
    grey = av.VideoFrame.from_ndarray(np.full((*size, 3), 90, np.uint8), format="bgr24")
    assert (pixels(session.on_frame(grey)) == 90).all()


def test_a_reading_is_stale_after_two_seconds():
    reading = LiveReading(FrameResult(1, 1), read_at_s=10.0, frames_per_second=0.0)
    assert not reading.is_stale(11.0)
    assert reading.is_stale(13.0)


class Recording(Bright):
    """Records the baselines that are requested; only face 1 is in view."""

    def __init__(self) -> None:
        self.requested: list[tuple[str, int]] = []

    def begin_baseline(self, face_id: int) -> None:
        if face_id != 1:
            raise ValueError("No such face.")
        self.requested.append(("begin", face_id))

    def drop_baseline(self, face_id: int) -> None:
        self.requested.append(("drop", face_id))


def test_baselines_begin_and_end_in_the_thread_of_the_stream(frame):
    pipeline = Recording()
    session = LiveSession(LiveSettings(pipeline, is_mirrored=False))
    session.capture_baseline(1)
    assert pipeline.requested == []
    session.on_frame(frame)
    assert pipeline.requested == [("begin", 1)]
    session.clear_baseline(1)
    session.on_frame(frame)
    assert pipeline.requested == [("begin", 1), ("drop", 1)]


def test_a_baseline_request_for_a_face_that_has_left_is_ignored(frame):
    session = LiveSession(LiveSettings(Recording(), is_mirrored=False))
    session.capture_baseline(7)
    session.on_frame(frame)
    assert session.problem is None
    assert session.reading is not None
