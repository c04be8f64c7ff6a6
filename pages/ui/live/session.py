"""`LiveSession`: what the stream of one visitor does with its frames. It does not use Streamlit.

Threads: `on_frame` runs in the processing thread of the stream, everything else in the script
thread. They share attributes that are only ever replaced, and a queue of requests. There is no lock
to wait for.
"""

import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final

import av
import numpy as np

from fer_core.drawing import annotate_in_place
from fer_core.errors import FerError, photo_problem
from fer_core.frames import mirrored, to_i420
from fer_core.pipeline import VideoPipeline
from fer_core.results import FrameResult

_Request = Callable[[VideoPipeline], None]
_RATE_WINDOW: Final = 30  # frames over which the rate is measured
_NEXT_STEP: Final = "if this message stays, press Stop, then Start"
_STALE_S: Final = 2.0  # an older reading no longer describes what the camera shows


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """The pipeline and what the visitor chose."""

    pipeline: VideoPipeline
    is_mirrored: bool = True
    is_paused: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LiveReading:
    """The result of the newest frame."""

    result: FrameResult
    read_at_s: float  # time.monotonic()
    frames_per_second: float

    def is_stale(self, now_s: float) -> bool:
        """Return whether the reading is too old to be shown."""
        return now_s - self.read_at_s > _STALE_S


class LiveSession:
    """Analyses the frames of one stream; keeps the newest reading, but no frame."""

    def __init__(self, settings: LiveSettings) -> None:
        """Start without a reading."""
        self.settings = settings
        self.reading: LiveReading | None = None
        self.problem: str | None = None
        self._sentences: dict[type[Exception], str] = {}
        self._read_times_s: deque[float] = deque(maxlen=_RATE_WINDOW)
        self._requests: SimpleQueue[_Request] = SimpleQueue()

    def capture_baseline(self, face_id: int) -> None:
        """Capture the neutral baseline of a face from the next frames, unless the face leaves."""
        self._requests.put(lambda pipeline: pipeline.begin_baseline(face_id))

    def clear_baseline(self, face_id: int) -> None:
        """Stop correcting the readings of a face from the next frame on."""
        self._requests.put(lambda pipeline: pipeline.drop_baseline(face_id))

    def on_frame(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return the frame with its reading drawn on it. Runs in the processing thread.

        After any exception `problem` says what is wrong, and the frame is shown without a reading.
        An exception that left this function would end the library's thread and the stream.
        """
        try:
            return self._annotated(frame)
        except Exception as error:  # noqa: BLE001 (reported and logged; the stream goes on)
            self._fail(error)
            return frame

    def _annotated(self, frame: av.VideoFrame) -> av.VideoFrame:
        settings = self.settings
        frame_bgr = frame.to_ndarray(format="bgr24")
        if settings.is_mirrored:
            frame_bgr = mirrored(frame_bgr)  # before drawing, so that words are not mirrored
        if settings.is_paused:
            self.reading = None
        else:
            self._read(frame_bgr, settings.pipeline)
        return _as_video_frame(frame_bgr)

    def _read(self, frame_bgr: np.ndarray, pipeline: VideoPipeline) -> None:
        """Analyse a frame and draw on it; a failure costs the reading, never the video."""
        now_s = time.monotonic()
        try:
            self._handle_requests(pipeline)
            result = pipeline.analyze(frame_bgr, time_s=now_s)
            annotate_in_place(frame_bgr, result)
        except Exception as error:  # noqa: BLE001 (reported and logged; the video goes on)
            self._fail(error)
            return
        self._read_times_s.append(now_s)
        self.problem = None
        self.reading = LiveReading(result, now_s, self._rate())

    def _fail(self, error: Exception) -> None:
        """Keep the sentence that says why a frame has no reading."""
        self.reading = None
        if isinstance(error, FerError):
            self.problem = str(error)
            return
        kind = type(error)
        if kind not in self._sentences:  # log once: a stream has 30 frames per second
            self._sentences[kind] = photo_problem(error, source="This frame", next_step=_NEXT_STEP)
        self.problem = self._sentences[kind]

    def _handle_requests(self, pipeline: VideoPipeline) -> None:
        """Do what the script thread requested; only this thread may use the pipeline."""
        while not self._requests.empty():
            with contextlib.suppress(ValueError):  # the face has left
                self._requests.get()(pipeline)

    def _rate(self) -> float:
        """Return processed frames per second over the last frames; 0 for the first one."""
        times_s = self._read_times_s
        span_s = times_s[-1] - times_s[0]
        return (len(times_s) - 1) / span_s if span_s > 0 else 0.0


def _as_video_frame(frame_bgr: np.ndarray) -> av.VideoFrame:
    """Return a frame in the encoder's format, or in BGR if a side has an odd length."""
    height, width = frame_bgr.shape[:2]
    if height % 2 or width % 2:
        return av.VideoFrame.from_ndarray(frame_bgr, format="bgr24")
    return av.VideoFrame.from_ndarray(to_i420(frame_bgr), format="yuv420p")
